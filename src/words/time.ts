// Moments and durations for people (pure).
import { DAY_MS, formatDuration, formatUtc, HOUR_MS, MINUTE_MS } from '../kernel/duration.ts'
import { NANOS_PER_MS } from '../kernel/nanotime.ts'

const TOO_LONG_MS = 100 * 365 * DAY_MS
/** The last moment that Discord and people can read: the end of the year 9999, Unix ms. */
const LAST_MS = 253_402_300_799_000

const isReadableMoment = (atMs: number) => Math.abs(atMs) <= LAST_MS

/** A moment (Unix ms) that each reader's client shows in its own way: `R` as a distance, `f` with date and time. */
function stamp(atMs: number, style: 'R' | 'f'): string {
  return isReadableMoment(atMs) ? `<t:${Math.floor(atMs / 1000)}:${style}>` : 'in the far future'
}

/** A moment as each reader's client shows it: "in 3 days", "11 days ago". */
export const ago = (atMs: number): string => stamp(atMs, 'R')

/** A moment in each reader's own zone, with date and time. */
export const at = (atMs: number): string => stamp(atMs, 'f')

/** A moment in plain UTC: `Sun 22 Nov 22:04 UTC`. */
export function utc(atMs: number, nowMs: number): string {
  return isReadableMoment(atMs) ? formatUtc(atMs, nowMs) : 'in the far future'
}

/** A moment in plain UTC, without the day where it is today's: `09:14 UTC`. */
export function clockUtc(atMs: number, nowMs: number): string {
  const sameDay = Math.floor(atMs / DAY_MS) === Math.floor(nowMs / DAY_MS)
  return sameDay ? `${new Date(atMs).toISOString().slice(11, 16)} UTC` : utc(atMs, nowMs)
}

/** Time left, never below zero and never overstated: `67 h`, `9 min`. */
export function left(untilMs: number, nowMs: number, daysFromMs = 4 * DAY_MS): string {
  const leftMs = Math.max(0, untilMs - nowMs)
  return leftMs > TOO_LONG_MS ? 'over 100 years' : formatDuration(leftMs, { daysFromMs })
}

/** Time until something that is not urgent: in days from two days on. */
export const roughlyLeft = (untilMs: number, nowMs: number): string => left(untilMs, nowMs, 2 * DAY_MS)

/** A trusting period in the largest unit that gives a whole number: `14 d`, `36 h`, `200 s`. */
export function period(ns: bigint): string {
  const ms = Number(ns / NANOS_PER_MS)
  if (ms > TOO_LONG_MS) return 'over 100 years'
  for (const [sizeMs, unit] of [
    [DAY_MS, 'd'],
    [HOUR_MS, 'h'],
    [MINUTE_MS, 'min'],
    [1000, 's'],
  ] as const) {
    if (ms >= sizeMs && ms % sizeMs === 0) return `${ms / sizeMs} ${unit}`
  }
  return ms < 1000 ? `${ms} ms` : formatDuration(ms)
}
