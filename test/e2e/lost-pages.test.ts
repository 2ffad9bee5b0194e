// Lists of which pages are lost: what something names is read singly, and what may be missing is said, never silence.
import { afterEach, describe, expect, it } from 'vitest'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import { checked } from '../support/check.ts'
import { strike } from '../support/strike.ts'
import { closeWorlds, DAY, MINUTE, makeWorld, startWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY
const CLIENTS = /client_states\?/
const CONNECTIONS = /connection\/v1\/connections\?/
const CHANNELS = /channel\/v1\/channels\?/

/** `alpha-1` with so many clients, updated so long ago; each has a connection and a channel. */
const chainWith =
  (...ages: number[]) =>
  (chains: ChainWorld) => {
    for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
    for (const ageMs of ages)
      chains.openConnection('alpha-1', 'beta-1', {
        trustingPeriodMs: PERIOD,
        a: { ageMs },
        b: { trustingPeriodMs: 1000 * DAY },
      })
  }

type List = 'client_states' | 'connections' | 'channels'
type Item = { client_id?: string; id?: string; channel_id?: string }

/** The list without the items of these numbers. */
const without =
  (field: List, ...numbers: number[]) =>
  (body: string) => {
    const read = JSON.parse(body)
    const isLost = (item: Item) =>
      numbers.some((n) => (item.id ?? item.client_id ?? item.channel_id)!.endsWith(`-${n}`))
    return JSON.stringify({ ...read, [field]: read[field].filter((item: Item) => !isLost(item)) })
  }

const keyOf = (text: string) => Buffer.from(text).toString('base64')
/** The same page for ever. */
const again = (body: string) =>
  JSON.stringify({ ...JSON.parse(body), pagination: { next_key: keyOf('/07-tendermint-1/clientState') } })
/** A first page without the items of these numbers, and nothing behind the key that it promises. */
const broken =
  (field: List, key: string, ...numbers: number[]) =>
  (body: string, path: string) =>
    path.includes('pagination.key')
      ? JSON.stringify({ [field]: [], pagination: { next_key: null } })
      : JSON.stringify({
          ...JSON.parse(without(field, ...numbers)(body)),
          pagination: { next_key: keyOf(key) },
        })

/** `check`: the report of `alpha-1`, and the exit code with nothing but what could not be read. */
describe('check', () => {
  it('reads a client that a connection names and the list lacks', async () => {
    const world = await makeWorld({
      build: chainWith(0, 1.5 * PERIOD),
      endpoints: { 'alpha-1': [{ only: CLIENTS, rewrite: without('client_states', 1) }] },
    })
    const { clients, code } = await checked(world, 'warning')
    expect(code).toBe(1)
    expect(clients).toContainEqual(
      expect.objectContaining({ clientId: '07-tendermint-1', status: 'expired', attention: 'live' }),
    )
  })

  it('says that it cannot be read where it cannot', async () => {
    const world = await makeWorld({ build: chainWith(0, 1.5 * PERIOD) })
    const lost = /client_states\/07-tendermint-1/
    const cut = without('client_states', 1)
    strike(world, {
      only: new RegExp(`${CLIENTS.source}|${lost.source}`),
      rewrite: (body, path) => (lost.test(path) ? '{}' : cut(body)),
    })
    const { clients, code } = await checked(world, 'warning')
    expect(code).toBe(3)
    expect(clients).toContainEqual(
      expect.objectContaining({ clientId: '07-tendermint-1', severity: 'unreadable' }),
    )
  })

  it('reads a hundred of them, and says how many are left', async () => {
    const world = await makeWorld({
      build: chainWith(...Array.from({ length: 103 }, () => 0)),
      endpoints: {
        'alpha-1': [
          { only: CLIENTS, rewrite: (body) => JSON.stringify({ ...JSON.parse(body), client_states: [] }) },
        ],
      },
      // However busy the machine is: a guard against hanging.
      config: (base) => ({ ...base, limits: { requestsPerSecond: 1000, timeout: '60s' } }),
    })
    const { chain, clients, code } = await checked(world, 'warning')
    expect(code).toBe(3)
    expect(chain.reason).toContain('the list lacks 103 that are known or named, 3 of them were not read')
    expect(clients.filter(({ severity }) => severity === 'unreadable')).toHaveLength(3)
    expect(clients.filter(({ severity }) => severity === 'ok')).toHaveLength(100)
  })

  it('reads what is named as mine although the list lacks it', async () => {
    const world = await makeWorld({
      build(chains) {
        chainWith(0)(chains)
        chains.createClient('alpha-1', { tracks: 'beta-1', trustingPeriodMs: PERIOD, ageMs: 1.5 * PERIOD })
      },
      endpoints: { 'alpha-1': [{ only: CLIENTS, rewrite: without('client_states', 1) }] },
      config: (base) => ({
        ...base,
        chains: base.chains.map((chain, n) =>
          n === 0 ? { ...(chain as object), chainId: 'alpha-1', mine: ['07-tendermint-1'] } : chain,
        ),
      }),
    })
    expect((await checked(world, 'warning')).code).toBe(1)
  })

  it.each<[string, RegExp, (body: string, path: string) => string]>([
    ['a cache that repeats the page of clients', CLIENTS, again],
    ['an empty page of clients', CLIENTS, broken('client_states', '/07-tendermint-1/clientState')],
    ['a cache that repeats the page of connections', CONNECTIONS, again],
    ['an empty page of connections', CONNECTIONS, broken('connections', '/connection-1', 1)],
    ['a cache that repeats the page of channels', CHANNELS, again],
    ['an empty page of channels', CHANNELS, broken('channels', '/ports/transfer/channels/channel-1', 1)],
  ])('%s is a gap, not the end', async (_, only, rewrite) => {
    const world = await makeWorld({ build: chainWith(0, 0), endpoints: { 'alpha-1': [{ only, rewrite }] } })
    const { chain, clients, code } = await checked(world, 'warning')
    expect(code).toBe(3)
    expect(chain).toMatchObject({ status: 'ok', reason: expect.stringContaining('the list ends too soon') })
    expect(
      clients.filter(({ clientType, attention }) => clientType !== '09-localhost' && attention === 'live'),
    ).toHaveLength(2)
  })

  it('takes no list without channels for a chain without them', async () => {
    const world = await makeWorld({
      build: chainWith(0, 1.5 * PERIOD),
      endpoints: { 'alpha-1': [{ only: CHANNELS, rewrite: without('channels', 0, 1) }] },
    })
    const { chain, clients, code } = await checked(world, 'warning')
    expect(code).toBe(1)
    expect(chain.reason).toContain('channels: the list lacks channel-0')
    expect(clients).toContainEqual(
      expect.objectContaining({ clientId: '07-tendermint-1', status: 'expired', attention: 'live' }),
    )
  })

  it('is whole where another endpoint gives the page', async () => {
    const world = await makeWorld({
      build: chainWith(0, 0),
      endpoints: { 'alpha-1': [{ only: CLIENTS, rewrite: again }, {}] },
    })
    expect(await checked(world, 'warning')).toMatchObject({ code: 0, chain: { reason: null } })
  })
})

describe('the watch', () => {
  it('alarms about a client that the list has never had', async () => {
    const world = await startWorld({
      build: chainWith(0, 0.95 * PERIOD),
      endpoints: { 'alpha-1': [{ only: CLIENTS, rewrite: without('client_states', 1) }] },
    })
    expect(world.lines()).toEqual([expect.stringMatching(/^🟠 .*alpha-1 07-tendermint-1 /)])
  })

  it('tells of a client that was known, and is neither in the list nor to be read singly', async () => {
    const world = await startWorld({ build: chainWith(0, 0) })
    const lost = /client_states\/07-tendermint-1/
    const cut = without('client_states', 1)
    strike(world, {
      only: new RegExp(`${CLIENTS.source}|${lost.source}`),
      rewrite: (body, path) => (lost.test(path) ? '{}' : cut(body)),
    })
    await world.sweep()
    await world.pass(11 * MINUTE)
    await world.sweep()
    expect(world.lines()).toEqual([expect.stringMatching(/alpha-1 07-tendermint-1.*cannot be read/)])
  })

  it('reads what is mine first where the list lacks too many', async () => {
    const world = await startWorld({
      build: chainWith(...Array.from({ length: 103 }, () => 0)),
      // However busy the machine is: a guard against hanging.
      config: (base) => ({
        ...base,
        limits: { requestsPerSecond: 1000, timeout: '60s' },
        chains: base.chains.map((chain, n) =>
          n === 0 ? { ...(chain as object), chainId: 'alpha-1', mine: ['07-tendermint-99'] } : chain,
        ),
      }),
    })
    strike(world, {
      only: CLIENTS,
      rewrite: (body) => JSON.stringify({ ...JSON.parse(body), client_states: [] }),
    })
    world.chains.freeze('alpha-1', '07-tendermint-99')
    await world.sweep()
    expect(world.news()).toEqual([expect.stringMatching(/^🧊 FROZEN: alpha-1 07-tendermint-99/)])
  })

  it('tells that the list of clients is not whole, and goes on with what it has', async () => {
    const world = await startWorld({ build: chainWith(0, 0) })
    strike(world, { only: CLIENTS, rewrite: again })
    world.chains.freeze('alpha-1', '07-tendermint-0')
    await world.sweep()
    expect(world.news()).toEqual([expect.stringMatching(/^🧊 FROZEN: alpha-1 07-tendermint-0/)])
    await world.pass(11 * MINUTE)
    await world.sweep()
    expect(world.news()).toEqual([expect.stringMatching(/^⚫ UNSEEN 1\d min: the clients of alpha-1 /)])
    strike(world, {})
    await world.sweep()
    expect(world.news()).toEqual([
      expect.stringMatching(/^🟢 over: the clients of alpha-1 can be read again/),
    ])
  })

  it('keeps what is mine by its connection while the connections are not whole', async () => {
    const world = await startWorld({
      build: chainWith(0.85 * PERIOD),
      config: (base) => ({
        ...base,
        alerts: { ...base.alerts, about: 'mine' },
        chains: base.chains.map((chain, n) =>
          n === 0 ? { ...(chain as object), chainId: 'alpha-1', mine: ['connection-0'] } : chain,
        ),
      }),
    })
    expect(world.news()).toHaveLength(1)
    for (const rewrite of [again, () => '{}']) {
      strike(world, { only: CONNECTIONS, rewrite })
      await world.sweep()
    }
    expect(world.news()).toEqual([])
    expect(world.app.clients.store.client('alpha-1', '07-tendermint-0')).toMatchObject({ attention: 'mine' })
  })
})
