// Each fault of the sandbox's endpoints once.
import { afterEach, expect, test } from 'vitest'
import type { IbcGoVersion } from '../../sandbox/chains/profiles.ts'
import type { Faults } from '../../sandbox/chains/server.ts'
import { parseTimestampNs } from '../../src/kernel/nanotime.ts'
import {
  closeServed,
  DAY,
  HOUR,
  LATEST,
  NODE,
  STATES,
  STATUS,
  serve,
  twoChains,
} from '../support/sandbox-chain.ts'

afterEach(closeServed)

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
  host.startOver(5)
  expect((await get(LATEST)).json.message).toMatch(/not ready; please wait for first block/)
  await clock.advance(HOUR)
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
