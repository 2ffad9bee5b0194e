// One broken thing does not make a chain unreadable: what can be read is read, and what cannot is said in the node's words.
import { afterEach, describe, expect, it } from 'vitest'
import { GrpcError } from '../../sandbox/chains/answer.ts'
import type { Faults } from '../../sandbox/chains/server.ts'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import { checked } from '../support/check.ts'
import { strike } from '../support/strike.ts'
import { closeWorlds, DAY, MINUTE, makeWorld, startWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY
const LONG = { trustingPeriodMs: 1000 * DAY }

/** `alpha-1` with so many clients, updated so long ago; each has a connection and a channel to `beta-1`. */
const chainWith =
  (...ages: number[]) =>
  (chains: ChainWorld) => {
    for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId, version: 'v10' })
    for (const ageMs of ages)
      chains.openConnection('alpha-1', 'beta-1', { trustingPeriodMs: PERIOD, a: { ageMs }, b: LONG })
  }

const says = (code: number, message: string) => () => {
  throw new GrpcError(code, message)
}
const UNREGISTERED =
  'no concrete type registered for type URL /ibc.lightclients.new.v1.ClientState against interface *exported.ClientState'
const BROKEN: Faults = { only: /client_states\?/, rewrite: says(2, UNREGISTERED) }

type Item = { client_id?: string; id?: string; channel_id?: string }
/** Lists, of any kind, without what has these ids. */
const without = (...ids: string[]): Faults => ({
  only: /(client_states|connections|channels)\?/,
  rewrite: (body) => {
    const read = JSON.parse(body) as Record<string, unknown>
    const isThere = (item: Item) => !ids.includes((item.id ?? item.client_id ?? item.channel_id)!)
    const lists = Object.entries(read).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.filter(isThere) : value,
    ])
    return JSON.stringify(Object.fromEntries(lists))
  },
})
/** As `without`, of the whole lists alone: what is asked about one connection is answered. */
const lists = (fault: Faults): Faults => ({
  ...fault,
  only: /v1\/(client_states|connections|channels)\?/,
})

const checkedWith = async (fault: Faults, ages: number[]) =>
  checked(await makeWorld({ build: chainWith(...ages), endpoints: { 'alpha-1': [fault] } }), 'expired')

describe('check', () => {
  it('reads what connections name where one client breaks the list, and quotes the node', async () => {
    const well = await checkedWith(BROKEN, [0, 0])
    expect(well.code).toBe(3)
    expect(well.chain).toMatchObject({ status: 'ok', reason: expect.stringContaining(UNREGISTERED) })
    expect(well.clients.map(({ severity, attention }) => [severity, attention])).toEqual([
      ['ok', 'live'],
      ['ok', 'live'],
    ])
    expect((await checkedWith(BROKEN, [0, 1.5 * PERIOD])).code).toBe(1)
  })

  it('is of no chain where nothing else can be read either', async () => {
    const { chain, code } = await checkedWith(
      { only: /\/ibc\/core\//, rewrite: says(2, UNREGISTERED) },
      [0, 0],
    )
    expect([chain.status, code]).toEqual(['unreadable', 3])
    expect(chain.reason).toContain(UNREGISTERED)
  })

  it.each<[string, Faults]>([
    ['whose latest block is too large', { only: /blocks\//, maxMessageBytes: 100 }],
    ['whose front refuses blocks', { only: /blocks\//, html: 403 }],
    ['whose gateway has not the time for long pages', { only: /limit=\d{3}/, status: 504 }],
    ['whose operator caps pages', { only: /limit=\d{2}/, rewrite: says(3, 'limit is too large, at most 9') }],
    ['whose front answers lists alone', { only: /connections\/c|\/ports\/|client_states\/0/, html: 502 }],
    ['without params', { only: /client\/v1\/params/, rewrite: says(12, 'Not Implemented') }],
    ['whose front does not know params', { only: /client\/v1\/params/, html: 404 }],
  ])('is complete of a chain %s', async (_, fault) => {
    const { chain, clients, code } = await checkedWith(fault, Array(12).fill(0))
    expect({ code, chain }).toMatchObject({ code: 0, chain: { status: 'ok', reason: null } })
    expect(clients.filter(({ severity }) => severity === 'ok')).toHaveLength(12)
  })

  it('finds a client that only a channel leads to', async () => {
    const { chain, clients, code } = await checkedWith(lists(without('connection-1', '07-tendermint-1')), [
      0,
      1.5 * PERIOD,
    ])
    expect(code).toBe(1)
    expect(clients.map(({ clientId }) => clientId)).toContain('07-tendermint-1')
    expect(chain.reason).toContain('connections: the list lacks connection-1')
  })

  it.each<[string, string[], string]>([
    ['one channel', ['channel-1'], 'channels: the list lacks channel-1'],
    [
      'all connections',
      ['connection-0', 'connection-1', 'connection-2'],
      'connections: the list lacks connection-0 and 2 more that are known of',
    ],
    [
      'a connection with its channel',
      ['connection-0', 'channel-0'],
      'connections: the list lacks connection-0',
    ],
    [
      'all connections and channels',
      [0, 1, 2].flatMap((n) => [`connection-${n}`, `channel-${n}`]),
      'connections: the list lacks connection-',
    ],
  ])('is not complete where the lists lack %s', async (_, ids, reason) => {
    const { chain, code } = await checkedWith(lists(without(...ids)), [0, 0, 0])
    expect(code).toBe(3)
    expect(chain.reason).toContain(reason)
  })

  it.each<[string, string[], string | null]>([
    ['one of two channels of a connection', ['channel-0'], 'channels: the list lacks channel-0'],
    ['the last channel', ['channel-3'], 'channels: the list lacks channel-3'],
    ['a connection without channels', ['connection-1'], 'connections: the list lacks connection-1'],
    ['the last connection', ['connection-2', 'channel-2', 'channel-3'], 'the list lacks connection-2'],
    ['a client that nothing names, which is read', ['07-tendermint-3'], null],
  ])('counts: where the lists lack %s', async (_, ids, reason) => {
    const world = await makeWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        for (const channels of [2, 0, 2]) chains.openConnection('alpha-1', 'beta-1', { channels, b: LONG })
        chains.createClient('alpha-1', { tracks: 'beta-1', trustingPeriodMs: PERIOD })
      },
      endpoints: { 'alpha-1': [lists(without(...ids))] },
    })
    const { chain, clients, code } = await checked(world, 'expired')
    expect({ code, reason: chain.reason }).toEqual(
      reason === null ? { code: 0, reason } : { code: 3, reason: expect.stringContaining(reason) },
    )
    expect(clients.filter(({ clientType }) => clientType === '07-tendermint')).toHaveLength(4)
  })

  it('is complete of a chain whose clients, connections and channels have nothing to do with each other', async () => {
    const world = await makeWorld({
      build(chains) {
        chainWith(0)(chains)
        chains.createClient('alpha-1', { tracks: 'beta-1', trustingPeriodMs: PERIOD })
        chains.openConnection('alpha-1', 'beta-1', { trustingPeriodMs: PERIOD, b: LONG, channels: 0 })
      },
    })
    expect(await checked(world, 'expired')).toMatchObject({ code: 0, chain: { reason: null } })
  })

  it('reads the other end of a named connection of a chain with itself', async () => {
    const world = await makeWorld({
      build(chains) {
        chains.addChain({ chainId: 'alpha-1' })
        chains.openConnection('alpha-1', 'alpha-1', { trustingPeriodMs: PERIOD, b: { ageMs: 1.5 * PERIOD } })
      },
      config: (base) => ({
        ...base,
        chains: base.chains.map((chain) => ({
          ...(chain as object),
          connections: ['connection-0'],
        })) as never,
      }),
    })
    const { clients, code } = await checked(world, 'expired')
    expect(clients.map(({ clientId, status }) => [clientId, status]).sort()).toEqual([
      ['07-tendermint-0', 'active'],
      ['07-tendermint-1', 'expired'],
    ])
    expect(code).toBe(1)
  })
})

describe('the watch', () => {
  it('alarms of a chain whose list of clients is broken, and says that it is', async () => {
    const world = await startWorld({
      build: chainWith(0, 0.95 * PERIOD),
      endpoints: { 'alpha-1': [BROKEN] },
    })
    expect(world.lines()).toEqual([expect.stringMatching(/^🟠 .*alpha-1 07-tendermint-1 /)])
    world.news()
    await world.pass(11 * MINUTE)
    await world.sweep()
    expect(world.news()).toEqual([expect.stringMatching(/^⚫ UNSEEN 1\d min: the clients of alpha-1 /)])
    strike(world, {})
    await world.sweep()
    expect(world.news()).toEqual([
      expect.stringMatching(/^🟢 over: the clients of alpha-1 can be read again/),
    ])
  })

  it.each([
    ['fails', says(2, 'codespace sdk code 1: internal'), true],
    ['is not known to its endpoint’s proxy', says(12, 'Not Implemented'), true],
    ['does not exist', says(5, 'connection not found'), false],
  ])('of named connections says that one %s, where its client was never seen', async (_, rewrite, isSaid) => {
    const world = await startWorld({
      build: chainWith(0, 0),
      endpoints: { 'alpha-1': [{ only: /connections\/connection-1(\?|$)/, rewrite }] },
      config: (base) => ({
        ...base,
        // Or the client would be known from the far end.
        chains: base.chains.map((chain, index) => ({
          ...(chain as object),
          connections: index === 0 ? ['connection-0', 'connection-1'] : ['connection-0'],
        })) as never,
      }),
    })
    await world.pass(11 * MINUTE)
    await world.sweep()
    const unseen = expect.stringMatching(/^⚫ UNSEEN 1\d min: the clients of alpha-1 /)
    expect(world.news()).toEqual(isSaid ? [unseen] : [])
    strike(world, {})
    await world.sweep()
    expect(world.news()).toEqual(isSaid ? [expect.stringMatching(/^🟢 over: the clients of alpha-1/)] : [])
    strike(world, { only: /connections\/connection-1(\?|$)/, rewrite })
    await world.pass(11 * MINUTE)
    await world.sweep()
    expect(world.news()).toEqual([])
  })
})
