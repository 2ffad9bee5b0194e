// The limiter against simulated servers: quick start, ceilings, and settling under a limit that it is not told.
import { describe, expect, it } from 'vitest'
import { createLimiter, type Limiter, type RequestOutcome } from '../../../src/cosmos/limiter.ts'

interface Sent {
  atMs: number
  outcome: RequestOutcome
}

/** Sends one request where it may: 0, else the milliseconds to wait. */
function take(limiter: Limiter, nowMs: number): number {
  const ms = limiter.waitMs(nowMs)
  if (ms === 0) limiter.force()
  return ms
}

/** Sends as fast as the limiter lets, for `forMs`; `answer` says what comes back `latencyMs` later. */
function run(
  limiter: Limiter,
  forMs: number,
  latencyMs: number,
  answer: (atMs: number) => RequestOutcome,
  fromMs = 0,
): Sent[] {
  const sent: Sent[] = []
  const open: Sent[] = []
  for (let nowMs = fromMs; nowMs < fromMs + forMs; nowMs++) {
    while (open[0] && open[0].atMs + latencyMs <= nowMs) limiter.done(nowMs, open.shift()!.outcome, latencyMs)
    while (take(limiter, nowMs) === 0) {
      const one = { atMs: nowMs, outcome: answer(nowMs) }
      sent.push(one)
      open.push(one)
    }
  }
  for (const one of open) limiter.done(fromMs + forMs, one.outcome, latencyMs)
  return sent
}

/** A server that answers 429 to more than `perSecond` in a second of its own clock. */
function hardLimit(perSecond: number): (atMs: number) => RequestOutcome {
  const accepted: number[] = []
  return (atMs) => {
    while (accepted[0] !== undefined && accepted[0] <= atMs - 1000) accepted.shift()
    if (accepted.length >= perSecond) return 'limited'
    accepted.push(atMs)
    return 'ok'
  }
}

const between = (sent: Sent[], fromMs: number, toMs: number) =>
  sent.filter(({ atMs }) => atMs >= fromMs && atMs < toMs)

describe('quick start', () => {
  it('reaches thousands of requests a second within half a second at 50 ms', () => {
    const sent = run(createLimiter({ inFlight: 256, requestsPerSecond: 100_000 }), 1000, 50, () => 'ok')
    expect(between(sent, 500, 1000).length * 2).toBeGreaterThan(4000)
  })

  it('sends 3,000 requests within 10 % of what the places in flight allow', () => {
    const sent = run(createLimiter({ inFlight: 64, requestsPerSecond: 100_000 }), 10_000, 50, () => 'ok')
    const tookMs = sent[2999]!.atMs
    expect(tookMs).toBeLessThan((3000 / 64) * 50 * 1.1 + 50)
  })

  it('begins with a few, not with all that the ceiling allows', () => {
    const sent = run(createLimiter({ inFlight: 256, requestsPerSecond: 100_000 }), 50, 50, () => 'ok')
    expect(sent.length).toBeLessThan(8)
  })
})

describe('ceilings', () => {
  it.each([1, 10, 20, 400])('never sends more than %i a second', (requestsPerSecond) => {
    const sent = run(createLimiter({ inFlight: 256, requestsPerSecond }), 20_000, 30, () => 'ok')
    for (let fromMs = 0; fromMs < 19_000; fromMs += 250) {
      const burst = Math.max(1, requestsPerSecond * 0.1)
      expect(between(sent, fromMs, fromMs + 1000).length).toBeLessThanOrEqual(requestsPerSecond + burst + 1)
    }
    expect(sent.length).toBeGreaterThan(requestsPerSecond * 20 * 0.9)
  })

  it('never has more than inFlight without an answer', () => {
    const limiter = createLimiter({ inFlight: 3, requestsPerSecond: 1000 })
    run(limiter, 300, 100, () => 'ok')
    for (let nowMs = 1000; nowMs < 1100; nowMs++) take(limiter, nowMs)
    expect(limiter.inFlight).toBe(3)
    expect(take(limiter, 1200)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('a limit that it is not told', () => {
  it.each([50, 300])('settles just under 8 a second (latency %i ms)', (latencyMs) => {
    const limiter = createLimiter({ inFlight: 32, requestsPerSecond: 100 })
    const sent = run(limiter, 60_000, latencyMs, hardLimit(8))
    const later = between(sent, 10_000, 60_000)
    const refused = later.filter(({ outcome }) => outcome === 'limited').length
    expect((later.length - refused) / 50).toBeGreaterThan(5.5)
    expect(refused / later.length).toBeLessThan(0.06)
    // The warm-up is short and does not hammer.
    const early = between(sent, 0, 10_000).filter(({ outcome }) => outcome === 'limited').length
    expect(early).toBeLessThan(60)
  })

  it('finds its way up again when the limit is lifted', () => {
    const limiter = createLimiter({ inFlight: 32, requestsPerSecond: 100 })
    run(limiter, 20_000, 50, hardLimit(8))
    const after = run(limiter, 60_000, 50, () => 'ok', 20_000)
    expect(between(after, 70_000, 80_000).length / 10).toBeGreaterThan(25)
  })
})

describe('faults', () => {
  it('halves at most once a second, down to one request in five seconds', () => {
    const limiter = createLimiter({ inFlight: 32, requestsPerSecond: 1000 })
    run(limiter, 2000, 50, () => 'ok')
    const before = limiter.ratePerSecond
    for (let i = 0; i < 20; i++) limiter.force()
    for (let i = 0; i < 20; i++) limiter.done(2000 + i, 'fault', 50)
    expect(limiter.ratePerSecond).toBeCloseTo(Math.min(before, 640) / 2, 0)
    run(limiter, 60_000, 50, () => 'fault', 2100)
    expect(limiter.ratePerSecond).toBe(0.2)
  })

  it('is fast again soon after a fault that passed', () => {
    const limiter = createLimiter({ inFlight: 64, requestsPerSecond: 10_000 })
    run(limiter, 2000, 50, () => 'ok')
    run(limiter, 3000, 50, () => 'fault', 2000)
    const after = run(limiter, 10_000, 50, () => 'ok', 5000)
    expect(between(after, 10_000, 15_000).length / 5).toBeGreaterThan(300)
  })

  it('does not slow down for what says nothing about speed', () => {
    const limiter = createLimiter({ inFlight: 64, requestsPerSecond: 20 })
    const before = limiter.ratePerSecond
    limiter.force()
    limiter.done(5000, 'other', 50)
    expect(limiter.ratePerSecond).toBe(before)
    expect(limiter.inFlight).toBe(0)
  })
})

describe('time', () => {
  it('waits out a pause, and never shortens it', () => {
    const limiter = createLimiter({ inFlight: 2, requestsPerSecond: 10 })
    limiter.pause(5000)
    limiter.pause(3000)
    expect(take(limiter, 1000)).toBe(4000)
    expect(take(limiter, 5000)).toBe(0)
  })

  it('goes on when the clock was set back', () => {
    const limiter = createLimiter({ inFlight: 50, requestsPerSecond: 10 })
    while (take(limiter, 3_600_000) === 0);
    expect(take(limiter, 0)).toBeLessThanOrEqual(100)
    expect(take(limiter, 100)).toBe(0)
  })

  it('says how long to wait so exactly that the next try succeeds', () => {
    const limiter = createLimiter({ inFlight: 1000, requestsPerSecond: 7 })
    let nowMs = 0
    for (let i = 0; i < 100; i++) {
      const waitMs = take(limiter, nowMs)
      if (waitMs > 0) expect(take(limiter, nowMs + waitMs)).toBe(0)
      nowMs += waitMs
    }
  })
})
