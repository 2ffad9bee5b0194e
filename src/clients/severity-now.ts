// The verdict on a stored client at this moment (pure): its last reading judged again, because deadlines go on.

import { ALERT_DEFAULTS, type Thresholds } from '../alerts/settings.ts'
import type { Directory } from '../chains/directory.ts'
import { assess, type Reading, unreadable, type Verdict } from './assess.ts'
import type { ClientRow } from './types.ts'

/** The thresholds of a host chain; of one that is no longer in the configuration: the defaults. */
export function thresholdsOf(directory: Directory, chainId: string): Thresholds {
  return directory.getKnown(chainId)?.alerts ?? ALERT_DEFAULTS
}

/**
 * Judges the last successful reading of a client at `nowMs` (Unix ms). A client that was never read is
 * `unreadable`; one that cannot be read at present keeps the verdict of its last reading (see `unseenSinceMs`).
 */
export function severityNow(row: ClientRow, thresholds: Thresholds, nowMs: number): Verdict {
  // A reading that fitted no rule stays what it was: nothing about it changes with time.
  if (row.readMs === null || row.status === 'unreadable') return unreadable(row.reason ?? 'not read yet')
  const reading = readingOf(row)
  return reading ? assess(reading, thresholds, nowMs) : unreadable(row.reason ?? 'not read yet')
}

/**
 * The last reading of a client as it was, to be judged again at another moment. Null when none gave a verdict.
 */
export function readingOf(row: ClientRow): Reading | null {
  const { status } = row
  if (row.readMs === null || status === 'unreadable') return null
  return {
    clientType: row.clientType,
    rule: row.rule,
    trackedChainId: row.trackedChainId,
    latestHeight: row.latestHeight,
    trustingPeriodNs: row.trustingPeriodNs,
    frozen: row.frozen,
    authorized: status !== 'unauthorized',
    consensus: row.lastUpdateNs !== null ? { ns: row.lastUpdateNs } : (row.absent ?? 'not-needed'),
    chainSays: row.rule === 'ask' ? status : null,
    hostTimeNs: row.hostTimeNs ?? 0n,
    endpoint: row.endpoint ?? '',
    readMs: row.readMs,
  }
}
