// The queue: so many at once, so many waiting, nobody for longer than allowed, and each turn given back once.
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import { createQueue } from '../../../src/faucet/queue.ts'

describe('createQueue', () => {
  it('lets so many in at once, the first who came first, and turns away who does not fit', async () => {
    const queue = createQueue({ inFlight: 2, waiting: 2, maxWaitMs: 1000 }, new ManualClock())
    const order: string[] = []
    const come = (name: string) => queue.turn().then((turn) => order.push(`${name} ${turn}`))
    const all = ['a', 'b', 'c', 'd', 'e'].map(come)
    await Promise.resolve()
    expect([queue.inFlight, queue.waiting]).toEqual([2, 2])
    queue.done()
    queue.done()
    await Promise.all(all)
    expect(order).toEqual(['a go', 'b go', 'e full', 'c go', 'd go'])
    queue.done()
    queue.done()
    expect([queue.inFlight, queue.waiting]).toEqual([0, 0])
  })

  it('sends away who waited too long, and leaves no timer behind', async () => {
    const clock = new ManualClock()
    const queue = createQueue({ inFlight: 1, waiting: 9, maxWaitMs: 1000 }, clock)
    await queue.turn()
    const early = queue.turn()
    await clock.advance(500)
    const late = queue.turn()
    await clock.advance(499)
    expect(queue.waiting).toBe(2)
    await clock.advance(1)
    expect(await early).toBe('too-long')
    queue.done()
    expect(await late).toBe('go')
    expect(clock.waiting).toBe(0)
  })

  it('sends everybody away at the end, and lets nobody in any more', async () => {
    const queue = createQueue({ inFlight: 1, waiting: 9, maxWaitMs: 1000 }, new ManualClock())
    expect(await queue.turn()).toBe('go')
    const waiting = queue.turn()
    queue.stop()
    expect(await waiting).toBe('stopped')
    expect(await queue.turn()).toBe('stopped')
  })
})
