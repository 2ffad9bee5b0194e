// Puts what is to be told into the outbox, inside the transaction that keeps the change which it tells of.
import type { Database } from '../../storage/database.ts'
import { arrange } from '../compose.ts'
import type { Message } from '../types.ts'
import { createOutbox } from './store.ts'

/** Where one message goes: the name of a webhook's secret, and whom to tag there (`<@&id>`, `<@id>`). */
export interface Destination {
  webhook: string
  mention: string[]
}

/**
 * Enqueues the messages of one transaction, at its time `nowMs` (Unix ms), for every destination that `route` names:
 * grouped into storms, and, for what is over, with the edit of the first message about it. `mention` of the route
 * takes the place of the message's own, and tags nobody where the notice says so. Kick the delivery after the commit.
 */
export function commitNotices(
  database: Database,
  messages: readonly Message[],
  route: (message: Message) => Destination[],
  nowMs: number,
): void {
  if (messages.length === 0) return
  const queues = new Map<string, Message[]>()
  for (const message of messages) {
    for (const { webhook, mention } of route(message)) {
      const queue = queues.get(webhook) ?? []
      queue.push({ ...message, mention: message.notice.mention ? mention : [] })
      queues.set(webhook, queue)
    }
  }
  const outbox = createOutbox(database)
  for (const [webhook, queue] of queues) {
    const edits = new Map<number, Message[]>()
    for (const message of queue.filter(isOver)) {
      const target = outbox.firstAlarm(message.notice.alertId, webhook)
      if (target !== null) edits.set(target, [...(edits.get(target) ?? []), message])
    }
    for (const storm of arrange(queue)) outbox.enqueueStorm(webhook, storm, nowMs)
    for (const [target, over] of edits) outbox.enqueueEdit(webhook, target, over, nowMs)
  }
}

function isOver({ notice: { kind } }: Message): boolean {
  return kind === 'resolved' || kind === 'recovered' || kind === 'withdrawn'
}
