// The readers of chains against the sandbox's chains: every version, every fault, restarts of nodes and of chains.
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import type { IbcGoVersion } from '../../sandbox/chains/profiles.ts'
import { type ChainEndpoint, type Faults, serveChain } from '../../sandbox/chains/server.ts'
import { ChainWorld } from '../../sandbox/chains/world.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { createPool, type PoolOptions } from '../../src/cosmos/endpoints.ts'
import * as ibc from '../../src/cosmos/ibc.ts'
import type { ChainPool, ClientState } from '../../src/cosmos/types.ts'
import { systemClock } from '../../src/kernel/clock.ts'

const DAY_MS = 86_400_000
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

/** Two chains with 60 connections between them, and the clock that moves them. */
function makeWorld(version: IbcGoVersion, connections = 60) {
  const clock = new ManualClock()
  const world = new ChainWorld(clock)
  const hub = world.addChain({ chainId: 'hub-1', version })
  world.addChain({ chainId: 'spoke-1', version })
  for (let i = 0; i < connections; i++) {
    world.openConnection('hub-1', 'spoke-1', { trustingPeriodMs: 14 * DAY_MS, a: { ageMs: i * 3_600_000 } })
  }
  return { clock, world, hub }
}

async function serve(world: ChainWorld, ...faults: Faults[]): Promise<ChainEndpoint[]> {
  const endpoints = await Promise.all(faults.map((one) => serveChain(world, 'hub-1', one)))
  open.push(...endpoints)
  return endpoints
}

function poolOver(
  endpoints: ChainEndpoint[],
  clock: ManualClock,
  options: Partial<PoolOptions> = {},
): ChainPool {
  const pool = createPool({
    chainId: 'hub-1',
    rest: endpoints.map(({ url }) => ({ url })),
    limits: { inFlight: 32, requestsPerSecond: 10_000, timeoutMs: 300 },
    clock,
    logger: pino({ level: 'silent' }),
    random: () => 0,
    wireClock: { ...systemClock },
    ...options,
  })
  open.push(pool)
  return pool
}

/** One sweep's worth of reading: all clients, and the consensus state of each. */
async function sweep(pool: ChainPool): Promise<Map<string, bigint | 'absent'>> {
  const head = await pool.head()
  const { items } = await ibc.listClients(pool)
  const clients = items.filter(
    (one): one is ClientState => !ibc.isMalformed(one) && one.rule === 'tendermint',
  )
  const times = await Promise.all(
    clients.map(async (client) => {
      const atLeastHeight = client.readAtHeight ?? head.height
      const read = await ibc.readConsensusTime(pool, client.clientId, client.latestHeight!, { atLeastHeight })
      return [client.clientId, read.kind === 'time' ? read.ns : 'absent'] as const
    }),
  )
  return new Map(times)
}

/** What a sweep of the hub must find. */
function truth(world: ChainWorld): Map<string, bigint | 'absent'> {
  const hub = world.chain('hub-1')
  return new Map(
    [...hub.clients].map(([id, client]) => {
      if (client.data.kind !== 'tendermint') throw new Error(`${id} is not a tendermint client`)
      return [id, client.consensusAt(client.data.latestHeight, hub.height)?.timestampNs ?? 'absent'] as const
    }),
  )
}

describe.each(['v6', 'v7', 'v8', 'v10', 'v11'] as const)('a chain of ibc-go %s', (version) => {
  it('is read whole, with small pages and with large ones', async () => {
    const { world, clock, hub } = makeWorld(version)
    world.createClient('hub-1', { tracks: 'spoke-1', trustingPeriodMs: DAY_MS, consensusAbsent: true })
    const [endpoint] = await serve(world, {})
    const pool = poolOver([endpoint!], clock)
    expect(await sweep(pool)).toEqual(truth(world))
    for (const pageSize of [1, 7, 1000]) {
      const clients = (await ibc.listClients(pool, { pageSize })).items.map((one) => one.clientId)
      expect(clients.filter((id) => hub.clients.has(id)).sort()).toEqual([...hub.clients.keys()].sort())
      const connections = (await ibc.listConnections(pool, { pageSize })).items.map((one) => one.connectionId)
      expect(connections).toEqual(expect.arrayContaining([...hub.connections.keys()]))
      expect((await ibc.listChannels(pool, { pageSize })).items.length).toBe(hub.channels.size)
    }
  })

  it('is asked for less where its node gives less at once', async () => {
    const { world, clock } = makeWorld(version)
    const [endpoint] = await serve(world, { maxPageItems: 20 })
    expect(await sweep(poolOver([endpoint!], clock))).toEqual(truth(world))
  })

  it('has no IBC v2 counterparty, or no IBC v2', async () => {
    const { world, clock } = makeWorld(version, 1)
    const pool = poolOver(await serve(world, {}), clock)
    expect(await ibc.hasCounterpartyV2(pool, '07-tendermint-0')).toBe(
      version === 'v10' || version === 'v11' ? false : 'not-supported',
    )
  })
})

const BESIDE: [string, Faults][] = [
  ['slow', { latencyMs: 120 }],
  ['429', { tooMany: true }],
  ['429 with Retry-After', { tooMany: { retryAfter: '3600' } }],
  ['403', { status: 403 }],
  ['500', { status: 500 }],
  ['502 in HTML', { html: 502 }],
  ['starting', { starting: true }],
  ['hanging', { hang: true }],
  ['resetting', { reset: true }],
  ['cutting bodies', { cut: true }],
  ['not speaking JSON', { notJson: true }],
  ['moved', { movedTo: 'https://elsewhere.example' }],
  ['sending damaged gzip', { packed: 'damaged' }],
  ['on another chain', { chainId: 'osmosis-1' }],
  ['far behind', { behindBlocks: 400 }],
  ['stuck', { stuckAtHeight: 900_000 }],
  ['a load balancer with a laggard', { laggingBlocks: 40 }],
  ['without room for a message', { maxMessageBytes: 20_000 }],
]

describe('beside a good endpoint, one that is', () => {
  it.each(BESIDE)('%s hides nothing', async (_, faults) => {
    const { world, clock } = makeWorld('v8')
    const pool = poolOver(await serve(world, faults, {}), clock)
    expect(await sweep(pool)).toEqual(truth(world))
  })

  it.each(BESIDE)('%s from one moment to the next hides nothing either', async (_, faults) => {
    const { world, clock } = makeWorld('v8')
    const [first, second] = await serve(world, {}, {})
    const pool = poolOver([first!, second!], clock)
    await pool.head()
    first!.faults = { ...faults, only: /^\/ibc\// }
    expect(await sweep(pool)).toEqual(truth(world))
  })
})

describe('alone, an endpoint that is', () => {
  it.each([
    ['hanging', { hang: true }, 'time-out'],
    ['resetting', { reset: true }, 'connection lost'],
    ['502 in HTML', { html: 502 }, '502'],
    ['on another chain', { chainId: 'osmosis-1' }, 'serves osmosis-1'],
    ['not speaking JSON', { notJson: true }, 'not JSON'],
    ['starting', { starting: true }, '503'],
    ['moved', { movedTo: 'https://elsewhere.example/key' }, 'moved to https://elsewhere.example/…'],
    ['sending damaged gzip', { packed: 'damaged' }, 'damaged gzip'],
  ] as [string, Faults, string][])('%s is said to be so', async (_, faults, reason) => {
    const { world, clock } = makeWorld('v8', 1)
    const [endpoint] = await serve(world, faults)
    await expect(sweep(poolOver([endpoint!], clock))).rejects.toMatchObject({
      kind: 'no-endpoint',
      message: `${new URL(endpoint!.url).host} ${reason}`,
    })
  })

  it.each([
    ['gzip', { packed: 'gzip' }],
    ['deflate', { packed: 'deflate', mark: true }],
    ['br', { packed: 'br' }],
    ['a byte order mark', { mark: true }],
  ] as [string, Faults][])('sending %s, which nobody asked for, is read', async (_, faults) => {
    const { world, clock } = makeWorld('v8', 3)
    expect(await sweep(poolOver(await serve(world, faults), clock))).toEqual(truth(world))
  })

  it('behind the height that is known from before is not believed', async () => {
    const { world, clock, hub } = makeWorld('v8', 1)
    const known = { height: BigInt(hub.height), timeNs: hub.blocks.timeNs(hub.height) }
    const [endpoint] = await serve(world, { behindBlocks: 410 })
    await expect(poolOver([endpoint!], clock, { known }).head()).rejects.toMatchObject({
      message: `${new URL(endpoint!.url).host} 41 min behind`,
    })
  })

  it('a load balancer with a laggard never makes a fresh consensus state absent', async () => {
    const { world, clock } = makeWorld('v8', 30)
    const [endpoint] = await serve(world, { laggingBlocks: 3 })
    const pool = poolOver([endpoint!], clock)
    await clock.advance(60_000)
    for (const id of world.chain('hub-1').clients.keys()) world.updateClient('hub-1', id)
    const read = await Promise.allSettled([sweep(pool)])
    // With an old node behind the door some may be unreadable; none may be wrong.
    if (read[0].status === 'fulfilled') {
      for (const time of read[0].value.values()) expect(time).not.toBe('absent')
    } else expect(read[0].reason).toMatchObject({ kind: 'stale' })
  })

  it('limiting its callers is read to the end', async () => {
    const { world, clock } = makeWorld('v8', 40)
    const pool = poolOver(await serve(world, { requestsPerSecond: 30 }), clock, {
      limits: { inFlight: 8, requestsPerSecond: 1000, timeoutMs: 2000 },
    })
    // The sandbox counts in the world's seconds.
    const ticking = setInterval(() => clock.set(clock.now() + 50), 50)
    expect((await sweep(pool)).size).toBe(40)
    clearInterval(ticking)
  })
})

describe('a chain that', () => {
  it('halts goes on being read, and is fresh again when it goes on', async () => {
    const { world, clock, hub } = makeWorld('v8', 3)
    const pool = poolOver(await serve(world, {}), clock)
    hub.halt()
    await clock.advance(25 * 60_000)
    expect(await pool.head()).toMatchObject({ halted: true, height: BigInt(hub.height) })
    expect(await sweep(pool)).toEqual(truth(world))
    hub.resume()
    await clock.advance(12_000)
    expect(await pool.head()).toMatchObject({ halted: false })
  })

  it.each(['v6', 'v7', 'v8', 'v10', 'v11'] as const)(
    'halts, with a restarted node of %s',
    async (version) => {
      const { world, clock, hub } = makeWorld(version, 3)
      hub.halt()
      await clock.advance(25 * 60_000)
      const pool = poolOver(await serve(world, { restarted: true }), clock)
      expect(await sweep(pool)).toEqual(truth(world))
      const status = ibc.readClientStatus(pool, '07-tendermint-0')
      if (version === 'v10' || version === 'v11') expect(await status).toBe('active')
      else await expect(status).rejects.toMatchObject({ kind: 'stale' })
    },
  )

  it('starts over is told once, and read as it is now', async () => {
    const { world, clock, hub } = makeWorld('v8', 3)
    const pool = poolOver(await serve(world, {}, {}), clock)
    const before = (await pool.head()).height
    await clock.advance(60_000)
    hub.startOver(5)
    await clock.advance(6_000)
    expect(await pool.head()).toMatchObject({ restartedFrom: before, halted: false })
    expect((await pool.head()).restartedFrom).toBeNull()
    expect((await sweep(pool)).size).toBe(3)
  })

  it('is not there comes back with the next look', async () => {
    const { world, clock } = makeWorld('v8', 3)
    const [endpoint] = await serve(world, {})
    const pool = poolOver([endpoint!], clock)
    await endpoint!.stop()
    await expect(pool.head()).rejects.toMatchObject({ kind: 'no-endpoint' })
    await endpoint!.listen()
    expect(await sweep(pool)).toEqual(truth(world))
  })
})

describe('speed', () => {
  it('600 clients at 200 ms, 64 in flight: not one after the other', async () => {
    const { world, clock } = makeWorld('v8', 600)
    const [endpoint] = await serve(world, { latencyMs: 200 })
    const pool = poolOver([endpoint!], clock, {
      limits: { inFlight: 64, requestsPerSecond: 100_000, timeoutMs: 60_000 },
    })
    const started = performance.now()
    expect((await sweep(pool)).size).toBe(600)
    expect(pool.requests).toBe(602)
    // 1.9 s by the arithmetic, and the quick start; one after the other it were two minutes.
    expect(performance.now() - started).toBeLessThan(60_000)
  })
})
