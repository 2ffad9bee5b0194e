// Telling users the outcome is apart from finding it out: a direct message that does not go holds up nobody else.
import { afterEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { type Bench, ligAddress, NOW_MS, person, startBench } from '../support/faucet.ts'

let bench: Bench
afterEach(() => bench.close())

/** Lets time pass in steps until `seen`, with turns for the sockets of this machine. */
async function pass(seen: () => unknown): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (seen()) return
    await (bench.clock as ManualClock).advance(5000)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`never seen: ${seen}`)
}

const toldTo = (userId: string) => bench.dms.filter((one) => one.userId === userId)

describe('a direct message that does not go', () => {
  it.each([
    ['hangs', () => new Promise<boolean>(() => {})],
    ['is to wait for an hour', () => Promise.reject(new Error('rate limited'))],
  ])(
    'when it %s: look-ups, the state of the faucet and what others are told go on; it is put back',
    async (_, stuckDm) => {
      const [ann, bob] = [person(), person()]
      let stuck = true
      bench = await startBench({
        clock: new ManualClock(NOW_MS),
        deps: {
          speak: {
            dm: (userId, reply) => {
              if (userId === ann.userId && stuck) return stuckDm()
              bench.dms.push({ userId, text: reply.text ?? '' })
              return Promise.resolve(true)
            },
            sayInChannel: async () => true,
          },
        },
      })
      bench.editable = false
      bench.server.fault = () => 'late-502'
      for (const [i, who] of [ann, bob].entries()) {
        expect((await bench.drip(who, ligAddress(i))).text).toContain('I cannot tell yet')
      }
      await pass(() => toldTo(bob.userId).length === 1)
      expect(bench.rows().map(({ status }) => status)).toEqual(['sent', 'sent'])
      const asked = () => bench.server.requests.filter(({ method }) => method === 'GET').length
      const before = asked()
      await pass(() => asked() > before)
      expect(toldTo(ann.userId)).toEqual([])
      stuck = false
      await pass(() => toldTo(ann.userId).length === 1)
      expect(toldTo(ann.userId)[0]!.text).toContain('💧 Sent')
      expect(toldTo(bob.userId)).toHaveLength(1)
    },
  )

  it('of an hour in which nothing goes, nothing is used up: everybody is told soon after it', async () => {
    const endMs = NOW_MS + 65 * 60_000
    bench = await startBench({
      clock: new ManualClock(NOW_MS),
      deps: {
        speak: {
          dm: (userId, reply) => {
            if (bench.clock.now() < endMs) return Promise.reject(new Error('rate limited'))
            bench.dms.push({ userId, text: reply.text ?? '' })
            return Promise.resolve(true)
          },
          sayInChannel: async () => true,
        },
      },
    })
    bench.editable = false
    bench.server.fault = () => 'late-502'
    const people = Array.from({ length: 8 }, () => person())
    for (const [i, who] of people.entries()) await bench.drip(who, ligAddress(i))
    for (let i = 0; i < 90; i++) {
      await (bench.clock as ManualClock).advance(60_000)
      await bench.room.tick()
    }
    expect(people.map(({ userId }) => toldTo(userId).length)).toEqual(people.map(() => 1))
  })

  it('holds up nobody, however many of them there are', async () => {
    const stuck = Array.from({ length: 50 }, () => person())
    const last = person()
    bench = await startBench({
      clock: new ManualClock(NOW_MS),
      deps: {
        speak: {
          dm: (userId, reply) => {
            if (userId !== last.userId) return Promise.reject(new Error('rate limited'))
            bench.dms.push({ userId, text: reply.text ?? '' })
            return Promise.resolve(true)
          },
          sayInChannel: async () => true,
        },
      },
    })
    bench.editable = false
    bench.server.fault = () => 'late-502'
    for (const [i, who] of [...stuck, last].entries()) await bench.drip(who, ligAddress(i))
    for (let i = 0; i < 12; i++) {
      await (bench.clock as ManualClock).advance(15_000)
      await bench.room.tick()
    }
    expect(toldTo(last.userId)).toHaveLength(1)
  })

  it('is given up at last, and then asked for no more', async () => {
    let tries = 0
    bench = await startBench({
      clock: new ManualClock(NOW_MS),
      deps: {
        speak: {
          dm: () => {
            tries++
            return Promise.reject(new Error('rate limited'))
          },
          sayInChannel: async () => true,
        },
      },
    })
    bench.editable = false
    bench.server.fault = () => 'late-502'
    await bench.drip(person(), ligAddress(1))
    await pass(() => bench.rows()[0]!.status === 'sent' && tries > 0)
    for (let i = 0; i < 60; i++) {
      await (bench.clock as ManualClock).advance(11 * 60_000)
      await bench.room.tick()
    }
    expect(tries).toBe(10)
    expect(bench.rows()[0]!.told_ms).not.toBeNull()
  })
})
