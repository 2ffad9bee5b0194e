// The check of wallets: one request each, no chain waits for another; wallets of the configuration.
import { afterEach, describe, expect, it } from 'vitest'
import { bankRequests, HUB, register, SHORT, setBalance } from '../support/hub-wallet.ts'
import { address, ask, chainOf, check, walletWorld } from '../support/wallets.ts'
import { closeWorlds, DAY, HOUR, MINUTE } from '../support/world.ts'

afterEach(closeWorlds)

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
    const hex = { address: `0x${'AB'.repeat(20)}`, threshold: '1' }
    const world = await walletWorld({ hub: { wallets: [gone, broken, hex] } })
    await check(world)
    expect(world.news()).toEqual([expect.stringContaining(`below 20 ATOM ${world.role}`)])
    await world.pass(10 * MINUTE)
    await check(world)
    const blind = world.news().join('\n')
    expect(blind).toMatch(
      /⚫ BLIND 10 min: wallet cosmos1…ense on Cosmos Hub cannot be read \(invalid address/,
    )
    expect(blind).toMatch(
      /wallet 0x…abab .* cannot be read \(it is a 0x address, give the bech32 form: cosmos1/,
    )
    const { settings } = world
    const chains = settings.chains.map((chain) => ({ ...chain, wallets: [] }))
    await world.restart({ ...settings, chains })
    await check(world)
    const over = world.news().join('\n')
    expect(over).toContain(`wallet ${SHORT} on Cosmos Hub is not watched any more`)
    expect(over).toContain('wallet cosmos1…ense on Cosmos Hub is not watched any more')
    expect(over).toContain('wallet 0x…abab on Cosmos Hub is not watched any more')
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
