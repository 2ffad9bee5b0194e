// The sandbox's world of chains: operations, verdicts, relayer, and what is read at older heights.
import { afterEach, describe, expect, test } from 'vitest'
import { buildHub } from '../../sandbox/chains/hub.ts'
import { serveWorld } from '../../sandbox/chains/server.ts'
import { ChainWorld } from '../../sandbox/chains/world.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { closeServed, DAY, HOUR, STATES, STATUS, serve, twoChains } from '../support/sandbox-chain.ts'

afterEach(closeServed)

describe('world', () => {
  test('blocks follow the clock; a halt stops them, and they go on after it', async () => {
    const { clock, host } = twoChains()
    expect(host.height).toBe(1_000_000)
    await clock.advance(60_000)
    expect(host.height).toBe(1_000_010)
    const timeNs = host.blocks.timeNs(host.height)
    expect(Number(timeNs / 1_000_000n)).toBeLessThan(clock.now())
    expect(Number(timeNs / 1_000_000n)).toBeGreaterThan(clock.now() - 2_000)
    expect(timeNs % 1_000n).not.toBe(0n)
    host.halt()
    await clock.advance(HOUR)
    expect(host.height).toBe(1_000_010)
    expect(host.blocks.timeNs(host.height)).toBe(timeNs)
    host.resume()
    expect(host.height).toBe(1_000_011)
    expect(host.blocks.timeNs(host.height) - timeNs).toBeGreaterThan(BigInt(HOUR - 1_000) * 1_000_000n)
    host.blocks.setInterval(1_000)
    await clock.advance(10_000)
    expect(host.height).toBe(1_000_021)
    host.startOver(5)
    expect(host.height).toBe(5)
  })

  test('block times rise with every block, over halts as well', async () => {
    const { clock, host } = twoChains()
    await clock.advance(60_000)
    host.halt()
    host.resume()
    await clock.advance(60_000)
    const times = Array.from({ length: 40 }, (_, i) => host.blocks.timeNs(host.height - 40 + i))
    expect(times.every((time, i) => i === 0 || time > times[i - 1]!)).toBe(true)
  })

  test('a client goes from active to expired with the host block time, to the nanosecond', () => {
    const { world, host } = twoChains()
    const blockTimeNs = host.blocks.timeNs(host.height)
    const at = (deadlineNs: bigint) =>
      world.createClient('host-1', {
        tracks: 'other-4',
        trustingPeriodMs: HOUR,
        timestampNs: deadlineNs - BigInt(HOUR) * 1_000_000n,
      })
    expect(host.status(at(blockTimeNs + 1n))).toBe('Active')
    expect(host.status(at(blockTimeNs))).toBe('Expired')
    const gone = world.createClient('host-1', { tracks: 'other-4', consensusAbsent: true })
    expect(host.status(gone)).toBe('Expired')
    const frozen = at(blockTimeNs - 1n)
    world.freeze('host-1', frozen)
    expect(host.status(frozen)).toBe('Frozen')
    host.allowedClients = ['06-solomachine']
    expect(host.status(frozen)).toBe('Unauthorized')
  })

  test('update, refused update, recovery', async () => {
    const { clock, world, host, other } = twoChains()
    const id = world.createClient('host-1', { tracks: 'other-4', trustingPeriodMs: HOUR })
    await clock.advance(HOUR / 2)
    world.updateClient('host-1', id)
    expect(host.client(id).data).toMatchObject({
      latestHeight: { revision: 4n, height: BigInt(other.height) },
    })
    expect(host.deadlineNs(id)).toBe(other.blocks.timeNs(other.height) + BigInt(HOUR) * 1_000_000n)
    await clock.advance(2 * HOUR)
    expect(host.status(id)).toBe('Expired')
    expect(() => world.updateClient('host-1', id)).toThrow('status Expired')
    world.recover('host-1', id)
    expect(host.status(id)).toBe('Active')
    world.deleteConsensus('host-1', id)
    expect(host.status(id)).toBe('Expired')
  })

  test('an older header adds a consensus state and leaves the latest height', () => {
    const { world, host } = twoChains()
    const id = world.createClient('host-1', { tracks: 'other-4' })
    const { data } = host.client(id)
    world.putHeader('host-1', id, { revision: 4n, height: 17n }, 1n)
    expect(host.client(id).data).toEqual(data)
    expect(host.client(id).consensusAt({ revision: 4n, height: 17n }, host.height)).not.toBeNull()
  })

  test('the relayer refreshes at a third of the period, skips what it is told to, and stops', async () => {
    const { clock, world, host } = twoChains()
    const { a, b } = world.openConnection('host-1', 'other-4', { trustingPeriodMs: 9 * DAY })
    const left = world.createClient('host-1', { tracks: 'other-4', trustingPeriodMs: 9 * DAY })
    world.relayer.ignore('host-1', left)
    world.relayer.start()
    await clock.advance(2 * DAY)
    expect(world.relayer.updates).toBe(0)
    await clock.advance(28 * DAY)
    expect(host.status(a.clientId)).toBe('Active')
    expect(world.chain('other-4').status(b.clientId)).toBe('Active')
    expect(host.status(left)).toBe('Expired')
    world.relayer.stop()
    const made = world.relayer.updates
    await clock.advance(20 * DAY)
    expect(world.relayer.updates).toBe(made)
    expect(host.status(a.clientId)).toBe('Expired')
  })

  test('a hub: so many connections, so many endangered, and the rest healthy', () => {
    const world = new ChainWorld(new ManualClock())
    const hub = buildHub(world, { spokes: 3, connectionsPerSpoke: 20, endangered: 4, expired: 2 })
    const chain = world.chain(hub.hubId)
    expect([chain.connections.size, chain.clients.size, hub.endangered.length]).toEqual([60, 60, 4])
    expect(hub.clients.filter((id) => chain.status(id) === 'Expired')).toEqual(hub.expired)
    const now = BigInt(world.clock.now()) * 1_000_000n
    const close = hub.clients.filter((id) => {
      const left = chain.deadlineNs(id)! - now
      return left > 0n && left <= BigInt(14 * DAY) * 50_000n
    })
    expect(close).toEqual(hub.endangered)
    expect(world.chain('spoke3-1').connections.size).toBe(20)
  })

  test('every client type, and a connection read from both ends', async () => {
    const { world } = twoChains('v11')
    const { a, b } = world.openConnection('host-1', 'other-4')
    for (const type of ['06-solomachine', '08-wasm', 'attestations', '10-news']) {
      world.createClient('host-1', { type, tracks: 'other-4' })
    }
    const { get } = await serve(world)
    const list = await get(`${STATES}?pagination.limit=100`)
    expect(list.json.client_states.map((one: { client_id: string }) => one.client_id)).toEqual([
      '06-solomachine-1',
      '07-tendermint-0',
      '08-wasm-2',
      '10-news-4',
      'attestations-3',
    ])
    for (const { client_id } of list.json.client_states) {
      expect((await get(`${STATUS}/${client_id}`)).json).toEqual({ status: 'Active' })
    }
    const connection = (await get(`/ibc/core/connection/v1/connections/${a.connectionId}`)).json.connection
    expect(connection.counterparty).toMatchObject({ client_id: b.clientId, connection_id: b.connectionId })
    world.registerCounterparty('host-1', a.clientId, 'x')
    const v2 = '/ibc/core/channel/v2/clients'
    expect((await get(`${v2}/${a.clientId}/next_sequence_send`)).json.next_sequence_send).toBe('1')
    expect((await get(`${v2}/06-solomachine-1/next_sequence_send`)).status).toBe(404)
  })
})

test('a chain that starts over keeps its clients and goes on from a low height', async () => {
  const { clock, world, host } = twoChains()
  const id = world.createClient('host-1', { tracks: 'other-4', trustingPeriodMs: DAY })
  await clock.advance(HOUR)
  world.updateClient('host-1', id)
  const { data } = host.client(id)
  host.startOver(3)
  await clock.advance(12_000)
  const endpoints = await serveWorld(world)
  expect([...endpoints.keys()]).toEqual(['host-1', 'other-4'])
  const response = await fetch(`${endpoints.get('host-1')!.url}${STATUS}/${id}`)
  expect(await response.json()).toEqual({ status: 'Active' })
  expect(response.headers.get('grpc-metadata-x-cosmos-block-height')).toBe('5')
  expect(host.client(id).data).toEqual(data)
  await Promise.all([...endpoints.values()].map((one) => one.close()))
})

describe('heights', () => {
  test('a pinned request reads the state as it was', async () => {
    const { clock, world, host } = twoChains()
    const id = world.createClient('host-1', { tracks: 'other-4', trustingPeriodMs: HOUR })
    const before = host.height
    await clock.advance(60_000)
    world.freeze('host-1', id)
    const { get } = await serve(world)
    expect((await get(`${STATUS}/${id}`)).json.status).toBe('Frozen')
    const old = await get(`${STATUS}/${id}`, { 'x-cosmos-block-height': String(before) })
    expect([old.json.status, old.height]).toEqual(['Active', before])
    const future = await get(`${STATUS}/${id}`, { 'x-cosmos-block-height': '9999999' })
    expect([future.status, future.json.code, future.height]).toEqual([500, 2, null])
  })

  test('a pruned height is an error, and a false 404 on v6', async () => {
    for (const version of ['v6', 'v8'] as const) {
      const { world, host } = twoChains(version)
      const id = world.createClient('host-1', { tracks: 'other-4' })
      host.earliestStateHeight = host.height
      const { get } = await serve(world)
      const old = await get(`${STATUS}/${id}`, { 'x-cosmos-block-height': String(host.height - 1) })
      expect([old.status, old.json.code]).toEqual(version === 'v6' ? [404, 5] : [500, 2])
    }
  })

  test('v6 judges a pinned status with the newest block time, v8 with the pinned one', async () => {
    for (const version of ['v6', 'v8'] as const) {
      const { clock, world, host } = twoChains(version)
      const id = world.createClient('host-1', { tracks: 'other-4', trustingPeriodMs: HOUR })
      const before = host.height
      await clock.advance(2 * HOUR)
      const { get } = await serve(world)
      const pinned = await get(`${STATUS}/${id}`, { 'x-cosmos-block-height': String(before) })
      expect(pinned.json.status).toBe(version === 'v6' ? 'Expired' : 'Active')
    }
  })

  test('v6 pages count raw keys: pages without a client that go on', async () => {
    const { world, host } = twoChains('v6')
    for (let i = 0; i < 3; i++) {
      const id = world.createClient('host-1', { tracks: 'other-4' })
      for (let h = 1n; h <= 20n; h++) world.putHeader('host-1', id, { revision: 4n, height: h }, 1n)
    }
    const { get } = await serve(world)
    const seen: string[] = []
    let key: string | null = ''
    let pages = 0
    let empty = 0
    while (key !== null) {
      const page: { client_states: { client_id: string }[]; pagination: { next_key: string | null } } = (
        await get(`${STATES}?pagination.limit=20&pagination.key=${encodeURIComponent(key)}`)
      ).json
      seen.push(...page.client_states.map((one) => one.client_id))
      if (page.client_states.length === 0 && page.pagination.next_key) empty++
      key = page.pagination.next_key
      pages++
    }
    expect(seen).toEqual([...host.clients.keys()])
    expect([pages > 5, empty > 0]).toEqual([true, true])
    expect((await get(STATES)).json.pagination.total).toBe(String(3 * (1 + 21 * 4)))
  })
})
