// What waits in each lane of the outbox, pagers' too: an edit that waits for the end of an alert makes no lane late, nor
// does the line that waits for a webhook to work again.
import { expect, it } from 'vitest'
import { bulletin } from '../../../../src/alerts/outbox/commit.ts'
import { noteSaid } from '../../../../src/alerts/outbox/said.ts'
import { deliveryStatus } from '../../../../src/alerts/outbox/status.ts'
import { createOutbox, createWebhookStore } from '../../../../src/alerts/outbox/store.ts'
import { openDatabase } from '../../../../src/storage/database.ts'

it('counts messages alone', () => {
  const database = openDatabase(':memory:', { nowMs: 0 })
  const outbox = createOutbox(database)
  const status = () => deliveryStatus(outbox, createWebhookStore(database), ['HOOK'], () => null)
  expect(status().lanes).toEqual([{ name: 'HOOK', posts: 0, oldestPostMs: null }])
  outbox.enqueueStorm('pager NTFY', [[]], 1000)
  outbox.enqueueEdit('pager NTFY', 1, [], 500)
  outbox.enqueueStorm('HOOK', [[]], 2000)
  outbox.enqueueEdit('HOOK', 3, [], 100)
  const both = [
    { name: 'HOOK', posts: 1, oldestPostMs: 2000 },
    { name: 'pager NTFY', posts: 1, oldestPostMs: 1000 },
  ]
  expect(status().lanes).toEqual(both)
  for (const id of [1, 3]) outbox.markDelivered(id, null, 3000)
  expect(status().lanes).toEqual(both.map(({ name }) => ({ name, posts: 0, oldestPostMs: null })))
  expect(status().everQueued).toBe(4)
  database.close()
})

it('does not call late what was told by the own account, nor the line that counts it', () => {
  const database = openDatabase(':memory:', { nowMs: 0 })
  const outbox = createOutbox(database)
  const status = () => deliveryStatus(outbox, createWebhookStore(database), ['HOOK'], () => null)
  const digest = bulletin('digest', 'Digest', null, 1000)
  const id = outbox.enqueueStorm('HOOK', [[digest]], 1000)
  noteSaid(database, outbox.row(id)!, 2000)
  expect(status().lanes).toEqual([{ name: 'HOOK', posts: 1, oldestPostMs: null }])
  outbox.enqueueStorm('HOOK', [[digest]], 3000)
  expect(status().lanes).toEqual([{ name: 'HOOK', posts: 2, oldestPostMs: 3000 }])
  database.close()
})
