// Ways in which a watch could miss an alarm, raise a false one, or be silent because it could not look: each was found in a review.
import { afterEach, describe, expect, it } from 'vitest'
import { type Clock, sleepUntil } from '../../src/kernel/clock.ts'
import { closeWorlds, DAY, HOUR, MINUTE, makeWorld, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY
const LONG = { trustingPeriodMs: 1000 * DAY }
const CONSENSUS = /consensus_states/

const pings = (world: TestWorld) => world.posts().filter(({ mention_roles }) => mention_roles.length > 0)
const strike = (world: TestWorld, chainId: string, faults: object) => {
  for (const endpoint of world.endpoints.get(chainId)!) endpoint.faults = faults
}

describe('a first look that could not read everything', () => {
  it('stays quiet about what turns out to be lost already when it can be read', async () => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        for (let n = 0; n < 3; n++)
          chains.openConnection('alpha-1', 'beta-1', {
            a: { ageMs: 1.5 * PERIOD },
            b: LONG,
            trustingPeriodMs: PERIOD,
          })
      },
      endpoints: { 'alpha-1': [{ only: CONSENSUS, status: 500 }] },
    })
    strike(world, 'alpha-1', {})
    await world.pass(MINUTE)
    await world.sweep()
    expect(pings(world)).toEqual([])
    expect(world.lines().join('\n')).toMatch(/3 clients are expired already/)
  })

  it('writes nothing down of the requests that a stop broke off', async () => {
    const world = await makeWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        for (let n = 0; n < 3; n++)
          chains.openConnection('alpha-1', 'beta-1', {
            a: { ageMs: 1.5 * PERIOD },
            b: LONG,
            trustingPeriodMs: PERIOD,
          })
      },
      endpoints: { 'alpha-1': [{ only: CONSENSUS, hang: true }] },
      config: (base) => ({ ...base, limits: { requestsPerSecond: 1000, timeout: '10s' } }),
    })
    const starting = world.restart().catch(() => {})
    const asked = () => world.endpoints.get('alpha-1')![0]!.log.some(({ path }) => CONSENSUS.test(path))
    await expect.poll(asked, { timeout: 100_000 }).toBe(true)
    const { store } = world.app.clients
    await world.app.clients.watch.stop()
    expect(store.clients('alpha-1').filter(({ readMs }) => readMs === null)).toEqual([])
    await world.stop()
    await starting
  })
})

describe('one damaged row', () => {
  it('silences neither its own chain nor the others', async () => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', { a: {}, b: {}, trustingPeriodMs: PERIOD })
        chains.openConnection('alpha-1', 'beta-1', { a: LONG, b: LONG, trustingPeriodMs: PERIOD })
      },
    })
    await world.pass(MINUTE)
    world.app.database.sql.exec(
      "UPDATE clients SET connection_ids = '{', next_due_ms = 1 WHERE chain_id = 'alpha-1' AND client_id = '07-tendermint-1'",
    )
    await world.leap(0.85 * PERIOD)
    await world.pass(2 * MINUTE)
    const all = world.lines().join('\n')
    expect(all).toMatch(/alpha-1 07-tendermint-0/)
    expect(all).toMatch(/beta-1 07-tendermint-0/)
    await world.sweep()
    expect(world.lines().join('\n')).not.toMatch(/BLIND/)
    // The next reading wrote it anew.
    expect(world.app.clients.store.client('alpha-1', '07-tendermint-1')?.connectionIds).toEqual([
      'connection-1',
    ])
  })
})

describe('a clock that is set back by hours', () => {
  it('does not stop the looks at the newest blocks, and blindness is told', async () => {
    // The machine's clock, not that of the chains; a timer goes by how long it is, not by the time of day.
    let backMs = 0
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', { a: LONG, b: LONG })
      },
      app: ({ clock }) => {
        const at: Clock['at'] = (atMs, run) => clock.at(atMs + backMs, run)
        const now = () => clock.now() - backMs
        return { clock: { now, at, sleep: (ms, signal) => sleepUntil({ at }, now() + ms, signal) } }
      },
    })
    await world.pass(2 * MINUTE)
    strike(world, 'alpha-1', { html: 502 })
    await world.pass(2 * MINUTE)
    backMs = 5 * HOUR
    await world.pass(15 * MINUTE)
    expect(world.lines()).toEqual([expect.stringMatching(/⚫ BLIND 1\d min: alpha-1/)])
  })
})

describe('named connections', () => {
  const named = (connections: string[]) =>
    startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        for (let n = 0; n < 2; n++)
          chains.openConnection('alpha-1', 'beta-1', { a: {}, b: LONG, trustingPeriodMs: PERIOD })
      },
      config: (base) => ({
        ...base,
        chains: base.chains.map((chain, index) =>
          index === 0 ? { ...(chain as object), chainId: 'alpha-1', connections } : chain,
        ),
      }),
    })

  it('a client whose connection cannot be read for a while is still looked at', async () => {
    const world = await named(['connection-0', 'connection-1'])
    strike(world, 'alpha-1', { only: /connections\/connection-1/, rewrite: () => '{}' })
    world.chains.freeze('alpha-1', '07-tendermint-1')
    await world.pass(MINUTE)
    await world.sweep()
    expect(world.lines()).toEqual([expect.stringMatching(/FROZEN: alpha-1 07-tendermint-1/)])
  })

  it('a client that is named no more is alarmed about no more', async () => {
    const world = await named(['connection-0', 'connection-1'])
    const [alpha, beta] = world.settings.chains
    await world.restart({ ...world.settings, chains: [{ ...alpha!, connections: ['connection-0'] }, beta!] })
    await world.pass(MINUTE)
    await world.leap(0.85 * PERIOD)
    await world.pass(2 * MINUTE)
    const all = world.lines().join('\n')
    expect(all).toMatch(/alpha-1 07-tendermint-0/)
    expect(all).not.toMatch(/alpha-1 07-tendermint-1/)
  })
})

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

describe('a slow chain', () => {
  it('does not keep the others from being swept when the schedule says so', async () => {
    const world = await makeWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        for (let n = 0; n < 12; n++) chains.openConnection('alpha-1', 'beta-1', { a: LONG, b: LONG })
      },
      config: (base) => ({ ...base, schedule: { ...base.schedule, clients: '* * * * * *' } }),
    })
    const [alpha, beta] = world.settings.chains
    const slow = { ...alpha!, limits: { ...alpha!.limits, requestsPerSecond: 0.5 } }
    // It never comes to rest.
    const starting = world.restart({ ...world.settings, chains: [slow, beta!] }).catch(() => {})
    const lists = () =>
      world.endpoints.get('beta-1')![0]!.log.filter(({ path }) => path.includes('/client_states?')).length
    await expect.poll(lists, { timeout: 100_000 }).toBeGreaterThan(2)
    await world.stop()
    await starting
  })
})

describe('far ends', () => {
  it('are looked at after a restart, although the chain that names them cannot be read', async () => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', { a: LONG, b: LONG })
      },
      config: (base) => ({
        ...base,
        chains: base.chains.map((chain, index) =>
          index === 1 ? { ...(chain as object), chainId: 'beta-1', connections: 'none' } : chain,
        ),
      }),
    })
    strike(world, 'alpha-1', { html: 502 })
    await world.restart()
    world.chains.freeze('beta-1', '07-tendermint-0')
    await world.pass(MINUTE)
    await world.sweep()
    expect(world.lines()).toEqual([expect.stringMatching(/FROZEN: beta-1 07-tendermint-0/)])
  })

  it('stay watched while the connections that name them cannot be listed', async () => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', {
          a: LONG,
          b: { ageMs: 0.85 * PERIOD, trustingPeriodMs: PERIOD },
        })
      },
      config: (base) => ({
        ...base,
        chains: base.chains.map((chain, index) =>
          index === 1 ? { ...(chain as object), chainId: 'beta-1', connections: 'none' } : chain,
        ),
      }),
    })
    expect(world.news()).toEqual([expect.stringMatching(/^🟡 .*beta-1 07-tendermint-0/)])
    strike(world, 'alpha-1', { only: /connection\/v1\/connections/, rewrite: () => '{}' })
    await world.sweep()
    await world.pass(2 * MINUTE)
    await world.sweep()
    expect(world.news()).toEqual([])
    world.chains.freeze('beta-1', '07-tendermint-0')
    await world.pass(MINUTE)
    await world.sweep()
    expect(world.news()).toEqual([expect.stringMatching(/FROZEN: beta-1 07-tendermint-0/)])
  })

  it('have no connection without a name, also when both ends are mine', async () => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', { a: LONG, b: LONG })
      },
      config: (base) => ({
        ...base,
        chains: base.chains.map((chain, index) =>
          index === 1
            ? { ...(chain as object), chainId: 'beta-1', connections: 'none' }
            : { ...(chain as object), chainId: 'alpha-1', mine: ['connection-0'] },
        ),
      }),
    })
    await world.sweep()
    await world.sweep()
    expect(world.app.clients.store.client('alpha-1', '07-tendermint-0')?.connectionIds).toEqual([
      'connection-0',
    ])
  })
})

describe('a client that is read by itself while its chain is being swept', () => {
  it('is not told to be well again by what the sweep had read before', async () => {
    const world = await startWorld({
      hangs: true,
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', {
          a: { ageMs: 0.8 * PERIOD - 30_000, trustingPeriodMs: PERIOD },
          b: LONG,
        })
      },
    })
    // A new client keeps the sweep waiting, after it has read the list in which the other one is still well.
    world.chains.openConnection('alpha-1', 'beta-1', { a: LONG, b: LONG })
    const slow = /consensus_states\/07-tendermint-1/
    strike(world, 'alpha-1', { only: slow, hang: true })
    const sweeping = world.app.clients.watch.sweepAll()
    const asked = () => world.endpoints.get('alpha-1')![0]!.log.some(({ path }) => slow.test(path))
    await expect.poll(asked, { timeout: 100_000 }).toBe(true)
    world.chains.freeze('alpha-1', '07-tendermint-0')
    await world.clock.advance(45_000)
    await expect.poll(() => world.lines().length, { timeout: 100_000 }).toBe(1)
    strike(world, 'alpha-1', {})
    await sweeping
    await world.quiet()
    expect(world.lines()).toEqual([expect.stringMatching(/^🧊 FROZEN: alpha-1 07-tendermint-0/)])
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
    const nearest = (about: 'live' | 'mine' | 'all') =>
      store.nearestDeadline({ chainId: 'alpha-1', alerts: { about } }, world.clock.now())?.clientId
    expect([nearest('live'), nearest('all'), nearest('mine')]).toEqual([
      '07-tendermint-0',
      '07-tendermint-2',
      undefined,
    ])
  })
})

describe('a list that ends too soon', () => {
  it.each([
    ['channels', /channel\/v1\/channels/],
    ['connections', /connection\/v1\/connections/],
  ])('of %s makes nobody abandoned: alerts go on', async (field, only) => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', {
          a: { ageMs: 0.85 * PERIOD, trustingPeriodMs: PERIOD },
          b: LONG,
        })
      },
    })
    expect(world.news()).toHaveLength(1)
    const empty = (body: string) => JSON.stringify({ ...JSON.parse(body), [field]: [] })
    strike(world, 'alpha-1', { only, rewrite: empty })
    await world.sweep()
    expect(world.news()).toEqual([])
    expect(world.app.clients.watch.lastSweep('alpha-1')?.gaps).toEqual([
      expect.stringMatching(new RegExp(`^${field}: the list lacks `)),
    ])
    strike(world, 'alpha-1', {})
    await world.sweep()
    expect(world.app.clients.watch.lastSweep('alpha-1')?.gaps).toEqual([])
  })
})

describe('a chain that leaves the configuration', () => {
  it('takes its open alerts along, and is not asked any more', async () => {
    const world = await startWorld({
      build(chains) {
        for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
        chains.openConnection('alpha-1', 'beta-1', {
          a: { ageMs: 0.85 * PERIOD },
          b: LONG,
          trustingPeriodMs: PERIOD,
        })
      },
    })
    await world.pass(MINUTE)
    strike(world, 'alpha-1', { hang: true })
    expect(world.app.alerts.openAlerts().map(({ identity }) => identity)).toEqual([
      'ibc:alpha-1/07-tendermint-0',
    ])
    const { settings } = world
    const chains = settings.chains.filter(({ chainId }) => chainId !== 'alpha-1')
    await world.restart({ ...settings, chains })
    await world.pass(MINUTE)
    expect(world.app.alerts.openAlerts()).toEqual([])
    expect(world.app.clients.store.clients('alpha-1')).toEqual([])
    expect(world.lines().at(-1)).toMatch(/alpha-1 07-tendermint-0 .*#1$/)
    expect(world.posts().at(-1)!.mention_roles).toEqual([])
  })
})
