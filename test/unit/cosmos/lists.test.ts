// Walks through recorded and made-up pages: every item once, nothing lost, less asked for where it must be.
import { describe, expect, it } from 'vitest'
import { readBalances } from '../../../src/cosmos/bank.ts'
import * as ibc from '../../../src/cosmos/ibc.ts'
import { RECORDED_VERSIONS, recordingsOf, versionsWith } from '../../support/fixtures.ts'
import { chainOf, pageKey, pool, replay, serving, walk } from './tiny-chain.ts'
import { at, grpc, type Reply } from './tiny-node.ts'

describe('lists of clients', () => {
  const walks = RECORDED_VERSIONS.flatMap((version) =>
    recordingsOf(version)
      .names('seq-client_states-')
      // An offset is not a walk, a reverse one goes elsewhere, and one recording stops after 100 pages.
      .filter((name) => !/offset|reverse/.test(name))
      .filter((name) => !(version === 'v6.3.1' && name.includes('limit2-')))
      .map((name) => [version, name] as const),
  )
  it.each(walks)('%s %s: every client once, whatever the pages', async (version, name) => {
    const pages = recordingsOf(version).sequence(name)
    const { chain, node } = await chainOf(walk(pages))
    const { items, problems } = await ibc.listClients(chain)
    const ids = items.map((client) => client.clientId)
    expect(problems).toEqual([])
    expect(items.filter(ibc.isMalformed)).toEqual([])
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(
      expect.arrayContaining(['07-tendermint-0', '07-tendermint-124', '06-solomachine-126']),
    )
    const recorded = pages.flatMap(({ body }) =>
      [...body.matchAll(/"client_id":\s*"([^"]+)"/g)].map((match) => match[1]),
    )
    expect(new Set(ids)).toEqual(new Set(recorded))
    expect(node.asked.length).toBe(pages.length + 1)
  })

  it('lets one malformed client, and one without an id, hurt no other', async () => {
    const body = JSON.parse(recordingsOf('v8.8.0').sequence('seq-client_states-limit1000')[0]!.body)
    body.client_states[3].client_state.trusting_period = 'soon'
    body.client_states[5] = { client_state: 7 }
    const { chain, node } = await chainOf(() => ({ headers: at(311), body }))
    const { items, problems } = await ibc.listClients(chain)
    const path = '/ibc/core/client/v1/client_states?pagination.limit=1000'
    expect(items.filter(ibc.isMalformed).map((one) => one.problem)).toEqual([
      `${node.host}: ${path}: client_states[3].client_state.trusting_period: expected a duration such as 1209600s`,
    ])
    expect(problems).toEqual([expect.stringContaining(`${node.host}: ${path}: client_states[5].client_id: `)])
    expect(items.length).toBe(body.client_states.length - 1)
  })

  it('asks for half, and half again, where it is too much at once, goes on from the same key and remembers', async () => {
    const all = Array.from({ length: 700 }, (_, i) => ({
      id: `connection-${i}`,
      client_id: 'c',
      state: 'STATE_OPEN',
      counterparty: { client_id: '', connection_id: '' },
    }))
    let most = 300
    const { chain, node } = await chainOf((path) => {
      const query = new URL(path, 'http://x').searchParams
      const limit = Number(query.get('pagination.limit'))
      if (limit > most) return grpc(500, 2, 'out of gas: Query gas limit exceeded: 200000', at(100))
      const from = Number(Buffer.from(pageKey(path), 'base64').toString() || 0)
      const next = from + limit < all.length ? Buffer.from(String(from + limit)).toString('base64') : null
      if (from >= 250) most = 100
      return {
        headers: at(100),
        body: { connections: all.slice(from, from + limit), pagination: { next_key: next } },
      }
    })
    expect((await ibc.listConnections(chain)).items.length).toBe(700)
    const limits = node.asked.slice(1).map((path) => Number(/limit=(\d+)/.exec(path)![1]))
    expect(limits).toEqual([1000, 500, 250, 250, 250, 125, 62, 62, 62, 62])
    expect(chain.requests).toBe(11)
    await ibc.listConnections(chain)
    expect(node.asked[11]).toContain('limit=62')
  })

  it('says so when not even one fits', async () => {
    const { chain } = await chainOf(() => grpc(500, 13, '{ReadFlat}', at(100)))
    await expect(ibc.listChannels(chain)).rejects.toMatchObject({ kind: 'too-much' })
  })

  it('ends a walk that goes round, and says that it is not whole', async () => {
    const { chain, node } = await chainOf((path) => ({
      body: {
        client_states: [],
        pagination: {
          next_key: pageKey(path) === 'Yg==' ? 'YQ==' : pageKey(path) === 'YQ==' ? 'Yg==' : 'YQ==',
        },
      },
    }))
    const listed = await ibc.listClients(chain)
    expect(listed).toMatchObject({ items: [], cut: listed.problems[0] })
    const path = '/ibc/core/client/v1/client_states?pagination.limit=1000&pagination.key=Yg%3D%3D'
    expect(listed.problems).toEqual([
      `${node.host}: ${path}: client_states: the list ends too soon: the key of its next page has come before`,
    ])
    expect(node.asked.length).toBe(4)
  })

  it('encodes keys', async () => {
    const { chain, node } = await chainOf((path) => ({
      body: { channels: [], pagination: { next_key: pageKey(path) ? null : 'a+b/c=' } },
    }))
    await ibc.listChannels(chain, { pageSize: 5 })
    expect(node.asked[2]).toBe('/ibc/core/channel/v1/channels?pagination.limit=5&pagination.key=a%2Bb%2Fc%3D')
  })
})

describe('a list of which pages are lost', () => {
  const ends = Array.from({ length: 5 }, (_, i) => ({
    id: `connection-${i}`,
    client_id: `07-tendermint-${i}`,
    state: 'STATE_OPEN',
    counterparty: { client_id: '', connection_id: '' },
  }))
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const pageOf = (key: string, next: string | null) => {
    const from = key === '' ? 0 : Number(/\d+$/.exec(Buffer.from(key, 'base64').toString())![0])
    return {
      headers: at(100),
      body: {
        connections: ends.slice(from, from + 2),
        pagination: { next_key: next ?? (from + 2 < 5 ? base64(`/connection-${from + 2}`) : null) },
      },
    }
  }
  const empty = { headers: at(100), body: { connections: [], pagination: { next_key: null } } }
  const good = (path: string) => pageOf(pageKey(path), null)

  it.each<[string, (path: string) => Reply, number]>([
    ['a cache that gives page one for ever', () => pageOf('', null), 2],
    ['a key that comes again', (path) => pageOf(pageKey(path), base64('/connection-2')), 4],
    ['an empty page that was promised', (path) => (pageKey(path) === '' ? good(path) : empty), 2],
    [
      'an empty page amid the others',
      (path) =>
        pageKey(path) === base64('/connection-2')
          ? { ...empty, body: { connections: [], pagination: { next_key: base64('/connection-4') } } }
          : good(path),
      2,
    ],
    ['an empty last page', (path) => (pageKey(path) === base64('/connection-4') ? empty : good(path)), 4],
  ])('%s is no end', async (_, reply, items) => {
    const { chain } = await chainOf(reply)
    const listed = await ibc.listConnections(chain, { pageSize: 2 })
    expect(listed.items.length).toBe(items)
    expect(listed.cut).toContain('the list ends too soon')
    expect(listed.problems).toEqual([listed.cut])
  })

  it('that repeat what came before with a new key each time have an end', async () => {
    let asked = 0
    const { chain, node } = await chainOf(() => pageOf('', base64(`/connection-${++asked}`)))
    const listed = await ibc.listConnections(chain, { pageSize: 2 })
    expect(listed.items.length).toBe(2)
    expect(listed.cut).toContain('100 pages in a row bring nothing new')
    expect(node.asked.length).toBeLessThan(110)
  })

  it('is whole where another endpoint gives the page', async () => {
    const cached = await serving(pageOf('', null))
    const sound = await serving(good)
    for (const nodes of [
      [cached, sound],
      [sound, cached],
    ]) {
      const listed = await ibc.listConnections(pool(nodes), { pageSize: 2 })
      expect(listed).toMatchObject({ cut: null, problems: [] })
      expect(listed.items.length).toBe(5)
    }
  })

  it.each([
    ['a client', '/07-tendermint-7/clientState', true],
    ['a consensus state, behind which there may be no client', '/07-tendermint-7/consensusStates/1-5', false],
    ['what a client has of its connections', '/07-tendermint-7/connections', false],
  ])('is cut where the empty page was to begin with %s', async (_, key, cut) => {
    const { chain } = await chainOf((path) => ({
      body: { client_states: [], pagination: { next_key: pageKey(path) === '' ? base64(key) : null } },
    }))
    expect((await ibc.listClients(chain)).cut !== null).toBe(cut)
  })

  it('is no sum of balances', async () => {
    const { chain } = await chainOf((path) => ({
      body: {
        balances: pageKey(path) === '' ? [{ denom: 'uosmo', amount: '5' }] : [],
        pagination: { next_key: pageKey(path) === '' ? base64('ustake') : null },
      },
    }))
    await expect(readBalances(chain, 'osmo1x')).rejects.toMatchObject({ kind: 'body' })
  })
})

describe('connections and channels', () => {
  it.each(versionsWith('seq-connections-default'))('%s: every connection once', async (version) => {
    const { chain } = await chainOf(walk(recordingsOf(version).sequence('seq-connections-default')))
    const { items, problems } = await ibc.listConnections(chain)
    expect(problems).toEqual([])
    expect(new Set(items.map((one) => one.connectionId)).size).toBe(items.length)
    const states = Object.fromEntries(items.map((one) => [one.connectionId, one.state]))
    expect(states).toMatchObject({
      'connection-0': 'STATE_OPEN',
      'connection-1': 'STATE_INIT',
      'connection-2': 'STATE_TRYOPEN',
    })
  })

  it.each(versionsWith('connection-delay'))('%s: one connection', async (version) => {
    const { chain } = await chainOf(() => replay(recordingsOf(version).one('connection-delay')))
    expect(await ibc.readConnection(chain, 'connection-3')).toEqual({
      connectionId: 'connection-3',
      clientId: '07-tendermint-3',
      state: 'STATE_OPEN',
      counterparty: { clientId: '07-tendermint-9', connectionId: 'connection-9' },
    })
  })

  it.each(versionsWith('channels'))('%s: channels', async (version) => {
    const { chain } = await chainOf(() => replay(recordingsOf(version).one('channels')))
    const { items, problems } = await ibc.listChannels(chain)
    expect(problems).toEqual([])
    expect(items[0]).toEqual({
      channelId: 'channel-0',
      portId: 'transfer',
      state: 'STATE_OPEN',
      connectionId: 'connection-0',
      counterparty: { channelId: 'channel-10', portId: 'transfer' },
    })
  })

  it('has no channels for a connection that does not exist', async () => {
    const { chain, node } = await chainOf(() =>
      replay(recordingsOf('v8.8.0').one('connection_channels-unknown')),
    )
    expect((await ibc.readConnectionChannels(chain, 'connection-9999')).items).toEqual([])
    expect(node.asked[1]).toContain('/ibc/core/channel/v1/connections/connection-9999/channels?')
  })
})
