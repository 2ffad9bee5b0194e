// The SQL of pages in the outbox. What is said of one incident shares a `storm_id`: its alarms are posts; two kinds of edits
// tell that somebody has it (with the incident as target), and that it is over (without: waits from the beginning).
import type { Database } from '../../storage/database.ts'
import { WAITING } from '../outbox/held.ts'
import type { Level } from '../types.ts'

const waits = (row: string) => `${row}.delivered_ms IS NULL AND ${row}.superseded_ms IS NULL`

/** The open alerts of the incident of `row`, as `state`. */
const OPEN = `SELECT 1 FROM outbox AS told
  JOIN outbox_alerts AS link ON link.outbox_id = told.id
  JOIN alert_states AS state ON state.alert_id = link.alert_id
  WHERE told.storm_id = row.storm_id`

/** What cannot be understood nobody has. */
const HELD = `iif(json_valid(state.state), coalesce(json_extract(state.state, '$.ack.untilMs'), 0), 0) > @nowMs`

/** What may be sent: of an incident one after the other, and that it is over once all its alerts are. */
const DUE = `SELECT row.id FROM outbox AS row WHERE row.webhook = ? AND ${waits('row')}
  AND NOT EXISTS (SELECT 1 FROM outbox AS first WHERE first.storm_id = row.storm_id AND first.kind = 'post'
                    AND ${waits('first')} AND (row.kind = 'edit' OR first.id < row.id))
  AND (row.kind = 'post' OR row.target_id IS NOT NULL OR NOT EXISTS (${OPEN}))
  ORDER BY row.id`

const ACKNOWLEDGE = `INSERT INTO outbox (webhook, kind, storm_id, target_id, messages, created_ms)
  SELECT webhook, 'edit', storm_id, storm_id, '[]', @nowMs FROM outbox AS row
  WHERE row.webhook = @lane AND row.kind = 'edit' AND row.target_id IS NULL AND ${waits('row')}
    AND EXISTS (${OPEN}) AND NOT EXISTS (${OPEN} AND NOT ${HELD})
    AND NOT EXISTS (SELECT 1 FROM outbox AS said WHERE said.storm_id = row.storm_id AND said.target_id IS NOT NULL
                      AND said.id > (SELECT max(id) FROM outbox WHERE storm_id = row.storm_id AND kind = 'post'))`

export function createPageStore({ each, one, run }: Database) {
  return {
    *due(lane: string): Generator<number> {
      for (const { id } of each<{ id: number }>(DUE, lane)) yield id
    },
    isDue: (lane: string): boolean => one(DUE, lane) !== undefined,
    /**
     * The incident in which an alert was told at this level; null: none, or it was acknowledged: what is told again in
     * spite of that is to wake somebody.
     */
    openIncident: (lane: string, alertId: number, level: Level): number | null =>
      one<{ id: number }>(
        `SELECT storm_id AS id FROM outbox_alerts AS link JOIN outbox AS told ON told.id = link.outbox_id
         WHERE link.alert_id = ? AND link.level = ? AND told.webhook = ?
           AND NOT EXISTS (SELECT 1 FROM outbox AS said WHERE said.storm_id = told.storm_id
                             AND said.target_id IS NOT NULL AND said.superseded_ms IS NULL)
         ORDER BY told.id DESC LIMIT 1`,
        alertId,
        level,
        lane,
      )?.id ?? null,
    /** What is told belongs to an incident that is there already. */
    join: (id: number, incident: number) => run('UPDATE outbox SET storm_id = ? WHERE id = ?', incident, id),
    /** That an incident is over is to be told one day. */
    addOver: (lane: string, incident: number, nowMs: number) =>
      run(
        `INSERT INTO outbox (webhook, kind, storm_id, messages, created_ms) VALUES (?, 'edit', ?, '[]', ?)`,
        lane,
        incident,
        nowMs,
      ),
    /** Puts into the outbox that somebody has all that is open of an incident, where that was not said since it was told. */
    acknowledge: (lane: string, nowMs: number): boolean => run(ACKNOWLEDGE, { lane, nowMs }).changes > 0,
    /** What is said of an incident from its first try on is said under one key. */
    keepKey: (id: number, key: string) => run('UPDATE outbox SET message_id = ? WHERE id = ?', key, id),
    /** Whether another incident that is not over was told under this key. */
    isTaken: (lane: string, incident: number, key: string): boolean =>
      one(
        `SELECT 1 FROM outbox AS told JOIN outbox AS over ON over.storm_id = told.storm_id
         WHERE told.message_id = ? AND told.webhook = ? AND told.storm_id <> ?
           AND over.kind = 'edit' AND over.target_id IS NULL AND ${waits('over')}`,
        key,
        lane,
        incident,
      ) !== undefined,
    /** What waits for pagers that are not configured any more is not sent. */
    forgetLanes: (lanes: readonly string[], nowMs: number) =>
      run(
        `UPDATE outbox SET superseded_ms = ? WHERE webhook LIKE 'pager %' AND ${WAITING}
           AND webhook NOT IN (SELECT value FROM json_each(?))`,
        nowMs,
        JSON.stringify(lanes),
      ),
  }
}
