// Durations as people write and read them: "10m" in the configuration, "67 h" in a message.

const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** One minute, hour, day in milliseconds. */
export const MINUTE_MS = UNITS_MS.m
export const HOUR_MS = UNITS_MS.h
export const DAY_MS = UNITS_MS.d

/** Parses `10s`, `1.5h`, `1h 30m`, `7d`. Returns milliseconds, or null when the text is not a duration. */
export function parseDurationMs(text: string): number | null {
  const trimmed = text.trim().toLowerCase()
  if (!/^(\d+(\.\d+)?\s*(ms|s|m|h|d|w)\s*)+$/.test(trimmed)) return null
  let total = 0
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)/g)) {
    total += Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS]
  }
  return Math.round(total)
}

const UNITS = [
  { ms: 1000, short: 's', long: 'second' },
  { ms: MINUTE_MS, short: 'min', long: 'minute' },
  { ms: HOUR_MS, short: 'h', long: 'hour' },
  { ms: DAY_MS, short: 'd', long: 'day' },
] as const

/**
 * A duration in one unit, for people: `45 s`, `9 min`, `67 h`, `12 d`; with `long`: `67 hours`. Rounded down, so that
 * time left is never overstated. Hours are used up to four days, because that is the range in which they matter.
 */
export function formatDuration(
  ms: number,
  { hoursFromMs = 2 * HOUR_MS, daysFromMs = 4 * DAY_MS, long = false } = {},
): string {
  const size = Math.abs(ms)
  const unit = UNITS[size < 2 * MINUTE_MS ? 0 : size < hoursFromMs ? 1 : size < daysFromMs ? 2 : 3]
  const number = Math.floor(size / unit.ms)
  const word = !long ? unit.short : number === 1 ? unit.long : `${unit.long}s`
  return `${ms < 0 ? '-' : ''}${number} ${word}`
}

/** A moment in plain UTC for a lock screen: `Sun 22 Nov 22:04 UTC`; with the year when it is not `nowMs`'s. */
export function formatUtc(atMs: number, nowMs: number): string {
  // "Sun, 22 Nov 2026 22:04:05 GMT": ECMA-262 has it so, whatever the locale.
  const [weekday, day, month, year, time] = new Date(atMs).toUTCString().split(/,? /)
  const ofYear = year === String(new Date(nowMs).getUTCFullYear()) ? '' : ` ${year}`
  return `${weekday} ${Number(day)} ${month}${ofYear} ${time!.slice(0, 5)} UTC`
}
