// The order in which what waits is tried: how much of the queue is read for it.
import { expect, it } from 'vitest'
import { ManualClock } from '../../../../sandbox/manual-clock.ts'
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

it('tries what is refused alone also where its time came while the lane rested, and newer rows wait', async () => {
  const clock = new ManualClock()
  const left = new Set([1, 2])
  const asked: number[] = []
  let restMs = 0
  const lane = createLane({
    waiting: () => left,
    async attempt(id) {
      asked.push(id)
      if (id === 1) return void lane.failed(id, { itself: true })
      left.delete(id)
      lane.passed(id)
      if (restMs > 0) lane.pause(restMs)
    },
    busy: () => false,
    inOrder: true,
    backoffMs: () => 1000,
    now: () => clock.now(),
    later: (ms, run) => clock.at(clock.now() + ms, run),
    ended: () => {},
    onError: (error) => expect.unreachable(String(error)),
  })
  const come = async (id: number, ms: number) => {
    left.add(id)
    lane.pump()
    await lane.running
    await clock.advance(ms)
    await lane.running
  }
  await come(2, 1000)
  expect(asked).toEqual([1, 2, 1])
  restMs = 5000
  await come(3, 0)
  restMs = 0
  await come(4, 6000)
  expect(asked.slice(3, 6)).toEqual([3, 4, 1])
})
