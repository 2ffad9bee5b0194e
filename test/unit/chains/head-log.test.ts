// Which height a chain had shortly before a moment, by the blocks that it was seen with.
import { describe, expect, it } from 'vitest'
import { createHeadLog } from '../../../src/chains/head-log.ts'

const SECOND = 1_000_000_000n
const MINUTE = 60n * SECOND
const DAY = 1440n * MINUTE
const START = 10n ** 18n

describe('the blocks that a chain was seen with', () => {
  it('tell the one before a moment: just before it while it is near, not far before it later', () => {
    const log = createHeadLog()
    const haltNs = START + 600n * MINUTE + 17n * SECOND
    const foundAt = new Map<bigint, bigint>()
    for (let minute = 0n; minute <= 6000n; minute++) {
      // A block a minute, then six: a pace that nobody could reckon.
      const height = minute < 590n ? minute : 590n + (minute - 590n) * 6n
      log.note('a-1', { height, timeNs: START + minute * MINUTE })
      const found = log.before('a-1', haltNs)
      if (minute > 600n) foundAt.set(minute, haltNs - found!.timeNs)
    }
    expect(foundAt.get(606n)).toBe(17n * SECOND)
    for (const [minute, earlierNs] of foundAt)
      expect(earlierNs).toBeLessThanOrEqual(MINUTE + ((minute - 600n) * MINUTE) / 7n)
  })

  it('are few, however long it is watched', () => {
    const log = createHeadLog()
    for (let minute = 0n; minute < 5000n; minute++)
      log.note('a-1', { height: minute, timeNs: START + minute * MINUTE })
    const found = new Set<bigint>()
    for (let minute = 0n; minute < 5000n; minute++) {
      const one = log.before('a-1', START + minute * MINUTE)
      if (one) found.add(one.height)
    }
    expect(found.size).toBeLessThan(300)
  })

  it('are no blocks of a chain that has started again below them', () => {
    const log = createHeadLog()
    log.note('a-1', { height: 5000n, timeNs: START })
    log.note('a-1', { height: 7n, timeNs: START + DAY })
    expect(log.before('a-1', START + DAY)).toBeNull()
    expect(log.before('a-1', START + 2n * DAY)).toMatchObject({ height: 7n })
    expect(log.before('b-1', START + 2n * DAY)).toBeNull()
  })
})
