// Who may be one person: shared addresses, accounts made together, bursts of joins; and who is left alone.
import { describe, expect, it } from 'vitest'
import { suspectGroups } from '../../../../src/faucet/moderation/suspects.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../src/kernel/duration.ts'
import { NOW_MS, snowflake } from '../../../support/faucet.ts'

const attempt = (n: number, changes: object = {}) => ({
  userId: snowflake(NOW_MS - (n + 10) * 30 * DAY_MS, n),
  address: `lig1${n}`,
  atMs: NOW_MS + n * HOUR_MS,
  joinedMs: NOW_MS - (n + 5) * 3 * DAY_MS,
  ...changes,
})

describe('suspectGroups', () => {
  it('leaves people alone who have nothing in common', () => {
    expect(suspectGroups([0, 1, 2, 3, 4, 5].map((n) => attempt(n)))).toEqual([])
    expect(suspectGroups([])).toEqual([])
  })

  it('finds users who share an address, also those who were refused', () => {
    const list = [attempt(0), attempt(1, { address: 'lig10' }), attempt(2), attempt(2)]
    expect(suspectGroups(list)).toMatchObject([
      { kind: 'address', address: 'lig10', userIds: [list[0]!.userId, list[1]!.userId] },
    ])
  })

  it('finds accounts that were made in the same hours', () => {
    const made = [0, 1, 2].map((n) =>
      attempt(n, { userId: snowflake(NOW_MS - 20 * DAY_MS + n * HOUR_MS, n) }),
    )
    const apart = attempt(7, { userId: snowflake(NOW_MS - 20 * DAY_MS + 3 * HOUR_MS + 1, 7) })
    expect(suspectGroups([...made, apart])).toMatchObject([
      { kind: 'created', userIds: made.map(({ userId }) => userId), fromMs: NOW_MS - 20 * DAY_MS },
    ])
    expect(suspectGroups([...made.slice(0, 2), apart])).toEqual([])
  })

  it('finds members who joined in a burst and then asked within a day of each other', () => {
    const burst = [0, 1, 2, 3].map((n) => attempt(n, { joinedMs: NOW_MS - 2 * DAY_MS + n * MINUTE_MS }))
    expect(suspectGroups(burst)).toMatchObject([
      { kind: 'joined', userIds: burst.map(({ userId }) => userId) },
    ])
    const slowly = burst.map((one, n) => ({ ...one, atMs: NOW_MS + n * 3 * DAY_MS }))
    expect(suspectGroups(slowly)).toEqual([])
    expect(suspectGroups(burst.slice(1))).toEqual([])
  })

  it('gives a group the same id as long as it has the same users, and the largest comes first', () => {
    const pair = [attempt(0), attempt(1, { address: 'lig10' })]
    const trio = [3, 4, 5].map((n) => attempt(n, { address: 'lig13' }))
    const [first, second] = suspectGroups([...pair, ...trio])
    expect(first!.userIds).toHaveLength(3)
    expect(suspectGroups([...trio.toReversed(), ...pair, pair[0]!]).map(({ id }) => id)).toEqual([
      first!.id,
      second!.id,
    ])
    expect(suspectGroups([...pair, attempt(9, { address: 'lig10' })])[0]!.id).not.toBe(second!.id)
  })
})
