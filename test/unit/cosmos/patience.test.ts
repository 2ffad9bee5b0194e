// The pool's pace and patience over small real servers: waiting, sharing the load, giving up.
import { describe, expect, it } from 'vitest'
import { createFastClock } from '../../../sandbox/fast-clock.ts'
import { failure, good, node, PATH, pool, questions, schema, serving } from './tiny-chain.ts'
import { BLOCKS, block, fastClock, NOW_MS } from './tiny-node.ts'

describe('patience', () => {
  it('waits as long as Retry-After says, when there is no other', async () => {
    let asked = 0
    const a = await serving(() =>
      asked++ === 0 ? { status: 429, headers: { 'retry-after': '5' } } : good('a'),
    )
    const started = fastClock.now()
    await pool([a], { wireClock: fastClock }).get(PATH, schema)
    expect(fastClock.now() - started).toBeGreaterThan(4900)
  })

  it('takes an HTTP date too, and does not wait for more than a minute', async () => {
    const date = new Date(NOW_MS + 120_000).toUTCString()
    const a = await serving({ status: 429, headers: { 'retry-after': date } })
    const chain = pool([a])
    const error = await failure(chain.get(PATH, schema))
    expect(error.kind).toBe('rate-limited')
    expect(error.retryAfterMs).toBeGreaterThan(115_000)
    expect(questions(a)).toBe(1)
    expect((await failure(chain.get(PATH, schema))).kind).toBe('rate-limited')
    expect(questions(a)).toBe(1)
    expect(chain.endpoints()[0]!.reason).toMatch(/^asks to wait 1[12]\d s$/)
  })

  it.each([
    [503, '3600', 61_000],
    [502, new Date(NOW_MS + 86_400_000).toUTCString(), 61_000],
    [429, '999999999', 3_601_000],
    [403, '999999999', 3_601_000],
  ])('looks again at what answers %i with Retry-After %s in %i ms', async (status, retryAfter, afterMs) => {
    let isBack = false
    const a = await serving(() => (isBack ? good('a') : { status, headers: { 'retry-after': retryAfter } }))
    const wireClock = createFastClock(20_000)
    const limits = { inFlight: 4, requestsPerSecond: 1000, timeoutMs: 1e9 }
    const chain = pool([a], { wireClock, limits })
    await chain.head()
    const sentMs = wireClock.now()
    await failure(chain.get(PATH, schema))
    isBack = true
    await wireClock.sleep(afterMs)
    if (afterMs > 61_000) expect(questions(a)).toBe(1)
    expect((await chain.get(PATH, schema)).value.from).toBe('a')
    expect(wireClock.now() - sentMs).toBeGreaterThan(afterMs - 1000)
  })

  it('asks another meanwhile', async () => {
    const a = await serving({ status: 429, headers: { 'retry-after': '30' } })
    const b = await serving(good('b'))
    const chain = pool([a, b])
    for (let i = 0; i < 5; i++) expect((await chain.get(PATH, schema)).value.from).toBe('b')
    expect(questions(a)).toBeLessThanOrEqual(1)
  })

  it('settles under a limit that the server does not tell, without losing a question', async () => {
    let tokens = 20
    const timer = setInterval(() => {
      tokens = Math.min(20, tokens + 2)
    }, 20)
    const a = await serving(() => {
      tokens = Math.max(-1, tokens - 1)
      return tokens >= 0 ? good('a') : { status: 429 }
    })
    const chain = pool([a], {
      limits: { inFlight: 8, requestsPerSecond: 10_000, timeoutMs: 5000 },
      wireClock: fastClock,
    })
    const all = await Promise.allSettled(Array.from({ length: 80 }, () => chain.get(PATH, schema)))
    clearInterval(timer)
    expect(all.filter((one) => one.status === 'rejected')).toEqual([])
    expect(chain.requests).toBeLessThan(140)
  })

  it('shares the load over the endpoints, within the places of each', async () => {
    const nodes = await Promise.all(['a', 'b', 'c'].map((name) => serving({ ...good(name), afterMs: 50 })))
    const chain = pool(nodes, { limits: { inFlight: 4, requestsPerSecond: 10_000, timeoutMs: 5000 } })
    await Promise.all(Array.from({ length: 300 }, () => chain.get(PATH, schema)))
    for (const one of nodes) {
      expect(questions(one)).toBeGreaterThan(60)
      expect(one.mostOpen).toBeLessThanOrEqual(4)
    }
  })

  it('answers first come, first served', async () => {
    const a = await serving({ ...good('a'), afterMs: 10 })
    const chain = pool([a], { limits: { inFlight: 1, requestsPerSecond: 10_000, timeoutMs: 5000 } })
    const order: number[] = []
    await Promise.all(Array.from({ length: 30 }, (_, i) => chain.get(PATH, schema).then(() => order.push(i))))
    expect(order).toEqual([...order].sort((x, y) => x - y))
  })

  it('lets a question that failed once go before those that were never asked', async () => {
    let asked = 0
    const a = await serving(() => (asked++ === 0 ? { status: 404 } : { ...good('a'), afterMs: 50 }))
    const chain = pool([a], {
      limits: { inFlight: 1, requestsPerSecond: 10_000, timeoutMs: 5000 },
      wireClock: fastClock,
    })
    const order: number[] = []
    await Promise.all(Array.from({ length: 40 }, (_, i) => chain.get(PATH, schema).then(() => order.push(i))))
    expect(order.indexOf(0)).toBeGreaterThan(0)
    expect(order.indexOf(0)).toBeLessThan(30)
  })

  it('gives up at once when the caller does: in the line, on the wire, before the first question', async () => {
    const a = await serving({ raw: () => {} })
    const chain = pool([a], { limits: { inFlight: 1, requestsPerSecond: 1000, timeoutMs: 5000 } })
    await chain.head()
    const caller = new AbortController()
    const waiting = [1, 2, 3].map(() => failure(chain.get(PATH, schema, { signal: caller.signal })))
    await new Promise((resolve) => setTimeout(resolve, 30))
    caller.abort()
    for (const error of await Promise.all(waiting)) expect(error.message).toContain('given up')
    await failure(chain.get(PATH, schema, { signal: caller.signal }))
    expect(questions(a)).toBe(1)
    expect(chain.endpoints()[0]!.state).toBe('fresh')
  })

  it('loses no waiting question to an outage of some seconds', async () => {
    let broken = false
    const a = await node((path) =>
      broken ? { status: 502 } : path.endsWith(BLOCKS) ? block(100) : good('a'),
    )
    const chain = pool([a], {
      limits: { inFlight: 4, requestsPerSecond: 8, timeoutMs: 5000 },
      wireClock: fastClock,
      random: () => 1,
    })
    const all = Array.from({ length: 40 }, () => chain.get(PATH, schema))
    fastClock.at(fastClock.now() + 1000, () => {
      broken = true
    })
    fastClock.at(fastClock.now() + 5500, () => {
      broken = false
    })
    const lost = (await Promise.allSettled(all)).filter((one) => one.status === 'rejected')
    // Those that were tried four times during the outage; those that waited in line are not among them.
    expect(lost.length).toBeLessThan(8)
    expect(chain.endpoints()[0]!.state).toBe('fresh')
  })

  it('ends what waits when it is closed', async () => {
    const a = await serving({ raw: () => {} })
    const chain = pool([a], { limits: { inFlight: 1, requestsPerSecond: 1000, timeoutMs: 5000 } })
    await chain.head()
    const waiting = [1, 2].map(() => failure(chain.get(PATH, schema)))
    await new Promise((resolve) => setTimeout(resolve, 30))
    await chain.close()
    await Promise.all(waiting)
  })
})
