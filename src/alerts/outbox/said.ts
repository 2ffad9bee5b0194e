// What the bot's own account has said in the place of a webhook: noted as told, and counted when the webhook works again.
import type { Database } from '../../storage/database.ts'
import { bulletin } from './commit.ts'
import { COUNT_LINE, createOutbox, type OutboxRow } from './store.ts'

/** Whether a row is the line that counts what was said. */
export const isCount = ({ messages }: OutboxRow): boolean => messages[0]?.identity === COUNT_LINE

/** Notes at `nowMs` (Unix ms) that a post was told, and puts the line that counts it into the outbox where none waits. */
export function noteSaid(database: Database, row: OutboxRow, nowMs: number): void {
  const outbox = createOutbox(database)
  const isStandbys = row.messages.some((message) => message.isStandbys)
  database.flushed(() => {
    outbox.markDelivered(row.id, null, nowMs)
    if (!isCount(row) && outbox.waitsAbout(row.webhook, COUNT_LINE) === null)
      outbox.enqueueStorm(row.webhook, [[{ ...bulletin(COUNT_LINE, '', null, nowMs), isStandbys }]], nowMs)
  })
}
