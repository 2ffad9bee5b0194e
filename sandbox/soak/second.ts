// The second watcher of a seed's world: the same configuration, and a token, a database, a pager and a ping of its own.
import type { Settings } from '../../src/config/index.ts'
import { createFastClock } from '../fast-clock.ts'
import type { ManualClock } from '../manual-clock.ts'
import { Bot } from './bot.ts'
import type { AlertChannel } from './channel.ts'
import type { Log } from './ground.ts'
import type { Act } from './happening.ts'
import { NightSide } from './night.ts'

/** The wire's time against the machine's: pauses of minutes pass in milliseconds, as the world's do. */
export const WIRE_TIMES = 2_000

/** There is none before `open`. */
export class SecondWatcher {
  readonly #clock: ManualClock
  readonly #channel: AlertChannel
  readonly #log: Log
  readonly #night: NightSide
  #bot: Bot | null = null
  #isCut = false

  constructor(clock: ManualClock, channel: AlertChannel, log: Log) {
    this.#clock = clock
    this.#channel = channel
    this.#log = log
    this.#night = new NightSide(clock)
  }

  async open(settings: Settings): Promise<void> {
    await this.#night.open()
    this.#channel.onAnswered = (text) => this.#log({ kind: 'answered', text })
    this.#bot = new Bot({
      clock: this.#clock,
      wireClock: createFastClock(WIRE_TIMES),
      channel: this.#channel.second(),
      settings: { ...settings, standby: true },
      secrets: this.#night.secrets,
    })
    await this.#bot.start()
    this.#noteLives()
  }

  async befall(act: Act): Promise<void> {
    const bot = this.#bot!
    if (act === 'cut' || act === 'mend') {
      this.#isCut = act === 'cut'
      this.#channel.cut('second', this.#isCut)
    }
    if (act === 'stop') bot.halt()
    if (act === 'go') bot.goOn()
    if (act === 'off') await bot.stop()
    if (act === 'kill') await bot.kill()
    if (act === 'kill') this.#log({ kind: 'second', lives: false })
    if ((act === 'on' || act === 'kill') && !bot.runs) await bot.start()
    this.#noteLives()
  }

  async quiet(): Promise<void> {
    await this.#bot?.quiet()
  }

  async close(): Promise<void> {
    await this.#bot?.close()
    await this.#night.close()
  }

  #noteLives(): void {
    const { runs, isHalted } = this.#bot!
    this.#log({ kind: 'second', lives: runs && !isHalted && !this.#isCut })
  }
}
