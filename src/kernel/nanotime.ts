// Timestamps and durations as Cosmos chains write them, with all nine decimals kept (bigint nanoseconds).

const NANOS_PER_SECOND = 1_000_000_000n

/** Nanoseconds in a millisecond. */
export const NANOS_PER_MS = 1_000_000n

const TIMESTAMP = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?Z$/
/** Protobuf's Duration: up to 315,576,000,000 seconds. */
const DURATION = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/

/**
 * Parses an RFC 3339 timestamp with `Z` and 0 to 9 decimals (protobuf's JSON mapping of Timestamp).
 * Returns Unix nanoseconds, or null when the text is not one.
 */
export function parseTimestampNs(text: string): bigint | null {
  const match = TIMESTAMP.exec(text)
  if (!match) return null
  const ms = Date.parse(`${text.slice(0, 19)}Z`)
  if (Number.isNaN(ms)) return null
  return BigInt(ms) * NANOS_PER_MS + BigInt((match[7] ?? '').padEnd(9, '0') || 0)
}

/** Parses a protobuf JSON duration such as `1209600s` or `0.5s`. Returns nanoseconds, or null. */
export function parseDurationNs(text: string): bigint | null {
  const match = DURATION.exec(text)
  if (!match) return null
  const ns = BigInt(match[2]!) * NANOS_PER_SECOND + BigInt((match[3] ?? '').padEnd(9, '0') || 0)
  return match[1] ? -ns : ns
}

/** Unix nanoseconds to Unix milliseconds, rounded down. */
export function nsToMs(ns: bigint): number {
  const ms = ns / NANOS_PER_MS
  return Number(ns < 0n && ns % NANOS_PER_MS !== 0n ? ms - 1n : ms)
}

/** Unix milliseconds to Unix nanoseconds. */
export function msToNs(ms: number): bigint {
  return BigInt(Math.trunc(ms)) * NANOS_PER_MS
}

/** The years that RFC 3339 can write, 0 to 9999, Unix milliseconds. */
const FIRST_MS = -62_167_219_200_000
const LAST_MS = 253_402_300_799_999

/** Nanoseconds as RFC 3339 with `Z`; decimals only where they are not zero. Null where RFC 3339 cannot write it. */
export function formatTimestampNs(ns: bigint): string | null {
  const ms = nsToMs(ns)
  if (ms < FIRST_MS || ms > LAST_MS) return null
  const [seconds, millis] = new Date(ms).toISOString().slice(0, -1).split('.')
  const decimals = millis + String(ns - msToNs(ms)).padStart(6, '0')
  const short = `${seconds}.${decimals}`.replace(/\.?0+$/, '')
  return `${short}Z`
}
