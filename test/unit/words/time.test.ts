// Moments and durations in words: their units, their ends, and what nobody could read.
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/kernel/duration.ts'
import { ago, at, left, period, roughlyLeft } from '../../../src/words/time.ts'

const NOW = Date.UTC(2026, 10, 20, 10)

describe('durations', () => {
  it.each([
    [-1, '0 s', '0 s'],
    [2 * HOUR_MS - 1, '119 min', '119 min'],
    [2 * DAY_MS - 1, '47 h', '47 h'],
    [2 * DAY_MS, '48 h', '2 d'],
    [4 * DAY_MS, '4 d', '4 d'],
    [101 * 365 * DAY_MS, 'over 100 years', 'over 100 years'],
  ])('%d ms are left: %s, roughly %s', (ms, text, roughly) => {
    expect(left(NOW + ms, NOW)).toBe(text)
    expect(roughlyLeft(NOW + ms, NOW)).toBe(roughly)
  })

  it.each([
    [14 * DAY_MS, '14 d'],
    [36 * HOUR_MS, '36 h'],
    [90 * MINUTE_MS, '90 min'],
    [200_000, '200 s'],
    [500, '500 ms'],
  ])('a period of %d ms is %s', (ms, text) => expect(period(BigInt(ms) * 1_000_000n)).toBe(text))
})

describe('moments', () => {
  it('are shown by each reader’s client, but for those that none can read', () => {
    expect([ago(NOW), at(NOW)]).toEqual([`<t:${NOW / 1000}:R>`, `<t:${NOW / 1000}:f>`])
    expect([ago(1e18), at(1e18)]).toEqual(['in the far future', 'in the far future'])
  })
})
