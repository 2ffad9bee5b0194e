// Endpoints that are down, slow or lying: the endangered client is found all the same, and no other chain waits.
import { afterEach, describe, expect, it } from 'vitest'
import type { IbcGoVersion } from '../../sandbox/chains/profiles.ts'
import type { Faults } from '../../sandbox/chains/server.ts'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import { closeWorlds, DAY, MINUTE, makeWorld, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY
const CHAINS = ['alpha-1', 'beta-1', 'gamma-1']
/** The newest block of a chain when it is added to a world. */
const HEIGHT = 1_000_000

/** Three chains in a ring; on each, one client of several is nearly out. */
function ring(version: IbcGoVersion = 'v8') {
  return (chains: ChainWorld) => {
    for (const chainId of CHAINS) chains.addChain({ chainId, version })
    for (const [index, chainId] of CHAINS.entries()) {
      const next = CHAINS[(index + 1) % CHAINS.length]!
      for (const ageMs of [0.1, 0.2, 0.95, 0.3].map((share) => share * PERIOD)) {
        chains.openConnection(chainId, next, {
          trustingPeriodMs: PERIOD,
          a: { ageMs },
          b: { trustingPeriodMs: 1000 * DAY },
        })
      }
    }
  }
}

/** On which chains a client was told to be nearly out. */
const told = (world: TestWorld) =>
  CHAINS.filter((chainId) =>
    world.lines().some((line) => line.startsWith('🟠') && line.includes(`: ${chainId} `)),
  )

/** What was told that is false: in this world nothing has expired or is frozen. */
const lies = (world: TestWorld) => world.lines().filter((line) => /EXPIRED|FROZEN|MAY HAVE/.test(line))

const struck: [string, Faults][] = [
  ['answers slowly', { latencyMs: 150 }],
  ['says 429 to everything', { tooMany: true }],
  ['asks to come back in an hour', { tooMany: { retryAfter: '3600' } }],
  ['says 403', { status: 403 }],
  ['says 500', { status: 500 }],
  ['says 503', { status: 503 }],
  ['shows a page of HTML with 502', { html: 502 }],
  ['shows a page of HTML with 200', { html: 200 }],
  ['is starting', { starting: true }],
  ['never answers', { hang: true }],
  ['resets every connection', { reset: true }],
  ['breaks every body off', { cut: true }],
  ['sends no JSON', { notJson: true }],
  ['serves another chain', { chainId: 'mallory-1' }],
  ['is an hour behind', { behindMs: 60 * MINUTE }],
  ['stopped following long ago', { stuckAtHeight: HEIGHT - 100_000 }],
  ['answers its blocks well and fails everything else', { only: /^\/ibc\//, status: 500 }],
  ['hangs on the consensus states alone', { only: /consensus_states/, hang: true }],
  ['rewrites the clients to nonsense', { only: /client_states/, rewrite: () => '{"client_states":7}' }],
  ['is a load balancer with a node three blocks behind', { laggingBlocks: 3 }],
]

describe('beside a healthy endpoint, one that', () => {
  it.each(struck)('%s hides nothing', async (_, faults) => {
    const world = await startWorld({
      build: ring(),
      endpoints: { 'beta-1': [faults, {}] },
    })
    await world.pass(30_000)
    expect(told(world)).toEqual(CHAINS)
    expect(lies(world)).toEqual([])
    expect(world.lines()).toHaveLength(3)
    expect(world.app.clients.store.clients('beta-1').filter(({ status }) => status === 'unreadable')).toEqual(
      [],
    )
  })
})

describe('alone, an endpoint that', () => {
  it.each<[string, Faults]>([
    ['is a load balancer with a lagging node', { laggingBlocks: 3 }],
    ['runs out of gas on long lists', { maxPageItems: 3 }],
    ['has a small message limit', { maxMessageBytes: 6_000 }],
    ['answers slowly', { latencyMs: 100 }],
  ])('%s is read whole', async (_, faults) => {
    const world = await startWorld({ build: ring('v10'), endpoints: { 'beta-1': [faults] } })
    await world.pass(30_000)
    expect(told(world)).toEqual(CHAINS)
    expect(lies(world)).toEqual([])
    const sweep = world.app.clients.watch.lastSweep('beta-1')
    expect(sweep).toMatchObject({ unreadable: 0, gaps: [], error: null })
    expect(sweep!.clients).toBeGreaterThanOrEqual(8)
  })

  it.each<[string, Faults]>([
    ['never answers', { hang: true }],
    ['says 502', { html: 502 }],
    ['serves another chain', { chainId: 'mallory-1' }],
  ])('%s delays no other chain', async (_, faults) => {
    const world = await startWorld({ build: ring(), endpoints: { 'beta-1': [faults] } })
    expect(told(world)).toEqual(['alpha-1', 'gamma-1'])
    world.endpoints.get('beta-1')![0]!.faults = {}
    await world.pass(2 * MINUTE)
    expect(told(world)).toEqual(CHAINS)
    expect(lies(world)).toEqual([])
  })

  it('never answers is still being waited for when the others have been told', async () => {
    const world = await makeWorld({
      build: ring(),
      endpoints: { 'beta-1': [{ hang: true }] },
      // Longer than any machine takes to tell the others; the endpoint goes away when they have been told.
      config: (base) => ({ ...base, limits: { ...base.limits, timeout: '100s' } }),
    })
    const waiting: boolean[] = []
    world.server.onRequest(({ method, path }) => {
      if (method !== 'POST' || !path.startsWith('/webhooks/')) return
      waiting.push(world.app.clients.watch.lastSweep('beta-1')?.finishedMs === null)
      if (waiting.length === 2) void world.endpoints.get('beta-1')![0]!.stop()
    })
    await world.restart()
    expect(waiting).toEqual([true, true])
  })

  it('lags in what it says of consensus states takes no client for expired', async () => {
    const world = await startWorld({ build: ring(), endpoints: { 'alpha-1': [{ laggingBlocks: 2 }] } })
    for (let round = 0; round < 6; round++) {
      for (const id of world.chains.chain('alpha-1').clients.keys()) {
        if (world.chains.chain('alpha-1').deadlineNs(id) !== null) world.chains.updateClient('alpha-1', id)
      }
      await world.sweep()
      await world.pass(45_000)
    }
    expect(lies(world)).toEqual([])
  })
})

describe('restarted nodes of a halted chain', () => {
  it.each<IbcGoVersion>(['v6', 'v7', 'v8', 'v10', 'v11'])(
    '%s: an expired client is not taken for well',
    async (version) => {
      let expired = ''
      const world = await startWorld({
        build(chains) {
          chains.addChain({ chainId: 'alpha-1', version })
          chains.addChain({ chainId: 'beta-1', version })
          expired = chains.openConnection('alpha-1', 'beta-1', {
            trustingPeriodMs: PERIOD,
            a: { ageMs: 1.01 * PERIOD },
            b: { trustingPeriodMs: 1000 * DAY },
          }).a.clientId
          chains.chain('alpha-1').halt()
        },
        endpoints: { 'alpha-1': [{ restarted: true }] },
      })
      expect(world.app.clients.store.client('alpha-1', expired)).toMatchObject({
        status: 'expired',
        severity: 'expired',
      })
      await world.pass(20 * MINUTE)
      const news = world.news()
      expect(news.filter((line) => line.startsWith('⏸ HALTED'))).toHaveLength(1)
      expect(news.filter((line) => line.startsWith('🟢'))).toEqual([])
    },
  )
})
