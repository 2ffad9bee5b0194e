// A block that is old: "halted" never rests on one answer of a balancer, and a chain has its own rhythm.
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import { patienceBy } from '../../../src/cosmos/old-block.ts'
import { msToNs } from '../../../src/kernel/nanotime.ts'
import { failure, node, PATH, pool, schema } from './tiny-chain.ts'
import { at, BLOCKS, block, grpc, NOW_MS, type Reply } from './tiny-node.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const SYNCING = '/cosmos/base/tendermint/v1beta1/syncing'
const heightIn = (path: string) => Number(/\/blocks\/(\d+)$/.exec(path)?.[1] ?? Number.NaN)
const answer = (height: number): Reply => ({ headers: at(height), body: { from: 'a', syncing: false } })
const OLD = () => block(500, 50 * MINUTE)

/** A chain that has made a block at each of these ages, the newest first, height 1000. */
const madeAt = (...agesMs: number[]) =>
  node((path) => {
    const back = path === BLOCKS ? 0 : 1000 - heightIn(path)
    const ageMs = agesMs[back]
    return ageMs === undefined ? grpc(400, 3, 'height is not available', at(1000)) : block(1000 - back, ageMs)
  })

describe('one balancer with a node that stands still', () => {
  it.each([1, 2, 3])('gives the newest block where %i of its first answers are old', async (stale) => {
    let asked = 0
    const a = await node((path) => (path === BLOCKS && ++asked <= stale ? OLD() : block(1000)))
    expect(await pool([a]).head()).toMatchObject({ height: 1000n, halted: false })
  })

  it('whose newest block is kept on the way gives it by the height that other answers came from', async () => {
    const a = await node((path) => {
      if (path === BLOCKS) return OLD()
      return path === SYNCING ? answer(1000) : block(heightIn(path), (1001 - heightIn(path)) * 6000)
    })
    expect(await pool([a]).head()).toMatchObject({ height: 1000n, halted: false })
  })

  it('is not halted on the word of what was heard to be behind', async () => {
    const a = await node((path) =>
      path === BLOCKS ? OLD() : path === SYNCING ? answer(1000) : grpc(404, 5, 'no'),
    )
    expect((await failure(pool([a]).head())).message).toContain('though others came from block 1000')
  })

  it('is looked at again by the heights of the answers since', async () => {
    let isSplit = false
    let height = 1000
    const a = await node((path) => {
      if (path === PATH) return answer(height)
      if (path === BLOCKS || !isSplit) return OLD()
      return block(heightIn(path), 6000)
    })
    const chain = pool([a])
    expect((await chain.head()).halted).toBe(true)
    isSplit = true
    // The second is of another chain, or made up, and takes nothing from the first.
    await chain.get(PATH, schema)
    height = 9_000_000_000_000_000_000
    await chain.get(PATH, schema)
    expect(await chain.head()).toMatchObject({ height: 1000n, halted: false })
  })
})

describe('a real halt', () => {
  it('is told at once, asked about once, and not hidden by what was heard long ago', async () => {
    const clock = new ManualClock(NOW_MS)
    let newest = () => block(1000, 1000)
    const a = await node((path) =>
      path === BLOCKS ? newest() : path === PATH ? answer(1003) : block(999, 7000),
    )
    const chain = pool([a], { clock })
    expect((await chain.head()).halted).toBe(false)
    await chain.get(PATH, schema)
    newest = () => block(1001, -2000)
    await clock.advance(4 * MINUTE)
    await chain.head()
    await clock.advance(MINUTE + 3000)
    expect((await chain.head()).halted).toBe(true)
    const before = a.asked.length
    await clock.advance(MINUTE)
    expect((await chain.head()).halted).toBe(true)
    expect(a.asked.length - before).toBe(1)
  })

  it('of all nodes behind a balancer is one, at the height of the one that came furthest', async () => {
    let asked = 0
    const a = await node(() => (++asked % 2 === 1 ? block(500, 50 * MINUTE) : block(1000, 10 * MINUTE)))
    expect(await pool([a]).head()).toMatchObject({ height: 1000n, halted: true })
  })

  it('is told where the nodes behind a balancer stopped some blocks apart', async () => {
    const a = await node((path) =>
      path === BLOCKS ? block(995, 10 * MINUTE) : path === SYNCING ? answer(1000) : grpc(400, 3, 'no'),
    )
    expect(await pool([a]).head()).toMatchObject({ height: 995n, halted: true })
  })

  it('is no halt where the chain has started again below what was heard', async () => {
    const clock = new ManualClock(NOW_MS)
    let newest = () => block(100_000)
    const a = await node((path) => (path === PATH ? answer(100_001) : newest()))
    const chain = pool([a], { clock })
    await chain.head()
    await chain.get(PATH, schema)
    newest = () => block(7, -MINUTE)
    await clock.advance(2 * MINUTE)
    expect(await chain.head()).toMatchObject({ height: 7n, halted: false, restartedFrom: 100_000n })
    // It makes none any more.
    await clock.advance(10 * MINUTE)
    expect(await chain.head()).toMatchObject({ height: 7n, halted: true })
  })
})

describe('the rhythm of a chain', () => {
  it('of an hour between blocks is no halt, until it is clearly over', async () => {
    const clock = new ManualClock(NOW_MS)
    const a = await madeAt(50 * MINUTE, 110 * MINUTE, 170 * MINUTE, 230 * MINUTE, 290 * MINUTE, 350 * MINUTE)
    const chain = pool([a], { clock })
    expect(await chain.head()).toMatchObject({ halted: false, patienceNs: msToNs(2 * HOUR) })
    expect(chain.endpoints()[0]).toMatchObject({ state: 'fresh', reason: null })
    await clock.advance(69 * MINUTE)
    expect((await chain.head()).halted).toBe(false)
    await clock.advance(2 * MINUTE)
    expect((await chain.head()).halted).toBe(true)
  })

  it('of two blocks that can be had is enough', async () => {
    const a = await madeAt(20 * MINUTE, 50 * MINUTE)
    expect(await pool([a]).head()).toMatchObject({ halted: false, patienceNs: msToNs(HOUR) })
  })

  it.each([
    ['of six seconds', [6, 6, 6, 6, 6]],
    ['of six seconds, after two halts', [6, 36_000, 6, 7200, 6]],
    ['that cannot be known', []],
  ])('%s: a block of six minutes ago is a halt', async (_, gaps) => {
    const ages = [6 * MINUTE]
    for (const gap of gaps) ages.push(ages.at(-1)! + gap * 1000)
    expect((await pool([await madeAt(...ages)]).head()).halted).toBe(true)
  })

  it('is not taken from the one that claims the longest', async () => {
    const hourly = await madeAt(50 * MINUTE, 110 * MINUTE, 170 * MINUTE)
    const busy = await madeAt(50 * MINUTE, 51 * MINUTE, 52 * MINUTE)
    expect((await pool([hourly, busy]).head()).halted).toBe(true)
  })

  it('that was known before counts where the blocks are gone, and half of it after a row of quick ones', async () => {
    const known = { height: 999n, timeNs: msToNs(NOW_MS - 2 * HOUR), patienceNs: msToNs(2 * HOUR) }
    expect((await pool([await madeAt(40 * MINUTE)], { known }).head()).halted).toBe(false)
    const quick = [0, 1, 2, 3, 4, 5].map((n) => 130 * MINUTE + n * 1000)
    expect(await pool([await madeAt(...quick)], { known }).head()).toMatchObject({
      halted: true,
      patienceNs: msToNs(HOUR),
    })
  })

  it('is the usual gap twice, however the blocks come', () => {
    const made = (...heights: [bigint, number][]) =>
      heights.map(([height, ms]) => ({ height, timeNs: msToNs(ms) }))
    expect(patienceBy([])).toBeNull()
    expect(patienceBy(made([5n, HOUR], [3n, 0]))).toBeNull()
    expect(patienceBy(made([5n, 4 * HOUR], [3n, HOUR], [4n, 3 * HOUR], [2n, 0]))).toBe(msToNs(2 * HOUR))
    expect(patienceBy(made([5n, 0], [4n, 6000]))).toBe(msToNs(5 * MINUTE))
  })
})
