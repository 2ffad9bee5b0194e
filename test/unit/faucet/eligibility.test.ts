// Eligibility at its exact boundaries, every reason at once, and the limits as properties over any history.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Applicant,
  type DripLimits,
  type History,
  keptSlots,
  leftToday,
  reasonsAgainst,
} from '../../../src/faucet/eligibility.ts'
import { DAY_MS, HOUR_MS } from '../../../src/kernel/duration.ts'
import { snowflakeTimeMs } from '../../../src/kernel/snowflake.ts'
import { NOW_MS, snowflake } from '../../support/faucet.ts'

const LIMITS: DripLimits = {
  accountAgeMs: 7 * DAY_MS,
  memberAgeMs: DAY_MS,
  everyMs: DAY_MS,
  perAddressMs: null,
  dailyTotal: null,
  keptForFirstTimers: 0,
  requiredRoles: [],
  allowPending: false,
}
const NOBODY: History = {
  userOpen: false,
  addressOpen: false,
  userLast: null,
  addressLast: null,
  firstTime: true,
  day: [],
  paused: null,
  bans: [],
}
const member = (changes: Partial<Applicant> = {}): Applicant => ({
  userId: snowflake(NOW_MS - 100 * DAY_MS),
  joinedAtMs: NOW_MS - 50 * DAY_MS,
  pending: false,
  roleIds: [],
  ...changes,
})
const codes = (who: Applicant, limits: DripLimits, history: History, nowMs = NOW_MS) =>
  reasonsAgainst(who, limits, history, nowMs).map(({ code }) => code)

describe('snowflakeTimeMs', () => {
  it("reads Discord's own example, and its epoch", () => {
    expect(snowflakeTimeMs('175928847299117063')).toBe(Date.parse('2016-04-30T11:18:25.796Z'))
    expect(snowflakeTimeMs('not an id')).toBeNull()
    expect(snowflakeTimeMs('12')).toBeNull()
  })
  it('is the inverse of making an id, to the millisecond', () => {
    const ms = fc.integer({ min: Date.UTC(2015, 5, 1), max: Date.UTC(2080, 0, 1) })
    fc.assert(fc.property(ms, fc.nat(2 ** 22 - 1), (atMs, n) => snowflakeTimeMs(snowflake(atMs, n)) === atMs))
  })
})

describe('boundaries', () => {
  it.each([
    [7 * DAY_MS - 1, ['account-age']],
    [7 * DAY_MS, []],
    [7 * DAY_MS + 1, []],
  ])('an account of %i ms', (ageMs, expected) => {
    expect(codes(member({ userId: snowflake(NOW_MS - ageMs) }), LIMITS, NOBODY)).toEqual(expected)
  })

  it.each([
    [DAY_MS - 1, ['member-age']],
    [DAY_MS, []],
    [-HOUR_MS, ['member-age']],
  ])('a member for %i ms', (ageMs, expected) => {
    expect(codes(member({ joinedAtMs: NOW_MS - ageMs }), LIMITS, NOBODY)).toEqual(expected)
  })

  it.each([
    [DAY_MS - 1, ['user-recent']],
    [DAY_MS, []],
    [0, ['user-recent']],
    [-DAY_MS, ['user-recent']],
  ])('the last drip %i ms ago', (agoMs, expected) => {
    const history = { ...NOBODY, firstTime: false, userLast: { atMs: NOW_MS - agoMs, unknown: false } }
    expect(codes(member(), LIMITS, history)).toEqual(expected)
  })

  it.each([
    [HOUR_MS - 1, ['address-recent']],
    [HOUR_MS, []],
  ])("the address's last drip %i ms ago", (agoMs, expected) => {
    const history = { ...NOBODY, addressLast: { atMs: NOW_MS - agoMs } }
    expect(codes(member(), { ...LIMITS, perAddressMs: HOUR_MS }, history)).toEqual(expected)
    expect(codes(member(), LIMITS, history)).toEqual([])
  })

  it('a ban ends at its moment', () => {
    const ban = { chain: 'x', kind: 'user' as const, subject: '1', reason: 'r', byUserId: '2', atMs: 0 }
    expect(codes(member(), LIMITS, { ...NOBODY, bans: [{ ...ban, untilMs: NOW_MS + 1 }] })).toEqual([
      'banned',
    ])
    expect(codes(member(), LIMITS, { ...NOBODY, bans: [{ ...ban, untilMs: NOW_MS }] })).toEqual([])
    expect(codes(member(), LIMITS, { ...NOBODY, bans: [{ ...ban, untilMs: null }] })).toEqual(['banned'])
  })
})

describe('reasons', () => {
  it('tells every reason at once', () => {
    const who = member({ userId: snowflake(NOW_MS - DAY_MS), joinedAtMs: NOW_MS - HOUR_MS, pending: true })
    const history: History = {
      ...NOBODY,
      firstTime: false,
      userLast: { atMs: NOW_MS - HOUR_MS, unknown: false },
      paused: { reason: 'upgrade' },
      day: [{ atMs: NOW_MS - HOUR_MS, firstTime: true }],
    }
    const limits = { ...LIMITS, requiredRoles: ['1', '2'], dailyTotal: 1 }
    expect(codes(who, limits, history)).toEqual([
      'paused',
      'account-age',
      'member-age',
      'pending',
      'roles',
      'user-recent',
      'day-used-up',
    ])
  })

  it('refuses a member of whom Discord does not say when they joined, unless nobody asks', () => {
    expect(codes(member({ joinedAtMs: null }), LIMITS, NOBODY)).toEqual(['no-join-date'])
    expect(codes(member({ joinedAtMs: null }), { ...LIMITS, memberAgeMs: null }, NOBODY)).toEqual([])
  })

  it('an id that is no Discord id has no age', () => {
    expect(codes(member({ userId: 'x' }), LIMITS, NOBODY)).toEqual(['account-age'])
  })

  it('wants all the required roles, and names those that are missing', () => {
    const limits = { ...LIMITS, requiredRoles: ['1', '2'] }
    expect(reasonsAgainst(member({ roleIds: ['1'] }), limits, NOBODY, NOW_MS)).toEqual([
      { code: 'roles', missing: ['2'] },
    ])
    expect(codes(member({ roleIds: ['2', '1'] }), limits, NOBODY)).toEqual([])
  })

  it('says when the day has room again', () => {
    const day = [30, 20, 10].map((hours) => ({
      atMs: NOW_MS - hours * HOUR_MS + 12 * HOUR_MS,
      firstTime: true,
    }))
    const limits = { ...LIMITS, dailyTotal: 3 }
    expect(reasonsAgainst(member(), limits, { ...NOBODY, day }, NOW_MS)).toEqual([
      { code: 'day-used-up', againMs: day[0]!.atMs + DAY_MS },
    ])
  })

  it('keeps a share for people who never had any', () => {
    const limits = { ...LIMITS, dailyTotal: 10, keptForFirstTimers: 0.3 }
    const day = Array.from({ length: 7 }, (_, n) => ({ atMs: NOW_MS - (10 - n) * HOUR_MS, firstTime: false }))
    const before = { ...NOBODY, day, firstTime: false }
    expect(leftToday(limits, before, NOW_MS)).toEqual({ all: 3, returning: 0 })
    expect(reasonsAgainst(member(), limits, before, NOW_MS)).toEqual([
      { code: 'kept-for-first-timers', againMs: day[0]!.atMs + DAY_MS },
    ])
    expect(codes(member(), limits, { ...before, firstTime: true })).toEqual([])
    expect(keptSlots({ dailyTotal: 200, keptForFirstTimers: 0.3 })).toBe(60)
    expect(keptSlots({ dailyTotal: 1, keptForFirstTimers: 0.99 })).toBe(0)
  })
})

describe('properties', () => {
  const limits: DripLimits = { ...LIMITS, perAddressMs: 12 * HOUR_MS, dailyTotal: 6, keptForFirstTimers: 0.4 }
  interface Grant {
    user: number
    address: number
    atMs: number
    firstTime: boolean
  }
  /** What the store answers, from a list of grants. */
  const historyOf = (grants: Grant[], user: number, address: number, nowMs: number): History => {
    const newest = (list: Grant[]) => list.toSorted((a, b) => b.atMs - a.atMs)[0]
    const mine = newest(grants.filter((one) => one.user === user))
    const its = newest(grants.filter((one) => one.address === address))
    return {
      ...NOBODY,
      userLast: mine ? { atMs: mine.atMs, unknown: false } : null,
      addressLast: its ? { atMs: its.atMs } : null,
      firstTime: !mine,
      day: grants.filter(({ atMs }) => atMs > nowMs - DAY_MS).toSorted((a, b) => a.atMs - b.atMs),
    }
  }
  const request = fc.record({
    user: fc.nat(9),
    address: fc.nat(9),
    // Also backwards: a clock that is wrong, or interactions out of order.
    stepMs: fc.oneof(
      fc.integer({ min: 0, max: 8 * HOUR_MS }),
      fc.integer({ min: -3 * DAY_MS, max: 3 * DAY_MS }),
    ),
  })

  it('no sequence of requests, and no clock that goes backwards, gets more than the limits give', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 80 }), (requests) => {
        const grants: Grant[] = []
        let nowMs = NOW_MS
        for (const { user, address, stepMs } of requests) {
          nowMs += stepMs
          const history = historyOf(grants, user, address, nowMs)
          const who = member({
            userId: snowflake(NOW_MS - 900 * DAY_MS, user),
            joinedAtMs: NOW_MS - 800 * DAY_MS,
          })
          if (reasonsAgainst(who, limits, history, nowMs).length > 0) continue
          grants.push({ user, address, atMs: nowMs, firstTime: history.firstTime })
        }
        const apart = (key: 'user' | 'address', atLeastMs: number) =>
          grants.every((one, i) =>
            grants.every((two, k) => k <= i || one[key] !== two[key] || two.atMs - one.atMs >= atLeastMs),
          )
        expect(apart('user', DAY_MS)).toBe(true)
        expect(apart('address', 12 * HOUR_MS)).toBe(true)
        for (const { atMs } of grants) {
          const window = grants.filter((one) => one.atMs > atMs - DAY_MS && one.atMs <= atMs)
          expect(window.length).toBeLessThanOrEqual(6)
          expect(window.filter(({ firstTime }) => !firstTime).length).toBeLessThanOrEqual(4)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('whatever is told as the time to come again is the first moment at which that reason is gone', () => {
    const ages = fc.integer({ min: -2 * DAY_MS, max: 9 * DAY_MS })
    fc.assert(
      fc.property(ages, ages, ages, (accountMs, memberMs, lastMs) => {
        const who = member({ userId: snowflake(NOW_MS - accountMs), joinedAtMs: NOW_MS - memberMs })
        const history = { ...NOBODY, firstTime: false, userLast: { atMs: NOW_MS - lastMs, unknown: false } }
        for (const reason of reasonsAgainst(who, LIMITS, history, NOW_MS)) {
          if (!('againMs' in reason)) throw new Error(`no time for ${reason.code}`)
          expect(codes(who, LIMITS, history, reason.againMs - 1)).toContain(reason.code)
          expect(codes(who, LIMITS, history, reason.againMs)).not.toContain(reason.code)
        }
      }),
    )
  })
})
