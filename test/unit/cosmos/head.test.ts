// The chain's newest block: who is asked, who is waited for, and what a restart of a node or of the chain looks like.
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import type { ChainPool } from '../../../src/cosmos/types.ts'
import { msToNs } from '../../../src/kernel/nanotime.ts'
import { failure, node, PATH, pool, schema } from './tiny-chain.ts'
import { at, BLOCKS, block, fastClock, grpc, NOW_MS, startNode } from './tiny-node.ts'

const states = (chain: ChainPool) => chain.endpoints().map((one) => one.state)

describe('head', () => {
  it('asks every endpoint once, and no more than that', async () => {
    const [a, b] = [await node(() => block(100)), await node(() => block(103))]
    const chain = pool([a, b])
    expect(await chain.head()).toEqual({
      height: 103n,
      timeNs: msToNs(NOW_MS - 1000),
      endpoint: b.host,
      halted: false,
      stands: false,
      patienceNs: 300_000_000_000n,
      restartedFrom: null,
    })
    expect([a.asked, b.asked]).toEqual([[BLOCKS], [BLOCKS]])
    expect(chain.requests).toBe(2)
  })

  it('is shared by all who ask at the same time', async () => {
    const a = await node(() => ({ ...block(100), afterMs: 200 }))
    const chain = pool([a])
    await Promise.all([chain.head(), chain.head(), chain.head()])
    expect(a.asked.length).toBe(1)
    await chain.head()
    expect(a.asked.length).toBe(2)
  })

  it('does not wait for one that hangs, and takes its word when it comes', async () => {
    let release = () => {}
    const slow = await node(() => ({
      raw: (response) => {
        release = () => response.end(JSON.stringify(block(104).body))
      },
    }))
    const a = await node(() => block(100))
    // No time-out comes in between: it is told while the other one still hangs.
    const limits = { inFlight: 32, requestsPerSecond: 10_000, timeoutMs: 1_000_000 }
    const known = { height: 98n, timeNs: msToNs(NOW_MS - 30_000) }
    const chain = pool([slow, a], { known, wireClock: fastClock, limits })
    expect((await chain.head()).height).toBe(100n)
    expect(chain.endpoints()[0]).toMatchObject({ state: 'failing', reason: 'no answer yet' })
    release()
    await until(() => chain.endpoints()[0]!.state === 'fresh')
    expect(chain.endpoints()[0]!.height).toBe(104n)
  })

  it('waits for both of two where nothing is known: the faster one may be on a fork', async () => {
    const fork = await node(() => block(500_000))
    const slow = await node(() => ({ ...block(1000), afterMs: 2500 }))
    const chain = pool([fork, slow], { wireClock: fastClock })
    expect((await failure(chain.head())).message).toContain('cannot be one chain')
    expect(states(chain)).toEqual(['disagrees', 'disagrees'])
  })

  it('of one of two is taken where the other does not answer at all', async () => {
    const hanging = await node(() => ({ raw: () => {} }))
    const a = await node(() => block(100))
    const limits = { inFlight: 32, requestsPerSecond: 10_000, timeoutMs: 2000 }
    expect((await pool([hanging, a], { wireClock: fastClock, limits }).head()).height).toBe(100n)
  })

  it('waits for everybody before it says that a chain is halted', async () => {
    const stuck = await node(() => block(100, 3_600_000))
    const slow = await node(() => ({ ...block(5000), afterMs: 2500 }))
    const chain = pool([stuck, slow], { wireClock: fastClock })
    expect(await chain.head()).toMatchObject({ height: 5000n, halted: false })
    expect(states(chain)).toEqual(['behind', 'fresh'])
  })

  it('is halted when nobody has a recent block, and reads go on', async () => {
    const a = await node((path) =>
      path === BLOCKS ? block(100, 300_001) : { headers: at(100), body: { from: 'a' } },
    )
    const chain = pool([a])
    expect((await chain.head()).halted).toBe(true)
    expect(states(chain)).toEqual(['halted'])
    expect((await chain.get(PATH, schema)).value.from).toBe('a')
  })

  it('measures the age of a block with the world’s clock', async () => {
    const clock = new ManualClock(NOW_MS)
    const a = await node(() => block(100))
    const chain = pool([a], { clock })
    expect((await chain.head()).halted).toBe(false)
    await clock.advance(600_000)
    expect((await chain.head()).halted).toBe(true)
  })

  it('says what each endpoint’s trouble is, and is not asked for again at once', async () => {
    const wrong = await node(() => block(100, 0, 'osmosis-1'))
    const down = await startNode(() => block(1))
    await down.close()
    const chain = pool([wrong, down.url])
    const said = `${wrong.host} serves osmosis-1, ${down.host} connection refused`
    await expect(chain.head()).rejects.toMatchObject({ kind: 'no-endpoint', message: said })
    const before = chain.requests
    await expect(chain.get(PATH, schema)).rejects.toMatchObject({ kind: 'no-endpoint', message: said })
    expect(chain.requests).toBe(before)
  })

  it.each([
    ['HTML', { body: '<html>' }, 'not JSON'],
    ['no block', { body: { block: null } }, 'block does not fit: block: expected a block'],
    ['a no', grpc(404, 5, 'Not Found'), 'lacks a basic route'],
    ['502', { status: 502 }, '502'],
  ])('takes %s for a failing endpoint', async (_, reply, reason) => {
    const a = await node(() => reply)
    const chain = pool([a])
    await expect(chain.head()).rejects.toMatchObject({ message: `${a.host} ${reason}` })
  })

  it('reads sdk_block where there is one', async () => {
    const good = (block(100).body as { block: unknown }).block
    const a = await node(() => ({ body: { block: { header: 'odd' }, sdk_block: good } }))
    await expect(pool([a]).head()).rejects.toMatchObject({ kind: 'no-endpoint' })
    const b = await node(() => ({ body: { sdk_block: good } }))
    expect((await pool([b]).head()).height).toBe(100n)
  })
})

describe('a chain that starts again', () => {
  it('is told once, with the height from before, also over a restart of ours', async () => {
    const a = await node((path) => (path === BLOCKS ? block(12) : { headers: at(12), body: { from: 'new' } }))
    const chain = pool([a], { known: { height: 5000n, timeNs: msToNs(NOW_MS - 60_000) } })
    // A question that comes first does not swallow the news.
    expect((await chain.get(PATH, schema)).value.from).toBe('new')
    expect((await chain.head()).restartedFrom).toBe(5000n)
    expect((await chain.head()).restartedFrom).toBeNull()
  })

  it('is noticed while we run, when all endpoints agree', async () => {
    let newest = block(5000)
    const [a, b] = [await node(() => newest), await node(() => newest)]
    const chain = pool([a, b])
    await chain.head()
    newest = block(7, 0)
    expect(await chain.head()).toMatchObject({ height: 7n, restartedFrom: 5000n })
    expect(await chain.head()).toMatchObject({ height: 7n, restartedFrom: null })
    expect(states(chain)).toEqual(['fresh', 'fresh'])
  })

  it('is another chain under the same id while one endpoint goes on', async () => {
    let newest = block(5000, 60_000)
    const [a, b] = [await node(() => newest), await node(() => block(5001, 1000))]
    const chain = pool([a, b])
    await chain.head()
    newest = block(7, 0)
    expect(await chain.head()).toMatchObject({ height: 5001n, restartedFrom: null })
    expect(states(chain)).toEqual(['went-back', 'fresh'])
  })

  it('is awaited from everybody before it is believed', async () => {
    const known = { height: 5000n, timeNs: msToNs(NOW_MS - 60_000) }
    const [a, b] = [await node(() => block(7, 0)), await node(() => ({ ...block(5100), afterMs: 2500 }))]
    const chain = pool([a, b], { known, wireClock: fastClock })
    expect(await chain.head()).toMatchObject({ height: 5100n, restartedFrom: null })
  })
})

describe('an endpoint on a fork far ahead that answers before the others', () => {
  const three = async () => [
    await node(() => block(500_000)),
    await node(() => ({ ...block(1000), afterMs: 2500 })),
    await node(() => ({ ...block(1002), afterMs: 2500 })),
  ]

  it.each([
    ['nothing', null],
    ['where they are', { height: 995n, timeNs: msToNs(NOW_MS - 30_000) }],
  ])('is not believed where %s was known', async (_, known) => {
    const chain = pool(await three(), { known, wireClock: fastClock })
    expect(await chain.head()).toMatchObject({ height: 1002n, restartedFrom: null })
    expect(states(chain)).toEqual(['disagrees', 'fresh', 'fresh'])
  })

  it('is left as soon as the others have spoken, where it was believed before', async () => {
    const known = { height: 499_995n, timeNs: msToNs(NOW_MS - 30_000) }
    const chain = pool(await three(), { known, wireClock: fastClock })
    expect((await chain.head()).height).toBe(500_000n)
    await until(async () => (await chain.head()).height === 1002n)
    expect(states(chain)).toEqual(['disagrees', 'fresh', 'fresh'])
  })

  it('is not looked at by itself again, nor asked anything', async () => {
    const answer = (path: string, height: number) =>
      path === BLOCKS ? block(height) : { headers: at(height), body: { from: String(height) } }
    const nodes = [
      await node((path) => answer(path, 500_000)),
      await node((path) => answer(path, 1000)),
      await node((path) => answer(path, 1002)),
    ]
    const chain = pool(nodes, { wireClock: fastClock })
    await chain.head()
    for (let i = 0; i < 20; i++) {
      expect((await chain.get(PATH, schema)).value.from).not.toBe('500000')
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(nodes[0]!.asked).toEqual([BLOCKS])
  })
})

describe('an endpoint behind which a backend is on a fork far ahead', () => {
  const honest = (path: string) =>
    path === BLOCKS ? block(1000) : { headers: at(1001), body: { from: 'a' } }
  const mixed = (path: string) =>
    path === BLOCKS ? block(1000) : { headers: at(500_000), body: { from: 'fork' } }

  it('is left when it answers from there', async () => {
    const [a, b] = [await node(mixed), await node(honest)]
    const chain = pool([a, b])
    for (let i = 0; i < 5; i++)
      expect((await chain.get(PATH, schema, { avoid: b.host })).value.from).toBe('a')
    expect(chain.endpoints()[0]).toMatchObject({
      state: 'disagrees',
      reason: 'answers from block 500000, which cannot be one chain with block 1000 of others',
    })
  })

  it('is not one that has gone on since its last look: by the world’s clock, or by the wire’s', async () => {
    const clock = new ManualClock(NOW_MS)
    const later = (path: string) =>
      path === BLOCKS ? block(1000) : { headers: at(1000 + 14_400), body: { from: 'later' } }
    const chain = pool([await node(later), await node(later)], { clock })
    await chain.head()
    clock.set(NOW_MS + 86_400_000)
    expect((await chain.get(PATH, schema)).value.from).toBe('later')
    expect(states(chain)).toEqual(['fresh', 'fresh'])
  })

  it('nor one that makes blocks while this machine’s clock is set back', async () => {
    const clock = new ManualClock(NOW_MS)
    const later = (path: string) =>
      path === BLOCKS ? block(1000) : { headers: at(1050), body: { from: 'b' } }
    const chain = pool([await node(later), await node(later)], { clock, wireClock: clock })
    await chain.head()
    clock.set(NOW_MS - 3_600_000)
    expect((await chain.get(PATH, schema)).value.from).toBe('b')
  })

  it('is asked again where it is the only one', async () => {
    let asked = 0
    const a = await node((path) => (path === BLOCKS || asked++ % 2 === 1 ? honest(path) : mixed(path)))
    const chain = pool([a], { wireClock: fastClock })
    for (let i = 0; i < 5; i++) expect((await chain.get(PATH, schema)).value.from).toBe('a')
  })

  it('is not the only one while it catches up', async () => {
    const chain = pool([await node((path) => (path === BLOCKS ? block(1000, 900_000) : mixed(path)))])
    expect((await chain.get(PATH, schema)).value.from).toBe('fork')
  })
})

describe('a restarted node of a halted chain (SDK 0.53 and later)', () => {
  const refusal = grpc(
    500,
    2,
    'codespace sdk code 26: invalid height: context did not contain latest block height in either check state or finalize block state (100)',
  )
  it('is asked with the height it names, until it does without', async () => {
    let halted = true
    const pins: (string | undefined)[] = []
    const a = await node((path, headers) => {
      const pin = headers['x-cosmos-block-height'] as string | undefined
      pins.push(pin)
      if (halted && pin === undefined) return refusal
      if (path === BLOCKS) return halted ? block(100, 900_000) : block(101)
      return { headers: at(100), body: { from: 'a' } }
    })
    const chain = pool([a])
    expect(await chain.head()).toMatchObject({ height: 100n, halted: true })
    expect(await chain.get(PATH, schema)).toMatchObject({ value: { from: 'a' }, pinned: true })
    expect([pins[0], pins[1], pins.at(-1)]).toEqual([undefined, '100', '100'])
    const before = pins.length
    await chain.head()
    halted = false
    await chain.head()
    expect((await chain.get(PATH, schema)).pinned).toBe(false)
    expect(pins.slice(before)).toEqual([undefined, '100', undefined, undefined])
  })

  it('is found out by a question too', async () => {
    let restarted = false
    const a = await node((path, headers) => {
      if (restarted && !headers['x-cosmos-block-height']) return refusal
      return path === BLOCKS ? block(100) : { headers: at(100), body: { from: 'a' } }
    })
    const chain = pool([a])
    await chain.head()
    restarted = true
    expect((await chain.get(PATH, schema)).pinned).toBe(true)
  })

  it('fails when even that does not help', async () => {
    const a = await node(() => refusal)
    await expect(pool([a]).head()).rejects.toMatchObject({ message: `${a.host} 500` })
  })
})

describe('an endpoint that was given up', () => {
  it('is looked at again after a while, without anybody asking for the head', async () => {
    let lagging = true
    const a = await node((path) => (path === BLOCKS ? block(100) : { headers: at(100), body: { from: 'a' } }))
    const b = await node((path) =>
      path === BLOCKS ? block(lagging ? 20 : 100, lagging ? 90_000 : 0) : { body: { from: 'b' } },
    )
    const chain = pool([a, b], { wireClock: fastClock })
    await chain.head()
    expect(states(chain)).toEqual(['fresh', 'behind'])
    lagging = false
    await until(async () => {
      await chain.get(PATH, schema)
      return states(chain)[1] === 'fresh'
    })
    expect((await chain.get(PATH, schema, { avoid: a.host })).value.from).toBe('b')
  })
})

/** Polls until `check` holds; the test's own time-out ends it otherwise. */
async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 10))
}
