// Which balance of a wallet counts: in the fee token, of what can be spent, and never one that a contract keeps.
import { afterEach, describe, expect, it } from 'vitest'
import { walletStore } from '../../src/wallets/store.ts'
import { address, ask, chainOf, check, registrations, walletWorld } from '../support/wallets.ts'
import { closeWorlds, HOUR, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const HUB = address(1)
const SHORT = `cosmos1…${HUB.slice(-4)}`

describe('what is locked', () => {
  const vest = (world: TestWorld, locked: bigint) => chainOf(world, 'hub-1').setLocked(HUB, 'uatom', locked)
  const front = { html: 404, only: /spendable_balances/ }
  const watched = { hub: { wallets: [{ address: HUB, threshold: '2' }] } }

  it.each(['v6', 'v8', 'v11'] as const)(
    'pays no fees: the wallet is low, and told so (%s)',
    async (version) => {
      const world = await walletWorld({ ...watched, version })
      vest(world, 12_000_000n)
      await check(world)
      expect(world.news()).toEqual([
        `🟡 LOW: wallet ${SHORT} on Cosmos Hub has 12 ATOM, of which 0 can be spent, below 2 ATOM ${world.role}`,
      ])
      expect(await ask(world, 'slash', 'wallets')).toContain('**12 ATOM, of which 0 can be spent** **low**')
      vest(world, 9_000_000n)
      await check(world)
      expect(world.news()).toEqual([
        expect.stringMatching(/^🟢 over: .* has 12 ATOM, of which 3 can be spent /),
      ])
      vest(world, 0n)
      await check(world)
      expect(await ask(world, 'slash', 'wallets')).toContain('**12 ATOM**')
      expect(world.news()).toEqual([])
    },
  )

  it('is said at a registration', async () => {
    const world = await walletWorld()
    vest(world, 11_000_000n)
    const said = await ask(world, 'slash', 'register', { wallet: HUB, chain: 'hub-1', threshold: '2' })
    expect(said).toContain('can spend less than **2 ATOM**')
    expect(said).toContain('It holds 12 ATOM, of which 1 can be spent now.')
    expect(said).toContain('**That is below it already**')
  })

  it('was not spent, where it is first seen after an update of the bot', async () => {
    const world = await walletWorld(watched)
    const history = () =>
      walletStore(world.app.database)
        .history('hub-1', HUB, 'uatom', 0)
        .map(({ base }) => base)
    await check(world)
    vest(world, 10_000_000n)
    await world.pass(HOUR)
    await check(world)
    expect(history().at(0)).toBe(2_000_000n)
    chainOf(world, 'hub-1').setBalance(HUB, 'uatom', 11_000_000n)
    await world.pass(HOUR)
    await check(world)
    expect(history()).toEqual([2_000_000n, 1_000_000n, 1_000_000n])
  })

  it('is not forgotten when a node cannot tell: then the wallet is not read', async () => {
    const world = await walletWorld(watched)
    vest(world, 12_000_000n)
    await check(world)
    expect(world.news()).toHaveLength(1)
    world.endpoints.get('hub-1')![0]!.faults = front
    await check(world)
    expect(world.news()).toEqual([])
    const shown = await ask(world, 'slash', 'wallets')
    expect(shown).toContain('cannot be read (what of it can be spent is not told any more)')
    expect(shown).toContain('**12 ATOM, of which 0 can be spent** **low**')
  })

  it('is none where the wallet pays while it is read: nothing is locked, and what was spent before is kept', async () => {
    const world = await walletWorld(watched)
    const hub = chainOf(world, 'hub-1')
    await check(world)
    let left = 12_000_000n
    const pays = (body: string) => {
      left -= 10_000n
      hub.setBalance(HUB, 'uatom', left)
      return body
    }
    world.endpoints.get('hub-1')![0]!.faults = { only: /balances/, rewrite: pays }
    for (let checks = 0; checks < 3; checks += 1) {
      await world.pass(HOUR)
      await check(world)
    }
    expect(await ask(world, 'slash', 'wallets')).not.toContain('can be spent')
    expect(walletStore(world.app.database).history('hub-1', HUB, 'uatom', 0)).toHaveLength(5)
  })

  it('hides no empty wallet: whoever holds less than the threshold can spend less', async () => {
    const world = await walletWorld(watched)
    await check(world)
    chainOf(world, 'hub-1').setBalance(HUB, 'uatom', 1_500_000n)
    world.endpoints.get('hub-1')![0]!.faults = { only: /spendable_balances/, status: 500 }
    await check(world)
    expect(world.news()).toEqual([
      `🟡 LOW: wallet ${SHORT} on Cosmos Hub has 1.5 ATOM, below 2 ATOM ${world.role}`,
    ])
    expect(await ask(world, 'slash', 'wallets')).toMatch(
      /cannot be read \(.*500.*\).*\*\*1.5 ATOM\*\* \*\*low\*\*/,
    )
    chainOf(world, 'hub-1').setBalance(HUB, 'uatom', 12_000_000n)
    await check(world)
    // 12 ATOM are held; whether they can be spent is not known.
    expect(world.news()).toEqual([])
    world.endpoints.get('hub-1')![0]!.faults = {}
    await check(world)
    expect(world.news()).toEqual([expect.stringMatching(/^🟢 over: .* has 12 ATOM /)])
  })

  it('is asked of another endpoint where one cannot tell', async () => {
    const world = await walletWorld({ ...watched, endpoints: { 'hub-1': [front, {}] } })
    vest(world, 12_000_000n)
    for (let checks = 0; checks < 4; checks += 1) await check(world)
    expect(world.news()).toEqual([expect.stringContaining('has 12 ATOM, of which 0 can be spent')])
    expect(await ask(world, 'slash', 'wallets')).not.toContain('cannot be read')
  })

  it('is taken for none where a chain cannot tell', async () => {
    const world = await walletWorld({ ...watched, endpoints: { 'hub-1': [front] } })
    vest(world, 12_000_000n)
    await check(world)
    expect(world.news()).toEqual([])
    expect(await ask(world, 'slash', 'wallets')).toContain('**12 ATOM**')
  })
})

describe('an answer about another denom', () => {
  // A cache that knows the path alone; SDK 0.44 and before, where `by_denom` is read as the denom.
  it.each([
    [
      'uosmo',
      (body: string) => body.replace(/"denom":"uatom","amount":"\d+"/, '"denom":"uosmo","amount":"0"'),
    ],
    [
      'by_denom',
      (body: string) => body.replace(/"denom":"uatom","amount":"\d+"/, '"denom":"by_denom","amount":"0"'),
    ],
  ])('(%s) is not taken for the wallet: all its balances are asked', async (_, rewrite) => {
    const world = await walletWorld({
      hub: { wallets: [{ address: HUB, threshold: '2' }] },
      endpoints: { 'hub-1': [{ only: /by_denom/, rewrite }] },
    })
    await check(world)
    expect(world.news()).toEqual([])
    expect(await ask(world, 'slash', 'wallets')).toContain('**12 ATOM**')
  })
})

describe('the fee token', () => {
  const ATONE = address(1, 'atone')
  const uatone = { chain_id: 'atomone-1', address: ATONE, denom: 'uatone', threshold_base: '2000000' }
  /** AtomOne's fees are paid in PHOTON; ATONE is what is staked. */
  const atomone = (chain: object = {}) =>
    walletWorld({
      build(chains) {
        const one = chains.addChain({ chainId: 'atomone-1', bondDenom: 'uatone', bech32Prefix: 'atone' })
        one.setBalance(ATONE, 'uatone', 50_000_000n)
        one.setBalance(address(2, 'atone'), 'uphoton', 1n)
      },
      chain: { 'atomone-1': chain },
    })
  const insert = (world: TestWorld, denom: string) =>
    world.app.database.sql
      .prepare("INSERT INTO wallet_registrations VALUES (?, 'atomone-1', ?, ?, '2000000', 0)")
      .run(world.ann, ATONE, denom)

  it('is what a wallet is watched for, by the configuration and by a command', async () => {
    const world = await atomone({ wallets: [{ address: ATONE, threshold: '1' }] })
    await check(world)
    expect(world.news()).toEqual([expect.stringContaining('has 0 PHOTON, below 1 PHOTON')])
    const said = await ask(world, 'slash', 'register', { wallet: ATONE, chain: 'atomone-1', threshold: '2' })
    expect(said).toContain('holds less than **2 PHOTON**, denom `uphoton`. It holds 0 PHOTON now.')
    expect(registrations(world)).toMatchObject([{ ...uatone, denom: 'uphoton' }])
  })

  it('does not change what was registered before, nor how it is shown', async () => {
    const world = await atomone()
    insert(world, 'uatone')
    await check(world)
    expect(world.news()).toEqual([])
    chainOf(world, 'atomone-1').setBalance(ATONE, 'uatone', 1_500_000n)
    await check(world)
    expect(world.news()).toEqual([expect.stringContaining('has 1.5 ATONE, below 2 ATONE')])
    expect(registrations(world)).toMatchObject([uatone])
  })

  it('is another where the configuration says so', async () => {
    const token = { symbol: 'ATONE', denom: 'uatone', decimals: 6 }
    const world = await atomone({ token, wallets: [{ address: ATONE, threshold: '1' }] })
    await check(world)
    expect(world.news()).toEqual([])
    expect(await ask(world, 'slash', 'wallets')).toContain('**50 ATONE**')
  })

  it('is never one that a contract keeps: refused in words, and what was registered is not read as 0', async () => {
    const contract = `cw20:${address(7, 'atone')}`
    const wallets = [{ address: ATONE, threshold: '1', denom: contract }]
    const world = await atomone({ wallets })
    const args = { wallet: ATONE, chain: 'atomone-1', threshold: '2', denom: contract }
    expect(await ask(world, 'slash', 'register', args)).toContain('is kept by a contract (cw20)')
    insert(world, contract)
    await check(world)
    expect(world.news()).toEqual([])
    const shown = await ask(world, 'slash', 'wallets')
    expect(shown).toMatch(/^\*\*0 balances\*\* watched, 0 low/)
    expect(shown.match(/🔴 Not watched: .* is kept by a contract \(cw20\)/g)).toHaveLength(2)
    await ask(world, 'slash', 'deregister', { wallet: ATONE })
    expect(registrations(world)).toEqual([])
  })
})
