// The sandbox's world of chains and its endpoints: operations, verdicts, relayer, pins, and each fault once.
import { afterEach, describe, expect, test } from 'vitest'
import { buildHub } from '../../sandbox/chains/hub.ts'
import type { IbcGoVersion } from '../../sandbox/chains/profiles.ts'
import { type ChainEndpoint, type Faults, serveChain, serveWorld } from '../../sandbox/chains/server.ts'
import { ChainWorld } from '../../sandbox/chains/world.ts'
import { ManualClock } from '../../src/kernel/manual-clock.ts'
import { parseTimestampNs } from '../../src/kernel/nanotime.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const open: ChainEndpoint[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

function twoChains(version: IbcGoVersion = 'v8') {
  const clock = new ManualClock()
  const world = new ChainWorld(clock)
  const host = world.addChain({ chainId: 'host-1', version })
  const other = world.addChain({ chainId: 'other-4', version })
  return { clock, world, host, other }
}

async function serve(world: ChainWorld, faults: Faults = {}, chainId = 'host-1') {
  const endpoint = await serveChain(world, chainId, faults)
  open.push(endpoint)
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(endpoint.url + path, { headers })
    const text = await response.text()
    const json = response.headers.get('content-type') === 'application/json' ? JSON.parse(text) : null
    const header = response.headers.get('grpc-metadata-x-cosmos-block-height')
    return {
      status: response.status,
      text,
      json,
      headers: response.headers,
      height: header === null ? null : Number(header),
    }
  }
  return { endpoint, get }
}

const STATUS = '/ibc/core/client/v1/client_status'
const STATES = '/ibc/core/client/v1/client_states'
const LATEST = '/cosmos/base/tendermint/v1beta1/blocks/latest'
const NODE = '/cosmos/base/tendermint/v1beta1/node_info'

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
  open.push(...endpoints.values())
  expect([...endpoints.keys()]).toEqual(['host-1', 'other-4'])
  const response = await fetch(`${endpoints.get('host-1')!.url}${STATUS}/${id}`)
  expect(await response.json()).toEqual({ status: 'Active' })
  expect(response.headers.get('grpc-metadata-x-cosmos-block-height')).toBe('5')
  expect(host.client(id).data).toEqual(data)
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

describe('faults', () => {
  test.each<[string, Faults, number, string | null]>([
    ['429', { tooMany: true }, 429, null],
    ['429 with Retry-After', { tooMany: { retryAfter: '7' } }, 429, '7'],
    ['500', { status: 500 }, 500, null],
    ['502 in HTML', { html: 502 }, 502, null],
    ['gRPC not up yet', { starting: true }, 503, null],
  ])('%s', async (_name, faults, status, retryAfter) => {
    const { world } = twoChains()
    const { get, endpoint } = await serve(world, faults)
    const answer = await get(LATEST)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, retryAfter])
    endpoint.faults = {}
    expect((await get(LATEST)).status).toBe(200)
    expect(endpoint.requests).toBe(2)
    expect(endpoint.log.map((one) => one.status)).toEqual([status, 200])
  })

  test('more than so many requests a second', async () => {
    const { clock, world } = twoChains()
    const { get } = await serve(world, { requestsPerSecond: { limit: 2, retryAfter: '1' } })
    const first = [await get(NODE), await get(NODE), await get(NODE)].map((one) => one.status)
    expect(first).toEqual([200, 200, 429])
    await clock.advance(1_000)
    expect((await get(NODE)).status).toBe(200)
  })

  test('reset, cut, no JSON, hang, refused', async () => {
    const { world } = twoChains()
    const { get, endpoint } = await serve(world)
    for (const faults of [{ reset: true }, { cut: true }, { notJson: true }] as Faults[]) {
      endpoint.faults = faults
      await expect(get(LATEST), JSON.stringify(faults)).rejects.toThrow()
    }
    endpoint.faults = { hang: true }
    const hanging = fetch(endpoint.url + LATEST)
    await expect(
      Promise.race([hanging, new Promise((done) => setTimeout(() => done('waiting'), 30))]),
    ).resolves.toBe('waiting')
    await endpoint.stop()
    await expect(hanging).rejects.toThrow()
    endpoint.faults = {}
    await expect(get(LATEST)).rejects.toThrow('fetch failed')
    await endpoint.listen()
    expect((await get(LATEST)).status).toBe(200)
  })

  test('only some paths; latency; a rewritten field; another chain id', async () => {
    const { world } = twoChains()
    const { get, endpoint } = await serve(world, { only: /client_status/, status: 503, latencyMs: 20 })
    const id = world.createClient('host-1', { tracks: 'other-4' })
    const began = performance.now()
    expect([(await get(`${STATUS}/${id}`)).status, (await get(LATEST)).status]).toEqual([503, 200])
    expect(performance.now() - began).toBeGreaterThanOrEqual(38)
    endpoint.faults = { rewrite: (body) => body.replace(/"revision_height":"\d+"/, '"revision_height":{}') }
    expect((await get(`${STATES}/${id}`)).json.client_state.frozen_height.revision_height).toEqual({})
    endpoint.faults = { chainId: 'wrong-9' }
    expect((await get(NODE)).json.default_node_info.network).toBe('wrong-9')
    expect((await get(LATEST)).json.block.header.chain_id).toBe('wrong-9')
  })

  test('a node that is behind, and one behind a load balancer', async () => {
    const { clock, world, host } = twoChains()
    const id = world.createClient('host-1', { tracks: 'other-4' })
    const { get, endpoint } = await serve(world, { behindBlocks: 100 })
    const stale = await get(LATEST)
    expect([stale.height, stale.json.block.header.height]).toEqual([
      host.height - 100,
      String(host.height - 100),
    ])
    expect(parseTimestampNs(stale.json.block.header.time)).toBe(host.blocks.timeNs(host.height - 100))
    endpoint.faults = { behindMs: 60_000 }
    expect((await get(LATEST)).height).toBe(host.height - 10)
    endpoint.faults = { stuckAtHeight: host.height }
    await clock.advance(HOUR)
    expect((await get(LATEST)).height).toBe(host.height - 600)

    endpoint.faults = { laggingBlocks: 1 }
    world.updateClient('host-1', id)
    const list = await get(`${STATES}?pagination.limit=10`)
    const { revision_number: revision, revision_height: height } =
      list.json.client_states[0].client_state.latest_height
    const path = `/ibc/core/client/v1/consensus_states/${id}/revision/${revision}/height/${height}`
    const [behind, ahead] = [await get(path), await get(path)]
    expect([behind.status, behind.height]).toEqual([404, list.height! - 1])
    expect([ahead.status, ahead.height]).toEqual([200, list.height])
  })

  test.each<[IbcGoVersion, string, string]>([
    ['v6', 'Active', 'Active'],
    ['v7', 'Active', 'Expired'],
    ['v8', 'Active', 'Expired'],
  ])('%s restarted on a halted chain says Active of what has expired', async (version, latest, previous) => {
    const { world, host } = twoChains(version)
    const id = world.createClient('host-1', { tracks: 'other-4', trustingPeriodMs: HOUR, ageMs: DAY })
    host.halt()
    const { get } = await serve(world, { restarted: true })
    const pin = (height: number) => ({ 'x-cosmos-block-height': String(height) })
    expect((await get(`${STATUS}/${id}`)).json.status).toBe(latest)
    expect((await get(`${STATUS}/${id}`, pin(host.height))).json.status).toBe('Active')
    expect((await get(`${STATUS}/${id}`, pin(host.height - 1))).json.status).toBe(previous)
    expect((await get('/cosmos/base/tendermint/v1beta1/syncing')).json.syncing).toBe(true)
  })

  test.each<IbcGoVersion>(['v10', 'v11'])(
    '%s restarted on a halted chain refuses until pinned',
    async (version) => {
      const { world, host } = twoChains(version)
      const id = world.createClient('host-1', { tracks: 'other-4', trustingPeriodMs: HOUR, ageMs: DAY })
      host.halt()
      const { get } = await serve(world, { restarted: true })
      for (const path of [NODE, LATEST, `${STATUS}/${id}`]) {
        const refused = await get(path)
        expect([refused.status, refused.json.code]).toEqual([500, 2])
        expect(refused.json.message).toContain(`did not contain latest block height`)
        expect(refused.json.message).toContain(`(${host.height})`)
      }
      const pinned = await get(`${STATUS}/${id}`, { 'x-cosmos-block-height': String(host.height) })
      expect(pinned.json.status).toBe('Expired')
    },
  )

  test.each<[IbcGoVersion, number, string]>([
    ['v8', 13, '{ValuePerByte}'],
    ['v11', 2, 'Query gas limit exceeded'],
  ])('%s: too long a page runs out of query gas', async (version, code, message) => {
    const { world } = twoChains(version)
    for (let i = 0; i < 8; i++) world.createClient('host-1', { tracks: 'other-4' })
    const { get } = await serve(world, { maxPageItems: 5 })
    const refused = await get(`${STATES}?pagination.limit=100`)
    expect([refused.status, refused.json.code]).toEqual([500, code])
    expect(refused.json.message).toContain(message)
    expect((await get(`${STATES}?pagination.limit=5`)).json.client_states).toHaveLength(6)
  })

  test('a message that is too large is 429 code 8', async () => {
    const { world } = twoChains()
    for (let i = 0; i < 8; i++) world.createClient('host-1', { tracks: 'other-4' })
    const { get } = await serve(world, { maxMessageBytes: 4_000 })
    const refused = await get(STATES)
    expect([refused.status, refused.json.code]).toEqual([429, 8])
    expect(refused.json.message).toMatch(/received message larger than max \(\d+ vs\. 4000\)/)
    expect((await get(`${STATES}?pagination.limit=1`)).status).toBe(200)
  })
})
