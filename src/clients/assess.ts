// The verdict on a client (pure): what its host chain says of it now, and how bad that is on the wall clock.
import type { Thresholds } from '../alerts/settings.ts'
import type { ClientState } from '../cosmos/types.ts'
import { msToNs, NANOS_PER_MS } from '../kernel/nanotime.ts'

export type ClientStatus = 'active' | 'expired' | 'frozen' | 'unauthorized' | 'unknown' | 'unreadable'
export type Severity = 'ok' | 'warning' | 'critical' | 'expired' | 'frozen' | 'unreadable'

/** What is said of a client without a consensus state at its latest height, by how sure that is. */
export const ABSENT = {
  absent: 'there is no consensus state at its latest height',
  'absent-twice':
    'there is no consensus state at its latest height, by two looks at least a minute apart: its endpoint gives no block heights',
} as const

/** Confirmed at a height; or by a second look, where the endpoint gives no heights. */
export type Absent = keyof typeof ABSENT

/** Whether the consensus state is confirmed to be absent. */
export const isAbsent = (consensus: Reading['consensus']): consensus is Absent =>
  typeof consensus === 'string' && consensus in ABSENT

/** Everything that was read of one client; the input of the verdict. */
export interface Reading extends Omit<ClientState, 'clientId' | 'readAtHeight'> {
  /** Whether the client's type is in the host's `allowed_clients`; null where that could not be asked. */
  authorized: boolean | null
  /** The consensus state at `latestHeight`: its time, that it is confirmed to be absent, or not needed for this type. */
  consensus: { ns: bigint } | Absent | 'not-needed'
  /** The chain's own `client_status`, asked only where there is no rule. */
  chainSays: Exclude<ClientStatus, 'unreadable'> | null
  /** Block time of the host chain that this was read at, Unix nanoseconds. */
  hostTimeNs: bigint
  /** How old that block may be, by the host chain's own rhythm; left out: as for most chains. */
  hostPatienceNs?: bigint
  readMs: number
}

/** A client that could not be read, and why: names the endpoint and what it answered. */
export interface Unreadable {
  cause: string
  /** The chain answered, and a second look, a minute later, may tell. */
  unproven?: true
}

export interface Verdict {
  /** The verdict at the host's block time. */
  status: ClientStatus
  /** Looks at the wall clock too. */
  severity: Severity
  /** Time of the consensus state at the latest height: the tracked chain's header time. */
  lastUpdateNs: bigint | null
  expiresNs: bigint | null
  /** Share of the trusting period since the last update, on the wall clock. Not capped. */
  elapsedShare: number | null
  /** The next moment at which the severity changes by itself, Unix ms (rounded up); null: never. */
  nextDueMs: number | null
  reason: string | null
}

/** Shares are compared exactly: as billionths of the trusting period. */
const SHARE_SCALE = 1_000_000_000n

/**
 * Judges one reading by ibc-go's rules (02-client `GetClientStatus`, 07-tendermint `Status` and `IsExpired`):
 * unauthorized, then frozen, then expired where there is no consensus state at the latest height or
 * `timestamp + trusting period > host block time` does not hold (equality is expired), else active.
 */
export function assess(reading: Reading, thresholds: Thresholds, nowMs: number): Verdict {
  const lastUpdateNs = typeof reading.consensus === 'object' ? reading.consensus.ns : null
  const period = reading.trustingPeriodNs
  const expires = reading.rule === 'tendermint' && lastUpdateNs !== null && period !== null
  const expiresNs = expires ? lastUpdateNs + period : null
  const { status, reason } = verdict(reading, expiresNs)
  const facts = { status, lastUpdateNs, expiresNs, reason }
  if (expiresNs === null || period === null || lastUpdateNs === null || status !== 'active') {
    const severity = severityOf(status)
    const share = expiresNs === null ? null : shareOf(lastUpdateNs!, period!, nowMs)
    return { ...facts, severity, elapsedShare: share, nextDueMs: null }
  }
  // A host whose block time is ahead of this machine's clock is believed: a slow clock here must hide nothing.
  const wallNs = msToNs(nowMs) > reading.hostTimeNs ? msToNs(nowMs) : reading.hostTimeNs
  const steps = stepsOf(lastUpdateNs, period, thresholds)
  const reached = steps.filter(({ atNs }) => atNs <= wallNs).at(-1)
  const next = steps.find(({ atNs }) => atNs > wallNs)
  const halted = reached?.severity === 'expired'
  return {
    ...facts,
    severity: reached?.severity ?? 'ok',
    elapsedShare: shareOf(lastUpdateNs, period, nowMs),
    nextDueMs: next ? Number((next.atNs + NANOS_PER_MS - 1n) / NANOS_PER_MS) : null,
    reason: halted ? 'past its deadline on the wall clock; the host chain has made no block since' : reason,
  }
}

/** The verdict on a client that could not be read. Neither good nor bad news. */
export function unreadable(cause: string): Verdict {
  return {
    status: 'unreadable',
    severity: 'unreadable',
    lastUpdateNs: null,
    expiresNs: null,
    elapsedShare: null,
    nextDueMs: null,
    reason: cause,
  }
}

function verdict(
  reading: Reading,
  expiresNs: bigint | null,
): { status: ClientStatus; reason: string | null } {
  if (reading.authorized === false) {
    return {
      status: 'unauthorized',
      reason: `${reading.clientType} is not in the host chain's allowed_clients`,
    }
  }
  if (reading.rule === 'ask') {
    if (reading.chainSays === null)
      return { status: 'unreadable', reason: 'the chain was not asked for its status' }
    const said =
      reading.chainSays === 'unknown' ? '"Unknown" is all that its chain says of it' : 'as its chain says it'
    return { status: reading.chainSays, reason: `client_status: ${said} (${reading.clientType})` }
  }
  if (reading.frozen) return { status: 'frozen', reason: null }
  if (reading.rule === 'flag') return { status: 'active', reason: null }
  if (isAbsent(reading.consensus)) return { status: 'expired', reason: ABSENT[reading.consensus] }
  if (expiresNs === null)
    return { status: 'unreadable', reason: 'its trusting period or latest height is missing' }
  return { status: expiresNs > reading.hostTimeNs ? 'active' : 'expired', reason: null }
}

/** The severity of a verdict that no deadline softens. */
function severityOf(status: ClientStatus): Severity {
  if (status === 'active') return 'ok'
  if (status === 'unauthorized') return 'frozen'
  if (status === 'unknown') return 'unreadable'
  return status
}

/** The moments at which the severity of an active client rises, in order. */
function stepsOf(lastUpdateNs: bigint, periodNs: bigint, thresholds: Thresholds) {
  const { warnWhenLeftMs, quietWhileLeftMs } = thresholds
  const expiresNs = lastUpdateNs + periodNs
  let warnNs = lastUpdateNs + portionNs(periodNs, thresholds.warnAt)
  if (warnWhenLeftMs !== null && periodNs >= 4n * msToNs(warnWhenLeftMs)) {
    // "Less than this is left" begins one nanosecond after exactly this much is left.
    const leftNs = expiresNs - msToNs(warnWhenLeftMs) + 1n
    if (leftNs < warnNs) warnNs = leftNs
  }
  if (quietWhileLeftMs !== null) {
    const quietNs = expiresNs - msToNs(quietWhileLeftMs)
    if (quietNs > warnNs) warnNs = quietNs
  }
  const criticalNs = lastUpdateNs + portionNs(periodNs, thresholds.criticalAt)
  const steps: { atNs: bigint; severity: Severity }[] = [
    { atNs: criticalNs, severity: 'critical' },
    { atNs: expiresNs, severity: 'expired' },
  ]
  return warnNs < criticalNs ? [{ atNs: warnNs, severity: 'warning' as Severity }, ...steps] : steps
}

/** How long after the last update a client is first worth a look: the age of its first threshold, nanoseconds. */
export function dangerAgeNs(trustingPeriodNs: bigint, thresholds: Thresholds): bigint {
  return stepsOf(0n, trustingPeriodNs, thresholds)[0]!.atNs
}

/** The part of a period at or over which a share is reached, rounded up to whole nanoseconds. */
function portionNs(periodNs: bigint, share: number): bigint {
  const scaled = periodNs * BigInt(Math.round(share * Number(SHARE_SCALE)))
  return (scaled + SHARE_SCALE - 1n) / SHARE_SCALE
}

function shareOf(lastUpdateNs: bigint, periodNs: bigint, nowMs: number): number | null {
  if (periodNs <= 0n) return null
  return Number(((msToNs(nowMs) - lastUpdateNs) * SHARE_SCALE) / periodNs) / Number(SHARE_SCALE)
}
