// When a cron expression comes next (pure). node-cron reads the expressions; it has no question that takes a time.
import { createTask, parse } from 'node-cron'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/duration.ts'

/** The times of one expression in one time zone. All are Unix ms. */
export type CronTimes = ReturnType<typeof cronTimes>

/** Longer than the calendar needs to put the 29th of February on each day of the week, 2100 included. */
const LONGEST_MS = 41 * 366 * DAY_MS

/**
 * The times of `expression` (five or six fields) in `zone`. A time that the change of the clock leaves out comes as much
 * later as the clock was put forward, one that it makes twice comes once.
 * @throws {Error} for what is no cron expression
 */
export function cronTimes(expression: string, zone: string) {
  const { second, minute, hour, month } = parse(expression)
  // Days are asked of node-cron, which knows `L`, `15W` and `1#2`; it keeps a list of its tasks, out of which this goes.
  const days = createTask(expression, () => {}, { timezone: 'UTC' })
  void days.destroy()
  const wall = wallClock(zone)
  const times = [...hour].flatMap((h) =>
    minute.flatMap((m) => second.map((s) => h * HOUR_MS + m * MINUTE_MS + s * 1000)),
  )
  times.sort((a, b) => a - b)
  const fits = (dayMs: number) =>
    month.includes(new Date(dayMs).getUTCMonth() + 1) && days.match(new Date(dayMs + times[0]!))
  const first = (afterMs: number): number | null => {
    const afterWallMs = wall.at(afterMs)
    const firstMs = startOfDay(afterWallMs)
    for (let dayMs = firstMs; dayMs < firstMs + LONGEST_MS; dayMs += DAY_MS) {
      if (!fits(dayMs)) continue
      for (const time of times) {
        if (dayMs + time <= afterWallMs) continue
        const atMs = wall.moment(dayMs + time)
        // One of the hour that came twice, and was meant when it came first.
        if (atMs > afterMs) return atMs
      }
    }
    return null
  }
  /** Asked for again and again. */
  let last: { afterMs: number; atMs: number | null } = { afterMs: Number.NaN, atMs: null }
  return {
    /** The first time after `afterMs`; null: none in forty years. */
    next(afterMs: number): number | null {
      if (afterMs !== last.afterMs) last = { afterMs, atMs: first(afterMs) }
      return last.atMs
    },
    /** When the day of `atMs` began there. */
    dayBegan: (atMs: number): number => wall.moment(startOfDay(wall.at(atMs))),
  }
}

/** Why a text is no expression that a job can go by, for the configuration; null: it is one. */
export function cronProblem(expression: string): string | null {
  try {
    if (cronTimes(expression, 'UTC').next(0) !== null) return null
    return 'no day fits it: it would never come'
  } catch {
    return 'not a cron expression such as "*/10 * * * *"'
  }
}

/** Whether it comes more than once within an hour, or within a minute. */
export function isOften(expression: string, within: 'hour' | 'minute'): boolean {
  const { second, minute } = parse(expression)
  return new Set(second).size * (within === 'hour' ? new Set(minute).size : 1) > 1
}

const startOfDay = (wallMs: number) => Math.floor(wallMs / DAY_MS) * DAY_MS

/** What the clocks of a time zone show, as the moment (Unix ms) at which those of UTC show the same; and back. */
function wallClock(zone: string) {
  const fields = { year: 'numeric', month: 'numeric', day: 'numeric' } as const
  const clock = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, ...fields, ...clock })
  const at = (ms: number): number => {
    const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second)
  }
  return {
    at,
    /** The first moment at which they show it; where they never do, as much later as they were put forward. */
    moment(wallMs: number): number {
      const [before, after] = [wallMs - DAY_MS, wallMs + DAY_MS].map((ms) => wallMs - (at(ms) - ms))
      return [before!, after!].sort((a, b) => a - b).find((ms) => at(ms) === wallMs) ?? before!
    },
  }
}
