// Plays a story: sandbox chains, a local Discord and the real bot on one clock, and the log for the auditor.
import { settingsOf } from '../../src/config/index.ts'
import type { ChannelRequest, Night, WorldEvent } from '../auditor/log.ts'
import { commandsIn } from '../auditor/said.ts'
import { createFastClock } from '../fast-clock.ts'
import { ManualClock } from '../manual-clock.ts'
import { Bot } from './bot.ts'
import { AlertChannel } from './channel.ts'
import { ROOMS } from './faults.ts'
import { Ground, type Log, WALLET } from './ground.ts'
import { type Act, type Happening, MINUTE, type Story } from './happening.ts'
import { NightSide } from './night.ts'
import { SecondWatcher, WIRE_TIMES } from './second.ts'
import { trialOf } from './trial.ts'

const DAY_MS = 24 * 3_600_000
const STEP_MS = 15_000
/** While a message comes late, whoever looks too soon must be able to. */
const LATE_STEP_MS = 500
/** Within so long a disk that can be written again has what memory kept. */
const WRITTEN_MS = 2 * MINUTE

export interface Transcript {
  events: WorldEvent[]
  requests: ChannelRequest[]
  night: Night
  endMs: number
  /** Lines of the bot's log at `error` and above. */
  errors: string[]
  kills: number
  /** Whom alerts tag. */
  mention: string
}

/** Plays a story to its end and returns what happened and what was said. */
export async function play(story: Story): Promise<Transcript> {
  const stage = new Stage(story)
  const { clock, startMs, events } = stage
  const died = (error: Error) => void stage.died(error)
  process.on('uncaughtException', died)
  try {
    const bot = await stage.open()
    const waiting = [...story.happenings]
    while (clock.now() < startMs + story.endMs) {
      while (waiting.length > 0 && startMs + waiting[0]!.atMs <= clock.now())
        await stage.happen(waiting.shift()!)
      stage.ground.keep()
      await clock.advance(stage.channel.isLate ? LATE_STEP_MS : (story.stepMs ?? STEP_MS))
      await stage.back()
      await stage.quiet()
    }
    const { requests, mention } = stage.channel
    return {
      events,
      requests,
      night: stage.night,
      errors: bot.errors,
      kills: bot.kills,
      mention,
      endMs: clock.now(),
    }
  } finally {
    await stage.close()
    process.off('uncaughtException', died)
  }
}

class Stage {
  readonly clock = new ManualClock()
  readonly startMs = this.clock.now()
  readonly events: WorldEvent[] = []
  readonly channel = new AlertChannel(this.clock)
  readonly night = new NightSide(this.clock)
  readonly #story: Story
  readonly ground: Ground
  readonly #broken = new Set<string>()
  readonly #log: Log = (event) => void this.events.push({ atMs: this.clock.now(), ...event } as WorldEvent)
  readonly #second = new SecondWatcher(this.clock, this.channel, this.#log)
  #bot: Bot | null = null
  #killing: Promise<void> | null = null
  #killAtPost = false
  /** Until when the disk fails, and what it did not take is in memory alone. */
  #hurtUntilMs = 0

  constructor(story: Story) {
    this.#story = story
    this.ground = new Ground(this.clock, story, this.#log)
    this.channel.onAcked = (ack) => this.#log({ kind: 'acked', ...ack })
    this.channel.onTaken = (embeds) => {
      for (const command of embeds.flatMap(commandsIn))
        this.#log({ kind: 'tried', command: command.text, ...trialOf(this.ground.chains, command) })
      if (!this.#killAtPost || this.#isHurt) return
      this.#killAtPost = false
      this.#killing = this.#kill()
    }
  }

  /** Makes the world and switches the bot on. */
  async open(): Promise<Bot> {
    await this.ground.make()
    await this.night.open()
    const settings = await settingsOf({
      discord: { guildId: this.channel.world.guild.id },
      alerts: {
        mention: [this.channel.mention],
        remindEvery: `${(this.#story.remindEveryMs ?? DAY_MS) / 1000}s`,
        pagers: [{ kind: 'pagerduty', secret: 'PAGER', from: 'critical' }],
      },
      ops: { ping: { secret: 'PING_URL', every: '5m' } },
      schedule: { digest: this.#story.digest ?? '0 9 * * *' },
      limits: { requestsPerSecond: 1000, timeout: '10s' },
      faucet: {
        chain: 'lig-1',
        channels: [this.channel.typedId],
        address: { prefix: 'lig', encoding: 'bech32m', bytes: 28 },
        sender: { kind: 'internal-drip', url: 'http://127.0.0.1:9', token: 'FAUCET_TOKEN' },
      },
      chains: this.#story.chains.map(({ chainId, name }) => ({
        chainId,
        name,
        rest: this.ground.endpoints.get(chainId)!.map(({ url }) => url),
        prefix: 'cosmos',
        token: { symbol: 'STAKE', denom: 'stake', decimals: 6 },
        wallets: [{ address: WALLET, threshold: '2' }],
        mine: this.ground.clients
          .filter((one) => one.chainId === chainId && one.named)
          .map((one) => one.clientId),
      })),
    })
    const { clock, channel, night } = this
    const { secrets } = night
    this.#bot = new Bot({ clock, wireClock: createFastClock(WIRE_TIMES), channel, settings, secrets })
    this.#log({ kind: 'bot', runs: true })
    await this.#bot.start()
    if (this.#story.standby) await this.#second.open(settings)
    return this.#bot
  }

  /** Waits until nothing is under way. */
  async quiet(): Promise<void> {
    await this.#bot!.quiet()
    await this.#second.quiet()
  }

  async happen(one: Happening): Promise<void> {
    switch (one.kind) {
      case 'endpoint': {
        const { chainId, endpoint, fault, reads } = one
        this.ground.endpoints.get(chainId)![endpoint]!.faults = {
          ...this.ground.always(chainId),
          ...one.faults,
        }
        return this.#log({ kind: 'endpoint', chainId, endpoint, fault, reads })
      }
      case 'discord':
        this.channel.fault(one.door, one.discord, { door: one.door })
        return this.#log({ kind: one.door === 'any' ? 'discord' : 'webhook', fault: one.fault })
      case 'pager':
        this.night.fault(one.pager)
        return this.#log({ kind: 'pager', fault: one.fault })
      case 'odd':
        this.channel.fault('odd', one.discord)
        return this.#log({ kind: 'discord', fault: one.fault, takes: true })
      case 'poison': {
        const { chainId, clientId } = this.ground.clients[one.client]!
        const { name } = this.#story.chains.find((chain) => chain.chainId === chainId)!
        const command = `--host-chain ${chainId} --client ${clientId}\\n`
        const text = one.part === 'command' ? command : `${name} ${clientId} (tracks`
        this.channel.fault('poison', one.discord, { holds: text })
        return this.#log({ kind: 'poison', text: one.discord ? text : null })
      }
      case 'ack':
        return this.channel.ack(one.forMs)
      case 'types':
        return one.text === '/drip' ? this.channel.drip() : this.channel.type(one.text)
      case 'keeper':
        this.ground.clients[one.client]!.here = one.here
        return
      case 'freeze':
      case 'recover':
        return this.ground.govern(one.kind, this.ground.clients[one.client]!)
      case 'channels':
        return this.ground.setChannels(one.pair, one.open)
      case 'halt':
      case 'resume':
        return this.ground.stand(one.kind, one.chainId)
      case 'again':
        return this.ground.again(one.chainId)
      default:
        return this.#live(one)
    }
  }

  /** Whoever was killed is back. */
  async back(): Promise<void> {
    while (this.#killing) {
      const killing = this.#killing
      await killing
      if (this.#killing === killing) this.#killing = null
    }
  }

  /** What happens to the bot itself. */
  async #live(
    one: Extract<Happening, { kind: 'watcher' | 'room' | 'storage' | 'restart' | 'off' | 'on' | 'kill' }>,
  ): Promise<void> {
    const bot = this.#bot!
    if (one.kind === 'watcher')
      return one.who === 'first' ? this.#befall(one.act) : this.#second.befall(one.act)
    // Its disk, and its end, wait until it goes on.
    if (bot.isHalted) await this.#befall('go')
    // What only memory knows is lost with it, and may be told again.
    if (this.#isHurt && one.kind !== 'storage') return
    switch (one.kind) {
      case 'room':
        if (!bot.runs) return
        bot.hurtRoom(one.room, one.broken)
        this.#broken[one.broken ? 'add' : 'delete'](one.room)
        return this.#log({ kind: 'room', room: one.room, broken: one.broken })
      case 'storage':
        if (!bot.runs) return
        bot.hurtStorage(one.fault)
        this.#hurtUntilMs = one.fault === null ? this.clock.now() + WRITTEN_MS : Number.POSITIVE_INFINITY
        return this.#log({ kind: 'storage', fault: one.fault })
      case 'kill':
        if (one.after === 'post') this.#killAtPost = true
        else {
          for (let turn = 0; turn < one.after; turn++) await new Promise((resolve) => setImmediate(resolve))
          await this.#kill()
        }
        return
      case 'on':
        if (!bot.runs) await this.#switchOn()
        return
      default:
        if (bot.runs) await this.#switchOff()
        if (one.kind === 'restart') await this.#switchOn()
    }
  }

  /** What befalls the first of two watchers besides. */
  async #befall(act: Act): Promise<void> {
    const bot = this.#bot!
    if (act === 'cut' || act === 'mend') {
      this.channel.cut('first', act === 'cut')
      this.#log({ kind: 'cut', cut: act === 'cut' })
    } else if (act === 'stop' && bot.runs && !bot.isHalted) {
      bot.halt()
      this.#log({ kind: 'bot', runs: false, halted: true })
    } else if (act === 'go' && bot.isHalted) {
      this.#log({ kind: 'bot', runs: true, halted: true })
      bot.goOn()
    }
  }

  get #isHurt(): boolean {
    return this.clock.now() < this.#hurtUntilMs
  }

  /** An error of its own ended the bot; whoever looks after it starts it again. */
  async died(error: Error): Promise<void> {
    this.#log({ kind: 'died', text: error.stack?.split('\n').slice(0, 3).join(' ') ?? String(error) })
    this.#killing = this.#kill()
    await this.#killing
  }

  async close(): Promise<void> {
    await this.#bot?.close()
    await this.#second.close()
    await this.channel.close()
    await this.night.close()
    await this.ground.close()
  }

  async #switchOn(): Promise<void> {
    this.#log({ kind: 'bot', runs: true })
    await this.#bot!.start()
    for (const room of this.#broken) this.#bot!.hurtRoom(room, true)
  }

  async #switchOff(): Promise<void> {
    // Nobody starts with a disk like that.
    for (const room of Object.keys(ROOMS)) this.#bot!.hurtRoom(room, false)
    this.#bot!.hurtStorage(null)
    this.#log({ kind: 'storage', fault: null })
    this.#log({ kind: 'bot', runs: false })
    await this.#bot!.stop()
  }

  async #kill(): Promise<void> {
    const bot = this.#bot!
    if (!bot.runs) return
    for (const room of Object.keys(ROOMS)) bot.hurtRoom(room, false)
    bot.hurtStorage(null)
    this.#log({ kind: 'storage', fault: null })
    this.#log({ kind: 'bot', runs: false, killed: true })
    await bot.kill()
    await this.#switchOn()
  }
}
