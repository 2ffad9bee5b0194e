// The schedule: what is due is asked of the clock, whatever it does, at least once a minute.
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import type { Clock } from '../../../src/kernel/clock.ts'
import { cronJob, type Job, startSchedule } from '../../../src/watch/schedule.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.UTC(2026, 9, 25, 0, 5)

let stop = () => {}
afterEach(() => stop())

/** A machine whose clock may be wrong: timers go by how long they are, not by the time of day. */
function machine() {
  const real = new ManualClock(START)
  let wrongMs = 0
  const clock: Clock = {
    now: () => real.now() + wrongMs,
    at: (atMs, run) => real.at(atMs - wrongMs, run),
    sleep: (ms, signal) => real.sleep(ms, signal),
  }
  const step = (ms: number) => {
    wrongMs += ms
  }
  return { real, clock, step }
}

function scheduled(make: (runs: number[], clock: Clock) => Job) {
  const { real, clock, step } = machine()
  const runs: number[] = []
  const log: string[] = []
  const logger = pino({}, { write: (line: string) => void log.push(line) })
  stop = startSchedule([make(runs, clock)], clock, logger)
  return { real, step, runs, log }
}

const every = (expression: string) =>
  scheduled((runs, clock) =>
    cronJob('clients', expression, clock.now(), async () => void runs.push(clock.now())),
  )

describe('a job', () => {
  it('comes at the first time of its expression after its last start, in UTC', async () => {
    const { real, runs } = every('*/10 * * * *')
    await real.advance(3 * HOUR)
    expect(runs).toHaveLength(18)
    expect(runs[0]).toBe(START + 5 * MINUTE)
    expect(new Set(runs.slice(1).map((ms, at) => ms - runs[at]!))).toEqual(new Set([10 * MINUTE]))
  })

  it.each([
    ['hours ahead', 5 * HOUR],
    ['56 years ahead', 56 * 366 * 24 * HOUR],
    ['three minutes ahead', 3 * MINUTE],
    ['five minutes back', -5 * MINUTE],
    ['an hour back', -HOUR],
    ['56 years back', -56 * 366 * 24 * HOUR],
  ])('comes within a minute where the clock leaps %s', async (_, ms) => {
    const { real, step, runs } = every('*/10 * * * *')
    await real.advance(12 * MINUTE)
    const before = runs.length
    step(ms)
    const startedMs = performance.now()
    await real.advance(MINUTE)
    expect(runs).toHaveLength(before + 1)
    expect(performance.now() - startedMs).toBeLessThan(500)
    await real.advance(HOUR)
    expect(runs.length - before).toBeGreaterThanOrEqual(6)
    expect(runs.length - before).toBeLessThanOrEqual(8)
  })

  it('comes once, late, where a busy loop was over its time', async () => {
    const { real, runs } = every('*/10 * * * *')
    real.set(START + 6 * MINUTE)
    await real.advance(MINUTE)
    expect(runs).toHaveLength(1)
  })

  it('that still runs is not started again, and goes on when it is done', async () => {
    let finish = () => {}
    const { real, runs, log } = scheduled((runs, clock) =>
      cronJob('wallets', '* * * * * *', clock.now(), async () => {
        runs.push(clock.now())
        if (runs.length === 1) await new Promise<void>((resolve) => (finish = resolve))
      }),
    )
    await real.advance(2 * MINUTE)
    expect(runs).toHaveLength(1)
    expect(log.join('')).toContain('schedule.wallets comes more than once a minute')
    finish()
    await real.advance(10_000)
    expect(runs.length).toBeGreaterThan(5)
  })

  it('that breaks off is logged as ours, and so is one that cannot say when it is due', async () => {
    const { real, log } = scheduled((runs) => ({
      name: 'odd',
      dueMs: () => {
        if (runs.push(0) > 4) throw new Error('no answer')
        return 0
      },
      run: () => Promise.reject(new Error('broke')),
    }))
    await real.advance(3 * MINUTE)
    for (const text of ['broke', 'no answer', '"job":"odd"']) expect(log.join('')).toContain(text)
    for (const line of log) expect(JSON.parse(line)).toHaveProperty('level')
  })

  it('is not started after the stop', async () => {
    const { real, runs } = every('*/10 * * * *')
    stop()
    await real.advance(HOUR)
    expect(runs).toEqual([])
    expect(real.waiting).toBe(0)
  })
})
