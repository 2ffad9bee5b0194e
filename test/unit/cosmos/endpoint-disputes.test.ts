// Endpoints that contradict each other: which of them is believed.
import { describe, expect, it } from 'vitest'
import type { Block, Candidate } from '../../../src/cosmos/endpoint-health.ts'
import { block, fails, judged, says } from './candidates.ts'

describe('endpoints that contradict each other', () => {
  const known = block(1000n, 60n)

  it.each<[string, Candidate[], Block | null, Record<string, string>, bigint | null]>([
    [
      'two that agree outweigh one that is ahead',
      [says('a', block(1000n)), says('b', block(1002n)), says('fork', block(500_000n))],
      null,
      { a: 'fresh', b: 'fresh', fork: 'disagrees' },
      1002n,
    ],
    [
      'also where it was believed before: the chain is read anew',
      [says('a', block(1000n)), says('b', block(1002n)), says('fork', block(500_000n))],
      block(499_990n, 60n),
      { a: 'fresh', b: 'fresh', fork: 'disagrees' },
      1002n,
    ],
    [
      'also where one of them has told its story before',
      [says('a', block(1000n), block(499_990n, 60n)), says('b', block(1002n)), says('fork', block(500_000n))],
      known,
      { a: 'fresh', b: 'fresh', fork: 'disagrees' },
      1002n,
    ],
    [
      'eleven blocks at the same moment are too many',
      [says('a', block(1000n)), says('b', block(1000n)), says('c', block(1011n))],
      null,
      { a: 'fresh', b: 'fresh', c: 'disagrees' },
      1000n,
    ],
    [
      'ten are a load balancer’s step',
      [says('a', block(1000n)), says('b', block(1000n)), says('c', block(1010n))],
      null,
      { a: 'fresh', b: 'fresh', c: 'fresh' },
      1010n,
    ],
    [
      'ten more for each second between them are a fast chain',
      [says('a', block(1000n, 3n)), says('b', block(1000n, 3n)), says('c', block(1030n))],
      null,
      { a: 'fresh', b: 'fresh', c: 'fresh' },
      1030n,
    ],
    [
      'and one more than that are not',
      [says('a', block(1000n, 3n)), says('b', block(1000n, 3n)), says('c', block(1031n))],
      null,
      { a: 'fresh', b: 'fresh', c: 'disagrees' },
      1000n,
    ],
    [
      'two that lag do not outweigh the one that they lag behind',
      [says('a', block(1040n)), says('b', block(1000n, 241n)), says('c', block(1001n, 235n))],
      null,
      { a: 'fresh', b: 'behind', c: 'behind' },
      1040n,
    ],
    [
      'two that stand still have no voice against one that goes on',
      [says('a', block(500_000n)), says('b', block(1000n, 301n)), says('c', block(1000n, 301n))],
      null,
      { a: 'fresh', b: 'behind', c: 'behind' },
      500_000n,
    ],
    [
      'until the moment at which they are still',
      [says('a', block(500_000n)), says('b', block(1000n, 300n)), says('c', block(1000n, 300n))],
      null,
      { a: 'disagrees', b: 'fresh', c: 'fresh' },
      1000n,
    ],
    [
      'one that stands still far above them is not the newest block of theirs',
      [says('a', block(1000n)), says('b', block(1000n)), says('c', block(500_000n, 900n))],
      null,
      { a: 'fresh', b: 'fresh', c: 'disagrees' },
      1000n,
    ],
    [
      'a time in the future makes no room for invented blocks',
      [says('a', block(1000n)), says('b', block(1000n)), says('liar', block(15_400n, -86_400n))],
      null,
      { a: 'fresh', b: 'fresh', liar: 'disagrees' },
      1000n,
    ],
    [
      'where all are in the future it is this clock that is slow',
      [says('a', block(1040n, -7200n)), says('b', block(1000n, -6960n)), says('c', block(1000n, -6960n))],
      null,
      { a: 'fresh', b: 'behind', c: 'behind' },
      1040n,
    ],
    [
      'three outweigh two',
      [1000n, 1001n, 1002n, 7000n, 7001n].map((height) => says(String(height), block(height))),
      null,
      { 1000: 'fresh', 1001: 'fresh', 1002: 'fresh', 7000: 'disagrees', 7001: 'disagrees' },
      1002n,
    ],
    [
      'of two, the one that goes on from what was known',
      [says('a', block(1010n)), says('fork', block(500_000n))],
      known,
      { a: 'fresh', fork: 'disagrees' },
      1010n,
    ],
    [
      'of two and two as well',
      [says('a', block(1010n)), says('b', block(1010n)), says('c', block(7000n)), says('d', block(7000n))],
      known,
      { a: 'fresh', b: 'fresh', c: 'disagrees', d: 'disagrees' },
      1010n,
    ],
    [
      'of two of which nothing is known, neither',
      [says('a', block(1000n)), says('fork', block(500_000n))],
      null,
      { a: 'disagrees', fork: 'disagrees' },
      null,
    ],
    [
      'of two that both go on from what is long ago, neither',
      [says('a', block(2000n)), says('fork', block(500_000n))],
      block(1000n, 90_000n),
      { a: 'disagrees', fork: 'disagrees' },
      null,
    ],
    [
      'nor one of two that leaps from what was known while the other is down',
      [says('fork', block(500_000n)), fails('a', 'time-out')],
      known,
      { a: 'failing', fork: 'disagrees' },
      null,
    ],
    [
      'the only one is believed, wherever it leaps',
      [says('a', block(500_000n))],
      known,
      { a: 'fresh' },
      500_000n,
    ],
  ])('%s', (_, candidates, before, states, head) => {
    const found = judged(candidates, before)
    expect([found.states, found.head]).toEqual([states, head])
  })

  describe.each([
    ['right', 0n],
    ['10 min fast', -600n],
    ['10 min slow', 600n],
    ['3 d fast', -259_200n],
    ['3 d slow', 259_200n],
  ])('by a clock that is %s', (_, offSeconds) => {
    /** A block of that age in truth, as this machine's clock sees it. */
    const seen = (height: bigint, ageSeconds = 1n) => block(height, ageSeconds - offSeconds)

    it('two that agree outweigh one on a fork', () => {
      const { states, head } = judged([
        says('a', seen(1000n)),
        says('b', seen(1002n)),
        says('fork', seen(500_000n)),
      ])
      expect([states.fork, head]).toEqual(['disagrees', 1002n])
      expect([states.a, states.b]).not.toContain('disagrees')
    })

    it.each([
      [1n, 60n],
      [290n, 400n],
    ])('those that are %i and %i s late contradict nobody', (...late) => {
      for (const before of [null, seen(9_960n, 240n)]) {
        const { states, head } = judged(
          [0n, ...late].map((seconds) => says(`${seconds}`, seen(10_000n - seconds / 2n, seconds + 1n))),
          before,
        )
        expect([head, Object.values(states)]).toEqual([10_000n, expect.not.arrayContaining(['disagrees'])])
      }
    })

    it('nor does one alone, beside one that does not answer', () => {
      const found = judged([says('a', seen(10_000n)), fails('b', 'time-out')], seen(9_960n, 240n))
      expect([found.head, found.restartedFrom]).toEqual([10_000n, null])
    })
  })

  it('one that goes on is believed beside a dead one of a chain that was there before', () => {
    const { states, head, halted } = judged([
      says('a', block(1000n)),
      says('dead', block(9000n, 31_536_000n)),
    ])
    expect(states).toEqual({ a: 'fresh', dead: 'disagrees' })
    expect([head, halted]).toEqual([1000n, false])
  })

  describe('one alone that is lower than what was known, while another does not answer', () => {
    const alone = (seconds: bigint, said: Block | null = null) =>
      judged([says('a', block(12n, 5n), said), fails('b', 'time-out')], block(5000n, seconds))

    it('is not believed: a time-out of the other makes no new chain', () => {
      expect(alone(60n)).toMatchObject({ head: null, restartedFrom: null, states: { a: 'went-back' } })
    })

    it('is believed once the other has been silent for an hour', () => {
      expect(alone(3604n)).toMatchObject({ head: null, restartedFrom: null })
      expect(alone(3605n)).toMatchObject({ head: 12n, restartedFrom: 5000n })
    })

    it('is believed about what it said itself', () => {
      expect(alone(60n, block(4995n, 62n))).toMatchObject({ head: 12n, restartedFrom: 5000n })
    })
  })

  it.each([
    ['above all that they can have reached', block(1000n, 60n), [500_000n, 500_001n]],
    ['below it, though its time is later than theirs', block(500_000n, -30n), [1000n, 1001n]],
  ])('a chain that two agree on is read anew where it is %s', (_, before, [a, b]) => {
    const found = judged([says('a', block(a!)), says('b', block(b!))], before)
    expect(found).toMatchObject({ head: b, restartedFrom: before.height, states: { a: 'fresh', b: 'fresh' } })
  })

  it('starts again where two agree on it, though a third goes on with the old chain', () => {
    const found = judged(
      [says('a', block(12n, 5n)), says('b', block(13n, 4n)), says('old', block(5100n), block(5000n, 60n))],
      block(5000n, 60n),
    )
    expect(found).toMatchObject({ head: 13n, restartedFrom: 5000n, states: { a: 'fresh', old: 'disagrees' } })
  })

  it('says what contradicts what', () => {
    const { reasons } = judged([says('a', block(1000n)), says('b', block(1000n)), says('c', block(9000n))])
    expect(reasons.c).toBe('at block 9000, which cannot be one chain with block 1000 of others')
  })
})
