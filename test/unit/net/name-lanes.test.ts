// Names whose name servers are silent leave threads to all others, because Node has only four for all.
import { expect, it } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import { inLanes } from '../../../src/net/name-lanes.ts'

const ADDRESS = [{ address: '192.0.2.1', family: 4 }]

/** A resolver with the four threads of Node; names with `silent` in them are given up after 10 s. */
function threads(clock: ManualClock) {
  const queue: (() => void)[] = []
  let busy = 0
  let most = 0
  const asked: string[] = []
  const pull = () => {
    if (busy >= 4) return
    const work = queue.shift()
    if (!work) return
    most = Math.max(most, ++busy)
    work()
  }
  return {
    asked,
    most: () => most,
    resolve(host: string, done: (error: Error | null, addresses: typeof ADDRESS) => void) {
      queue.push(() => {
        asked.push(host)
        const isSilent = host.includes('silent')
        clock.at(clock.now() + (isSilent ? 10_000 : 20), () => {
          busy--
          pull()
          if (isSilent) done(Object.assign(new Error('x'), { code: 'EAI_AGAIN' }), [])
          else done(null, ADDRESS)
        })
      })
      pull()
    },
  }
}

const silent = (count: number) => Array.from({ length: count }, (_, index) => `silent-${index}`)

it('a name that answers is resolved at once, however many others are silent again', async () => {
  const clock = new ManualClock(0)
  const node = threads(clock)
  const resolve = inLanes(node.resolve, clock)
  const hosts = [...silent(12), 'good-0', 'good-1', 'good-2']
  const took = new Map<string, number>()
  const round = () => {
    const startMs = clock.now()
    for (const host of hosts) resolve(host, () => took.set(host, clock.now() - startMs))
  }
  round()
  await clock.advance(120_000)
  expect(took.size).toBe(hosts.length)
  took.clear()
  round()
  await clock.advance(1000)
  expect([...took.keys()]).toEqual(['good-0', 'good-1', 'good-2'])
  expect(Math.max(...took.values())).toBeLessThan(100)
  await clock.advance(120_000)
  expect(took.size).toBe(hosts.length)
  // One thread is left for whoever else asks.
  expect(node.most()).toBe(3)
})

it('a name is asked for once at a time, and everybody gets the answer', async () => {
  const clock = new ManualClock(0)
  const node = threads(clock)
  const resolve = inLanes(node.resolve, clock)
  const answers: unknown[] = []
  for (let count = 0; count < 5; count++)
    resolve('good', (error, addresses) => answers.push(error ?? addresses))
  await clock.advance(1000)
  expect(answers).toEqual(Array.from({ length: 5 }, () => ADDRESS))
  expect(node.asked).toEqual(['good'])
})
