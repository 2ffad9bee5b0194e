// What is told of chains whose answers are hard to judge: fronts without heights, balancers, blocks an hour apart.
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import type { ChainOptions } from '../../sandbox/chains/chain.ts'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import { createFastClock } from '../../sandbox/fast-clock.ts'
import { look } from '../../src/cli/check.ts'
import { closeWorlds, DAY, HOUR, MINUTE, makeWorld, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const CLIENT = '07-tendermint-0'
const logger = pino({ level: 'silent' })

const pair =
  (host: Partial<ChainOptions> = {}, ageMs = 0) =>
  (chains: ChainWorld) => {
    chains.addChain({ chainId: 'alpha-1', ...host })
    chains.addChain({ chainId: 'beta-1' })
    const b = { trustingPeriodMs: 1000 * DAY }
    chains.openConnection('alpha-1', 'beta-1', { trustingPeriodMs: 14 * DAY, a: { ageMs }, b })
  }

/** What one `check` finds; `meanwhile`: while it waits. */
async function checked(world: TestWorld, meanwhile: () => void = () => {}) {
  const waits: string[] = []
  const over = look(world.settings.chains, {
    clock: world.clock,
    logger,
    waiting(name) {
      waits.push(name)
      setTimeout(() => {
        meanwhile()
        void world.clock.advance(70_000)
      }, 50)
    },
  })
  const { chains, clients } = await over
  const client = clients.find((one) => one.hostChainId === 'alpha-1' && one.clientId === CLIENT)!
  return { chain: chains.find(({ chainId }) => chainId === 'alpha-1')!, client, waits }
}

describe('a client without its consensus state behind a front without height headers', () => {
  const ABSENT = /no consensus state at its latest height, by two looks at least a minute apart/

  it('is EXPIRED at the second look, and marked', async () => {
    const world = await startWorld({ build: pair(), endpoints: { 'alpha-1': [{ noHeights: true }] } })
    await world.pass(MINUTE)
    world.news()
    world.chains.updateClient('alpha-1', CLIENT)
    world.chains.deleteConsensus('alpha-1', CLIENT)
    await world.sweep()
    await world.pass(30_000)
    await world.sweep()
    expect(world.news()).toEqual([])
    // However seldom sweeps come.
    await world.pass(2 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^🔴 EXPIRED: alpha-1 07-tendermint-0 /)])
    expect(world.posts().at(-1)!.embeds[0]!.description).toMatch(ABSENT)
    const { requests } = world.endpoints.get('alpha-1')![0]!
    await world.pass(10 * MINUTE)
    // Its newest block each minute, and no more.
    expect(world.endpoints.get('alpha-1')![0]!.requests - requests).toBeLessThan(15)
    await world.sweep()
    expect(world.news()).toEqual([])
  })

  it('is expired in one check, which waits for its second look; unreadable where no block comes', async () => {
    const world = await makeWorld({ build: pair(), endpoints: { 'alpha-1': [{ noHeights: true }] } })
    world.chains.deleteConsensus('alpha-1', CLIENT)
    const { client, waits } = await checked(world)
    expect(waits).toEqual(['alpha-1'])
    expect(client).toMatchObject({ status: 'expired', reason: expect.stringMatching(ABSENT) })
    world.chains.chain('alpha-1').halt()
    expect((await checked(world)).client).toMatchObject({
      status: 'unreadable',
      reason: expect.stringContaining('a minute and a block later'),
    })
  })

  it('hides no other client, however many there are', async () => {
    const world = await startWorld({
      build(chains) {
        pair()(chains)
        for (let n = 1; n < 90; n++) chains.createClient('alpha-1', { tracks: 'beta-1', ageMs: 0 })
        for (let n = 0; n < 85; n++) chains.deleteConsensus('alpha-1', `07-tendermint-${n}`)
      },
      config: (base) => ({ ...base, limits: { ...base.limits, inFlight: 2 } }),
      endpoints: { 'alpha-1': [{ noHeights: true }] },
    })
    const clients = world.app.clients.store.clients('alpha-1')
    expect(clients.filter(({ status }) => status === 'active')).toHaveLength(6)
    await world.pass(70_000)
    await world.sweep()
    const after = world.app.clients.store.clients('alpha-1')
    expect(after.filter(({ status }) => status === 'expired')).toHaveLength(85)
  })
})

describe('a balancer with a node that is 50 min behind', () => {
  const lagging = () =>
    makeWorld({
      build: pair(),
      endpoints: { 'alpha-1': [{ laggingBlocks: 500 }] },
      app: () => ({ wireClock: createFastClock(20) }),
    })

  it('is never halted, in check and in the watch', async () => {
    const world = await lagging()
    const { url } = world.endpoints.get('alpha-1')![0]!
    for (let turn = 0; turn < 2; turn++) {
      // A question that meets the laggard each time is a gap, and said; which one does is left to the order of the wire.
      expect((await checked(world)).chain).toMatchObject({ status: 'ok' })
      // The laggard's turn is another one.
      await fetch(`${url}/cosmos/base/tendermint/v1beta1/syncing`)
    }
    await world.restart()
    for (let turn = 0; turn < 3; turn++) {
      await world.pass(4 * MINUTE)
      await world.sweep()
    }
    expect(world.news()).toEqual([])
  })

  it('does not hide a halt', async () => {
    const world = await lagging()
    await world.restart()
    await world.pass(3 * MINUTE)
    world.chains.chain('alpha-1').halt()
    await world.pass(12 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^⏸ HALTED: alpha-1 has made no block for 1\d min/)])
    expect((await checked(world)).chain.status).toBe('halted')
  })
})

describe('a lone node that is an hour behind', () => {
  it('makes its chain blind, and never halted, over a restart too', async () => {
    const world = await startWorld({ build: pair(), endpoints: { 'alpha-1': [{ behindMs: HOUR }] } })
    await world.pass(7 * MINUTE)
    await world.restart()
    await world.pass(5 * MINUTE)
    await world.sweep()
    await world.pass(MINUTE)
    expect(world.news()).toEqual([
      expect.stringMatching(/^⚫ BLIND 1\d min: alpha-1, 1 of 1 endpoints answer/),
    ])
    expect(world.posts().at(-1)!.embeds[0]!.description).toContain('60 min behind')
  })
})

describe('a chain with an hour between blocks', () => {
  const hourly = (more: object = {}) => ({ build: pair({ blockIntervalMs: HOUR }), ...more })

  it('is halted only when its own rhythm is clearly over, and over a restart too', async () => {
    const world = await startWorld(hourly())
    await world.pass(3 * HOUR)
    expect(world.news()).toEqual([])
    expect((await checked(world)).chain).toMatchObject({ status: 'ok', reason: null })
    world.chains.chain('alpha-1').halt()
    await world.pass(90 * MINUTE)
    await world.restart()
    expect(world.news()).toEqual([])
    await world.leap(90 * MINUTE)
    await world.pass(2 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^⏸ HALTED: alpha-1 has made no block for /)])
    expect((await checked(world)).chain.status).toBe('halted')
  })

  it('says of a client past its deadline by the clock that its next block tells', async () => {
    const world = await startWorld({ build: pair({ blockIntervalMs: HOUR }, 14 * DAY - 30 * MINUTE) })
    world.news()
    await world.pass(40 * MINUTE)
    expect(world.news().filter((line) => /OVERDUE|EXPIRED|HALTED/.test(line))).toEqual([])
    await world.pass(30 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^🔴 EXPIRED: alpha-1/)])
  })
})
