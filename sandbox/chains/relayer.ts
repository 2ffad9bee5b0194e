// A relayer for the sandbox: refreshes clients by the clock, as hermes does, until it is stopped.
import type { Clock } from '../../src/kernel/clock.ts'
import type { SandboxChain } from './chain.ts'

/** What a relayer sees and does: chains, and updates of their clients. */
export interface RelayedChains {
  readonly clock: Clock
  readonly chains: ReadonlyMap<string, SandboxChain>
  updateClient(hostId: string, clientId: string): unknown
}

export interface RelayerOptions {
  /** Part of the trusting period after which a client is refreshed; hermes: 1/3. */
  refreshAt?: number
}

/** Updates the world's tendermint clients when their time has come. Stopped until `start` is called. */
export class Relayer {
  readonly #world: RelayedChains
  #refreshAt = 1 / 3
  #running = false
  #looking = false
  #cancel: (() => void) | null = null
  readonly #ignored = new Set<string>()
  /** Updates made so far. */
  updates = 0

  constructor(world: RelayedChains) {
    this.#world = world
  }

  get running(): boolean {
    return this.#running
  }

  /** Starts; clients that are due already are refreshed at once. */
  start(options: RelayerOptions = {}): void {
    this.#refreshAt = options.refreshAt ?? this.#refreshAt
    this.#running = true
    this.#round()
  }

  stop(): void {
    this.#running = false
    this.#cancel?.()
    this.#cancel = null
  }

  /** Leaves one client alone from now on. */
  ignore(hostId: string, clientId: string): void {
    this.#ignored.add(`${hostId}/${clientId}`)
  }

  /** Takes care of it again. */
  heed(hostId: string, clientId: string): void {
    this.#ignored.delete(`${hostId}/${clientId}`)
    this.look()
  }

  /** Updates every client that can be updated, whether it is due or not. Returns how many. */
  updateAll(): number {
    return this.#update(Number.MAX_SAFE_INTEGER).updated
  }

  /** The world has changed: look again soon when the next refresh is due. */
  look(): void {
    if (!this.#running || this.#looking) return
    this.#looking = true
    queueMicrotask(() => {
      this.#looking = false
      if (this.#running) this.#round()
    })
  }

  #round(): void {
    const now = this.#world.clock.now()
    const { nextMs, shortestMs } = this.#update(now)
    this.#cancel?.()
    this.#cancel = null
    // Rounds are made at intervals that are short beside the shortest trusting period, and serve many clients.
    if (nextMs !== null) {
      const pauseMs = Math.max(1_000, Math.min(shortestMs / 50, 600_000))
      this.#cancel = this.#world.clock.at(Math.max(nextMs, now + pauseMs), () => {
        if (this.#running) this.#round()
      })
    }
  }

  #update(nowMs: number): { updated: number; nextMs: number | null; shortestMs: number } {
    let updated = 0
    let shortestMs = Infinity
    let nextMs: number | null = null
    this.#looking = true
    for (const host of this.#world.chains.values()) {
      for (const clientId of host.clients.keys()) {
        let due = this.#due(host, clientId)
        if (due === null) continue
        if (due.atMs <= nowMs) {
          this.#world.updateClient(host.chainId, clientId)
          updated++
          due = this.#due(host, clientId) ?? due
        }
        nextMs = nextMs === null ? due.atMs : Math.min(nextMs, due.atMs)
        shortestMs = Math.min(shortestMs, due.periodMs)
      }
    }
    this.#looking = false
    this.updates += updated
    return { updated, nextMs, shortestMs }
  }

  /** When the client is to be refreshed (Unix ms), and its trusting period; null where it cannot be. */
  #due(host: SandboxChain, clientId: string): { atMs: number; periodMs: number } | null {
    const client = host.client(clientId)
    const { data } = client
    if (data.kind !== 'tendermint' || this.#ignored.has(`${host.chainId}/${clientId}`)) return null
    const tracked = this.#world.chains.get(data.trackedChainId)
    if (!tracked || tracked.blocks.halted || host.blocks.halted) return null
    if (host.status(clientId) !== 'Active') return null
    const timestampNs = client.consensusAt(data.latestHeight, host.height)!.timestampNs!
    const periodMs = Number(data.trustingPeriodNs) / 1e6
    return { atMs: Number(timestampNs / 1_000_000n) + periodMs * this.#refreshAt, periodMs }
  }
}
