// The verdict on a stored client at this moment (pure): its last reading judged again, because deadlines go on.
import type { Directory } from '../chains/directory.ts'
import { HOUR_MS } from '../kernel/duration.ts'
import { type Assessment, assess, type Thresholds, unreadable } from './assess.ts'
import { type ClientRow, readingOf } from './rows.ts'

/** For clients of a chain that is no longer in the configuration: the configuration's defaults. */
const DEFAULT_THRESHOLDS: Thresholds = {
  warnAt: 0.8,
  criticalAt: 0.9,
  warnWhenLeftMs: 6 * HOUR_MS,
  quietWhileLeftMs: null,
}

/** The thresholds of a host chain. */
export function thresholdsOf(directory: Directory, chainId: string): Thresholds {
  return directory.getKnown(chainId)?.alerts ?? DEFAULT_THRESHOLDS
}

/**
 * Judges the last successful reading of a client at `nowMs` (Unix ms). A client that was never read is
 * `unreadable`; one that cannot be read at present keeps the verdict of its last reading (see `unseenSinceMs`).
 */
export function severityNow(row: ClientRow, thresholds: Thresholds, nowMs: number): Assessment {
  // A reading that fitted no rule stays what it was: nothing about it changes with time.
  if (row.readMs === null || row.status === 'unreadable') return unreadable(row.reason ?? 'not read yet')
  const reading = readingOf(row)
  return reading ? assess(reading, thresholds, nowMs) : unreadable(row.reason ?? 'not read yet')
}
