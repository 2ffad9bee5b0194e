// The small words that messages and commands about clients share (pure): signs, names, durations, moments.
import type { Directory } from '../chains/directory.ts'
import { chainLabel } from '../chains/find.ts'
import type { EndpointStatus } from '../cosmos/types.ts'
import { DAY_MS, formatDuration, formatUtc, HOUR_MS, MINUTE_MS } from '../kernel/duration.ts'
import { NANOS_PER_MS, nsToMs } from '../kernel/nanotime.ts'
import { count, grouped } from '../words/numbers.ts'
import { CHAIN_LABEL_MAX, label } from '../words/text.ts'
import { ago, isReadableMoment } from '../words/time.ts'
import type { ClientRow } from './rows.ts'

export { ago, CHAIN_LABEL_MAX, chainLabel, count, grouped, label }

/** "Osmosis 07-tendermint-1 (tracks Cosmos Hub)" */
export function clientLabel(
  row: Pick<ClientRow, 'chainId' | 'clientId' | 'trackedChainId'>,
  directory: Directory,
): string {
  const tracks = row.trackedChainId === null ? '' : ` (tracks ${chainLabel(directory, row.trackedChainId)})`
  return `${chainLabel(directory, row.chainId)} ${label(row.clientId)}${tracks}`
}

const TOO_LONG_MS = 100 * 365 * DAY_MS

/** A moment in each reader's own zone, with date and time. */
export function at(atMs: number): string {
  return isReadableMoment(atMs) ? `<t:${Math.floor(atMs / 1000)}:f>` : 'in the far future'
}

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

/** A share as whole percent, rounded down: `79 %`. */
export function percent(share: number): string {
  return `${Math.min(Math.floor(share * 100), 999)} %`
}

/** Up to `max` ids, then how many more: "channel-0, channel-4 and 12 more". Each of at most `longest` characters. */
export function idList(ids: readonly string[], max: number, longest = 30): string {
  const shown = ids.slice(0, max).map((id) => label(id, longest))
  const more = ids.length > max ? ` and ${grouped(ids.length - max)} more` : ''
  return shown.join(', ') + more
}

/** When a client expires, Unix ms rounded down; null where it does not or that is not known. */
export function expiresMs(row: Pick<ClientRow, 'expiresNs'>): number | null {
  return row.expiresNs === null ? null : nsToMs(row.expiresNs)
}

/** What is wrong with each endpoint: "lcd-a time-out, lcd-b 502, lcd-c 41 min behind". */
export function endpointWords(endpoints: readonly EndpointStatus[], max = 6): string {
  const shown = endpoints
    .slice(0, max)
    .map(({ name, reason, state }) => `${label(name)} ${label(reason ?? state, 60)}`)
  const more = endpoints.length > max ? ` and ${endpoints.length - max} more` : ''
  return shown.join(', ') + more
}
