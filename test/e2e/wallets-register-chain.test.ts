// `register_chain` by both doors: a chain is known at once and after a restart; what is not trusted is refused.
import { afterEach, describe, expect, it } from 'vitest'
import type { ChainWorld } from '../../sandbox/chains/world.ts'
import { settingsOf } from '../../src/config/index.ts'
import {
  addAdmin,
  address,
  ask,
  chainOf,
  check,
  DOORS,
  registrations,
  walletWorld,
} from '../support/wallets.ts'
import { closeWorlds, HOUR, MINUTE, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const JUNO = address(1, 'juno')

/** Hub and Osmosis are configured; `juno-1` is there, and nobody has named it. */
const withJuno = (config: object = { chainsFromChannel: { allowHttpLoopback: true } }, more = {}) =>
  walletWorld({
    unnamed: ['juno-1'],
    config,
    build(chains: ChainWorld) {
      chains.addChain({ chainId: 'juno-1', bondDenom: 'ujuno', bech32Prefix: 'juno' })
      chainOf({ chains } as TestWorld, 'juno-1').setBalance(JUNO, 'ujuno', 3_000_000n)
    },
    ...more,
  })

const urlOf = (world: TestWorld, chainId = 'juno-1') => world.endpoints.get(chainId)![0]!.url
const kept = (world: TestWorld) =>
  world.app.database.sql
    .prepare('SELECT chain_id, name, rest, symbol, denom, decimals, prefix, added_by FROM registered_chains')
    .all()

describe.each(DOORS)('by the %s door', (door) => {
  const register = (world: TestWorld, who: string, more: object = {}) =>
    ask(
      world,
      door,
      'register_chain',
      { name: 'Juno', rest: urlOf(world), token: 'JUNO', decimals: 6, ...more },
      who,
    )

  it('adds a chain that is known at once, and after a restart', async () => {
    const world = await withJuno()
    const admin = addAdmin(world)
    const early = await ask(world, door, 'register', { wallet: JUNO, chain: 'Juno', threshold: '2' })
    expect(early).toContain('There is no chain `Juno`')
    const answer = await register(world, admin)
    expect(answer).toMatch(/^Added \*\*Juno\*\*, chain id `juno-1`: newest block 1,000,\d{3}, <t:\d+:R>\./)
    expect(answer).toContain('1 JUNO is 10^6 `ujuno`; addresses begin with `juno`')
    expect(answer).not.toContain('🟡')
    const row = {
      chain_id: 'juno-1',
      name: 'Juno',
      rest: JSON.stringify([urlOf(world)]),
      symbol: 'JUNO',
      denom: 'ujuno',
      decimals: 6,
      prefix: 'juno',
      added_by: admin,
    }
    expect(kept(world)).toEqual([row])

    const done = await ask(world, door, 'register', { wallet: JUNO, chain: 'juno', threshold: '2' })
    expect(done).toContain('It holds 3 JUNO now.')
    const wrong = await ask(world, door, 'register', { wallet: address(1), chain: 'juno', threshold: '2' })
    expect(wrong).toContain('it begins with `cosmos`, theirs with `juno`')

    await world.restart()
    chainOf(world, 'juno-1').setBalance(JUNO, 'ujuno', 1n)
    await check(world)
    expect(world.news()).toEqual([expect.stringContaining('on Juno has 0.000001 JUNO, below 2 JUNO')])

    // The same again updates.
    expect(await register(world, admin, { name: 'Juno Net' })).toMatch(/^Updated \*\*Juno Net\*\*/)
    expect(kept(world)).toEqual([{ ...row, name: 'Juno Net' }])
    expect(await ask(world, door, 'wallet', { address: JUNO })).toContain('Juno Net')
  })

  it('takes what the chain bonds where its mint module says no denom, and no decimals that cannot be', async () => {
    const world = await withJuno()
    const admin = addAdmin(world)
    chainOf(world, 'juno-1').denomsMetadata.set('ujuno', {
      base: 'ujuno',
      display: 'juno',
      symbol: 'JUNO',
      denom_units: [{ denom: 'juno', exponent: 4_000_000_000 }],
    })
    for (const params of ['{"epoch_provisions":"1"}', '{"mint_denom":""}', 'null']) {
      world.endpoints.get('juno-1')![0]!.faults = {
        rewrite: (body, path) => (path.includes('/mint/') ? `{"params":${params}}` : body),
      }
      const answer = await register(world, admin)
      expect(answer).toContain('1 JUNO is 10^6 `ujuno`')
      expect(answer).not.toContain('🟡')
    }
  })

  it('is for admins only', async () => {
    const world = await withJuno()
    expect(await register(world, world.ann)).toContain('is only for who may manage this server')
    expect(kept(world)).toEqual([])
    expect(world.endpoints.get('juno-1')![0]!.requests).toBe(0)
  })

  it('warns where token, denom and decimals do not fit to what the chain says', async () => {
    const world = await withJuno()
    const admin = addAdmin(world)
    chainOf(world, 'juno-1').denomsMetadata.set('ujuno', {
      base: 'ujuno',
      display: 'juno',
      symbol: 'JUNO',
      denom_units: [
        { denom: 'ujuno', exponent: 0 },
        { denom: 'juno', exponent: 6 },
      ],
    })
    const answer = await register(world, admin, { token: 'ATOM', decimals: 18 })
    expect(answer).toContain(
      "🟡 Is the token right? You said ATOM; `ujuno` is `JUNO` by the chain's metadata.",
    )
    expect(answer).toContain("🟡 Are the decimals right? You said 18; the chain's metadata says 6.")
    const other = await register(world, admin, { token: 'ATOM', denom: 'uatom' })
    expect(other).toContain("🟡 The chain's own token is `ujuno`, not `uatom`.")
    expect(kept(world)).toMatchObject([{ denom: 'uatom' }])
  })

  it('refuses a chain of the configuration, a name that is taken, and a chain that is behind', async () => {
    const world = await withJuno()
    const admin = addAdmin(world)
    expect(await register(world, admin, { rest: urlOf(world, 'hub-1') })).toBe(
      '`hub-1` is in the configuration as **Cosmos Hub**, which wins over the channel: change it there. Nothing was changed.',
    )
    expect(await register(world, admin, { name: 'osmosis' })).toContain('**osmosis** is already `osmo-1`')
    chainOf(world, 'juno-1').halt()
    world.clock.set(world.clock.now() + HOUR)
    expect(await register(world, admin)).toMatch(/serves `juno-1`, but its newest block is \d+ min old/)
    expect(kept(world)).toEqual([])
  })

  it('refuses what is no chain, and echoes nothing live of it', async () => {
    const world = await withJuno()
    const admin = addAdmin(world)
    const [endpoint] = world.endpoints.get('juno-1')!
    endpoint!.faults = { html: 404 }
    expect(await register(world, admin)).toMatch(/I could not read a chain at `127\.0\.0\.1:\d+`: 404\./)
    endpoint!.faults = { rewrite: () => '{"block":{"header":{"chain_id":1}}}' }
    expect(await register(world, admin)).toContain('I could not read a chain')
    for (const evil of ['@everyone', '<@&1>', 'https://evil.example', '`x` [a](https://evil.example)', '']) {
      endpoint!.faults = { rewrite: (body) => body.replaceAll('"juno-1"', JSON.stringify(evil)) }
      const answer = await register(world, admin)
      expect(answer).toMatch(/says a chain id that is none\.$/)
    }
    expect(kept(world)).toEqual([])
    expect(await register(world, admin, { name: '@everyone' })).toContain('`name`: up to 32 letters')
    expect(await register(world, admin, { token: '<@1>' })).toContain('`token`: a symbol such as ATOM')
    expect(await register(world, admin, { decimals: 31 })).toContain('`decimals`: from 0 to 30')
    expect(await register(world, admin, { denom: '!' })).toContain('`denom`: not a denom')
    expect(kept(world)).toEqual([])
  })

  it('does not ask an endpoint that is not public, whatever the name is', async () => {
    const world = await withJuno({})
    const admin = addAdmin(world)
    const { port } = new URL(urlOf(world))
    for (const rest of [
      urlOf(world),
      `https://127.0.0.1:${port}`,
      `https://localhost:${port}`,
      `https://[::ffff:127.0.0.1]:${port}`,
      `https://2130706433:${port}`,
      'https://169.254.169.254',
      `https://user:pass@127.0.0.1:${port}`,
    ]) {
      expect(await register(world, admin, { rest })).toMatch(/^I do not ask that URL: /)
    }
    expect(world.endpoints.get('juno-1')![0]!.requests).toBe(0)
    expect(kept(world)).toEqual([])
  })
})

describe('a chain with an hour between blocks', () => {
  it('is added within its own rhythm, and refused when that is over', async () => {
    const world = await withJuno(undefined, {
      build(chains: ChainWorld) {
        chains.addChain({
          chainId: 'juno-1',
          bondDenom: 'ujuno',
          bech32Prefix: 'juno',
          blockIntervalMs: HOUR,
        })
      },
    })
    const admin = addAdmin(world)
    const args = { name: 'Juno', rest: urlOf(world), token: 'JUNO', decimals: 6 }
    await world.pass(50 * MINUTE)
    expect(await ask(world, 'slash', 'register_chain', args, admin)).toMatch(/^Added \*\*Juno\*\*/)
    chainOf(world, 'juno-1').halt()
    await world.leap(3 * HOUR)
    expect(await ask(world, 'slash', 'register_chain', args, admin)).toMatch(/its newest block is 3 h old/)
  })
})

describe('after a restart', () => {
  it('the configuration wins over a chain of the channel, and says so', async () => {
    const world = await withJuno()
    await ask(
      world,
      'slash',
      'register_chain',
      { name: 'Juno', rest: urlOf(world), token: 'JUNO', decimals: 6 },
      addAdmin(world),
    )
    const juno = {
      chainId: 'juno-1',
      name: 'Juno of the config',
      rest: [urlOf(world)],
      connections: 'none' as const,
      token: { symbol: 'JUNO', denom: 'ujuno', decimals: 6 },
    }
    const chains = [{ chainId: 'hub-1', rest: [urlOf(world, 'hub-1')], connections: 'none' as const }, juno]
    const base = { discord: { guildId: world.discord.guild.id } }
    await world.restart(await settingsOf({ ...base, chains }))
    expect(world.log.find(({ msg }) => msg.includes('the configuration wins'))).toMatchObject({
      chainId: 'juno-1',
    })
    await ask(world, 'slash', 'register', { wallet: JUNO, chain: 'juno-1', threshold: '1' })
    expect(registrations(world)).toHaveLength(1)
    expect(await ask(world, 'slash', 'wallets')).toContain('Juno of the config')
  })

  it('leaves out a chain whose endpoint is not allowed any more', async () => {
    const world = await withJuno()
    await ask(
      world,
      'slash',
      'register_chain',
      { name: 'Juno', rest: urlOf(world), token: 'JUNO', decimals: 6 },
      addAdmin(world),
    )
    await ask(world, 'slash', 'register', { wallet: JUNO, chain: 'juno-1', threshold: '1' })
    const { settings } = world
    await world.restart({ ...settings, chainsFromChannel: { allowHttpLoopback: false } })
    const before = world.endpoints.get('juno-1')![0]!.requests
    await check(world)
    expect(world.endpoints.get('juno-1')![0]!.requests).toBe(before)
    expect(world.log.some(({ msg }) => msg.includes('is left out'))).toBe(true)
    expect(await ask(world, 'slash', 'wallets')).toContain('not configured any more')
    // Not forgotten in silence: a wallet that nobody looks at is told of.
    await world.pass(10 * MINUTE)
    await check(world)
    expect(world.news()).toEqual([
      expect.stringMatching(
        /^⚫ BLIND 10 min: wallet juno1…\w{4} on juno-1 cannot be read \(its chain is not in/,
      ),
    ])
    expect(await ask(world, 'slash', 'deregister', { wallet: JUNO, chain: 'juno-1' })).toContain('Gone')
    expect(registrations(world)).toEqual([])
    await world.quiet()
    expect(world.news()).toEqual([expect.stringContaining('is not watched any more')])
  })
})

describe('as a far end', () => {
  it('is read at the next sweep, without a restart', async () => {
    const world = await walletWorld({
      unnamed: ['juno-1'],
      config: { chainsFromChannel: { allowHttpLoopback: true } },
      hub: { connections: 'all' },
      build(chains) {
        chains.addChain({ chainId: 'juno-1', bondDenom: 'ujuno', bech32Prefix: 'juno' })
        chains.openConnection('hub-1', 'juno-1', { trustingPeriodMs: 30 * 24 * HOUR })
      },
    })
    await ask(
      world,
      'slash',
      'register_chain',
      { name: 'Juno', rest: urlOf(world), token: 'JUNO', decimals: 6 },
      addAdmin(world),
    )
    await world.sweep()
    const data = await ask(world, 'slash', 'data', { chain: 'Juno' })
    expect(data).toContain('07-tendermint-0')
    expect(world.app.clients.store.client('juno-1', '07-tendermint-0')).toMatchObject({ status: 'active' })
  })
})
