// One line that is not taken takes no other with it: two posts stand in the place of one that tells of many things.
import type { Message } from '../types.ts'
import type { DeliveryParts } from './parts.ts'
import type { OutboxRow } from './store.ts'

/** Each half waits like any post, as old as the whole was. What stands alone is a storm of its own: its line is the first. */
export function halve(
  { database, outbox, clock }: Pick<DeliveryParts, 'database' | 'outbox' | 'clock'>,
  { id, webhook, stormId, createdMs }: OutboxRow,
  messages: readonly Message[],
): void {
  const middle = Math.ceil(messages.length / 2)
  database.tx(() => {
    for (const part of [messages.slice(0, middle), messages.slice(middle)])
      outbox.enqueueStorm(webhook, [part], createdMs, part.length > 1 ? stormId : null)
    outbox.markSuperseded(id, 'told in two parts', clock.now())
  })
}
