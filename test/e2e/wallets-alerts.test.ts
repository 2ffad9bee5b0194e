// Alerts of wallets: strictly below the threshold, once per crossing, to whom it concerns; and what cannot be read.
import { afterEach, describe, expect, it } from 'vitest'
import { bankRequests, HUB, register, SHORT, setBalance } from '../support/hub-wallet.ts'
import { address, ask, chainOf, check, walletWorld } from '../support/wallets.ts'
import { closeWorlds, DAY, MINUTE, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)
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

  it('is escalated within a minute where nobody has it, unread too; not where somebody registered it', async () => {
    const second = '<@&100000000000000009>'
    const world = await walletWorld({
      hub: { wallets: [{ address: HUB, threshold: '4', mention: ['<@&100000000000000008>'] }] },
      config: { alerts: { escalate: { after: '15m', mention: [second] } } },
    })
    await register(world, '2')
    setBalance(world, 1_000_000n)
    await check(world)
    expect(world.news()).toHaveLength(1)
    const [endpoint] = world.endpoints.get('hub-1')!
    endpoint!.faults = { rewrite: (body, path) => (path.includes('/bank/') ? '{}' : body) }
    world.clock.set(world.clock.now() + 14 * MINUTE)
    await world.app.wallets.checkDue()
    await world.quiet()
    expect(world.news()).toEqual([])
    world.clock.set(world.clock.now() + MINUTE)
    await world.app.wallets.checkDue()
    await world.quiet()
    expect(world.news()).toEqual([
      `🟡 still LOW: wallet ${SHORT} on Cosmos Hub had, when I could last read it, 1 ATOM, below 4 ATOM · nobody has #1 for 15 min ${second}`,
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
