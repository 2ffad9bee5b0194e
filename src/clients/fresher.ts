// Which of two readings of a client is the newer one (pure): endpoints are some blocks apart, and answers come in any order.
import { FRESH_NS } from '../cosmos/endpoint-health.ts'
import { msToNs } from '../kernel/nanotime.ts'
import { isAbsent, type Reading } from './assess.ts'
import { readingOf } from './severity-now.ts'
import { type ClientRow, isReading, type Seen } from './types.ts'

/**
 * The newer of two readings, whatever order they came in: the one with the higher latest height, which never falls on
 * a chain (an update and a recovery by governance raise it, a freeze leaves it as it is).
 */
export function fresher(first: Reading, second: Reading): Reading {
  const a = first.latestHeight
  const b = second.latestHeight
  if (a && b) {
    if (b.revision !== a.revision) return b.revision > a.revision ? second : first
    if (b.height !== a.height) return b.height > a.height ? second : first
    // The same state, then frozen: nothing unfreezes a client without raising its height (facts: recovery).
    if (isFrozen(first) !== isFrozen(second)) return isFrozen(first) ? first : second
  }
  // The same state: that a consensus state is there is proof, that it is not may be a node that is behind.
  if (isAbsent(second.consensus) && !isAbsent(first.consensus)) return first
  return second
}

/**
 * `seen` with the stored reading in place of one that is older: a backend that is late neither raises an alarm nor
 * ends one. The stored one is judged by the clock. The chain's time never goes back: what it has judged stays so, unless
 * that time is still far ahead (its endpoint had a wrong clock). What has no latest height has no order, and is taken as
 * it comes; so is everything on a chain that has started again, whose stored heights are forgotten.
 */
export function upToDate(seen: Seen, row: ClientRow | null): Seen {
  const { reading } = seen
  const stored = row && readingOf(row)
  if (!stored?.latestHeight || !isReading(reading) || !reading.latestHeight) return seen
  // The chain's newest block, and which types it allows, were asked by themselves, and are news.
  const { authorized, hostPatienceNs } = reading
  const latestNs = msToNs(reading.readMs) + FRESH_NS
  const wasTold = stored.hostTimeNs > reading.hostTimeNs && stored.hostTimeNs <= latestNs
  const hostTimeNs = wasTold ? stored.hostTimeNs : reading.hostTimeNs
  if (fresher(stored, reading) !== reading)
    return { ...seen, reading: { ...stored, authorized, hostTimeNs, hostPatienceNs } }
  return wasTold ? { ...seen, reading: { ...reading, hostTimeNs } } : seen
}

const isFrozen = ({ frozen, chainSays }: Reading) => frozen || chainSays === 'frozen'
