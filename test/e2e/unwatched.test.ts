// What is named and cannot be watched: the others are, it is told once, and nothing that is known of it is lost.
import { afterEach, describe, expect, it } from 'vitest'
import { serveChain } from '../../sandbox/chains/server.ts'
import { type ConfigInput, settingsOf } from '../../src/config/index.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { address, ask, check, walletWorld } from '../support/wallets.ts'
import { closeWorlds, DAY, MINUTE, startWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

/** On each of the two chains a client of the other one is about to expire. */
const twoChains = (more: Partial<Parameters<typeof startWorld>[0]> = {}) =>
  startWorld({
    build(chains) {
      chains.addChain({ chainId: 'alpha-1' })
      chains.addChain({ chainId: 'beta-1' })
      chains.openConnection('alpha-1', 'beta-1', {
        trustingPeriodMs: 14 * DAY,
        a: { ageMs: 12 * DAY },
        b: { ageMs: 12 * DAY },
      })
    },
    ...more,
  })

const rest = (world: TestWorld, chainId: string) => world.endpoints.get(chainId)!.map(({ url }) => url)

/** The settings of the world with other chains. */
const withChains = (world: TestWorld, chains: ConfigInput['chains'], more: Partial<ConfigInput> = {}) =>
  settingsOf({
    discord: { guildId: world.discord.guild.id },
    alerts: { mention: [world.role] },
    schedule: { clients: '0 0 31 12 *', wallets: '0 0 31 12 *', digest: '0 0 31 12 *' },
    limits: { requestsPerSecond: 1000, timeout: '500ms' },
    chains,
    ...more,
  })

const alpha = (world: TestWorld) => ({ chainId: 'alpha-1', rest: rest(world, 'alpha-1') })
const isKnown = (world: TestWorld, chainId: string) =>
  world.app.clients.store.client(chainId, '07-tendermint-0') !== null
const open = (world: TestWorld) => world.app.alerts.openAlerts().map(({ identity }) => identity)

describe('a chain that left the registry, or was never in it', () => {
  it.each([
    [
      'a word',
      'left-the-registry',
      'left-the-registry',
      /^⚪ withdrawn: left-the-registry is not named any more/,
    ],
    ['an object without endpoints', { chainId: 'beta-1' }, 'beta-1', /^🟢 over: beta-1 is watched/],
  ])(
    'as %s: the others are watched, it is told once with the mention, and what was open stays open',
    async (_, entry, word, over) => {
      const world = await twoChains()
      const before = open(world)
      expect(before.sort()).toEqual(['ibc:alpha-1/07-tendermint-0', 'ibc:beta-1/07-tendermint-0'])
      world.news()

      await world.restart(await withChains(world, [alpha(world), entry]))
      expect(world.news()).toEqual([
        word === 'beta-1'
          ? `⚠️ NOT WATCHED: beta-1 (chains[1].rest). Nothing is read there. Nearest known deadline in 2 d. ${world.role}`
          : `⚠️ NOT WATCHED: ${word} (chains[1]). Nothing is read there, and nobody is told of it ${world.role}`,
      ])
      expect(world.posts().at(-1)!.embeds[0]!.description).toMatch(
        word === 'beta-1'
          ? /^Nearest known .* go on by the clock/m
          : /^It may be beta-1, .* may expire Sun 22 Nov/m,
      )
      expect(open(world).sort()).toEqual([...before, `unwatched:${word}`])
      expect(isKnown(world, 'beta-1')).toBe(true)
      expect(world.log.some(({ msg, level }) => level === 50 && msg.includes('not watched'))).toBe(true)
      const status = await ask(world, 'prefix', 'status')
      expect(status).toContain(`Not watched: \`${word}\``)
      expect(await ask(world, 'slash', 'alerts')).toContain(`${word}, which is named and not watched`)

      // Neither the days nor restarts repeat it; the others' alarms come.
      await world.leap(1.5 * DAY)
      await world.restart(world.settings)
      const asOf = /^⚫ 12 h left: beta-1 07-tendermint-0 .*, as of the reading 35 h ago/
      // A word that was never read may have been any chain: what is known of none of them goes on.
      const goesOn = word === 'beta-1' ? [expect.stringMatching(asOf)] : []
      expect(world.news()).toEqual([...goesOn, expect.stringMatching(/^🟠 .*alpha-1 07-tendermint-0/)])
      expect(isKnown(world, 'beta-1')).toBe(true)

      await world.restart(
        await withChains(world, [alpha(world), { chainId: 'beta-1', rest: rest(world, 'beta-1') }]),
      )
      await world.sweep()
      const news = world.news()
      expect(news[0]).toMatch(over)
      expect(news[1]).toMatch(/^🟠 .*beta-1 07-tendermint-0/)
      expect(news).toHaveLength(2)
    },
  )

  it('of which it is known what it was: its deadlines go on by the clock, and it is listed', async () => {
    const world = await twoChains()
    const watched = { ...world.settings }
    watched.chains = watched.chains.map((one) => (one.chainId === 'beta-1' ? { ...one, word: 'beta' } : one))
    await world.restart(watched)
    world.news()
    const routes = [{ chains: ['beta'], webhook: 'BETA_WEBHOOK_URL', mention: [] }]
    const [channelId, beta] = [world.discord.addChannel('beta').id, 'beta-1 07-tendermint-0']
    world.secrets.BETA_WEBHOOK_URL = world.server.webhookUrl(world.discord.createWebhook(channelId))
    const routed = () => world.discord.messages(channelId)
    await world.restart(await withChains(world, [alpha(world), 'beta'], { alerts: { routes } }))
    expect(routed().map(({ content }) => content)).toEqual([expect.stringContaining('NOT WATCHED: beta')])
    expect(routed()[0]!.embeds[0]!.description).toContain(
      `Nearest known deadline: ${beta} may expire Sun 22 Nov 10:00 UTC, as of the reading <t:`,
    )
    await world.leap(1.5 * DAY)
    expect(routed().at(-1)!.content).toMatch(/^⚫ 12 h left: beta-1 .* as of the reading 35 h ago/)
    for (const word of ['data beta', 'data BETA-1', 'client 07-tendermint-0 beta', `client ${beta}`])
      expect(await ask(world, 'prefix', word), word).toMatch(/BLIND.*named and not watched/)
    expect(await ask(world, 'prefix', `register ${address(1)} beta 5`)).toMatch(
      /`beta` is not watched. chains\[1\]: "beta" is neither a name .*write the chain out/,
    )
    world.app.overviews.sendDigest()
    await world.quiet()
    expect(routed().at(-1)!.embeds[0]!.description).toMatch(/beta, which is named and not watched/)

    // That another one is not watched keeps nothing that was taken out.
    await world.restart(
      await withChains(world, ['beta', { chainId: 'gamma-1', rest: rest(world, 'alpha-1') }]),
    )
    expect(isKnown(world, 'alpha-1')).toBe(false)
    expect(isKnown(world, 'beta-1')).toBe(true)
    expect(open(world).filter((identity) => identity.startsWith('ibc:'))).toEqual([
      `ibc:beta-1/07-tendermint-0`,
    ])
  })

  it('is told although the database could not be written at the start', async () => {
    const world = await twoChains()
    world.news()
    await world.stop()
    const settings = await withChains(world, [alpha(world), 'gone-a'])
    const locked = openDatabase(world.dataDirectory, { nowMs: world.clock.now() })
    locked.sql.exec(
      "CREATE TRIGGER full BEFORE INSERT ON alert_states WHEN NEW.identity = 'unwatched:gone-a' BEGIN SELECT RAISE(FAIL, 'full'); END",
    )
    locked.close()
    await world.restart(settings)
    expect(world.news()).toEqual([])
    world.app.database.sql.exec('DROP TRIGGER full')
    await world.pass(2 * MINUTE)
    expect(world.news()).toEqual([expect.stringContaining('NOT WATCHED: gone-a')])
  })

  it('several are one message with one mention, and each is mended by itself', async () => {
    const world = await twoChains()
    world.news()
    const settings = await withChains(world, [alpha(world), 'gone-a', 'gone-b'])
    await world.restart(settings)
    const [told, ...more] = world
      .posts()
      .map(({ content }) => content)
      .slice(-1)
    expect(told!.split('\n').filter((line) => line.includes('NOT WATCHED'))).toHaveLength(2)
    expect(told!.match(/<@&\d+>/g)).toHaveLength(1)
    expect(more).toEqual([])
    world.news()
    await world.restart(await withChains(world, [alpha(world), 'gone-b']))
    expect(world.news()).toEqual([expect.stringMatching(/^⚪ withdrawn: gone-a/)])
  })

  it('is no reason to forget what it wants of the far ends of others', async () => {
    const world = await twoChains({
      config: (base) => ({
        ...base,
        chains: base.chains.map((chain) =>
          typeof chain === 'object' && chain.chainId === 'alpha-1'
            ? { ...chain, connections: 'none' as const }
            : chain,
        ),
      }),
    })
    expect(open(world)).toContain('ibc:alpha-1/07-tendermint-0')
    world.news()
    const far = { ...alpha(world), connections: 'none' as const }
    await world.restart(await withChains(world, [far, 'left-the-registry']))
    await world.sweep()
    await world.pass(2 * MINUTE)
    expect(open(world)).toContain('ibc:alpha-1/07-tendermint-0')
    expect(world.news().filter((line) => !line.startsWith('⚠️'))).toEqual([])
  })

  it('keeps the alerts about its wallets', async () => {
    const wallets = [{ address: address(1), threshold: '20' }]
    const world = await walletWorld({ hub: { wallets } })
    await check(world)
    expect(world.news()).toEqual([expect.stringContaining('🟡 LOW')])
    const osmo = {
      chainId: 'osmo-1',
      name: 'Osmosis',
      rest: rest(world, 'osmo-1'),
      connections: 'none' as const,
    }
    await world.restart(await withChains(world, [osmo, { chainId: 'hub-1', wallets }]))
    await check(world)
    expect(world.news()).toEqual([expect.stringContaining('⚠️ NOT WATCHED: hub-1')])
    expect(open(world).some((identity) => identity.startsWith('wallet:hub-1/'))).toBe(true)
    expect(await ask(world, 'slash', 'wallets')).toContain('1 wallet of `hub-1` (chains[1].rest): `/status`')
  })

  it('named by a route is said there, and its alert goes that way', async () => {
    const world = await twoChains()
    const routes = (chains: string[]) => ({
      alerts: { routes: [{ chains, webhook: 'OTHER_WEBHOOK_URL', mention: [] }] },
    })
    const settings = await withChains(
      world,
      [alpha(world), 'gone-a'],
      routes(['gone-a', 'gone_1-2', 'ALPHA-1']),
    )
    expect(settings.alerts.routes[0]!.chains).toEqual(['gone-a', 'gone_1-2', 'alpha-1'])
    expect(settings.doubts).toMatchObject([
      { place: 'alerts.routes[0].chains', reason: '"gone_1-2" is not one of the chains that can be watched' },
    ])
    await expect(withChains(world, [alpha(world)], routes(['gone_1-2']))).rejects.toThrow(
      'alerts.routes[0].chains: "gone_1-2" is not one of the chains',
    )
  })
})

describe("an object with endpoints whose id is another chain's name in the registry", () => {
  const named = (chainId: string, endpoints: Parameters<typeof startWorld>[0]['endpoints'] = {}) =>
    startWorld({
      endpoints,
      build(chains) {
        chains.addChain({ chainId })
        chains.addChain({ chainId: 'other-1' })
        chains.openConnection(chainId, 'other-1', { trustingPeriodMs: 14 * DAY, a: { ageMs: 12 * DAY } })
      },
      config: (base) => ({
        ...base,
        chains: [
          { chainId: 'osmosis', rest: (base.chains[0] as { rest: string[] }).rest },
          ...base.chains.slice(1),
        ],
      }),
    })

  it('is the chain that it says', async () => {
    const world = await named('osmosis')
    expect(world.lines()).toEqual([expect.stringMatching(/^🟡 .*: osmosis 07-tendermint-0/)])
    expect(isKnown(world, 'osmosis')).toBe(true)
    expect(world.app.alerts.openAlerts()).toHaveLength(1)
  })

  it('is the one in the registry where its endpoints serve that, over restarts without an endpoint too', async () => {
    const world = await named('osmosis-1')
    const warned = () => world.log.filter(({ msg }) => msg === 'the configuration is not as it seems')
    expect(world.news()).toEqual([expect.stringMatching(/^🟡 .*: Osmosis 07-tendermint-0/)])
    expect(isKnown(world, 'osmosis-1')).toBe(true)
    expect(warned()).toMatchObject([{ place: 'chains[0]', mend: "write chainId: 'osmosis-1'" }])
    expect(await ask(world, 'prefix', 'status')).toContain("write chainId: 'osmosis-1'")

    await world.endpoints.get('osmosis-1')![0]!.stop()
    await world.restart()
    expect(open(world)).toEqual(['ibc:osmosis-1/07-tendermint-0'])
    await world.pass(12 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^⚫ BLIND 1\d min: Osmosis/)])
    await world.leap(1.5 * DAY)
    expect(world.news()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^⚫ 11 h left: Osmosis 07-tendermint-0/)]),
    )
  })

  it('stays what it was while its endpoints serve a third one, and nothing that is known is lost', async () => {
    const world = await named('osmosis-1')
    world.news()
    await world.stop()
    const endpoints = world.endpoints.get('osmosis-1')!
    world.chains.addChain({ chainId: 'third-1' })
    const third = await serveChain(world.chains, 'third-1')
    endpoints.push(third)
    const [chain] = world.settings.undecided
    const at = (url: string) => ({
      ...world.settings,
      undecided: [
        {
          ...chain!,
          said: { ...chain!.said, rest: [{ url }] },
          registry: { ...chain!.registry, rest: [{ url }] },
        },
      ],
    })
    await world.restart(at(third.url))
    expect(open(world)).toEqual(['ibc:osmosis-1/07-tendermint-0'])
    expect(isKnown(world, 'osmosis-1')).toBe(true)
    await world.pass(12 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^⚫ BLIND 1\d min: Osmosis/)])
    await world.restart(at(endpoints[0]!.url))
    await world.pass(2 * MINUTE)
    expect(world.news()).toEqual([expect.stringMatching(/^🟢 .*Osmosis/)])
  })

  it('is neither as long as nobody answers at the first start, which is told in time; then it is swept at once', async () => {
    const world = await named('osmosis-1', { 'osmosis-1': [{ reset: true }] })
    expect(isKnown(world, 'other-1')).toBe(true)
    expect(world.lines()).toEqual([])
    await world.pass(11 * MINUTE)
    expect(world.news()).toEqual([expect.stringContaining('⚠️ NOT WATCHED: osmosis (chains[0])')])
    world.endpoints.get('osmosis-1')![0]!.faults.reset = undefined
    await world.pass(2 * MINUTE)
    const news = world.news()
    expect(news).toHaveLength(2)
    expect(news[0]).toMatch(/^🟢 over: osmosis is watched/)
    expect(news[1]).toMatch(/^🟡 .*: Osmosis 07-tendermint-0/)
  })
})
