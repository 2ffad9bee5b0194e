// The bot of a seed's world: it is started, stopped, killed and hurt, and each of its lives has a clock of its own.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { type App, createApp } from '../../src/app.ts'
import type { Settings } from '../../src/config/index.ts'
import { atMost, type Clock, sleepUntil, systemClock } from '../../src/kernel/clock.ts'
import { DATABASE_FILE, LOCK_FILE, PID_FILE } from '../../src/storage/database.ts'
import { openSqlite, type Sqlite } from '../../src/storage/sqlite.ts'
import type { DiscordServer } from '../discord/server.ts'
import { ROOMS, type STORAGE_FAULTS } from './faults.ts'

/** As many pages as SQLite takes. */
const MOST_PAGES = 4_294_967_294
/** Longer than a stop takes, of the machine's time. */
const STOP_MS = 15_000

/** The bot's own way to Discord: each of its lives has a server of its own there. */
export interface OwnWay {
  serve(): Promise<Pick<DiscordServer, 'apiBase'>>
  readonly world: { readonly token: string }
  readonly webhookUrl: string
}

interface Life {
  app: App
  /** The database's file, whatever writes in its place. */
  file: Sqlite
  /** Nothing that it waits for comes any more. */
  end: () => void
  /** Resolves when it has ended. */
  ended: Promise<void>
}

export class Bot {
  /** Lines of its log at `error` and above. */
  readonly errors: string[] = []
  kills = 0
  readonly #clock: Clock
  readonly #wireClock: Clock
  readonly #channel: OwnWay
  readonly #settings: Settings
  readonly #secrets: Readonly<Record<string, string>>
  readonly #folders = mkdtempSync(join(tmpdir(), 'ibc-monitor-soak-'))
  readonly #ending: Promise<unknown>[] = []
  #folder = join(this.#folders, '0')
  #life: Life | null = null
  #lock: Sqlite | null = null
  /** What its timers would do, while it is stopped; null: it goes. */
  #held: (() => void)[] | null = null

  constructor(options: {
    clock: Clock
    wireClock: Clock
    channel: OwnWay
    settings: Settings
    /** Besides those of the channel and the faucet. */
    secrets: Readonly<Record<string, string>>
  }) {
    this.#clock = options.clock
    this.#wireClock = options.wireClock
    this.#channel = options.channel
    this.#settings = options.settings
    this.#secrets = options.secrets
  }

  get runs(): boolean {
    return this.#life !== null
  }

  async start(): Promise<void> {
    const server = await this.#channel.serve()
    let isOver = false
    let over = () => {}
    const ended = new Promise<void>((resolve) => {
      over = resolve
    })
    const held = () => this.#held
    const clocks = [this.#clock, this.#wireClock].map((clock, i) =>
      mortal(clock, () => isOver, i === 0 ? held : () => null),
    )
    const write = (line: string) => void (isOver || this.errors.push(line.trim()))
    const app = createApp({
      settings: this.#settings,
      secrets: {
        DISCORD_TOKEN: this.#channel.world.token,
        DISCORD_WEBHOOK_URL: this.#channel.webhookUrl,
        ...this.#secrets,
        FAUCET_TOKEN: 'sandbox-faucet-secret',
      },
      dataDirectory: this.#folder,
      discordApiBase: server.apiBase,
      logger: pino({ level: 'error' }, { write }),
      clock: clocks[0],
      wireClock: clocks[1],
    })
    const end = () => {
      isOver = true
      over()
    }
    this.#life = { app, file: app.database.sql, end, ended }
    await Promise.race([app.start(), ended])
    await this.quiet()
  }

  /** Waits until nothing is under way. */
  async quiet(): Promise<void> {
    const life = this.#life
    if (!life || this.#held) return
    const { app, ended } = life
    const idle = async () => {
      await app.clients.watch.idle()
      // Nothing is begun here: what is forgotten must show.
      await app.standby?.idle()
      await app.delivery.idle()
    }
    await Promise.race([idle(), ended])
  }

  /** SIGSTOP: nothing of it moves until it goes on. */
  halt(): void {
    if (this.runs) this.#held ??= []
  }

  get isHalted(): boolean {
    return this.#held !== null
  }

  /** SIGCONT: what has become due meanwhile happens at once. */
  goOn(): void {
    const held = this.#held ?? []
    this.#held = null
    for (const run of held) run()
  }

  async stop(): Promise<void> {
    this.goOn()
    const life = this.#life
    this.#life = null
    await life?.app.stop()
  }

  /** Ends as a process that is killed: what is on its disk stays, and nothing else of it has any effect. */
  async kill(): Promise<void> {
    const life = this.#life
    if (!life) return
    this.#life = null
    this.#held = null
    this.kills++
    const next = join(this.#folders, String(this.kills))
    cpSync(this.#folder, next, { recursive: true })
    for (const file of [LOCK_FILE, PID_FILE]) rmSync(join(next, file), { force: true })
    life.end()
    this.#folder = next
    await this.#channel.serve()
    // What waits for an answer by a clock that stands waits for ever.
    const stopped = life.app.stop().catch(() => {})
    this.#ending.push(atMost(systemClock, STOP_MS, stopped))
  }

  /** Makes its disk fail, or work again. */
  hurtStorage(fault: (typeof STORAGE_FAULTS)[number] | null): void {
    this.#lock?.exec('ROLLBACK')
    this.#lock?.close()
    this.#lock = null
    const file = this.#life?.file
    file?.pragma(`query_only = ${fault === 'read-only' ? 'ON' : 'OFF'}`)
    const most = fault === 'disk full' ? file?.pragma('page_count', { simple: true }) : MOST_PAGES
    file?.pragma(`max_page_count = ${most}`)
    if (fault !== 'locked') return
    this.#lock = openSqlite(join(this.#folder, DATABASE_FILE))
    this.#lock.exec('BEGIN IMMEDIATE')
  }

  /** Makes a room throw at whatever it does, or work again. */
  hurtRoom(room: string, broken: boolean): void {
    const sql = this.#life?.file
    for (const table of ROOMS[room] ?? []) {
      const [from, to] = broken ? [table, `away_${table}`] : [`away_${table}`, table]
      const isThere = sql?.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(from)
      if (isThere) sql?.exec(`ALTER TABLE ${from} RENAME TO ${to}`)
    }
  }

  async close(): Promise<void> {
    this.hurtStorage(null)
    await this.stop()
    await Promise.all(this.#ending)
    rmSync(this.#folders, { recursive: true, force: true })
  }
}

/** A clock that stops when whoever goes by it has been killed; `held` takes what becomes due while it is stopped. */
function mortal(clock: Clock, isOver: () => boolean, held: () => (() => void)[] | null): Clock {
  const own: Clock = {
    now: () => clock.now(),
    sleep: (ms, signal) =>
      isOver() ? new Promise<void>(() => {}) : sleepUntil(own, clock.now() + ms, signal),
    at(atMs, run) {
      let isCancelled = false
      const fire = () => {
        if (isOver() || isCancelled) return
        const waits = held()
        if (waits) waits.push(fire)
        else run()
      }
      const forget = clock.at(atMs, fire)
      return () => {
        isCancelled = true
        forget()
      }
    },
  }
  return own
}
