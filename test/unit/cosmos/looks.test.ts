// What our own looks at a node tell of an old block: whether the node is late, this machine's clock is fast, or it stands.
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import { msToNs } from '../../../src/kernel/nanotime.ts'
import { failure, node, pool } from './tiny-chain.ts'
import { BLOCKS, block, grpc, NOW_MS, type Reply } from './tiny-node.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A block every six seconds, height 10,000 at NOW_MS; as seen at `nowMs` it is `ageMs` old. */
const every6s = (nowMs: number, ageMs: number, serverMs: number | null = null): Reply => {
  const passed = Math.floor((nowMs - ageMs - NOW_MS) / 6000)
  const reply = block(10_000 + passed, -passed * 6000)
  const server: Record<string, string> =
    serverMs === null ? {} : { 'X-Server-Time': String(Math.floor(serverMs / 1000)) }
  return { ...reply, headers: { ...reply.headers, ...server } }
}

/** A pool of one node whose newest block is what `newest` gives, older ones every six seconds. */
async function alone(newest: (nowMs: number) => Reply, more: Parameters<typeof pool>[1] = {}) {
  const clock = new ManualClock(NOW_MS)
  const a = await node((path) => {
    if (path === BLOCKS) return newest(clock.now())
    const height = Number(/\/blocks\/(\d+)$/.exec(path)?.[1] ?? 0)
    return height > 0 ? block(height, (10_000 - height) * 6000) : grpc(501, 12, 'no')
  })
  return { clock, a, chain: pool([a], { clock, ...more }) }
}

describe('a lone node that is an hour behind', () => {
  it.each([
    ['and says nothing of its own time', null],
    ['and has the right time', 0],
    ['and whose own clock is as late as a front that keeps answers', 30 * MINUTE],
  ])('%s is behind, and not halted', async (_, lateMs) => {
    const { clock, a, chain } = await alone((nowMs) =>
      every6s(nowMs, HOUR, lateMs === null ? null : nowMs - lateMs),
    )
    // Nobody knows at the first look.
    expect(await chain.head()).toMatchObject({ halted: true, stands: false })
    await clock.advance(MINUTE)
    expect(await chain.head()).toMatchObject({ halted: true, stands: false })
    for (let minute = 0; minute < 10; minute++) {
      await clock.advance(MINUTE)
      expect((await failure(chain.head())).message).toContain('60 min behind')
    }
    expect(chain.endpoints()[0]).toMatchObject({ state: 'behind' })
    // Asked about once; then one question for each look.
    expect(a.asked.length).toBeLessThan(12 + 11)
  })

  it('is behind all the time where it fell back from the newest block', async () => {
    let ageMs = 2000
    const { clock, chain } = await alone((nowMs) => every6s(nowMs, ageMs))
    await chain.head()
    ageMs = HOUR
    for (let minute = 0; minute < 90; minute++) {
      await clock.advance(MINUTE)
      expect((await failure(chain.head())).message).toMatch(/behind|went back/)
    }
    ageMs = 2000
    expect(await chain.head()).toMatchObject({ halted: false })
  })

  const stands = (_: number, ageMs: number) => every6s(NOW_MS, ageMs)
  const [longBefore, above] = [NOW_MS - 2 * HOUR, NOW_MS - HOUR + MINUTE / 2]
  it.each([
    ['was new when the process ended, below that of the node', 9000n, longBefore, every6s, 'behind'],
    ['was new, and the chain halted since', 9000n, longBefore, stands, 'halted'],
    ['is somewhat above that of the node, which is behind', 9405n, above, every6s, 'behind'],
    ['is somewhat above that of the node, and the chain stands', 9405n, above, stands, 'halted'],
  ])(
    'is not gone by before the second look where a block is known that %s',
    async (_, height, atMs, newest, state) => {
      const known = { height, timeNs: msToNs(atMs), readMs: atMs + 6000 }
      const { clock, chain } = await alone((nowMs) => newest(nowMs, HOUR), { known })
      for (let minute = 0; minute < 2; minute++) {
        expect((await failure(chain.head())).message).toMatch(/newest block 6\d min old/)
        await clock.advance(MINUTE)
      }
      const head = await chain.head().catch(() => null)
      expect(chain.endpoints()[0]).toMatchObject({ state })
      expect(head?.stands).toBe(state === 'halted' ? true : undefined)
    },
  )

  it('is behind also where it rises at a third of the pace of its chain', async () => {
    const { clock, chain } = await alone((nowMs) => every6s(nowMs, HOUR + ((nowMs - NOW_MS) * 2) / 3))
    for (let minute = 0; minute < 30; minute++) {
      const head = await chain.head().catch(() => null)
      if (minute > 4) expect(head).toBe(null)
      await clock.advance(MINUTE)
    }
    expect(chain.endpoints()[0]).toMatchObject({ state: 'behind' })
  })

  it('stands when it comes to the last block of a chain that halted', async () => {
    const { clock, chain } = await alone((nowMs) => every6s(Math.min(nowMs, NOW_MS + 5 * MINUTE), HOUR))
    for (let minute = 0; minute < 4; minute++) {
      await chain.head().catch(() => {})
      await clock.advance(MINUTE)
    }
    await clock.advance(3 * MINUTE)
    await chain.head().catch(() => {})
    await clock.advance(8 * MINUTE)
    expect(await chain.head()).toMatchObject({ halted: true, stands: true })
  })
})

describe('a clock of this machine that is fast', () => {
  it('makes no chain halted that rises and is in time by the clock of its node, at little cost', async () => {
    const { clock, a, chain } = await alone((nowMs) => every6s(nowMs, HOUR, nowMs - HOUR + 3000))
    for (let minute = 0; minute < 3; minute++) {
      await chain.head()
      await clock.advance(MINUTE)
    }
    const before = a.asked.length
    expect(before).toBeLessThan(15)
    for (let minute = 0; minute < 10; minute++) {
      expect(await chain.head()).toMatchObject({ halted: false })
      await clock.advance(MINUTE)
    }
    expect(a.asked.length - before).toBe(10)
    expect(chain.endpoints()[0]).toMatchObject({ state: 'fresh', reason: null })
  })
})

describe('a chain that halted', () => {
  const stopped = (resumedMs = Number.POSITIVE_INFINITY) =>
    alone((nowMs) => {
      if (nowMs < NOW_MS + resumedMs) return block(9000, 20 * MINUTE)
      // The first blocks after a halt carry old times.
      const after = Math.floor((nowMs - NOW_MS - resumedMs) / 6000)
      return after < 2 ? block(9001 + after, 20 * MINUTE - 2000 * (after + 1)) : every6s(nowMs, 2000)
    })

  it('stands by the second look, two minutes later', async () => {
    const { clock, chain } = await stopped()
    const stands = []
    for (let minute = 0; minute < 4; minute++) {
      stands.push((await chain.head()).stands)
      await clock.advance(MINUTE)
    }
    expect(stands).toEqual([false, false, true, true])
  })

  it('stands at the first look where it was at this height before the process started', async () => {
    const known = { height: 9000n, timeNs: msToNs(NOW_MS - 20 * MINUTE), readMs: NOW_MS - 10 * MINUTE }
    const { chain } = await alone(() => block(9000, 20 * MINUTE), { known })
    expect(await chain.head()).toMatchObject({ halted: true, stands: true })
  })

  it('is not taken for one that is behind by its first blocks', async () => {
    const { clock, chain } = await stopped(30 * MINUTE)
    await chain.head()
    await clock.advance(30 * MINUTE + 1000)
    expect(await chain.head()).toMatchObject({ height: 9001n, halted: true })
    await clock.advance(6000)
    expect(await chain.head()).toMatchObject({ height: 9002n, halted: true })
    await clock.advance(6000)
    expect(await chain.head()).toMatchObject({ halted: false })
  })

  it('stands, where the nodes behind a balancer stopped far from each other', async () => {
    let asked = 0
    const { clock, chain } = await alone(() =>
      ++asked % 2 ? block(9000, 20 * MINUTE) : block(8000, 120 * MINUTE),
    )
    for (let minute = 0; minute < 30; minute++) {
      await clock.advance(MINUTE)
      const head = await chain.head().catch(() => null)
      if (head) expect(head).toMatchObject({ height: 9000n, halted: true })
      if (minute > 4 && head) expect(head.stands).toBe(true)
    }
  })

  it('has its rhythm asked for again where that could not be had', async () => {
    let isBusy = true
    const clock = new ManualClock(NOW_MS)
    const a = await node((path) => {
      if (path === BLOCKS) return block(1000, 50 * MINUTE)
      const height = Number(/\/blocks\/(\d+)$/.exec(path)?.[1] ?? 0)
      return isBusy ? grpc(503, 14, 'busy') : block(height, (1000 - height) * HOUR + 50 * MINUTE)
    })
    const chain = pool([a], { clock })
    expect(await chain.head()).toMatchObject({ halted: true, stands: false })
    isBusy = false
    await clock.advance(2 * MINUTE)
    expect(await chain.head()).toMatchObject({ halted: false, patienceNs: msToNs(2 * HOUR) })
  })
})
