// Which endpoints are believed: one table for each rule, at its boundary.
import { describe, expect, it } from 'vitest'
import { type Block, type Candidate, judge } from '../../../src/cosmos/endpoint-health.ts'

const SECOND = 1_000_000_000n
const NOW = 1_800_000_000n * SECOND

const block = (height: bigint, ageSeconds = 1n, chainId = 'test-1'): Block => ({
  chainId,
  height,
  timeNs: NOW - ageSeconds * SECOND,
})
const says = (url: string, one: Block, said: Block | null = null): Candidate => ({
  url,
  probe: { block: one, latencyMs: 50 },
  said,
})
const fails = (url: string, failed: string): Candidate => ({ url, probe: { failed }, said: null })

function judged(candidates: Candidate[], known: Block | null = null) {
  const { judgements, head, restartedFrom } = judge('test-1', candidates, known, NOW)
  const states = Object.fromEntries([...judgements].map(([url, one]) => [url, one.state]))
  const reasons = Object.fromEntries([...judgements].map(([url, one]) => [url, one.reason]))
  return {
    states,
    reasons,
    head: head?.block.height ?? null,
    halted: head?.halted,
    from: head?.url,
    restartedFrom,
  }
}

describe('one look', () => {
  it('believes the highest and those near it', () => {
    const { states, head, from } = judged([says('a', block(100n)), says('b', block(95n, 26n))])
    expect(states).toEqual({ a: 'fresh', b: 'fresh' })
    expect([head, from]).toEqual([100n, 'a'])
  })

  it('never uses another chain, however high', () => {
    const { states, reasons, head } = judged([
      says('a', block(100n)),
      says('b', block(900n, 1n, 'osmosis-1')),
    ])
    expect(states).toEqual({ a: 'fresh', b: 'wrong-chain' })
    expect(reasons.b).toBe('serves osmosis-1')
    expect(head).toBe(100n)
  })

  it.each(['', '@everyone', 'x'.repeat(51)])('does not repeat %j as a chain id', (id) => {
    expect(judged([says('a', block(1n, 1n, id))]).reasons.a).toBe('serves another chain')
  })

  it('has no head when nobody is believed', () => {
    const { states, head } = judged([fails('a', 'time-out'), says('b', block(9n, 1n, ''))])
    expect(states).toEqual({ a: 'failing', b: 'wrong-chain' })
    expect(head).toBeNull()
  })

  it.each([
    // blocks behind, seconds behind, state
    [10n, 600n, 'fresh'],
    [11n, 30n, 'fresh'],
    [11n, 31n, 'behind'],
    [5000n, 2460n, 'behind'],
  ])('%i blocks and %i s behind is %s', (blocks, seconds, state) => {
    const { states, reasons } = judged([
      says('a', block(10_000n, 0n)),
      says('b', block(10_000n - blocks, seconds)),
    ])
    expect(states.b).toBe(state)
    if (seconds === 2460n) expect(reasons.b).toBe('41 min behind')
  })

  it.each([
    [299n, 'fresh', false],
    [300n, 'fresh', false],
    [301n, 'halted', true],
  ])('a newest block %i s old is %s', (seconds, state, halted) => {
    const found = judged([says('a', block(100n, seconds))])
    expect([found.states.a, found.halted, found.head]).toEqual([state, halted, 100n])
  })

  it('uses the highest of a halted chain', () => {
    const found = judged([says('a', block(100n, 5000n)), says('b', block(103n, 4990n)), fails('c', '502')])
    expect(found).toMatchObject({
      head: 103n,
      halted: true,
      states: { a: 'halted', b: 'halted', c: 'failing' },
    })
    expect(found.reasons.b).toBe('newest block 83 min old')
  })

  it('believes a block from the future', () => {
    expect(judged([says('a', block(100n, -7200n))])).toMatchObject({ head: 100n, halted: false })
  })
})

describe('what was known before', () => {
  it('does not believe a lagging node only because the good ones are down', () => {
    const found = judged([fails('a', 'time-out'), says('b', block(5000n, 2460n))], block(10_000n, 0n))
    expect(found).toMatchObject({ head: null, states: { a: 'failing', b: 'behind' }, restartedFrom: null })
    expect(found.reasons.b).toBe('41 min behind')
  })

  it('forgives a load balancer its step back', () => {
    const known = block(1000n, 0n)
    expect(judged([says('a', block(990n, 60n), known)], known).states.a).toBe('fresh')
    expect(judged([says('a', block(989n, 60n), known)], known).states.a).toBe('went-back')
  })

  it('names an endpoint that went back from what it said itself', () => {
    const found = judged(
      [says('a', block(2000n)), says('b', block(900n, 4000n), block(1990n, 60n))],
      block(1995n, 20n),
    )
    expect(found.states).toEqual({ a: 'fresh', b: 'went-back' })
    expect(found.reasons.b).toBe('went back from 1990 to 900')
  })
})

describe('a chain that starts again under the same id', () => {
  const known = block(5000n, 3600n)

  it('is noticed when a lower height has a later time, and everybody agrees', () => {
    const found = judged(
      [says('a', block(12n, 5n), known), says('b', block(13n, 4n)), fails('c', '502')],
      known,
    )
    expect(found).toMatchObject({
      head: 13n,
      restartedFrom: 5000n,
      states: { a: 'fresh', b: 'fresh', c: 'failing' },
    })
  })

  it('is noticed with nothing but the height kept over a restart of ours', () => {
    expect(judged([says('a', block(12n, 5n))], known).restartedFrom).toBe(5000n)
  })

  it('is not one while an endpoint goes on with the old chain: the other is on another chain', () => {
    const found = judged([says('a', block(5100n, 1n), known), says('b', block(12n, 5n))], known)
    expect(found).toMatchObject({ head: 5100n, restartedFrom: null, states: { a: 'fresh', b: 'went-back' } })
    expect(found.reasons.b).toBe('went back from 5000 to 12')
  })

  it('is not one when the lower block is earlier: a node that catches up', () => {
    const found = judged([says('a', block(12n, 90_000n))], known)
    expect(found).toMatchObject({ head: null, restartedFrom: null, states: { a: 'behind' } })
  })

  it('is not one at the same time to the nanosecond', () => {
    expect(judged([says('a', block(12n, 3600n))], known).restartedFrom).toBeNull()
  })

  it('does not take the word of another chain', () => {
    const found = judged([says('a', block(12n, 5n, 'other-1')), fails('b', 'time-out')], known)
    expect(found).toMatchObject({ head: null, restartedFrom: null })
  })
})

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
