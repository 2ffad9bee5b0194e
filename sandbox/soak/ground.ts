// The chains of a seed's world with their endpoints and clients, and who keeps these alive; all is written down.
import type { Use, WorldEvent } from '../auditor/log.ts'
import type { Faults } from '../chains/faults.ts'
import { type ChainEndpoint, serveChain } from '../chains/server.ts'
import { ChainWorld } from '../chains/world.ts'
import type { ManualClock } from '../manual-clock.ts'
import type { Story } from './happening.ts'

/** A wallet that has enough. */
export const WALLET = 'cosmos1qyqszqgpqyqszqgpqyqszqgpqyqszqgpjnp7du'

/** An event without its time. */
type Unstamped<T> = T extends unknown ? Omit<T, 'atMs'> : never
export type Log = (event: Unstamped<WorldEvent>) => void

/** A client of the world, and who keeps it alive. */
export interface Kept {
  chainId: string
  clientId: string
  connectionId: string
  trustingPeriodMs: number
  refreshAt: number
  here: boolean
  /** The configuration names it. */
  named: boolean
  mine: boolean
}

export class Ground {
  readonly chains: ChainWorld
  readonly endpoints = new Map<string, ChainEndpoint[]>()
  readonly clients: Kept[] = []
  readonly #begunAnew = new Set<string>()
  readonly #clock: ManualClock
  readonly #story: Story
  readonly #log: Log

  constructor(clock: ManualClock, story: Story, log: Log) {
    this.chains = new ChainWorld(clock)
    this.#clock = clock
    this.#story = story
    this.#log = log
  }

  async make(): Promise<void> {
    await this.#makeChains()
    this.#makeClients()
  }

  /** How a chain's nodes are at all times. */
  always(chainId: string): Faults {
    const { pageItems } = this.#story.chains.find((one) => one.chainId === chainId)!
    return pageItems === undefined ? {} : { maxPageItems: pageItems }
  }

  /** Whoever keeps clients alive does so where it is time. */
  keep(): void {
    for (const client of this.clients) {
      const { chainId, clientId, trustingPeriodMs, refreshAt, here } = client
      if (!here || this.#isStuck(client)) continue
      const dueMs = this.#lastUpdateMs(client) + trustingPeriodMs * refreshAt
      if (this.#clock.now() < dueMs || this.chains.chain(chainId).status(clientId) !== 'Active') continue
      this.chains.updateClient(chainId, clientId)
      this.#logUpdate(client)
    }
  }

  async #makeChains(): Promise<void> {
    for (const { chainId, name, blockMs, endpoints, names } of this.#story.chains) {
      const chain = this.chains.addChain({ chainId, blockIntervalMs: blockMs })
      chain.setBalance(WALLET, 'stake', 90_000_000n)
      this.#log({ kind: 'chain', chainId, name, blockMs, names })
      const served: ChainEndpoint[] = []
      for (let endpoint = 0; endpoint < endpoints; endpoint++) {
        served.push(await serveChain(this.chains, chainId, this.always(chainId)))
        this.#log({ kind: 'endpoint', chainId, endpoint, fault: null, reads: 'all' })
      }
      this.endpoints.set(chainId, served)
    }
  }

  #makeClients(): void {
    for (const pair of this.#story.pairs) {
      const { a, b, refreshAt, channels, age, mine: wanted } = pair
      const channelState = channels > 0 ? 'STATE_OPEN' : 'STATE_CLOSED'
      const periodsMs = [pair.trustingPeriodMs, pair.otherPeriodMs ?? pair.trustingPeriodMs]
      const [ownA, ownB] = periodsMs.map((trustingPeriodMs) => ({
        trustingPeriodMs,
        ageMs: Math.floor(age * trustingPeriodMs),
      }))
      const ends = this.chains.openConnection(a, b, {
        channels: Math.max(1, channels),
        channelState,
        a: ownA,
        b: ownB,
      })
      const made = [ends.a, ends.b].map(({ chainId, clientId, connectionId }, end) => {
        const trustingPeriodMs = periodsMs[end]!
        const { names } = this.#story.chains.find((one) => one.chainId === chainId)!
        // Every second one of a chain that names some; the other end of what is mine is mine, too.
        const named =
          wanted ?? (names && this.clients.filter((one) => one.chainId === chainId).length % 2 === 0)
        return { chainId, clientId, connectionId, trustingPeriodMs, refreshAt, here: true, named }
      })
      const mine = made.some(({ named }) => named)
      for (const client of made.map((one) => ({ ...one, mine }))) {
        this.clients.push(client)
        const { chainId, clientId, trustingPeriodMs } = client
        const trackedChainId = chainId === a ? b : a
        const use = this.#useOf(client, channels > 0)
        const lastUpdateMs = this.#lastUpdateMs(client)
        this.#log({ kind: 'client', chainId, clientId, trackedChainId, trustingPeriodMs, lastUpdateMs, use })
      }
    }
  }

  #useOf = ({ mine }: Kept, open: boolean): Use => (mine ? 'mine' : open ? 'live' : 'idle')

  setChannels(pair: number, open: boolean): void {
    for (const client of this.clients.slice(pair * 2, pair * 2 + 2)) {
      const chain = this.chains.chain(client.chainId)
      for (const channel of chain.channels.values())
        if (channel.connectionId === client.connectionId) channel.state = open ? 'STATE_OPEN' : 'STATE_CLOSED'
      chain.changed()
      const { chainId, clientId } = client
      this.#log({ kind: 'use', chainId, clientId, use: this.#useOf(client, open) })
    }
  }

  stand(kind: 'halt' | 'resume', chainId: string): void {
    const chain = this.chains.chain(chainId)
    if (kind === 'resume') {
      chain.resume()
      this.#log({ kind: 'resumed', chainId })
      return
    }
    const lastBlockMs = Number(chain.blocks.timeNs(chain.height) / 1_000_000n)
    chain.halt()
    this.#log({ kind: 'halted', chainId, lastBlockMs })
  }

  /** Begins anew at a low height; headers of it are older than what is known, and no client that tracks it takes one. */
  again(chainId: string): void {
    if ([...this.chains.chains.values()].some(({ blocks }) => blocks.halted)) return
    this.chains.chain(chainId).startOver(5)
    this.#begunAnew.add(chainId)
    this.#log({ kind: 'restarted', chainId })
  }

  /** Misbehaviour freezes a client; a vote brings one back that is not active, and whoever kept it returns. */
  govern(kind: 'freeze' | 'recover', client: Kept): void {
    const { chainId, clientId } = client
    if (this.#isStuck(client)) return
    if (kind === 'freeze') {
      this.chains.freeze(chainId, clientId)
      this.#log({ kind: 'frozen', chainId, clientId })
    } else if (this.chains.chain(chainId).status(clientId) !== 'Active') {
      this.chains.recover(chainId, clientId)
      client.here = true
      this.#logUpdate(client)
    }
  }

  /** No update gets in on a chain that makes no blocks, and there is no new header of one, or of one that began anew. */
  #isStuck({ chainId, clientId }: Kept): boolean {
    const { data } = this.chains.chain(chainId).client(clientId)
    const tracked = data.kind === 'tendermint' ? this.chains.chains.get(data.trackedChainId) : undefined
    const isCut = tracked !== undefined && (tracked.blocks.halted || this.#begunAnew.has(tracked.chainId))
    return this.chains.chain(chainId).blocks.halted || isCut
  }

  /** Time of the consensus state at the latest height, Unix ms. */
  #lastUpdateMs({ chainId, clientId, trustingPeriodMs }: Kept): number {
    return Number(this.chains.chain(chainId).deadlineNs(clientId)! / 1_000_000n) - trustingPeriodMs
  }

  #logUpdate(client: Kept): void {
    const { chainId, clientId } = client
    this.#log({ kind: 'updated', chainId, clientId, lastUpdateMs: this.#lastUpdateMs(client) })
  }

  async close(): Promise<void> {
    await Promise.all([...this.endpoints.values()].flat().map((one) => one.close()))
  }
}
