// What is held for a webhook, and what the bot's own account said in its place, in the database.
import type { Database } from '../../storage/database.ts'

/** Of a row of the outbox that was not told, and is to be. */
export const WAITING = 'delivered_ms IS NULL AND superseded_ms IS NULL'

export const heldQueries = ({ one, run }: Database) => ({
  /** What waits for a webhook goes to another; what was to be edited was that one's own. */
  reroute(webhook: string, to: string, nowMs: number): void {
    run(
      `UPDATE outbox SET superseded_ms = ? WHERE webhook = ? AND kind = 'edit' AND ${WAITING}`,
      nowMs,
      webhook,
    )
    run(`UPDATE outbox SET webhook = ? WHERE webhook = ? AND ${WAITING}`, to, webhook)
  },
  /** The nearest deadline after `nowMs` of what is to be posted, Unix ms. */
  nearestDeadline: (webhook: string, nowMs: number): number | null =>
    one<{ atMs: number | null }>(
      `SELECT min(json_extract(value, '$.deadlineMs')) AS atMs
       FROM outbox, json_each(iif(json_valid(messages), messages, '[]'))
       WHERE webhook = ? AND kind = 'post' AND ${WAITING} AND json_extract(value, '$.deadlineMs') > ?`,
      webhook,
      nowMs,
    )!.atMs,
  /** A post about `identity` that waits. */
  waitsAbout: (webhook: string, identity: string): number | null =>
    one<{ id: number }>(
      `SELECT id FROM outbox WHERE webhook = ? AND kind = 'post' AND ${WAITING}
         AND json_valid(messages) AND json_extract(messages, '$[0].identity') = ?`,
      webhook,
      identity,
    )?.id ?? null,
  /** How many posts the bot's own account has said in the place of a webhook since `sinceMs`. */
  saidByItself: (webhook: string, sinceMs: number): number =>
    one<{ count: number }>(
      `SELECT count(*) AS count FROM outbox
       WHERE webhook = ? AND kind = 'post' AND delivered_ms >= ? AND message_id IS NULL`,
      webhook,
      sinceMs,
    )!.count,
})
