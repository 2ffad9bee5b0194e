// How soon the bot logs in again: short sessions lengthen the pause, good ones shorten it, the day's limit is never near.
import { describe, expect, it } from 'vitest'
import { createIdentifyPace } from '../../../src/discord/identify-pace.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const PLENTY = { total: 1000, remaining: 999, resetAfterMs: DAY }

/** Lets sessions of `lastMs` follow each other for a day. Returns when each began, ms since the first. */
function aDayOf(lastMs: number, random: number): number[] {
  let nowMs = 0
  const pace = createIdentifyPace({ now: () => nowMs }, () => random)
  const begun: number[] = []
  while (nowMs < DAY) {
    const waitMs = pace.ask(PLENTY)
    if (waitMs > 0) {
      nowMs += waitMs
      continue
    }
    begun.push(nowMs)
    pace.up()
    nowMs += lastMs
    pace.down()
    nowMs += 500
  }
  return begun
}

describe('the pause before a login', () => {
  it('grows with every session that ends at once, and never exceeds its most', () => {
    const begun = aDayOf(0, 0)
    const pauses = begun.slice(1, 9).map((atMs, i) => Math.round((atMs - begun[i]!) / 1000))
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 640])
  })

  it.each([0, 1000, 59_000, 61_000, 2 * MINUTE, 4 * MINUTE, 299_000, 5 * MINUTE, 10 * MINUTE])(
    'keeps far below 1,000 logins a day, whatever the sessions last: %d ms',
    (lastMs) => {
      for (const random of [0, 1]) expect(aDayOf(lastMs, random).length).toBeLessThan(330)
    },
  )

  it('is none after a long session, also when short ones came before it', () => {
    let nowMs = 0
    const pace = createIdentifyPace({ now: () => nowMs }, () => 0)
    for (let i = 0; i < 20; i++) {
      const waitMs = pace.ask(PLENTY)
      nowMs += waitMs
      if (waitMs > 0) expect(pace.ask(PLENTY)).toBe(0)
      pace.up()
      pace.down()
    }
    expect(pace.ask(PLENTY)).toBeGreaterThan(14 * MINUTE)
    nowMs += 30 * MINUTE
    expect(pace.ask(PLENTY)).toBe(0)
    pace.up()
    nowMs += 60 * MINUTE
    pace.down()
    expect(pace.ask(PLENTY)).toBe(0)
  })

  it('a session that is resumed goes on', () => {
    let nowMs = 0
    const pace = createIdentifyPace({ now: () => nowMs }, () => 0)
    pace.ask(PLENTY)
    pace.up()
    for (let i = 0; i < 100; i++) {
      nowMs += 10_000
      pace.down()
      pace.up()
    }
    pace.down()
    expect(pace.ask(PLENTY)).toBe(0)
  })

  it('where few logins are left, spreads them; where none are, waits until there are', () => {
    let nowMs = 0
    const pace = createIdentifyPace({ now: () => nowMs }, () => 0)
    const few = { total: 1000, remaining: 10, resetAfterMs: 100 * MINUTE }
    expect(pace.ask(few)).toBe(10 * MINUTE)
    nowMs += 10 * MINUTE
    expect(pace.ask({ ...few, remaining: 0 })).toBe(100 * MINUTE)
    expect(pace.ask(few)).toBe(0)
  })

  it('is not made longer by a clock that is set back', () => {
    let nowMs = 1e12
    const pace = createIdentifyPace({ now: () => nowMs }, () => 0)
    pace.ask(PLENTY)
    expect(pace.ask(PLENTY)).toBe(5000)
    nowMs -= DAY
    expect(pace.ask(PLENTY)).toBe(5000)
  })
})
