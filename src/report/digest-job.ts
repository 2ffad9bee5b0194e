// The digest as a job: it comes on its day, once, in its own time zone, and is caught up on the day when it was missed.
import { atMost, type Clock } from '../kernel/clock.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/duration.ts'
import type { Logger } from '../kernel/logger.ts'
import { type CronTimes, cronTimes, isOften } from '../watch/cron.ts'
import type { Job } from '../watch/schedule.ts'
import { utc } from '../words/time.ts'
import type { DigestStore } from './store.ts'

/** How long the first sweep after a start is waited for, so that the digest tells of now. */
const FIRST_SWEEP_MS = 10 * MINUTE_MS

/** When it comes. */
export interface DigestSchedule {
  /** A cron expression, or never. */
  digest: string | false
  timezone: string
}

interface DigestJobDeps {
  schedule: DigestSchedule
  store: DigestStore
  clock: Clock
  logger: Logger
  /** Puts it into the outbox, and notes that it was sent. */
  send: () => void
}

/**
 * When a digest that was last sent at `sentMs` is due, as seen at `nowMs` (Unix ms); null: never again. What was missed
 * on a day before is left out; one that was due just before midnight has an hour.
 */
export function digestDueMs(times: CronTimes, sentMs: number, nowMs: number): number | null {
  const longestAgoMs = Math.min(times.dayBegan(nowMs) - 1, nowMs - HOUR_MS)
  return times.next(Math.max(sentMs, longestAgoMs))
}

const hourEndMs = (ms: number) => Math.floor(ms / HOUR_MS + 1) * HOUR_MS - 1

/** Makes the job; null: no digest is wanted. `swept`: the first sweep, which it waits for. */
export function createDigestJob(deps: DigestJobDeps, swept: Promise<unknown>): Job | null {
  const { store, clock, logger, send } = deps
  const { digest, timezone } = deps.schedule
  if (digest === false) return null
  const times = cronTimes(digest, timezone)
  const isHourly = isOften(digest, 'hour')
  if (isHourly) logger.warn({ digest }, 'schedule.digest comes more than once an hour: one an hour is sent')
  let isSaid = false
  /** Since when it waits, Unix ms, where the last one was sent days later than this clock shows. */
  let waitsMs: number | null = null
  const lastMs = (nowMs: number) => {
    const sentMs = store.sentMs()
    if (sentMs === null) store.sent(nowMs)
    // That clock was days ahead, and is not waited for; or this one is behind, and what was sent today stays sent.
    const isAhead = sentMs !== null && sentMs - nowMs > DAY_MS
    waitsMs = isAhead ? Math.min(waitsMs ?? nowMs, nowMs) : null
    return waitsMs ?? sentMs ?? nowMs
  }
  const sayNext = (nextMs: number, nowMs: number) => {
    isSaid = true
    const when = nextMs > nowMs ? utc(nextMs, nowMs) : 'now: it was missed today'
    logger.info({ digest, timezone, next: new Date(nextMs).toISOString() }, `the next digest comes ${when}`)
  }
  return {
    name: 'digest',
    dueMs(nowMs) {
      const sentMs = lastMs(nowMs)
      const nextMs = digestDueMs(times, isHourly ? hourEndMs(sentMs) : sentMs, nowMs)
      if (nextMs !== null && !isSaid) sayNext(nextMs, nowMs)
      return nextMs
    },
    async run(_nowMs, signal) {
      await atMost(clock, FIRST_SWEEP_MS, swept)
      if (!signal.aborted) send()
    },
  }
}
