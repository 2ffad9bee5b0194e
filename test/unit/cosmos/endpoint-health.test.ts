// Which endpoints are believed: in one look, by what was known before, and where a chain starts again.
import { describe, expect, it } from 'vitest'
import { block, fails, judged, says } from './candidates.ts'

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
