// Whether the bot lives: its timers fire and its own job over the database comes round, whether that can be written or not.
import type { Clock } from '../kernel/clock.ts'
import { formatDuration, MINUTE_MS } from '../kernel/duration.ts'
import type { Database } from '../storage/database.ts'
import { createSaidStore } from './store.ts'

export interface Liveness {
  start(): void
  stop(): void
  /** Why it is not alive, for people; null: it is. To be asked from the event loop, which must turn for that. */
  problem(nowMs: number): string | null
  /** It came back a while ago, after it had been away for longer than a restart takes, or comes back now. */
  isBack(): boolean
  /** When the database's file was last written to, Unix ms; null: not since the start. */
  writtenMs(): number | null
}

/** Between two rounds, in milliseconds. */
const ROUND_MS = 15_000
/** A round that is so late does not come. Twice where the clock has leapt: then the next round puts it right. */
const LATE_MS = MINUTE_MS
/** So long after it came back it has told what it had missed. */
const BACK_MS = 15 * MINUTE_MS

/** A row is written in each round, so that a database that cannot be written is found while nothing else happens. */
export function createLiveness(deps: {
  database: Pick<Database, 'one' | 'run' | 'trouble'>
  clock: Pick<Clock, 'now' | 'at'>
}): Liveness {
  const { database, clock } = deps
  const store = createSaidStore(database)
  let roundMs: number | null = null
  let writtenMs: number | null = null
  let backMs: number | null = null
  const isLate = (ms: number | null, mostMs: number) => ms !== null && Math.abs(clock.now() - ms) > mostMs
  let cancel = () => {}

  function round(): void {
    const lastMs = roundMs ?? (Number(store.textOf('alive')) || null)
    roundMs = clock.now()
    if (lastMs !== null && Math.abs(roundMs - lastMs) > LATE_MS) backMs = roundMs
    cancel = clock.at(roundMs + ROUND_MS, round)
    try {
      store.said('alive', String(roundMs))
      // What went into memory, because the file cannot be written, is a trouble.
      if (database.trouble() === null) writtenMs = roundMs
    } catch {
      // The database says so itself, and a job that failed has come round.
    }
  }

  return {
    start: round,
    stop: () => cancel(),
    problem(nowMs) {
      if (roundMs === null) return 'it has not begun'
      const lateMs = Math.abs(nowMs - roundMs)
      return lateMs <= LATE_MS ? null : `its own job has not come round for ${formatDuration(lateMs)}`
    },
    isBack: () => isLate(roundMs, LATE_MS) || (backMs !== null && !isLate(backMs, BACK_MS)),
    writtenMs: () => writtenMs,
  }
}
