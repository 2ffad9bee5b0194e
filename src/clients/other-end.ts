// The client at the other end of a connection, in a few words (pure).
import type { Directory } from '../chains/directory.ts'
import { MINUTE_MS } from '../kernel/duration.ts'
import { label } from '../words/text.ts'
import { ago, left } from '../words/time.ts'
import { CLAIM_WORDS, claimNow, type HostView, isLost } from './claim.ts'
import { severityNow, thresholdsOf } from './severity-now.ts'
import type { ClientRow } from './types.ts'
import { expiresMs } from './words.ts'

/** A reading that is not older is of now. */
const FRESH_MS = MINUTE_MS

/** Null: there is none, or it is not watched. */
export type OtherEnd = ClientRow | null

/**
 * `short`: "other end: 9 d left", "other end: EXPIRED by the reading 40 minutes ago". `long`: "other end active, 9 d left: keep it updated". Null where the client has
 * no other end.
 */
export function otherEndWords(
  row: Pick<ClientRow, 'farEnds'>,
  otherEnd: OtherEnd,
  now: { nowMs: number; directory: Directory; host: HostView | null },
  form: 'short' | 'long',
): string | null {
  const mark = form === 'short' ? 'other end:' : 'other end'
  if (!otherEnd) {
    const far = row.farEnds[0]
    return far ? `${mark} not watched (${label(far.clientId)} on ${label(far.chainId)})` : null
  }
  const verdict = severityNow(otherEnd, thresholdsOf(now.directory, otherEnd.chainId), now.nowMs)
  const claim = claimNow(otherEnd, now.host, now.nowMs)
  const { readMs } = otherEnd
  const age = readMs === null || now.nowMs - readMs < FRESH_MS ? '' : ` by the reading ${ago(readMs)}`
  if (claim !== null) return `${mark} ${isLost(claim) ? claim.toUpperCase() : CLAIM_WORDS[claim]}${age}`
  if (verdict.severity === 'unreadable') return `${mark} cannot be read`
  const deadlineMs = expiresMs(verdict)
  const time = deadlineMs === null ? null : `${left(deadlineMs, now.nowMs)} left`
  if (form === 'short') return `${mark} ${time ?? 'active'}${age}`
  return `${mark} active${time ? `, ${time}` : ''}${age}: keep it updated`
}
