// A second watcher at work: what it has to tell waits for a few minutes, and is posted where the first one has not told it.
import type { Clock } from '../../kernel/clock.ts'
import { HOUR_MS, MINUTE_MS } from '../../kernel/duration.ts'
import { messageOf } from '../../kernel/errors.ts'
import type { Logger } from '../../kernel/logger.ts'
import { snowflakeTimeMs } from '../../kernel/snowflake.ts'
import type { Database } from '../../storage/database.ts'
import { cronTimes } from '../../watch/cron.ts'
import { acknowledge, isAgain, isAlarm } from '../life.ts'
import { commitNotices } from '../outbox/commit.ts'
import { createTimers, type Delivery } from '../outbox/deliver.ts'
import { isStillTrue } from '../outbox/prepare.ts'
import type { ReadChannel, SeenMessage } from '../outbox/seen.ts'
import { createOutbox, type OutboxRow } from '../outbox/store.ts'
import { isWebhook, STANDBY_LANE } from '../pagers/names.ts'
import type { AlertStore } from '../store.ts'
import type { Message } from '../types.ts'
import {
  hearsFirst,
  heldUntilMs,
  isOwnBlindness,
  laterThanHere,
  ofOwnBlindness,
  readSince,
  toldByFirst,
} from './decide.ts'
import type { Staged } from './stage.ts'

/** For so long the first one has its turn: a restart of it passes within that. */
const GRACE_MS = 3 * MINUTE_MS
/** After an outage of Discord it has longer: it may have paused for as long as five minutes. */
const AFTER_OUTAGE_MS = 6 * MINUTE_MS
/** For so long a channel that cannot be read although webhooks answer is waited for. */
const UNREAD_MAX_MS = 10 * MINUTE_MS
/** For so long the first one's next sweep is waited for, which shows what a reading alone shows. */
const SWEEP_MAX_MS = 15 * MINUTE_MS
/** Whether somebody still has it is looked for at least so often. */
const HELD_MS = HOUR_MS
const LOOK_MS = 15_000
/** What was looked for a moment ago is not looked for again before it is posted. */
const JUST_LOOKED_MS = 20_000

export interface StandbyDeps {
  database: Database
  alerts: AlertStore
  settings: { standby: boolean; schedule: { clients: string }; alerts: { fallbackChannel: string | null } }
  clock: Clock
  logger: Logger
  delivery: () => Pick<Delivery, 'status' | 'silent' | 'kick'>
  readChannel: ReadChannel
  sayOnce: (about: string, text: string | null) => void
}

export type Standby = ReturnType<typeof standbyOf>

type Looked = SeenMessage[] | 'unreadable' | 'later'

/** Looks for what the first one says. */
function createLook({ settings, clock, logger, delivery, readChannel, sayOnce }: StandbyDeps) {
  let unreadSinceMs: number | null = null

  /** Where the first one posts, or its own account speaks. */
  function channels(): string[] | null {
    const ids = delivery()
      .status()
      .webhooks.map(({ channelId }) => channelId)
    const all = [...ids, settings.alerts.fallbackChannel ?? []].flat()
    return all.includes(null) ? null : [...new Set(all as string[])]
  }

  /** What the first one may have written since `sinceMs` (Unix ms). */
  async function read(sinceMs: number): Promise<SeenMessage[] | null> {
    const ids = channels()
    if (ids === null) throw new Error('the channel of a webhook is not known yet')
    const found = await Promise.all(ids.map((id) => readChannel(id, sinceMs)))
    const all = found.flatMap((one) => one ?? [])
    return found.includes(null) ? null : all
  }

  async function once(sinceMs: number): Promise<Looked> {
    const nowMs = clock.now()
    try {
      const seen = await read(sinceMs)
      unreadSinceMs = null
      const why =
        'I cannot read the channel of the alerts, so I do not see what the first watcher says and say everything, too. Give my role View Channels and Read Message History there, and switch on the Message Content intent (`ibc-monitor doctor` tells which)'
      sayOnce('standby', seen === null ? `⚠️ ${why}.` : null)
      return seen ?? 'unreadable'
    } catch (error) {
      unreadSinceMs ??= nowMs
      logger.warn({ reason: messageOf(error) }, 'what the first watcher says could not be read')
      look.notBeforeMs = nowMs + AFTER_OUTAGE_MS
      const lasts = Math.abs(nowMs - unreadSinceMs) >= UNREAD_MAX_MS
      // Where nothing can be posted either, there is time.
      return lasts && (await delivery().silent(() => false)).length === 0 ? 'unreadable' : 'later'
    }
  }

  const look = { once, notBeforeMs: 0 }
  return look
}

/** Null where this is no second watcher. Nothing is done before `start`. */
export const createStandby = (deps: StandbyDeps): Standby | null =>
  deps.settings.standby ? standbyOf(deps) : null

function standbyOf(deps: StandbyDeps) {
  const { database, alerts, clock, logger, delivery } = deps
  const outbox = createOutbox(database, logger)
  const timers = createTimers(clock)
  const look = createLook(deps)
  let looking: Promise<void> | null = null
  const sweeps = cronTimes(deps.settings.schedule.clients, 'UTC')
  const isOld = (ms: number, thanMs: number) => Math.abs(clock.now() - ms) >= thanMs

  function due(): OutboxRow[] {
    return [...outbox.waiting(STANDBY_LANE, 'post')].flatMap((id) => {
      const row = outbox.row(id)
      if (!row) return []
      const { createdMs, messages } = row
      const isRead = messages[0]!.notice.level === 'frozen'
      // A sweep that has begun a moment ago may be the first one's, too.
      const sweptMs = (isRead && sweeps.next(createdMs - MINUTE_MS)) || createdMs
      const sweepMs = Math.min(SWEEP_MAX_MS, Math.max(0, sweptMs - createdMs))
      const laterMs = laterThanHere(messages[0]!, createdMs)
      return isOld(createdMs, Math.max(GRACE_MS + sweepMs, laterMs)) ? row : []
    })
  }

  /** Where somebody has it for the first one, they have it here: it is said once more when their time is over. */
  function hold(message: Message, told: SeenMessage, nowMs: number): void {
    const untilMs = heldUntilMs(message, told, nowMs)
    const state = alerts.loadState(message.identity)
    if (untilMs === null || !state) return
    const holder = { userId: '', name: 'somebody', note: null, untilMs: Math.min(untilMs, nowMs + HELD_MS) }
    alerts.saveState(message.identity, acknowledge(state, holder, nowMs) ?? state, nowMs)
  }

  async function settle(): Promise<void> {
    const rows = due()
    if (rows.length === 0) return
    const missedMs = outbox.lastUntoldMs(STANDBY_LANE) ?? Infinity
    const times = rows.flatMap(({ messages }) => messages.map(readSince))
    const sinceMs = Math.min(...times, missedMs)
    const looked = await look.once(sinceMs)
    if (looked === 'later' || (looked !== 'unreadable' && clock.now() < look.notBeforeMs)) return
    const nowMs = clock.now()
    database.tx(() => {
      const isSilent = looked !== 'unreadable' && missedMs < Infinity && !hearsFirst(looked, missedMs)
      const toPost = rows.flatMap((row) => decide(row, looked, isSilent, nowMs) ?? [])
      commitNotices(database, toPost, (message) => (message as Staged).to, nowMs)
    })
    delivery().kick()
  }

  /** Settles a row of the lane; returns what is to be posted of it. `isSilent`: the first one has missed something. */
  function decide(
    row: OutboxRow,
    looked: Exclude<Looked, 'later'>,
    isSilent: boolean,
    nowMs: number,
  ): Message | null {
    const { id, createdMs } = row
    const whole = row.messages[0] as Staged
    const { alertId } = whole.notice
    const own = whole.to.filter(
      ({ webhook }) => isWebhook(webhook) && outbox.alarms(alertId, webhook).length > 0,
    )
    const alarms = outbox.alarms(alertId, STANDBY_LANE)
    const wasTold = own.length > 0 || alarms.some(({ delivered }) => delivered)
    const isBlind = isOwnBlindness(whole.notice)
    const message = isBlind && !isSilent ? ofOwnBlindness(whole, wasTold) : whole
    const isTrue = isStillTrue(whole, id, alerts.loadState(whole.identity), alarms)
    // That it is over is said of what was posted here alone.
    if (!message || !isTrue || (!isAlarm(message.notice) && own.length === 0)) {
      outbox.markSuperseded(id, 'over before it was told', nowMs)
      return null
    }
    const isRead = looked !== 'unreadable'
    const told = toldByFirst(message, createdMs, isRead ? looked : [], nowMs)
    if (told && isAgain(message.notice)) hold(message, told, nowMs)
    // Where the first one may have had nothing to say, or was not looked for, it has missed nothing.
    if (told || (isRead && isAlarm(message.notice) && !isBlind))
      outbox.markDelivered(id, told?.id ?? null, nowMs)
    else outbox.markSuperseded(id, null, nowMs)
    if (isAlarm(message.notice)) return told ? null : message
    return { ...message, editsOnly: told !== null, to: own } as Staged
  }

  function tick(): void {
    timers.later(LOOK_MS, tick)
    looking ??= settle()
      .catch((error) => logger.error({ err: error }, 'what waits for the first watcher could not be settled'))
      .finally(() => {
        looking = null
      })
  }

  return {
    start: tick,
    turnMs: AFTER_OUTAGE_MS,
    /** Looks now, and waits for it; `idle` begins nothing. */
    async flush(): Promise<void> {
      await looking
      await settle()
    },
    idle: async () => looking,
    /** Whether the first one has told by now all that a row of a webhook tells, which has waited since it was looked for. */
    async isTold({ messages, createdMs, attempts }: OutboxRow): Promise<boolean> {
      const alarms = messages.filter(({ notice }) => isAlarm(notice))
      if (alarms.length === 0 || (attempts === 0 && !isOld(createdMs, JUST_LOOKED_MS))) return false
      const looked = await look.once(Math.min(...alarms.map(readSince)))
      if (!Array.isArray(looked)) return false
      return alarms.every((one) => toldByFirst(one, createdMs, looked, clock.now()) !== null)
    },
    /** When the first one said the newest of what was looked for here, Unix ms; null: never. */
    heardMs(): number | null {
      const id = outbox.lastMessageId(STANDBY_LANE)
      return id === null ? null : snowflakeTimeMs(id)
    },
    async stop(): Promise<void> {
      timers.cancelAll()
      await looking
    },
  }
}
