// Low balances, from a moved balance to a message in the channel: once per crossing, exact tags, reminders, the end.
import { afterEach, describe, expect, it } from 'vitest'
import type { LoggedRequest } from '../../sandbox/chains/server.ts'
import { address, ask, chainOf, check, walletWorld } from '../support/wallets.ts'
import { closeWorlds, DAY, HOUR, MINUTE, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const HUB = address(1)
const SHORT = `cosmos1…${HUB.slice(-4)}`

const setBalance = (world: TestWorld, base: bigint, denom = 'uatom') =>
  chainOf(world, 'hub-1').setBalance(HUB, denom, base)
const register = (world: TestWorld, threshold: string, who = world.ann) =>
  ask(world, 'slash', 'register', { wallet: HUB, chain: 'hub-1', threshold }, who)
const bankRequests = (world: TestWorld, chainId = 'hub-1'): LoggedRequest[] =>
  world.endpoints.get(chainId)!.flatMap(({ log }) => log.filter(({ path }) => path.includes('/bank/')))
const tags = (world: TestWorld) =>
  world
    .posts()
    .at(-1)!
    .mentions.map(({ id }) => id)

describe('a low balance', () => {
  it('is told strictly below the threshold, once per crossing, to whom it concerns, and when it is over', async () => {
    const world = await walletWorld()
    await register(world, '2')
    setBalance(world, 2_000_000n)
    await check(world)
    expect(world.news()).toEqual([])

    setBalance(world, 1_999_999n)
    await check(world)
    expect(world.news()).toEqual([
      `🟡 LOW: wallet ${SHORT} on Cosmos Hub has 1.999999 ATOM, below 2 ATOM <@${world.ann}>`,
    ])
    expect(tags(world)).toEqual([world.ann])
    expect(world.posts().at(-1)!.mention_roles).toEqual([])

    setBalance(world, 1_000_000n)
    await check(world)
    await world.pass(MINUTE)
    await check(world)
    expect(world.news()).toEqual([])

    setBalance(world, 50_000_000n)
    await check(world)
    expect(world.news()).toEqual([
      expect.stringMatching(new RegExp(`^🟢 over: wallet ${SHORT} on Cosmos Hub has 50 ATOM .*#\\d+$`)),
    ])
    expect(tags(world)).toEqual([])
    // The first message says so too.
    expect(world.posts()[0]!.content).toMatch(/^🟢 over: /)

    setBalance(world, 0n)
    await check(world)
    expect(world.news()).toEqual([expect.stringContaining('has 0 ATOM, below 2 ATOM')])
  })

  it('is remembered over a restart, and reminded of after a day', async () => {
    const world = await walletWorld()
    await register(world, '2')
    setBalance(world, 1n)
    await check(world)
    expect(world.news()).toHaveLength(1)
    await world.restart()
    await check(world)
    expect(world.news()).toEqual([])
    world.clock.set(world.clock.now() + DAY)
    await check(world)
    expect(world.news()).toEqual([
      `🟡 still LOW: wallet ${SHORT} on Cosmos Hub has 0.000001 ATOM, below 2 ATOM <@${world.ann}>`,
    ])
  })

  it('tags each who registered by their own threshold, and the role of the configuration by its own', async () => {
    const world = await walletWorld({
      hub: { wallets: [{ address: HUB, threshold: '4', mention: ['<@&100000000000000009>'] }] },
    })
    const bob = world.discord.addMember({ name: 'bob' }).user.id
    await register(world, '2')
    await register(world, '3', bob)
    setBalance(world, 3_500_000n)
    await check(world)
    expect(world.news()).toEqual([
      `🟡 LOW: wallet ${SHORT} on Cosmos Hub has 3.5 ATOM, below 4 ATOM <@&100000000000000009>`,
    ])
    setBalance(world, 2_500_000n)
    await check(world)
    expect(world.news()).toEqual([expect.stringMatching(new RegExp(`below 3 ATOM <@${bob}>$`))])
    expect(tags(world)).toEqual([bob])
    setBalance(world, 1_000_000n)
    await check(world)
    expect(world.news()).toEqual([expect.stringMatching(new RegExp(`below 2 ATOM <@${world.ann}>$`))])
    // One wallet, three who watch it: asked once at each of the checks for what it holds, and what it can spend.
    const before = bankRequests(world).length
    await check(world)
    expect(bankRequests(world).length - before).toBe(2)
  })

  it('of a wallet that is low already goes out at once, and ends with a lower threshold or a deregistration', async () => {
    const world = await walletWorld()
    expect(await register(world, '20')).toContain('**That is below it already**')
    await world.quiet()
    expect(world.news()).toEqual([expect.stringMatching(new RegExp(`below 20 ATOM <@${world.ann}>$`))])
    await register(world, '2')
    await world.quiet()
    expect(world.news()).toEqual([expect.stringContaining('🟢 over: wallet')])
    await register(world, '30')
    await world.quiet()
    expect(world.news()).toHaveLength(1)
    await ask(world, 'slash', 'deregister', { wallet: HUB })
    await world.quiet()
    expect(world.news()).toEqual([expect.stringContaining('is not watched any more')])
    const open = world.app.database.sql
      .prepare("SELECT * FROM alert_states WHERE identity LIKE 'wallet%' AND alert_id IS NOT NULL")
      .all()
    expect(open).toEqual([])
  })

  it('of many wallets on a chain is one message that tags each once', async () => {
    const world = await walletWorld()
    const chain = chainOf(world, 'hub-1')
    for (let n = 0; n < 5; n++) {
      chain.setBalance(address(`storm ${n}`), 'uatom', 5_000_000n)
      await ask(world, 'slash', 'register', {
        wallet: address(`storm ${n}`),
        chain: 'hub-1',
        threshold: '2',
      })
      chain.setBalance(address(`storm ${n}`), 'uatom', 1_000_000n)
    }
    await check(world)
    const [post, ...more] = world.news()
    expect(more).toEqual([])
    expect(post!.split('\n')[0]).toBe(`🟡 5 low on Cosmos Hub <@${world.ann}>`)
    expect(post!.split('\n')).toHaveLength(6)
  })

  it.each([
    ['one token', ['uatom']],
    ['several tokens', ['uatom', 'uother']],
  ])('of %s is read once more from another endpoint before anybody is called', async (_, denoms) => {
    const world = await walletWorld({
      endpoints: {
        'hub-1': [
          {
            rewrite: (body, path) =>
              path.includes('/bank/') ? body.replaceAll(/"amount":"\d+"/g, '"amount":"0"') : body,
          },
          {},
        ],
      },
    })
    // Registered where the truth is said.
    const [liar, honest] = world.endpoints.get('hub-1')!
    const { faults } = liar!
    liar!.faults = {}
    for (const denom of denoms) {
      setBalance(world, 12_000_000n, denom)
      const registered = { wallet: HUB, chain: 'hub-1', threshold: '2', denom }
      expect(await ask(world, 'slash', 'register', registered)).toContain('Registered')
    }
    liar!.faults = faults
    const asked = () =>
      [liar!, honest!].map(({ log }) => log.filter(({ path }) => path.includes('/bank/')).length)
    const before = asked()
    for (let n = 0; n < 6; n++) await check(world)
    const after = asked()
    expect(after[0]! - before[0]!).toBeGreaterThan(0)
    expect(after[1]! - before[1]!).toBeGreaterThan(0)
    expect(world.news()).toEqual([])
  })
})

describe('a wallet that cannot be read', () => {
  it('neither raises nor resolves, and is told after ten minutes without a mention', async () => {
    const world = await walletWorld()
    await register(world, '2')
    setBalance(world, 1n)
    await check(world)
    expect(world.news()).toHaveLength(1)
    const [endpoint] = world.endpoints.get('hub-1')!
    // An answer that is none is not asked for again at once, as a 500 is: no real time is spent on it.
    endpoint!.faults = { rewrite: (body, path) => (path.includes('/bank/') ? '{}' : body) }
    setBalance(world, 50_000_000n)
    await check(world)
    await world.pass(9 * MINUTE)
    await check(world)
    expect(world.news()).toEqual([])
    expect(await ask(world, 'slash', 'wallets')).toContain('⚫')

    await world.pass(MINUTE)
    await check(world)
    const [told, ...more] = world.news()
    expect(told).toMatch(
      new RegExp(`^⚫ BLIND 10 min: wallet ${SHORT} on Cosmos Hub cannot be read \\(127.0.0.1:.*balances`),
    )
    expect(told).not.toContain('<@')
    expect(more).toEqual([])

    endpoint!.faults = {}
    await world.pass(MINUTE)
    await check(world)
    const over = world.news().join('\n')
    expect(over).toContain('can be read again')
    expect(over).toContain('has 50 ATOM')
  })

  it('is left to its chain where the whole chain is blind', async () => {
    const world = await walletWorld()
    await register(world, '2')
    await world.endpoints.get('hub-1')![0]!.stop()
    for (let n = 0; n < 3; n++) {
      await world.pass(6 * MINUTE)
      await check(world)
    }
    const lines = world.news()
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^⚫ BLIND \d+ min: Cosmos Hub, 0 of 1 endpoints answer/)
  })
})

describe('the check', () => {
  it('asks once for each wallet, with several tokens too, and never for many at once', async () => {
    const world = await walletWorld({ endpoints: { 'hub-1': [{}] } })
    const chain = chainOf(world, 'hub-1')
    setBalance(world, 7n, 'stake')
    await register(world, '2')
    await ask(world, 'slash', 'register', { wallet: HUB, chain: 'hub-1', threshold: '1', denom: 'stake' })
    const { sql } = world.app.database
    const insert = sql.prepare("INSERT INTO wallet_registrations VALUES (?, 'hub-1', ?, 'uatom', '1', 0)")
    for (let n = 0; n < 200; n++) {
      chain.setBalance(address(`w ${n}`), 'uatom', 5n)
      insert.run(world.ann, address(`w ${n}`))
    }
    let open = 0
    let most = 0
    const [endpoint] = world.endpoints.get('hub-1')!
    endpoint!.faults = {
      latencyMs: 2,
      rewrite: (body) => body,
    }
    const watch = setInterval(() => {
      open = endpoint!.log.filter(({ status }) => status === 0).length
      most = Math.max(most, open)
    }, 1)
    const before = bankRequests(world).length
    const started = endpoint!.requests
    await check(world)
    clearInterval(watch)
    expect(bankRequests(world).length - before).toBe(2 * 201)
    expect(endpoint!.requests - started).toBeLessThan(2 * 205)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(4)
    expect(sql.prepare('SELECT count(*) AS n FROM wallet_balances').get()).toEqual({ n: 202 })
    expect(world.news()).toEqual([])
  })

  it('goes on with other chains while one hangs', async () => {
    const world = await walletWorld({ hangs: true })
    await register(world, '2')
    await ask(world, 'slash', 'register', { wallet: address(1, 'osmo'), chain: 'osmo-1', threshold: '2' })
    world.endpoints.get('hub-1')![0]!.faults = { hang: true }
    chainOf(world, 'osmo-1').setBalance(address(1, 'osmo'), 'uosmo', 1n)
    const checking = check(world)
    await expect
      .poll(() => world.lines(), { timeout: 100_000 })
      .toEqual([expect.stringContaining('on Osmosis has 0.000001 OSMO, below 2 OSMO')])
    world.endpoints.get('hub-1')![0]!.faults = {}
    await checking
  })

  it('tells how long a balance lasts, from what was kept, refills left out', async () => {
    const world = await walletWorld()
    await register(world, '2')
    for (const tokens of [11n, 10n, 9n, 109n, 108n]) {
      world.clock.set(world.clock.now() + 12 * HOUR)
      setBalance(world, tokens * 1_000_000n)
      await check(world)
    }
    const text = await ask(world, 'slash', 'wallet', { address: HUB })
    expect(text).toContain('spends about 1.6 ATOM a day, lasts about 67 days')
    expect(await ask(world, 'slash', 'wallets')).toContain('lasts about 67 days')
  })
})

describe('wallets of the configuration', () => {
  it('that are taken out end their alerts; those that are no address are told of', async () => {
    const gone = { address: HUB, threshold: '20' }
    const broken = { address: 'cosmos1nonsense', threshold: '1' }
    const world = await walletWorld({ hub: { wallets: [gone, broken] } })
    await check(world)
    expect(world.news()).toEqual([expect.stringContaining(`below 20 ATOM ${world.role}`)])
    await world.pass(10 * MINUTE)
    await check(world)
    expect(world.news()).toEqual([
      expect.stringMatching(/^⚫ BLIND 10 min: wallet cosmos1…ense on Cosmos Hub cannot be read \(/),
    ])
    const { settings } = world
    const chains = settings.chains.map((chain) => ({ ...chain, wallets: [] }))
    await world.restart({ ...settings, chains })
    await check(world)
    const over = world.news().join('\n')
    expect(over).toContain(`wallet ${SHORT} on Cosmos Hub is not watched any more`)
    expect(over).toContain('wallet cosmos1…ense on Cosmos Hub is not watched any more')
    expect(await ask(world, 'slash', 'alerts')).toContain('No alert is open')
  })

  it('stand in the list of alerts by their name', async () => {
    const world = await walletWorld({ hub: { wallets: [{ address: HUB, threshold: '20' }] } })
    await check(world)
    expect(await ask(world, 'slash', 'alerts')).toContain(`**low** wallet ${SHORT} on Cosmos Hub`)
  })

  it('without a token that anybody knows are shown as not watched', async () => {
    const world = await walletWorld({
      hub: { token: undefined, wallets: [{ address: HUB, threshold: '2' }] },
    })
    await check(world)
    expect(await ask(world, 'slash', 'wallets')).toContain(
      `🔴 Not watched: \`${HUB}\` on Cosmos Hub in the configuration: the token of its chain is not known`,
    )
  })

  it('take the token from the chain where the configuration has none', async () => {
    const world = await walletWorld({
      hub: { token: undefined, wallets: [{ address: HUB, threshold: '20' }] },
      build: (chains) => {
        chains.chain('hub-1').denomsMetadata.set('uatom', {
          base: 'uatom',
          display: 'atom',
          symbol: 'ATOM',
          denom_units: [{ denom: 'atom', exponent: 6 }],
        })
      },
    })
    await check(world)
    expect(world.news()).toEqual([expect.stringContaining('has 12 ATOM, below 20 ATOM')])
  })
})

describe('hundreds of wallets', () => {
  it("do not delay the sweep of their chain's clients", async () => {
    const world = await walletWorld({
      unnamed: ['spoke-1'],
      hub: { connections: 'all' },
      build(chains) {
        chains.addChain({ chainId: 'spoke-1' })
        for (let n = 0; n < 200; n++)
          chains.openConnection('hub-1', 'spoke-1', { trustingPeriodMs: 30 * DAY, channels: 0 })
      },
    })
    const insert = world.app.database.sql.prepare(
      "INSERT INTO wallet_registrations VALUES ('1', 'hub-1', ?, 'uatom', '1', 0)",
    )
    for (let n = 0; n < 400; n++) insert.run(address(`w ${n}`))
    // Every client has moved since it was read at the start, so every one is read again.
    await world.pass(MINUTE)
    for (let n = 0; n < 200; n++) world.chains.updateClient('hub-1', `07-tendermint-${n}`)
    const [endpoint] = world.endpoints.get('hub-1')!
    endpoint!.faults = { latencyMs: 3 }
    const before = endpoint!.log.length
    const checking = check(world)
    await world.app.clients.watch.sweepAll()
    const during = endpoint!.log.slice(before)
    await checking
    const bank = during.filter(({ path }) => path.includes('/bank/')).length
    const clients = during.length - bank
    expect(clients).toBeGreaterThan(200)
    expect(bank).toBeLessThan(clients / 2)
  })
})
