// Plays a story: sandbox chains, a local Discord and the real bot on one clock, and the log for the auditor.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { type App, createApp } from '../../src/app.ts'
import { type Settings, settingsOf } from '../../src/config/index.ts'
import type { ChannelRequest, WorldEvent } from '../auditor/log.ts'
import { type ChainEndpoint, serveChain } from '../chains/server.ts'
import { ChainWorld } from '../chains/world.ts'
import { DiscordServer } from '../discord/server.ts'
import { DiscordWorld } from '../discord/world.ts'
import { createFastClock } from '../fast-clock.ts'
import { ManualClock } from '../manual-clock.ts'
import { type Happening, MINUTE, type Story } from './story.ts'

/** The step in which time passes: how often the watch looks for what is due. */
const STEP_MS = 15_000
const SWEEP_MS = 10 * MINUTE
/** The wire's time against the machine's: pauses of minutes pass in milliseconds, as the world's do. */
const WIRE_TIMES = 2_000

export interface Transcript {
  events: WorldEvent[]
  requests: ChannelRequest[]
  endMs: number
  /** Lines of the bot's log at `error` and above. */
  errors: string[]
}

/** Plays a story to its end and returns what happened and what was said. */
export async function play(story: Story): Promise<Transcript> {
  const stage = new Stage(story)
  const { clock, startMs, events, requests, errors } = stage
  try {
    await stage.open()
    const waiting = [...story.happenings]
    while (clock.now() < startMs + story.endMs) {
      while (waiting.length > 0 && startMs + waiting[0]!.atMs <= clock.now())
        await stage.happen(waiting.shift()!)
      stage.keep()
      await clock.advance(STEP_MS)
      await stage.quiet()
    }
    return { events, requests, errors, endMs: clock.now() }
  } finally {
    await stage.close()
  }
}

/** A client of the world, and who keeps it alive. */
interface Kept {
  chainId: string
  clientId: string
  trustingPeriodMs: number
  refreshAt: number
  here: boolean
}

class Stage {
  readonly clock = new ManualClock()
  readonly startMs = this.clock.now()
  readonly events: WorldEvent[] = []
  readonly requests: ChannelRequest[] = []
  readonly errors: string[] = []
  readonly #story: Story
  readonly #chains = new ChainWorld(this.clock)
  readonly #endpoints = new Map<string, ChainEndpoint[]>()
  readonly #clients: Kept[] = []
  readonly #discord = new DiscordWorld({ clock: this.clock })
  readonly #server = new DiscordServer(this.#discord)
  readonly #channelId = this.#discord.addChannel('relayers').id
  readonly #webhook = this.#discord.createWebhook(this.#channelId)
  readonly #wireClock = createFastClock(WIRE_TIMES)
  readonly #dataDirectory = mkdtempSync(join(tmpdir(), 'ibc-monitor-soak-'))
  #settings: Settings | null = null
  #app: App | null = null
  #nextSweepMs = 0

  constructor(story: Story) {
    this.#story = story
  }

  /** Makes the world and switches the bot on. */
  async open(): Promise<void> {
    await this.#server.listen()
    await this.#makeChains()
    this.#makeClients()
    this.#discord.onMessage(({ id, channel_id, content, embeds }) => {
      if (channel_id !== this.#channelId) return
      const texts = embeds.map(({ title, description }) => [title, description].filter(Boolean).join('\n'))
      const taken = { method: 'POST', status: 200, accepted: true } as const
      this.requests.push({ atMs: this.clock.now(), ...taken, messageId: id, content, embeds: texts })
    })
    this.#settings = await settingsOf({
      discord: { guildId: this.#discord.guild.id },
      schedule: { digest: false },
      limits: { requestsPerSecond: 1000, timeout: '10s' },
      chains: this.#story.chains.map(({ chainId, name }) => ({
        chainId,
        name,
        rest: this.#endpoints.get(chainId)!.map(({ url }) => url),
      })),
    })
    await this.#switchOn()
  }

  /** Waits until nothing is under way. */
  async quiet(): Promise<void> {
    const app = this.#app
    if (!app) return
    // The schedule's own timer runs by the machine's clock, which stands still beside this one.
    if (this.clock.now() >= this.#nextSweepMs) {
      this.#nextSweepMs += SWEEP_MS
      void app.clients.watch.sweepAll()
    }
    await app.clients.watch.idle()
    await app.delivery.flush()
  }

  /** Whoever keeps clients alive does so where it is time. */
  keep(): void {
    for (const client of this.#clients) {
      const { chainId, clientId, trustingPeriodMs, refreshAt, here } = client
      if (!here || this.#isHalted(client)) continue
      const dueMs = this.#lastUpdateMs(client) + trustingPeriodMs * refreshAt
      if (this.clock.now() < dueMs || this.#chains.chain(chainId).status(clientId) !== 'Active') continue
      this.#chains.updateClient(chainId, clientId)
      this.#logUpdate(client)
    }
  }

  async happen(one: Happening): Promise<void> {
    switch (one.kind) {
      case 'endpoint': {
        const { chainId, endpoint, fault, reads } = one
        this.#endpoints.get(chainId)![endpoint]!.faults = one.faults
        return this.#log({ kind: 'endpoint', chainId, endpoint, fault, reads })
      }
      case 'discord':
        this.#server.faults.clear()
        if (one.discord) this.#server.faults.add('webhook', one.discord, { times: Infinity })
        return this.#log({ kind: 'discord', fault: one.fault })
      case 'halt': {
        const { blocks } = this.#chains.chain(one.chainId)
        const lastBlockMs = Number(blocks.timeNs(blocks.height) / 1_000_000n)
        blocks.halt()
        return this.#log({ kind: 'halted', chainId: one.chainId, lastBlockMs })
      }
      case 'resume':
        this.#chains.chain(one.chainId).resume()
        return this.#log({ kind: 'resumed', chainId: one.chainId })
      case 'keeper':
        this.#clients[one.client]!.here = one.here
        return
      case 'freeze':
      case 'recover':
        return this.#govern(one.kind, this.#clients[one.client]!)
      case 'restart':
        await this.#switchOff()
        return this.#switchOn()
      case 'off':
        return this.#switchOff()
      case 'on':
        if (!this.#app) return this.#switchOn()
    }
  }

  async close(): Promise<void> {
    await this.#app?.stop()
    this.#discord.close()
    await this.#server.close()
    await Promise.all([...this.#endpoints.values()].flat().map((one) => one.close()))
    rmSync(this.#dataDirectory, { recursive: true, force: true })
  }

  async #makeChains(): Promise<void> {
    for (const { chainId, name, blockMs, endpoints } of this.#story.chains) {
      this.#chains.addChain({ chainId, blockIntervalMs: blockMs })
      this.#log({ kind: 'chain', chainId, name, blockMs })
      const served: ChainEndpoint[] = []
      for (let endpoint = 0; endpoint < endpoints; endpoint++) {
        served.push(await serveChain(this.#chains, chainId, {}))
        this.#log({ kind: 'endpoint', chainId, endpoint, fault: null, reads: 'all' })
      }
      this.#endpoints.set(chainId, served)
    }
  }

  #makeClients(): void {
    for (const { a, b, trustingPeriodMs, refreshAt, channels } of this.#story.pairs) {
      const ends = this.#chains.openConnection(a, b, { trustingPeriodMs, channels })
      for (const { chainId, clientId } of [ends.a, ends.b]) {
        const client = { chainId, clientId, trustingPeriodMs, refreshAt, here: true }
        this.#clients.push(client)
        const trackedChainId = chainId === a ? b : a
        const use = channels > 0 ? 'live' : 'idle'
        const lastUpdateMs = this.#lastUpdateMs(client)
        this.#log({ kind: 'client', chainId, clientId, trackedChainId, trustingPeriodMs, lastUpdateMs, use })
      }
    }
  }

  async #switchOn(): Promise<void> {
    this.#log({ kind: 'bot', runs: true })
    const logger = pino({ level: 'error' }, { write: (line: string) => void this.errors.push(line.trim()) })
    this.#app = createApp({
      settings: this.#settings!,
      secrets: {
        DISCORD_TOKEN: this.#discord.token,
        DISCORD_WEBHOOK_URL: this.#server.webhookUrl(this.#webhook),
      },
      dataDirectory: this.#dataDirectory,
      discordApiBase: this.#server.apiBase,
      logger,
      clock: this.clock,
      wireClock: this.#wireClock,
    })
    await this.#app.start()
    this.#nextSweepMs = this.clock.now() + SWEEP_MS
    await this.quiet()
  }

  async #switchOff(): Promise<void> {
    this.#log({ kind: 'bot', runs: false })
    const app = this.#app
    this.#app = null
    await app?.stop()
  }

  /** Misbehaviour freezes a client; a vote brings one back that is not active, and whoever kept it returns. */
  #govern(kind: 'freeze' | 'recover', client: Kept): void {
    const { chainId, clientId } = client
    if (this.#isHalted(client)) return
    if (kind === 'freeze') {
      this.#chains.freeze(chainId, clientId)
      this.#log({ kind: 'frozen', chainId, clientId })
    } else if (this.#chains.chain(chainId).status(clientId) !== 'Active') {
      this.#chains.recover(chainId, clientId)
      client.here = true
      this.#logUpdate(client)
    }
  }

  /** No update gets in on a chain that makes no blocks, and there is no new header of one. */
  #isHalted({ chainId, clientId }: Kept): boolean {
    const { data } = this.#chains.chain(chainId).client(clientId)
    const tracked = data.kind === 'tendermint' ? this.#chains.chains.get(data.trackedChainId) : undefined
    return this.#chains.chain(chainId).blocks.halted || (tracked?.blocks.halted ?? false)
  }

  /** Time of the consensus state at the latest height, Unix ms. */
  #lastUpdateMs({ chainId, clientId, trustingPeriodMs }: Kept): number {
    return Number(this.#chains.chain(chainId).deadlineNs(clientId)! / 1_000_000n) - trustingPeriodMs
  }

  #logUpdate(client: Kept): void {
    const { chainId, clientId } = client
    this.#log({ kind: 'updated', chainId, clientId, lastUpdateMs: this.#lastUpdateMs(client) })
  }

  #log(event: Unstamped<WorldEvent>): void {
    this.events.push({ atMs: this.clock.now(), ...event } as WorldEvent)
  }
}

/** An event without its time. */
type Unstamped<T> = T extends unknown ? Omit<T, 'atMs'> : never
