// Chains that share one host: one pace for all, in turns, and what one of them is told counts for whom it concerns.
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createFastClock } from '../../../sandbox/fast-clock.ts'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import type { PoolOptions } from '../../../src/cosmos/endpoints.ts'
import { createHostLimiter, type HostLimiter, passingBy } from '../../../src/cosmos/host-pace.ts'
import type { RequestOutcome } from '../../../src/cosmos/limiter.ts'
import { type ChainPool, patiently } from '../../../src/cosmos/types.ts'
import { BLOCKS, block, fastClock, poolOver, startNode, type TinyNode } from './tiny-node.ts'

/** A chain that always wants to ask, at one host with the others of its clock. */
function chainAt(url: string, wire: ManualClock, requestsPerSecond: number, inFlight = 8) {
  const chain = {
    sent: [] as number[],
    wants: true,
    paused: 0,
    limiter: null as unknown as HostLimiter,
    /** Sends as long as it may. */
    pump() {
      while (chain.wants && chain.limiter.tryTake(wire.now()) === 0) {
        chain.sent.push(wire.now())
        wire.at(wire.now() + 50, () => {
          chain.limiter.done(wire.now(), chain.outcome(), 50)
          chain.pump()
        })
      }
    },
    outcome: (): RequestOutcome => 'ok',
  }
  chain.limiter = createHostLimiter(url, { inFlight, requestsPerSecond }, wire, {
    turn: () => chain.pump(),
    paused: () => chain.paused++,
  })
  return chain
}

/** Lets time pass; who waits for a pace of its own is woken as a turnstile does. */
async function pass(wire: ManualClock, chains: ReturnType<typeof chainAt>[], ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10) {
    for (const chain of chains) chain.pump()
    await wire.advance(10)
  }
}

const rate = (sent: number[], fromMs: number, toMs: number) =>
  (sent.filter((at) => at >= fromMs && at < toMs).length * 1000) / (toMs - fromMs)

describe('chains at one host', () => {
  it('share the smallest of their limits evenly, whatever their keys and schemes; another host has its own', async () => {
    const wire = new ManualClock()
    const start = wire.now()
    const shared = [
      chainAt('https://all.example.org/one', wire, 20),
      chainAt('https://all.example.org/two?apikey=1', wire, 40),
      chainAt('http://user:key@ALL.example.org./three', wire, 1000),
    ]
    const other = chainAt('https://all.example.org:8443', wire, 20)
    await pass(wire, [...shared, other], 10_000)
    const rates = shared.map(({ sent }) => rate(sent, start + 2000, start + 10_000))
    for (const one of rates) expect(one).toBeCloseTo(20 / 3, 0)
    expect(rate(other.sent, start + 2000, start + 10_000)).toBeCloseTo(20, 0)

    shared[0]!.wants = false
    shared[0]!.limiter.leave()
    const laterMs = wire.now() + 5000
    await pass(wire, shared, 10_000)
    const all = shared.flatMap(({ sent }) => sent)
    expect(rate(all, laterMs, wire.now())).toBeCloseTo(40, -1)
  })

  it.each([
    ['by its pace', 10, 8],
    ['by its places', 1000, 2],
  ])(
    'one with a single question waits for one turn of each other, held back %s',
    async (_, perSecond, inFlight) => {
      const wire = new ManualClock()
      const sweeps = [1, 2, 3].map((one) => chainAt(`http://h/${one}`, wire, perSecond, inFlight))
      await pass(wire, sweeps, 3000)
      const alarm = chainAt('http://h/alarm', wire, perSecond, inFlight)
      const askedMs = wire.now()
      alarm.pump()
      await pass(wire, sweeps, 1000)
      const before = sweeps.flatMap(({ sent }) => sent).filter((at) => at >= askedMs && at < alarm.sent[0]!)
      expect(before.length).toBeLessThanOrEqual(3 * inFlight)
      expect(alarm.sent[0]! - askedMs).toBeLessThanOrEqual(perSecond === 10 ? 400 : 200)
    },
  )

  it('are slowed down by a 429 of one, not by its faults or a ban of its key', async () => {
    const wire = new ManualClock()
    const [sick, well] = [chainAt('http://h/sick', wire, 100), chainAt('http://h/well', wire, 100)]
    const both = [sick, well]
    for (const outcome of ['fault', 'refused', 'other'] as const) {
      sick.outcome = () => outcome
      await pass(wire, both, 5000)
      expect(well.limiter.ratePerSecond).toBe(100)
    }
    expect(sick.limiter.ratePerSecond).toBeLessThan(20)
    const [limited, other] = [chainAt('http://g/limited', wire, 100), chainAt('http://g/other', wire, 100)]
    limited.outcome = () => 'limited'
    await pass(wire, [limited, other], 5000)
    expect(other.limiter.ratePerSecond).toBeLessThan(50)
  })

  it('wait together where the host asks for it, also those that come later; where one endpoint does, it alone', async () => {
    const wire = new ManualClock()
    const [one, two] = [chainAt('http://h/1', wire, 10), chainAt('http://h/2', wire, 10)]
    one.limiter.pause(wire.now() + 1000)
    expect([one, two].map(({ limiter }) => limiter.tryTake(wire.now()))).toEqual([1000, 0])
    two.limiter.done(wire.now(), 'ok', 1)
    one.limiter.pauseHost(wire.now() + 5000)
    expect([one.paused, two.paused]).toEqual([1, 1])
    const startMs = wire.now()
    one.limiter.leave()
    two.limiter.leave()
    const three = chainAt('http://h/3', wire, 10)
    expect(passingBy('http://h', wire).pausedUntilMs).toBe(startMs + 5000)
    three.pump()
    await wire.advance(6000)
    expect(three.sent[0]).toBe(startMs + 5000)
  })

  it('go on where one of them leaves in its turn, or wants nothing any more', async () => {
    const wire = new ManualClock()
    const [a, b, c] = [1, 2, 3].map((one) => chainAt(`http://h/${one}`, wire, 5))
    await pass(wire, [a!, b!, c!], 2000)
    a!.wants = false
    b!.wants = false
    b!.limiter.leave()
    const atMs = wire.now()
    await pass(wire, [c!], 4000)
    expect(rate(c!.sent, atMs + 1000, wire.now())).toBeCloseTo(5, 0)
  })
})

describe('pools at one host', () => {
  const open: (ChainPool | TinyNode)[] = []
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()))
  })
  const any = z.object({})

  /** A host with a chain below each path; `first` is how it answers before anything else. */
  async function host(
    answer: (path: string) => ReturnType<TinyNode['handler']> | null,
    { times = 10, inFlight = 2, requestsPerSecond = 50 } = {},
  ) {
    const node = await startNode((path) => {
      const [, chainId, rest] = /^\/([\w-]+)(\/.*)$/.exec(path)!
      return answer(path) ?? (rest === BLOCKS ? block(100, 1000, chainId) : { body: {} })
    })
    open.push(node)
    const limits = { inFlight, requestsPerSecond, timeoutMs: 60_000 }
    const wireClock = createFastClock(times)
    const pool = (chainId: string, options: Partial<PoolOptions> = {}) => {
      const shared = { chainId, limits, wireClock, ...options }
      const made = poolOver([`${node.url}/${chainId}`], shared)
      open.push(made)
      return made
    }
    return { node, pool }
  }

  it('one that sweeps does not keep the other from its confirmation', async () => {
    const { node, pool } = await host((path) => (path.includes('/sweep') ? { body: {}, afterMs: 20 } : null))
    const [big, small] = [pool('big-1'), pool('small-1')]
    await Promise.all([big.head(), small.head()])
    const sweep = Array.from({ length: 150 }, (_, i) => big.get(`/sweep/${i}`, any))
    while (node.asked.length < 30) await fastClock.sleep(10)
    const before = node.asked.length
    await small.get('/confirm', any)
    expect(node.asked.indexOf('/small-1/confirm') - before).toBeLessThan(6)
    await Promise.all(sweep)
    expect(node.mostOpen).toBeLessThanOrEqual(2)
  })

  it.each([
    ['10 that sweep, at one request a second', 10, 1],
    ['44 that sweep', 44, 1],
    ['44 that sweep, at two a second', 44, 2],
  ])('a confirmation goes before %s, and they go on', async (_, chains, requestsPerSecond) => {
    const { node, pool } = await host(() => null, { times: 200, requestsPerSecond })
    const stop = new AbortController()
    const { signal } = stop
    const small = pool('small-1')
    await small.head()
    const sweeps = Array.from({ length: chains }, async (_, i) => {
      const sweep = patiently(pool(`big-${i}`))
      const work = async () => {
        for (let n = 0; !signal.aborted; n++) await sweep.get(`/sweep/${n}`, any, { signal })
      }
      await Promise.all([work(), work()]).catch(() => {})
    })
    while (node.asked.length < 2 * chains + 10) await fastClock.sleep(10)
    // Its pulse waits for its turn, until somebody waits for it.
    const pulse = patiently(small).head()
    const before = node.asked.length
    for (const again of [1, 2]) {
      await small.head()
      await small.get(`/confirm/${again}`, any)
      await small.get(`/consensus/${again}`, any)
    }
    const others = () => node.asked.slice(before).filter((path) => path.startsWith('/big')).length
    expect(others()).toBeLessThan(25)
    await pulse

    // Whoever always wants something leaves every fourth place to them.
    const hurry = Array.from({ length: 40 }, (_, n) => small.get(`/due/${n}`, any))
    const had = others()
    await Promise.all(hurry)
    expect(others() - had).toBeGreaterThan(9)
    expect(others() - had).toBeLessThan(20)
    stop.abort()
    await Promise.all(sweeps)
  })

  it('what somebody waits for goes before the sweep of the same chain, held back by its pace or by its places', async () => {
    for (const limits of [{ inFlight: 8, requestsPerSecond: 5 }, { inFlight: 1 }]) {
      const afterMs = 'requestsPerSecond' in limits ? 0 : 20
      const { node, pool } = await host(
        (path) => (path.includes('/x') ? { body: {}, afterMs } : null),
        limits,
      )
      const one = pool('one-1')
      await one.head()
      const sweep = Array.from({ length: 40 }, (_, n) => patiently(one).get(`/x/${n}`, any))
      await one.get('/x/first', any)
      expect(node.asked.indexOf('/one-1/x/first')).toBeLessThan(5)
      await Promise.all(sweep)
    }
  })

  it('a Retry-After with a 429 holds all of them back, and is said of each; with a 503 or a 403 its own alone', async () => {
    for (const status of [429, 503, 403]) {
      let told = false
      const answer = (path: string) =>
        told && path.startsWith('/one-1/') ? { status, headers: { 'retry-after': '3600' }, body: '' } : null
      const { pool } = await host(answer, { times: 300 })
      const [one, two] = [pool('one-1'), pool('two-1')]
      await Promise.all([one.head(), two.head()])
      told = true
      await expect(one.get('/x', any)).rejects.toThrow(/asks to wait|403|503|429/)
      if (status !== 429) expect((await two.get('/x', any)).value).toEqual({})
      else {
        await expect(two.get('/x', any)).rejects.toThrow(/asks to wait 3\d\d\d s/)
        expect(two.endpoints()[0]!.reason).toMatch(/asks to wait/)
        await expect(pool('late-1').head()).rejects.toThrow(/asks to wait/)
      }
    }
  })
})
