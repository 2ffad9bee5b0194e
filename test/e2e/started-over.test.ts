// A chain that starts again under the same id is read anew: what was known of its clients turns no alarm into old news.
import { afterEach, describe, expect, it } from 'vitest'
import { serveChain } from '../../sandbox/chains/server.ts'
import type { ClientSpec } from '../../sandbox/chains/world.ts'
import { closeWorlds, DAY, HOUR, MINUTE, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY
const ID = '07-tendermint-0'

/** `alpha-1` with clients of these kinds, in this order, and `beta-1`, which they track. */
async function watched(...clients: Partial<ClientSpec>[]) {
  const world = await startWorld({
    build(chains) {
      for (const chainId of ['alpha-1', 'beta-1']) chains.addChain({ chainId })
      for (const a of clients)
        chains.openConnection('alpha-1', 'beta-1', {
          trustingPeriodMs: PERIOD,
          a,
          b: { trustingPeriodMs: 1000 * DAY },
        })
    },
  })
  await world.pass(2 * MINUTE)
  world.news()
  return world
}

const lost = (world: TestWorld) => world.news().filter((line) => /FROZEN|EXPIRED|already/.test(line))
const host = (world: TestWorld) => world.chains.chain('alpha-1')
const expire = (world: TestWorld) =>
  world.chains.editClient('alpha-1', ID, { trustingPeriodNs: 60_000_000_000n })

describe('a chain that started over', () => {
  it('alarms about a client that was well before and is expired there', async () => {
    const world = await watched({})
    expire(world)
    host(world).startOver(5)
    await world.pass(3 * MINUTE)
    expect(lost(world)).toEqual([expect.stringMatching(/^🔴 EXPIRED: alpha-1 07-tendermint-0 .*<@&\d+>$/)])
    await world.pass(5 * MINUTE)
    await world.sweep()
    expect(lost(world)).toEqual([])
  })

  it('alarms about one whose alert was open, and does not repeat one that was told', async () => {
    const world = await watched({ ageMs: 0.95 * PERIOD }, {})
    world.chains.freeze('alpha-1', '07-tendermint-1')
    await world.sweep()
    expect(lost(world)).toEqual([expect.stringMatching(/FROZEN: alpha-1 07-tendermint-1/)])
    expire(world)
    host(world).startOver(5)
    await world.pass(3 * MINUTE)
    expect(lost(world)).toEqual([expect.stringMatching(/EXPIRED: alpha-1 07-tendermint-0/)])
    expect(world.app.alerts.openAlerts().map(({ identity }) => identity)).toEqual([
      'ibc:alpha-1/07-tendermint-0',
      'ibc:alpha-1/07-tendermint-1',
    ])
  })

  it('stays quiet about what was lost already when it was first looked at', async () => {
    const world = await watched({ ageMs: 1.5 * PERIOD })
    host(world).startOver(5)
    await world.pass(3 * MINUTE)
    expect(world.posts().filter(({ content }) => /EXPIRED/.test(content))).toEqual([])
  })

  it('ends the alerts about clients that it does not have any more', async () => {
    const world = await watched({ ageMs: 0.85 * PERIOD })
    host(world).clients.clear()
    host(world).connections.clear()
    host(world).channels.clear()
    host(world).startOver(5)
    await world.pass(3 * MINUTE)
    expect(world.news()).toContainEqual(expect.stringMatching(/^⚪ withdrawn: alpha-1 07-tendermint-0/))
    expect(world.app.alerts.openAlerts()).toEqual([])
    expect(world.app.clients.store.client('alpha-1', ID)).toBeNull()
  })

  it('goes on by the clock while its clients cannot be read', async () => {
    const world = await watched({ ageMs: 0.8 * PERIOD - 2 * HOUR })
    host(world).startOver(5)
    world.endpoints.get('alpha-1')![0]!.faults = { only: /^\/ibc\//, status: 500 }
    // Each look at a chain that answers so takes seconds of real time.
    await world.pass(MINUTE)
    await world.leap(2 * HOUR)
    await world.pass(MINUTE)
    expect(world.news()).toContainEqual(
      expect.stringMatching(/67 h left: alpha-1 07-tendermint-0 .* as of the reading/),
    )
  })

  it('goes on under the next revision of its id: what was lost meanwhile is news, and nothing is told twice', async () => {
    const world = await watched({}, {}, { ageMs: 0.85 * PERIOD }, {})
    const before = host(world)
    world.chains.freeze('alpha-1', '07-tendermint-3')
    await world.sweep()
    expect(lost(world)).toEqual([expect.stringMatching(/FROZEN: alpha-1 07-tendermint-3/)])
    const after = world.chains.addChain({ chainId: 'alpha-2' })
    for (const part of ['clients', 'connections', 'channels'] as const)
      for (const [id, one] of before[part]) (after[part] as Map<string, unknown>).set(id, one)
    world.chains.editClient('alpha-2', ID, { trustingPeriodNs: 60_000_000_000n })
    // Another client has its id there, and was lost before anybody looked.
    after.clients.delete('07-tendermint-1')
    world.chains.createClient('alpha-2', { id: '07-tendermint-1', tracks: 'gamma-1', trustingPeriodMs: 1000 })
    const endpoint = await serveChain(world.chains, 'alpha-2', {})
    world.endpoints.set('alpha-2', [endpoint])
    const { settings } = world
    const chains = settings.chains.map((one) =>
      one.chainId === 'alpha-1'
        ? { ...one, chainId: 'alpha-2', name: 'alpha-2', rest: [{ url: endpoint.url }] }
        : one,
    )
    await world.stop()
    world.news()
    await world.clock.advance(3 * MINUTE)
    await world.restart({ ...settings, chains })
    await world.pass(3 * MINUTE)
    expect(lost(world)).toEqual([
      expect.stringMatching(/^🔴 EXPIRED: alpha-2 07-tendermint-0 .*<@&/),
      expect.stringMatching(/^⚪ .* alpha-2: 1 client is expired already/),
    ])
    expect(world.app.alerts.openAlerts().map(({ identity }) => identity)).toEqual([
      'ibc:alpha-2/07-tendermint-2',
      'ibc:alpha-2/07-tendermint-3',
      'ibc:alpha-2/07-tendermint-0',
      'ibc:alpha-2/07-tendermint-1',
    ])
    expect(world.app.clients.store.chainIds()).toEqual(['alpha-2', 'beta-1'])
  })

  it('was another chain for a while: what the first one lost meanwhile is told when it is back', async () => {
    const world = await watched({}, { ageMs: 0.85 * PERIOD })
    const before = host(world)
    const kept = [new Map(before.clients), new Map(before.connections), new Map(before.channels)] as const
    const height = before.height
    before.clients.clear()
    before.connections.clear()
    before.channels.clear()
    before.startOver(5)
    await world.pass(3 * MINUTE)
    expect(lost(world)).toEqual([])
    for (const [id, one] of kept[0]) before.clients.set(id, one)
    for (const [id, one] of kept[1]) before.connections.set(id, one)
    for (const [id, one] of kept[2]) before.channels.set(id, one)
    expire(world)
    world.chains.freeze('alpha-1', '07-tendermint-1')
    before.startOver(height + 100)
    await world.pass(MINUTE)
    await world.sweep()
    const told = lost(world).join('\n')
    expect(told).toMatch(/EXPIRED: alpha-1 07-tendermint-0/)
    expect(told).toMatch(/FROZEN: alpha-1 07-tendermint-1/)
    expect(told).toContain('<@&')
  })
})
