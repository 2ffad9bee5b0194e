// The history of clients in the database: what was new of each, and its turns from one severity to another.
import { DAY_MS } from '../kernel/duration.ts'
import type { Statements } from '../storage/statements.ts'
import type { Severity } from './assess.ts'
import { historyOf, type Raw as RawRow } from './rows.ts'
import type { HistoryRow } from './types.ts'

/** A client whose reading had another severity than the one before. */
export interface Turn {
  chainId: string
  clientId: string
  atMs: number
  /** Null: there was no reading before, or it is too old to be kept. */
  from: Severity | null
  to: Severity
  /** It was so when the client was first read. */
  first: boolean
}

interface Raw {
  chainId: string
  clientId: string
  atMs: number
  severity: Severity
  firstSeenMs: number
  before: Severity | null
  nextMs: number | null
  next: Severity | null
}

/** The reading next to `r` on one side. What is older than the client's row tells of another client with its id. */
const neighbour = (sign: '<' | '>', order: 'ASC' | 'DESC') =>
  `(SELECT rowid FROM readings WHERE chain_id = r.chain_id AND client_id = r.client_id
      AND at_ms >= c.first_seen_ms AND (at_ms, rowid) ${sign} (r.at_ms, r.rowid)
    ORDER BY at_ms ${order}, rowid ${order} LIMIT 1)`

/** Past its deadline by the clock alone is not expired yet: the chain has not said so. */
const said = (reading: string) =>
  `iif(${reading}.severity = 'expired' AND ${reading}.status = 'active', 'critical', ${reading}.severity)`

// From the readings that are not ok: they are few, updates of healthy clients are many.
const TURNS = `
  SELECT r.chain_id AS chainId, r.client_id AS clientId, r.at_ms AS atMs, ${said('r')} AS severity,
    c.first_seen_ms AS firstSeenMs, ${said('p')} AS before, n.at_ms AS nextMs, ${said('n')} AS next
  FROM readings r
  JOIN clients c ON c.chain_id = r.chain_id AND c.client_id = r.client_id AND r.at_ms >= c.first_seen_ms
  LEFT JOIN readings p ON p.rowid = ${neighbour('<', 'DESC')}
  LEFT JOIN readings n ON n.rowid = ${neighbour('>', 'ASC')}
  WHERE r.severity <> 'ok' AND (r.at_ms >= @sinceMs OR n.at_ms >= @sinceMs)`

/** Of a client that is not known for longer, no earlier reading can have been thinned out within a week of the turn. */
const ALL_KEPT_MS = 7 * DAY_MS

/** The turns since `sinceMs` (Unix ms), the oldest first. */
function turnsSince(database: Statements, sinceMs: number): Turn[] {
  const turns: Turn[] = []
  for (const raw of database.all(TURNS, { sinceMs }) as Raw[]) {
    const { chainId, clientId, atMs, severity, before, nextMs, next } = raw
    if (atMs >= sinceMs && before !== severity) {
      const first = before === null && atMs - raw.firstSeenMs < ALL_KEPT_MS
      turns.push({ chainId, clientId, atMs, from: before, to: severity, first })
    }
    if (next === 'ok' && nextMs !== null && nextMs >= sinceMs)
      turns.push({ chainId, clientId, atMs: nextMs, from: severity, to: next, first: false })
  }
  return turns.sort((a, b) => a.atMs - b.atMs)
}

const UPDATES_KEPT_MS = 14 * DAY_MS
const HISTORY_KEPT_MS = 90 * DAY_MS

export const historyStore = (database: Statements) => ({
  history: (chainId: string, clientId: string, limit: number): HistoryRow[] =>
    database
      .all<RawRow>(
        'SELECT * FROM readings WHERE chain_id = ? AND client_id = ? ORDER BY at_ms DESC LIMIT ?',
        chainId,
        clientId,
        limit,
      )
      .map(historyOf),
  /** What became worse or well again since `sinceMs`, of the clients that are watched, the oldest first. */
  turns: (sinceMs: number): Turn[] => turnsSince(database, sinceMs),
  /** Deletes old history: that a healthy client was updated after 14 days, everything else after 90. */
  prune(nowMs: number): void {
    database.run(
      "DELETE FROM readings WHERE at_ms < ? OR (at_ms < ? AND status = 'active' AND severity = 'ok')",
      nowMs - HISTORY_KEPT_MS,
      nowMs - UPDATES_KEPT_MS,
    )
  },
})
