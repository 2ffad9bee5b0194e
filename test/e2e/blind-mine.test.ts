// A blind chain with clients that are mine: it is told, with the nearest deadline.
import { afterEach, describe, expect, it } from 'vitest'
import { closeWorlds, DAY, MINUTE, startWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY
const LONG = { trustingPeriodMs: 1000 * DAY }

describe('a chain that is not swept by itself but has clients that are mine', () => {
  it('is told of when these cannot be read, although it makes blocks', async () => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', { a: {}, b: LONG, trustingPeriodMs: PERIOD })
      },
      endpoints: { 'alpha-1': [{ only: /\/ibc\/core\/connection/, rewrite: () => '{}' }] },
      config: (base) => ({
        ...base,
        chains: base.chains.map((chain, index) =>
          index === 0
            ? { ...(chain as object), chainId: 'alpha-1', connections: 'none', mine: ['connection-0'] }
            : { ...(chain as object), chainId: 'beta-1', connections: 'none' },
        ),
      }),
    })
    await world.pass(15 * MINUTE)
    expect(world.lines()).toEqual([expect.stringMatching(/UNSEEN 1\d min: the clients of alpha-1/)])
  })
})

describe('the nearest deadline that a blind chain names', () => {
  it('is that of a client which alerts are about, the first after now', async () => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        const age = (ageMs: number, channels = 1) =>
          chains.openConnection('alpha-1', 'beta-1', {
            a: { ageMs, trustingPeriodMs: PERIOD },
            b: LONG,
            channels,
          })
        age(0.5 * PERIOD)
        age(0.3 * PERIOD)
        // Nobody's, and one that is over.
        age(0.7 * PERIOD, 0)
        age(1.2 * PERIOD)
      },
    })
    const { store } = world.app.clients
    const nearest = (about: 'live' | 'mine' | 'all', inMs = 0) =>
      store.deadlines({ chainId: 'alpha-1', alerts: { about } }, world.clock.now() + inMs)[0]?.clientId
    expect([nearest('live'), nearest('all'), nearest('mine')]).toEqual([
      '07-tendermint-0',
      '07-tendermint-2',
      undefined,
    ])
    // One that has passed unseen is named too, as long as it is the nearest.
    expect([nearest('live', 0.55 * PERIOD), nearest('live', 0.65 * PERIOD), nearest('live', PERIOD)]).toEqual(
      ['07-tendermint-0', '07-tendermint-1', '07-tendermint-1'],
    )
    world.chains.freeze('alpha-1', '07-tendermint-0')
    await world.sweep()
    expect(nearest('live')).toBe('07-tendermint-1')
  })
})

describe('a blind chain that names what is mine', () => {
  it.each([
    ['calls nobody for a stranger near its end', 'connection-1', 0],
    ['calls somebody for what is mine', 'connection-0', 1],
  ])('%s', async (_, mine, tags) => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        for (const ageMs of [0.95 * PERIOD, 0])
          chains.openConnection('alpha-1', 'beta-1', { a: { ageMs, trustingPeriodMs: PERIOD }, b: LONG })
      },
      config: (base) =>
        ({
          ...base,
          chains: base.chains.map((chain, index) =>
            index === 0 ? { ...(chain as object), mine: [mine] } : chain,
          ),
        }) as typeof base,
    })
    for (const endpoint of world.endpoints.get('alpha-1')!) endpoint.faults = { status: 502 }
    await world.pass(20 * MINUTE)
    const blind = world.posts().filter((post) => JSON.stringify(post).includes('BLIND'))
    expect(blind.map(({ mention_roles }) => mention_roles.length)).toEqual([tags])
  })
})
