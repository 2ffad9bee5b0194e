// What follows from one reading of a client (pure): its verdict, how it is known from now on, and what its alerts are told.
import { isPastSaving, wouldCall } from '../alerts/life.ts'
import { seen as observedAs } from '../alerts/report.ts'
import type { AlertSettings } from '../alerts/settings.ts'
import type { AlertState, Level, Observation } from '../alerts/types.ts'
import { type BlindPolicy, lasting } from '../chains/health/observe.ts'
import { nsToMs } from '../kernel/nanotime.ts'
import { RANK } from '../words/levels.ts'
import { assess, isAbsent, unreadable, type Verdict } from './assess.ts'
import { makesNoBlocks } from './claim.ts'
import { upToDate } from './fresher.ts'
import { revisionOf } from './new-revision.ts'
import { readingOf } from './severity-now.ts'
import { type ClientRow, isAbout, isReading, type Seen } from './types.ts'
import { expiresMs } from './words.ts'

/** Judges what was read at `nowMs` (Unix ms); what cannot be read is neither good nor bad news. */
export function verdictOf({ reading }: Pick<Seen, 'reading'>, policy: AlertSettings, nowMs: number): Verdict {
  return isReading(reading) ? assess(reading, policy, nowMs) : unreadable(reading.cause)
}

/**
 * Decides about a client of `chainId` that was `read` at `nowMs` (Unix ms). `before`: as it was known; `alert`: where the
 * alert about it stands. `after`: the client as it is known from now on; `observed`: for the alert about the client
 * itself; `confirm`: it is news, whoever is tagged for it, and is read once more before.
 */
export function decide(
  chainId: string,
  read: Seen,
  before: ClientRow | null,
  alert: AlertState | null,
  policy: AlertSettings,
  nowMs: number,
) {
  const seen = upToDate(read, before)
  const verdict = verdictOf(seen, policy, nowMs)
  const observed = observe(seen, verdict, before, alert, policy, nowMs)
  return {
    verdict,
    after: knownAfter(chainId, seen, before, verdict, nowMs),
    observed,
    confirm:
      isReading(read.reading) &&
      wouldCall(alert && { ...alert, mentioned: true }, { ...observed, mention: true }, policy, nowMs),
  }
}

/** A client that could not be read, or whose chain cannot tell, keeps its last reading, and since when it cannot be seen. */
function knownAfter(
  chainId: string,
  { reading, ...client }: Seen,
  before: ClientRow | null,
  { elapsedShare: _, ...verdict }: Verdict,
  nowMs: number,
): ClientRow {
  const firstSeenMs = before?.firstSeenMs ?? nowMs
  if (isReading(reading) && verdict.severity !== 'unreadable') {
    const { authorized: _a, consensus, chainSays: _s, hostPatienceNs: _p, ...remembered } = reading
    const absent = isAbsent(consensus) ? consensus : null
    return { chainId, ...client, ...remembered, absent, ...verdict, unseenSinceMs: null, firstSeenMs }
  }
  const unseenSinceMs = Math.min(before?.unseenSinceMs ?? nowMs, nowMs)
  if (before) return { ...before, ...client, reason: verdict.reason, unseenSinceMs }
  const said = isReading(reading) ? reading : null
  return {
    chainId,
    ...client,
    ...verdict,
    rule: said?.rule ?? 'ask',
    absent: null,
    trackedChainId: said?.trackedChainId ?? null,
    latestHeight: null,
    trustingPeriodNs: null,
    frozen: false,
    hostTimeNs: null,
    readMs: null,
    endpoint: null,
    unseenSinceMs,
    firstSeenMs,
  }
}

function observe(
  seen: Seen,
  verdict: Verdict,
  before: ClientRow | null,
  alert: AlertState | null,
  policy: AlertSettings,
  nowMs: number,
): Observation {
  const about = !seen.ignored && isAbout(seen.attention, policy.about)
  const observed = observation(verdict, about, nowMs)
  // Never heard of before, or as it was when it was: what a client comes to later is known by its alert.
  observed.first =
    alert === null &&
    (!before?.readMs || isAnother(seen, before) || (isLost(before) && before.severity === observed.level))
  if (!isReading(seen.reading) || !isByTheClock(verdict)) return observed
  if (makesNoBlocks(seen.reading.hostTimeNs, nowMs, seen.reading.hostPatienceNs))
    return { ...observed, basis: 'clock' }
  // The chain lives: its next block tells, and the client is read again until then.
  return { ...observed, level: 'critical', sinceMs: undefined }
}

/** Past its deadline, and the host has made no block that says so. */
const isByTheClock = ({ severity, status }: Verdict) => severity === 'expired' && status === 'active'

function observation(verdict: Verdict, about: boolean, nowMs: number): Observation {
  const { severity, expiresNs } = verdict
  const deadlineMs = expiresNs === null ? null : nsToMs(expiresNs)
  // By a clock of ours that is slow it is still to come: that it is lost now is all that is known.
  const sinceMs =
    severity === 'expired' && deadlineMs !== null && deadlineMs <= nowMs ? deadlineMs : undefined
  return observedAs(severity === 'unreadable' ? 'unseen' : severity, { deadlineMs, about, sinceMs })
}

/**
 * Judges a client by its last known reading, because it cannot be read now: the clock goes on. Null: none gave a verdict.
 * `worsened`: for the alert about it; from memory a client only gets worse, that it is well again has to be seen.
 */
export function decideFromMemory(
  row: ClientRow,
  policy: AlertSettings,
  nowMs: number,
): { verdict: Verdict; worsened: (alert: AlertState | null) => Observation } | null {
  const reading = readingOf(row)
  if (!reading) return null
  const verdict = assess(reading, policy, nowMs)
  const observed: Observation = { ...observation(verdict, true, nowMs), basis: 'memory' }
  return {
    verdict,
    worsened(alert) {
      if (!alert || (observed.level !== 'unseen' && RANK[observed.level] > RANK[alert.level])) return observed
      return { ...observed, level: alert.alertId === null ? 'unseen' : alert.level }
    },
  }
}

/** What is told of a single client that cannot be read on a chain that can: like a blind chain. */
export function observeUnread(
  row: ClientRow,
  verdict: Verdict,
  about: boolean,
  policy: BlindPolicy,
  nowMs: number,
): Observation {
  if (verdict.severity !== 'unreadable') return observedAs('ok', { about, mention: false })
  const deadlineMs = row.status === 'active' ? expiresMs(row) : null
  return {
    ...lasting('blind', row.unseenSinceMs ?? nowMs, deadlineMs === null ? [] : [deadlineMs], policy, nowMs),
    about,
  }
}

/**
 * A client that was well when its chain started again, and is gone since. Should it come back (what started again was
 * another chain under the same id), that it is lost by then is news.
 */
export const wentWithItsChain = (row: ClientRow, about: AlertSettings['about']): boolean =>
  row.readMs !== null &&
  row.hostTimeNs === null &&
  !row.ignored &&
  isAbout(row.attention, about) &&
  !isPastSaving(levelOf(row.severity))

/** After its chain began anew, another client has its id. */
const isAnother = ({ reading }: Seen, { hostTimeNs, trackedChainId }: ClientRow) =>
  hostTimeNs === null &&
  isReading(reading) &&
  revisionOf(reading.trackedChainId ?? '').name !== revisionOf(trackedChainId ?? '').name

/** Lost by the word of its chain; by the clock alone it is not. */
const isLost = ({ status, severity }: ClientRow) => status !== 'active' && isPastSaving(levelOf(severity))

const levelOf = (severity: Verdict['severity']): Level => (severity === 'unreadable' ? 'ok' : severity)
