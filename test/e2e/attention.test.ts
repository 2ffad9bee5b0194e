// Whose clients alerts are about, seen in the channel: named ones, those in use, far ends, IBC v2, and nobody else's.
import { afterEach, describe, expect, it } from 'vitest'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import type { ConfigInput } from '../../src/config/index.ts'
import { closeWorlds, DAY, MINUTE, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const PERIOD = 14 * DAY
const ENDANGERED = { trustingPeriodMs: PERIOD, ageMs: 0.95 * PERIOD }
const WELL = { trustingPeriodMs: 1000 * DAY }

/** Changes what the configuration says of chains, by chain id. */
const chains =
  (changes: Record<string, object>, alerts: object = {}) =>
  (base: ConfigInput): ConfigInput => ({
    ...base,
    alerts: { ...base.alerts, ...alerts },
    chains: base.chains.map((chain) =>
      typeof chain === 'string' ? chain : { ...chain, ...changes[chain.chainId] },
    ),
  })

/** On `alpha-1` four endangered clients over connections 0 to 3; the channels of the last two are closed. */
function four(world: ChainWorld): void {
  world.addChain({ chainId: 'alpha-1', version: 'v10' })
  world.addChain({ chainId: 'beta-1', version: 'v10' })
  for (const channelState of ['STATE_OPEN', 'STATE_OPEN', 'STATE_CLOSED', 'STATE_CLOSED']) {
    world.openConnection('alpha-1', 'beta-1', { channelState, a: ENDANGERED, b: WELL })
  }
}

/** The clients about which something was posted; `isCalled`: for which somebody was tagged. */
function told(world: TestWorld, isCalled = false): string[] {
  const rows = world.app.database.all<{ messages: string }>("SELECT messages FROM outbox WHERE kind = 'post'")
  const messages = rows.flatMap(
    ({ messages }) => JSON.parse(messages) as { identity: string; notice: { mention: boolean } }[],
  )
  const clients = messages
    .filter(({ notice }) => notice.mention || !isCalled)
    .map(({ identity }) => identity.replace(/^\w+:(.*)\/(.*)$/, '$1 $2'))
  return [...new Set(clients)].sort()
}
const called = (world: TestWorld) => told(world, true)

const alpha = (...numbers: number[]) => numbers.map((n) => `alpha-1 07-tendermint-${n}`)

describe('alerts are about', () => {
  it('clients in use, where nothing else is said', async () => {
    expect(called(await startWorld({ build: four }))).toEqual(alpha(0, 1))
  })

  it('clients that are named too, in use or not, and never ignored ones; then these alone call somebody', async () => {
    const config = chains({
      'alpha-1': { mine: ['07-tendermint-2', 'connection-3'], ignoreClients: ['07-tendermint-1'] },
    })
    const world = await startWorld({ build: four, config })
    expect(called(world)).toEqual(alpha(2, 3))
    expect(told(world)).toEqual(alpha(0, 2, 3))
    // It becomes one of those: somebody is called for it now.
    const { settings } = world
    const named = settings.chains.map((chain) =>
      chain.chainId === 'alpha-1' ? { ...chain, mine: [...chain.mine, 'connection-0'] } : chain,
    )
    await world.restart({ ...settings, chains: named })
    await world.sweep()
    expect(called(world)).toEqual(alpha(0, 2, 3))
  })

  it.each([
    ['cannot be had', { status: 500 as const }],
    ['lacks it', { rewrite: (body: string) => body.replaceAll('"connection-3"', '"connection-9"') }],
  ])(
    'what is mine by its connection, and calls somebody, also where the list of connections %s',
    async (_, fault) => {
      const world = await startWorld({
        build: four,
        endpoints: { 'alpha-1': [{ only: /connection\/v1\/connections\?/, ...fault }] },
        config: chains({ 'alpha-1': { mine: ['connection-3'] } }),
      })
      expect(called(world)).toEqual(alpha(3))
    },
  )

  it('and where nobody can know which client that is, says so', async () => {
    const down = { only: /connection\/v1\/connections/, status: 500 } as const
    const config = chains({ 'alpha-1': { mine: ['connection-3'] } }, { about: 'mine' })
    const world = await startWorld({ build: four, endpoints: { 'alpha-1': [down] }, config })
    const endpoint = world.endpoints.get('alpha-1')![0]!
    await world.pass(12 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/UNSEEN 1\d min: the clients of alpha-1/)])
    expect(JSON.stringify(world.posts())).toContain('which client of yours connection-3 is over')
    endpoint.faults = {}
    await world.sweep()
    expect(world.news().join()).toMatch(/tendermint-3 .*<@&.*over: the clients of alpha-1/)
    endpoint.faults = down
    await world.pass(12 * MINUTE)
    expect(world.news()).toEqual([])
  })

  it('far ends of strangers too, which call nobody where the near chain names its own', async () => {
    const build = (world: ChainWorld) => {
      for (const chainId of ['alpha-1', 'beta-1']) world.addChain({ chainId })
      for (let i = 0; i < 2; i++) world.openConnection('alpha-1', 'beta-1', { a: WELL, b: ENDANGERED })
    }
    const config = chains({ 'alpha-1': { mine: ['connection-1'] }, 'beta-1': { connections: 'none' } })
    const world = await startWorld({ build, config })
    expect(told(world)).toEqual(['beta-1 07-tendermint-0', 'beta-1 07-tendermint-1'])
    expect(called(world)).toEqual(['beta-1 07-tendermint-1'])
  })

  it('named ones alone, or all', async () => {
    const mine = chains({ 'alpha-1': { mine: ['connection-3'] } }, { about: 'mine' })
    expect(called(await startWorld({ build: four, config: mine }))).toEqual(alpha(3))
    expect(called(await startWorld({ build: four, config: chains({}, { about: 'all' }) }))).toEqual(
      alpha(0, 1, 2, 3),
    )
  })

  it('what was lost while they were not about it, once they are: claimed, its channel open, un-ignored', async () => {
    const lost = { trustingPeriodMs: 1000 * DAY, frozen: true }
    const world = await startWorld({
      build(world) {
        for (const chainId of ['alpha-1', 'beta-1']) world.addChain({ chainId })
        const open = 'STATE_OPEN'
        for (const channelState of ['STATE_CLOSED', 'STATE_CLOSED', open, open, 'STATE_CLOSED'])
          world.openConnection('alpha-1', 'beta-1', {
            channelState,
            a: { trustingPeriodMs: PERIOD },
            b: WELL,
          })
        for (const channelState of ['STATE_CLOSED', open])
          world.openConnection('alpha-1', 'beta-1', { channelState, a: lost, b: WELL })
      },
      config: chains({ 'alpha-1': { ignoreClients: ['07-tendermint-2', '07-tendermint-3'] } }),
    })
    // The last one in use was lost when it was first seen.
    expect(world.news()).toEqual([expect.stringMatching(/^⚪ First look at alpha-1: 1 client is frozen/)])
    world.chains.freeze('alpha-1', '07-tendermint-0')
    world.chains.freeze('alpha-1', '07-tendermint-2')
    world.chains.editClient('alpha-1', '07-tendermint-1', { trustingPeriodNs: 60_000_000_000n })
    await world.leap(10 * 60_000)
    await world.sweep()
    expect(world.news()).toEqual([])
    const host = world.chains.chain('alpha-1')
    host.channels.get('channel-1')!.state = 'STATE_OPEN'
    host.changed()
    await world.sweep()
    expect(world.news()).toEqual([expect.stringMatching(/^🔴 EXPIRED: alpha-1 07-tendermint-1 .*<@&/)])
    const { settings } = world
    const mine = ['07-tendermint-0', '07-tendermint-5']
    const claimed = settings.chains.map((one) =>
      one.chainId === 'alpha-1' ? { ...one, mine, ignoreClients: [] } : one,
    )
    await world.restart({ ...settings, chains: claimed })
    // Known as lost since the first look: in one line, and nobody is called.
    expect(world.news()).toEqual([
      expect.stringMatching(
        /^🧊 2 frozen on alpha-1.*<@&\d+>\n.*07-tendermint-[02](.|\n)*07-tendermint-[02]/,
      ),
      expect.stringMatching(/^⚪ Now watched on alpha-1: 1 client is frozen already; not alarmed/),
    ])
    await world.sweep()
    expect(world.news()).toEqual([])
  })

  it('the connections that are listed, which are then the only ones that are read', async () => {
    const config = chains({ 'alpha-1': { connections: ['connection-1', 'connection-2'] } })
    const world = await startWorld({ build: four, config })
    expect(called(world)).toEqual(alpha(1, 2))
    expect(world.app.clients.store.clients('alpha-1').map(({ clientId }) => clientId)).toEqual([
      '07-tendermint-1',
      '07-tendermint-2',
    ])
  })

  it('far ends on a chain that is there for nothing else', async () => {
    const world = await startWorld({
      build(world) {
        world.addChain({ chainId: 'alpha-1' })
        world.addChain({ chainId: 'beta-1' })
        world.openConnection('alpha-1', 'beta-1', { a: WELL, b: ENDANGERED })
        // On the far chain there is another one in danger, which is not ours to watch.
        world.createClient('beta-1', { tracks: 'gamma-1', ...ENDANGERED })
      },
      config: chains({ 'beta-1': { connections: 'none' } }),
    })
    expect(called(world)).toEqual(['beta-1 07-tendermint-0'])
    expect(world.app.clients.store.clients('beta-1').map(({ clientId }) => clientId)).toEqual([
      '07-tendermint-0',
    ])
  })

  it('a client of IBC v2, which has no connection and no channel', async () => {
    const world = await startWorld({
      build(world) {
        world.addChain({ chainId: 'alpha-1', version: 'v10' })
        world.addChain({ chainId: 'beta-1', version: 'v10' })
        for (const counterparty of ['07-tendermint-0', null, '07-tendermint-2']) {
          const id = world.createClient('alpha-1', { tracks: 'beta-1', ...ENDANGERED })
          if (counterparty) world.registerCounterparty('alpha-1', id, counterparty)
        }
      },
      config: chains({ 'alpha-1': { mine: ['07-tendermint-2'] } }),
    })
    // Where something is mine, nobody is called about what is not.
    expect(called(world)).toEqual(alpha(2))
    // Of one that is somebody's it is asked too.
    await world.leap(0.05 * PERIOD)
    await world.pass(60_000)
    const text = JSON.stringify(world.posts().slice(-1))
    expect(text).toContain('EXPIRED: alpha-1 07-tendermint-2')
    expect(text.match(/IBC v2: packets go from client to client/g)).toHaveLength(2)
    expect(world.app.clients.store.client('alpha-1', '07-tendermint-2')!.attention).toBe('mine')
  })

  it('clients whose channels are flushed for an upgrade, as those in use that they are', async () => {
    const world = await startWorld({
      build(world) {
        for (const chainId of ['alpha-1', 'beta-1']) world.addChain({ chainId })
        for (const channelState of ['STATE_FLUSHING', 'STATE_FLUSHCOMPLETE', 'STATE_INIT', 'STATE_CLOSED'])
          world.openConnection('alpha-1', 'beta-1', { channelState, a: ENDANGERED, b: WELL })
      },
    })
    expect(called(world)).toEqual(alpha(0, 1))
    expect(JSON.stringify(world.posts())).not.toContain('no open channel')
  })

  it('what is known of channels while they cannot be read, and says from when', async () => {
    const world = await startWorld({
      build(world) {
        for (const chainId of ['alpha-1', 'beta-1']) world.addChain({ chainId })
        const a = { trustingPeriodMs: PERIOD, ageMs: 0.75 * PERIOD }
        world.openConnection('alpha-1', 'beta-1', { a, b: WELL })
      },
    })
    const readS = Math.floor(world.clock.now() / 1000)
    const [endpoint] = world.endpoints.get('alpha-1')!
    endpoint!.faults = { only: /channel\/v1\/channels/, html: 404 }
    await world.leap(60_000)
    await world.sweep()
    await world.leap(0.1 * PERIOD)
    const description = () => world.posts().at(-1)!.embeds[0]!.description!
    expect(description()).toContain(`· 1 open channel as of <t:${readS}:R>, not readable since ·`)
    endpoint!.faults = {}
    await world.sweep()
    await world.leap(0.1 * PERIOD)
    expect(description()).toContain('· 1 open channel ·')
  })

  it('clients of every other type by what their chain says of them', async () => {
    const world = await startWorld({
      build(world) {
        world.addChain({ chainId: 'alpha-1', version: 'v11' })
        world.addChain({ chainId: 'beta-1', version: 'v11' })
        for (const type of ['08-wasm', 'attestations', '06-solomachine', '77-martian']) {
          const clientId = world.createClient('alpha-1', { type, id: `${type}-0` })
          world.openConnection('alpha-1', 'beta-1', { a: { clientId }, b: WELL })
        }
      },
    })
    expect(world.lines()).toEqual([])
    world.chains.editClient('alpha-1', '08-wasm-0', { status: 'Expired' })
    for (const id of ['attestations-0', '06-solomachine-0', '77-martian-0'])
      world.chains.freeze('alpha-1', id)
    await world.pass(60_000)
    await world.sweep()
    const text = JSON.stringify(world.posts())
    expect(text).toMatch(/EXPIRED: alpha-1 08-wasm-0/)
    for (const id of ['attestations-0', '06-solomachine-0', '77-martian-0'])
      expect(text).toContain(`FROZEN: alpha-1 ${id}`)
  })

  it('a client of which its chain says "Unknown": unreadable since then, told as that, and over when it says more', async () => {
    const world = await startWorld({
      build(world) {
        for (const chainId of ['alpha-1', 'beta-1']) world.addChain({ chainId, version: 'v11' })
        for (const [id, status] of [
          ['08-wasm-0', 'Active'],
          ['77-martian-0', 'Unknown'],
        ] as const) {
          const clientId = world.createClient('alpha-1', { type: id.slice(0, -2), id })
          world.openConnection('alpha-1', 'beta-1', { a: { clientId }, b: WELL })
          world.editClient('alpha-1', id, { status })
        }
      },
    })
    world.chains.editClient('alpha-1', '08-wasm-0', { status: 'Unknown' })
    await world.sweep()
    await world.pass(9 * 60_000)
    await world.sweep()
    expect(world.news()).toEqual([])
    await world.pass(2 * 60_000)
    await world.sweep()
    const news = world.news().join('\n')
    expect(news).toMatch(
      /UNSEEN 11 min: alpha-1 77-martian-0 cannot be read, its chain can\. It was never read/,
    )
    expect(news).toMatch(/UNSEEN 11 min: alpha-1 08-wasm-0 .*By its last reading it is active; no forecast/)
    expect(JSON.stringify(world.posts())).toContain('\\"Unknown\\" is all that its chain says of it')
    expect(news).not.toContain('<@')
    expect(world.app.clients.watch.lastSweep('alpha-1')!.unreadable).toBe(2)
    world.chains.editClient('alpha-1', '08-wasm-0', { status: 'Active' })
    world.chains.editClient('alpha-1', '77-martian-0', { status: 'Active' })
    await world.sweep()
    expect(world.news().join('\n')).toMatch(
      /over: .*(08-wasm-0(.|\n)*77-martian-0|77-martian-0(.|\n)*08-wasm-0)/,
    )
    expect(world.app.alerts.openAlerts()).toEqual([])
  })

  it('a type that the chain does not allow any more', async () => {
    const world = await startWorld({
      build(world) {
        world.addChain({ chainId: 'alpha-1', version: 'v10' })
        world.addChain({ chainId: 'beta-1' })
        world.openConnection('alpha-1', 'beta-1', { a: { trustingPeriodMs: PERIOD }, b: WELL })
      },
    })
    const host = world.chains.chain('alpha-1')
    host.allowedClients = ['06-solomachine']
    host.changed()
    await world.sweep()
    expect(world.news()).toEqual([expect.stringMatching(/UNAUTHORIZED: alpha-1 07-tendermint-0/)])
    host.allowedClients = ['*']
    host.changed()
    await world.sweep()
    expect(world.news()).toEqual([expect.stringMatching(/over: .*07-tendermint-0.* is active again/)])
  })
})
