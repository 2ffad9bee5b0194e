// How long a balance lasts: refills, too little history, sizes beyond floats, and the words.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/kernel/duration.ts'
import { lastsText, runway } from '../../../src/wallets/runway.ts'

const T0 = Date.UTC(2026, 10, 20, 10)
/** Readings of [days after the first, tokens in millions of base units]. */
const readings = (...list: [number, number | bigint][]) =>
  list.map(([days, base]) => ({ base: BigInt(base) * 1_000_000n, readMs: T0 + days * DAY_MS }))

describe('runway', () => {
  it('divides the balance by what is spent per day', () => {
    expect(runway(readings([0, 12], [1, 10], [2, 8], [3, 6]))).toEqual({
      perDayBase: 2_000_000n,
      lastsMs: 3 * DAY_MS,
    })
  })

  it('counts a refill as nothing', () => {
    const refilled = runway(readings([0, 12], [1, 10], [1.5, 110], [2, 109], [3, 106]))
    expect(refilled).toEqual({ perDayBase: 2_000_000n, lastsMs: 53 * DAY_MS })
  })

  it('says nothing with too little: no reading, a day not full, fewer than three spends, only refills', () => {
    expect(runway([])).toBeNull()
    expect(runway(readings([0, 12]))).toBeNull()
    const almost = readings([0, 12], [0.3, 11], [0.6, 10], [1, 9])
    almost.at(-1)!.readMs -= 1
    expect(runway(almost)).toBeNull()
    expect(runway(readings([0, 12], [0.3, 11], [0.6, 10], [1, 9]))).not.toBeNull()
    expect(runway(readings([0, 12], [1, 11], [5, 10], [9, 10]))).toBeNull()
    expect(runway(readings([0, 1], [1, 2], [2, 3], [3, 4]))).toBeNull()
  })

  it('is exact far beyond 64 bits', () => {
    const big = 10n ** 40n
    expect(runway(readings([0, 10n * big], [1, 9n * big], [2, 8n * big], [4, 6n * big]))).toEqual({
      perDayBase: big * 1_000_000n,
      lastsMs: 6 * DAY_MS,
    })
  })

  it('is zero when the wallet is empty', () => {
    expect(runway(readings([0, 3], [1, 2], [2, 1], [3, 0]))?.lastsMs).toBe(0)
  })

  it('is never negative, whatever the readings', () => {
    const points = fc.array(fc.tuple(fc.nat(1000), fc.bigInt(0n, 2n ** 256n)), { maxLength: 30 })
    fc.assert(
      fc.property(points, (list) => {
        let atMs = T0
        const found = runway(
          list.map(([hours, base]) => {
            atMs += hours * HOUR_MS
            return { base, readMs: atMs }
          }),
        )
        if (found === null) return
        expect(found.perDayBase).toBeGreaterThanOrEqual(0n)
        expect(found.lastsMs).toBeGreaterThanOrEqual(0)
        expect(lastsText(found.lastsMs)).toMatch(
          /^(about \d+ (hour|day)s?|less than an hour|more than a year)$/,
        )
      }),
    )
  })

  it.each([
    [0, 'less than an hour'],
    [HOUR_MS - 1, 'less than an hour'],
    [HOUR_MS, 'about 1 hour'],
    [2 * DAY_MS - 1, 'about 47 hours'],
    [2 * DAY_MS, 'about 2 days'],
    [3.9 * DAY_MS, 'about 3 days'],
    [365 * DAY_MS, 'about 365 days'],
    [365 * DAY_MS + 1, 'more than a year'],
  ])('writes %d ms as %s', (ms, text) => expect(lastsText(ms)).toBe(text))
})
