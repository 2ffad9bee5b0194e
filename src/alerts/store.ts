// Where every alert's life stands, in the database. All synchronous, to be used inside the caller's transaction.
import { z } from 'zod'
import type { Logger } from '../kernel/logger.ts'
import type { Database } from '../storage/database.ts'
import { isWebhook } from './pagers/names.ts'
import type { AlertState } from './types.ts'

const level = z.enum(['ok', 'warning', 'critical', 'expired', 'frozen', 'blind', 'halted', 'low', 'dry'])
const ms = z.number().int()

const stateSchema: z.ZodType<AlertState> = z.object({
  level,
  sinceMs: ms,
  alertId: z.number().int().nullable(),
  raisedMs: ms.nullable(),
  toldLevel: level.nullable(),
  lastNoticeMs: ms.nullable(),
  leftAtNoticeMs: ms.nullable(),
  mentioned: z.boolean(),
  basis: z.enum(['memory', 'clock', 'seen']).optional(),
  ack: z
    .object({
      userId: z.string(),
      name: z.string().optional(),
      atMs: ms,
      untilMs: ms,
      level,
      note: z.string().nullable(),
    })
    .nullable(),
  hadBy: z.string().optional(),
  calledMs: ms.nullish(),
  escalated: z.array(level).optional(),
})

/** An alert's state with the identity of what it is about. */
export interface Known {
  identity: string
  state: AlertState
}

export type AlertStore = ReturnType<typeof createAlertStore>

interface Row {
  identity: string
  state: string
}

const STATES = 'SELECT identity, state FROM alert_states'

/** The alert states of a database. */
export function createAlertStore(database: Database, logger?: Logger) {
  const understand = (row: Row): Known[] => {
    try {
      return [{ identity: row.identity, state: stateSchema.parse(JSON.parse(row.state)) }]
    } catch (error) {
      logger?.error(
        { identity: row.identity, err: error },
        'a stored alert state cannot be understood: ignored',
      )
      return []
    }
  }
  const first = (row: Row | undefined): Known | null => (row ? (understand(row)[0] ?? null) : null)

  return {
    /** Null when nothing is known, or when what is stored cannot be understood (logged). */
    loadState: (identity: string): AlertState | null =>
      first(database.one(`${STATES} WHERE identity = ?`, identity))?.state ?? null,
    /** The states of all identities that begin with `prefix`, such as `ibc:osmosis-1/`. */
    loadStates(prefix: string): Map<string, AlertState> {
      // A range, not LIKE: identities hold `_` and `%` is allowed in them.
      const rows = database.all<Row>(
        `${STATES} WHERE identity >= ? AND identity < ? ORDER BY identity`,
        prefix,
        `${prefix}\u{10ffff}`,
      )
      return new Map(rows.flatMap(understand).map(({ identity, state }) => [identity, state]))
    },
    /** Keeps a state; null is kept as nothing. */
    saveState(identity: string, state: AlertState | null, nowMs: number): void {
      if (!state) return
      database.run(
        `INSERT INTO alert_states (identity, level, alert_id, state, updated_ms) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (identity) DO UPDATE SET level = excluded.level, alert_id = excluded.alert_id,
           state = excluded.state, updated_ms = excluded.updated_ms`,
        identity,
        state.level,
        state.alertId,
        JSON.stringify(state),
        nowMs,
      )
    },
    /** What begins with `from` is about the thing that begins with `to` from now on. */
    rename: (from: string, to: string): void =>
      void database.run(
        `UPDATE OR REPLACE alert_states SET identity = @to || substr(identity, length(@from) + 1)
         WHERE identity >= @from AND identity < @from || char(1114111)`,
        { from, to },
      ),
    /** What is open, the oldest first. */
    openAlerts: (): Known[] =>
      database.all<Row>(`${STATES} WHERE alert_id IS NOT NULL ORDER BY alert_id`).flatMap(understand),
    /** The alert with this number, while it is open; else whether the number was ever given out. */
    open: (alertId: number): Known | 'over' | 'unknown' =>
      first(database.one(`${STATES} WHERE alert_id = ?`, alertId)) ??
      (alertId <= database.one<{ last: number }>('SELECT last FROM alert_numbers')!.last
        ? 'over'
        : 'unknown'),
    /** The webhooks through which an alert was or will be told. */
    webhooksOf: (alertId: number): string[] =>
      database
        .all<{ webhook: string }>(
          'SELECT DISTINCT webhook FROM outbox_alerts JOIN outbox ON id = outbox_id WHERE alert_id = ?',
          alertId,
        )
        .flatMap(({ webhook }) => (isWebhook(webhook) ? webhook : [])),
    /** How many are open, by level, whether they were told, and whether somebody has them. */
    openCounts: () =>
      database.all<{ level: string; told: number; acknowledged: number; count: number }>(
        `SELECT level, json_extract(state, '$.toldLevel') IS NOT NULL AS told,
           json_extract(state, '$.ack') IS NOT NULL AS acknowledged, count(*) AS count
         FROM alert_states WHERE alert_id IS NOT NULL AND json_valid(state) GROUP BY 1, 2, 3`,
      ),
    /** The last alert number that was given out: how many there ever were. */
    lastId: (): number => database.one<{ last: number }>('SELECT last FROM alert_numbers')!.last,
    /** The next alert number; never given out twice once its transaction is committed. */
    allocateId: (): number =>
      database.one<{ last: number }>('UPDATE alert_numbers SET last = last + 1 RETURNING last')!.last,
  }
}
