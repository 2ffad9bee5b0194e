// The order in which what waits is tried: how much of the queue is read for it.
import { expect, it } from 'vitest'
import { createLane } from '../../../../src/alerts/outbox/lane.ts'

it.each([200, 2000])('reads of %i rows that wait only what it looks at', async (rows) => {
  const left = new Set(Array.from({ length: rows }, (_, index) => index + 1))
  let read = 0
  const lane = createLane({
    *waiting() {
      for (const id of left) {
        read++
        yield id
      }
    },
    async attempt(id) {
      left.delete(id)
      lane.passed(id)
    },
    busy: () => false,
    inOrder: true,
    backoffMs: () => 1000,
    now: () => 0,
    later: () => () => {},
    ended: () => {},
    onError: (error) => expect.unreachable(String(error)),
  })
  lane.pump()
  await lane.running
  expect(left.size).toBe(0)
  expect(read).toBeLessThan(5 * rows)
})
