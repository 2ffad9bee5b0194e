// A consensus state that an endpoint without height headers does not find: believed at a second look.
import { describe, expect, it } from 'vitest'
import { readConsensusTime } from '../../../src/cosmos/ibc.ts'
import { node, pool } from './tiny-chain.ts'
import { BLOCKS, block, fastClock, grpc } from './tiny-node.ts'

const HEIGHT = { revision: 0n, height: 5n }
const NOT_FOUND = grpc(404, 5, 'consensus state not found')
const FOUND = { body: { consensus_state: { timestamp: '2026-11-20T09:00:00Z' } } }

/** A front that gives no heights, over a chain at `height()`. */
async function front(height: () => number, answer: () => object = () => NOT_FOUND) {
  const a = await node((path) => (path === BLOCKS ? { body: block(height()).body } : answer()))
  const chain = pool([a], { wireClock: fastClock })
  const look = async (nowMs: number, clientId = 'c-1') => {
    await chain.head()
    const read = await readConsensusTime(chain, clientId, HEIGHT, { atLeastHeight: 100n, nowMs })
    return read.kind
  }
  return { a, look }
}

describe('without height headers', () => {
  it('is absent by two looks a minute apart, where the chain has made a block between them', async () => {
    let height = 100
    const { look } = await front(() => height)
    expect(await look(0)).toBe('unproven')
    height++
    expect(await look(59_999)).toBe('unproven')
    expect(await look(60_000)).toBe('absent')
    expect(await look(60_000, 'c-2')).toBe('unproven')
    expect(await look(500_000)).toBe('absent')
  })

  it('is not while the chain of that front stands still', async () => {
    let height = 100
    const { look } = await front(() => height)
    expect(await look(0)).toBe('unproven')
    expect(await look(3_600_000)).toBe('unproven')
    height++
    expect(await look(3_600_001)).toBe('absent')
  })

  it('is not by a look before a clock that was set back, nor before it was found', async () => {
    let [height, answer] = [100, NOT_FOUND as object]
    const { look } = await front(
      () => height++,
      () => answer,
    )
    expect(await look(9_000_000)).toBe('unproven')
    expect(await look(1000)).toBe('unproven')
    expect(await look(30_000)).toBe('unproven')
    answer = FOUND
    expect(await look(61_000)).toBe('time')
    answer = NOT_FOUND
    expect(await look(70_000)).toBe('unproven')
    expect(await look(131_000)).toBe('absent')
  })
})
