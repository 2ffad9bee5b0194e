// In time: short trusting periods under rare sweeps, and one more look, elsewhere, before anybody is called.
import { afterEach, describe, expect, it } from 'vitest'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import { nsToMs } from '../../src/kernel/nanotime.ts'
import { closeWorlds, DAY, HOUR, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const CLIENT = '07-tendermint-0'

const pair =
  (trustingPeriodMs: number, ageMs = 0) =>
  (chains: ChainWorld) => {
    chains.addChain({ chainId: 'alpha-1', blockIntervalMs: 2000 })
    chains.addChain({ chainId: 'beta-1', blockIntervalMs: 2000 })
    chains.openConnection('alpha-1', 'beta-1', {
      trustingPeriodMs,
      a: { ageMs },
      b: { trustingPeriodMs: 1000 * DAY },
    })
  }

/** When each post came, by its first words, Unix ms. */
const arrivals = (world: TestWorld) =>
  world.posts().map(({ content, timestamp }) => ({ content, atMs: Date.parse(timestamp) }))

const deadlineMs = (world: TestWorld) => nsToMs(world.chains.chain('alpha-1').deadlineNs(CLIENT)!)

describe('a trusting period of 200 s', () => {
  it('is watched without any sweep: each level within 30 s of its moment', async () => {
    const world = await startWorld({ build: pair(200_000) })
    const expiryMs = deadlineMs(world)
    await world.pass(260_000)
    const came = arrivals(world)
    expect(came.map(({ content }) => content.slice(0, 11))).toEqual([
      expect.stringMatching(/^🟡/),
      expect.stringMatching(/^🟠 \d/),
      expect.stringMatching(/^🔴 EXPIRED/),
    ])
    const moments = [0.2, 0.1, 0].map((left) => expiryMs - left * 200_000)
    for (const [index, { atMs }] of came.entries()) {
      expect(atMs).toBeGreaterThanOrEqual(moments[index]!)
      expect(atMs - moments[index]!).toBeLessThanOrEqual(30_000)
    }
  })

  it('troubles nobody while a relayer keeps it alive', async () => {
    const world = await startWorld({ build: pair(200_000) })
    world.chains.relayer.start()
    await world.pass(20 * 60_000)
    expect(world.chains.relayer.updates).toBeGreaterThan(10)
    expect(world.lines()).toEqual([])
  })
})

describe('before anybody is called', () => {
  it('the client is read again: one that was updated meanwhile is no alarm', async () => {
    const world = await startWorld({ build: pair(10 * DAY) })
    await world.leap(7.9 * DAY)
    // No sweep sees this update; only the reading at the threshold does.
    world.chains.updateClient('alpha-1', CLIENT)
    await world.leap(0.2 * DAY)
    await world.pass(60_000)
    expect(world.lines()).toEqual([])
    const row = world.app.clients.store.client('alpha-1', CLIENT)!
    expect(nsToMs(row.expiresNs!)).toBe(deadlineMs(world))
  })

  it('another endpoint is asked: one that is a few blocks late does not wake anybody', async () => {
    const world = await startWorld({
      build: pair(200_000),
      // The late one keeps within the blocks that a load balancer may step back, which are 16 s here.
      endpoints: { 'alpha-1': [{ behindBlocks: 8 }, { latencyMs: 20 }] },
    })
    const [late] = world.endpoints.get('alpha-1')!
    for (let round = 0; round < 6; round++) {
      world.chains.updateClient('alpha-1', CLIENT)
      await world.pass(30_000)
      await world.sweep()
      // At 155 s it is updated. Ten seconds later the late node still shows it as it was, at 82 %.
      await world.pass(125_000)
      world.chains.updateClient('alpha-1', CLIENT)
      await world.clock.advance(10_000)
      await world.sweep()
    }
    expect(late!.requests).toBeGreaterThan(20)
    expect(world.lines()).toEqual([])
  })

  it('a client that is due is heard from both endpoints before anybody is called', async () => {
    // Not by a leap of the clock: a sweep would follow it, and be one of the two.
    const build = pair(10 * DAY, 8 * DAY - 60_000)
    const world = await startWorld({ build, endpoints: { 'alpha-1': [{}, {}] } })
    const list = world.endpoints.get('alpha-1')!
    for (const endpoint of list) endpoint.log.length = 0
    await world.pass(120_000)
    expect(world.news()).toEqual([expect.stringMatching(/^🟡 48 h left/)])
    for (const { log } of list) {
      expect(log.some(({ path }) => path.includes(`/consensus_states/${CLIENT}/`))).toBe(true)
    }
  })

  it('a sweep reads those it would call about once more', async () => {
    const world = await startWorld({ build: pair(10 * DAY, 8.5 * DAY), endpoints: { 'alpha-1': [{}, {}] } })
    expect(world.news()).toHaveLength(1)
    const whoAnswered = (wanted: RegExp) =>
      world.endpoints.get('alpha-1')!.filter(({ log }) => log.some(({ path }) => wanted.test(path)))
    const [listed, again] = [whoAnswered(/client_states\?/), whoAnswered(/client_states\/07-tendermint-0$/)]
    expect([listed.length, again.length]).toEqual([1, 1])
    expect(again[0]!.url).not.toBe(listed[0]!.url)
  })

  it('a node that has no consensus state yet is contradicted by one that has', async () => {
    // A node that answers "not found" with a height that looks good: the false alarm of all false alarms.
    const world = await startWorld({
      build: pair(10 * DAY, 2 * DAY),
      endpoints: {
        'alpha-1': [{ only: /consensus_states/, rewrite: () => '{}' }, {}],
      },
    })
    await world.pass(60_000)
    expect(world.lines()).toEqual([])
    expect(world.app.clients.store.client('alpha-1', CLIENT)).toMatchObject({
      status: 'active',
      severity: 'ok',
    })
  })

  it('the machine may have slept: what is due is told as it is, once', async () => {
    const world = await startWorld({ build: pair(10 * DAY) })
    world.clock.set(world.clock.now() + 9.5 * DAY)
    await world.pass(60_000)
    expect(world.news()).toEqual([expect.stringMatching(/^🟠 1[12] h left/)])
    world.clock.set(world.clock.now() - 3 * HOUR)
    await world.pass(60_000)
    expect(world.news()).toEqual([])
  })
})
