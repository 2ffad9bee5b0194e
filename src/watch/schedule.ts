// The jobs: what is due is asked of the clock that is handed in, at least once a minute.
import type { Clock } from '../kernel/clock.ts'
import { MINUTE_MS } from '../kernel/duration.ts'
import type { Logger } from '../kernel/logger.ts'
import { logBug } from '../storage/explain.ts'
import { cronTimes, isOften } from './cron.ts'

export interface Job {
  name: string
  /** It comes more than once a minute: taken, and said at the start. */
  isOften?: boolean
  /** When it is due, Unix ms, as seen at `nowMs`; null: not at all. */
  dueMs(nowMs: number): number | null
  /** `signal` aborts when the schedule is stopped. */
  run(nowMs: number, signal: AbortSignal): Promise<void>
}

/** A look is due at least once a minute: one that comes so much later, or before the last, was not made in time. */
const LEAP_MS = 2 * MINUTE_MS

/**
 * A job that has just been started: from now on at the first time of its expression (UTC) after its last start, and at
 * once where the clock has leapt either way, or the machine has slept.
 */
export function cronJob(name: string, expression: string, startedMs: number, run: () => Promise<void>): Job {
  const times = cronTimes(expression, 'UTC')
  let lastMs = startedMs
  let seenMs = startedMs
  let hasLeapt = false
  return {
    name,
    isOften: isOften(expression, 'minute'),
    dueMs(nowMs) {
      hasLeapt ||= Math.abs(nowMs - seenMs) > LEAP_MS
      seenMs = nowMs
      return hasLeapt ? nowMs : times.next(lastMs)
    },
    run(nowMs) {
      lastMs = nowMs
      hasLeapt = false
      return run()
    },
  }
}

/**
 * Starts the jobs. One that is still running is not started again. Returns a function that stops the waking. node-cron
 * does not wake: it reckons through every time that it missed, for minutes where a clock leaps by years.
 */
export function startSchedule(jobs: readonly Job[], clock: Clock, logger: Logger): () => void {
  const running = new Set<Job>()
  const stopping = new AbortController()
  let cancel = () => {}

  const start = async (job: Job, nowMs: number): Promise<void> => {
    running.add(job)
    await job.run(nowMs, stopping.signal).finally(() => running.delete(job))
  }

  /** Starts what is due. Returns when it is due next, Unix ms. */
  const lookAt = (job: Job, nowMs: number): number => {
    const failed = (error: unknown) => logBug(logger, error, 'a job failed', { job: job.name })
    try {
      const dueMs = job.dueMs(nowMs)
      if (dueMs === null) return Number.POSITIVE_INFINITY
      if (dueMs > nowMs) return dueMs
      if (!running.has(job)) start(job, nowMs).catch(failed)
      return job.dueMs(nowMs) ?? Number.POSITIVE_INFINITY
    } catch (error) {
      failed(error)
      return Number.POSITIVE_INFINITY
    }
  }

  const look = (): void => {
    const nowMs = clock.now()
    const due = jobs.map((job) => lookAt(job, nowMs)).filter((dueMs) => dueMs > nowMs)
    cancel = clock.at(Math.min(nowMs + MINUTE_MS, ...due), look)
  }

  for (const { name, isOften } of jobs) {
    if (isOften)
      logger.warn(
        `schedule.${name} comes more than once a minute: a run waits until the one before has ended. What is due is read within 30 s however seldom sweeps come`,
      )
  }
  look()
  return () => {
    stopping.abort()
    cancel()
  }
}
