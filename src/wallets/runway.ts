// How long a balance lasts (pure): what is spent per day by the kept readings, refills left out.
import { DAY_MS, formatDuration, HOUR_MS } from '../kernel/duration.ts'
import type { Balance } from './types.ts'

export interface Runway {
  /** Base units spent per day, rounded down. */
  perDayBase: bigint
  /** How long the balance lasts at that pace, in milliseconds. */
  lastsMs: number
}

/** Readings older than this say nothing about how a wallet is used now. */
export const RUNWAY_WINDOW_MS = 14 * DAY_MS
/** With less than this nothing is said. */
const LEAST_HISTORY_MS = DAY_MS
const LEAST_SPENDS = 3

/**
 * Works the runway out from readings, oldest first. Every fall between two readings was spent, every rise is a refill
 * and counts as nothing. Null when the readings span less than a day, or show fewer than three spends.
 */
export function runway(readings: readonly Balance[]): Runway | null {
  const first = readings[0]
  const last = readings.at(-1)
  if (!first || !last) return null
  const spanMs = last.readMs - first.readMs
  let spent = 0n
  let spends = 0
  for (const [index, { base }] of readings.entries()) {
    const before = readings[index - 1]
    if (!before || base >= before.base) continue
    spent += before.base - base
    spends++
  }
  if (spanMs < LEAST_HISTORY_MS || spends < LEAST_SPENDS) return null
  return {
    perDayBase: (spent * BigInt(DAY_MS)) / BigInt(Math.trunc(spanMs)),
    lastsMs: Number((last.base * BigInt(Math.trunc(spanMs))) / spent),
  }
}

/** "about 3 days", "about 5 hours", "less than an hour", "more than a year". */
export function lastsText(lastsMs: number): string {
  if (lastsMs < HOUR_MS) return 'less than an hour'
  if (lastsMs > 365 * DAY_MS) return 'more than a year'
  return `about ${formatDuration(lastsMs, { hoursFromMs: HOUR_MS, daysFromMs: 2 * DAY_MS, long: true })}`
}
