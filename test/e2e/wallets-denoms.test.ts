// Which token a wallet is watched for, where its symbol or its decimals leave it open, and where the chain has none such.
import { afterEach, describe, expect, it } from 'vitest'
import { registryAssets } from '../../src/chains/registry-assets.ts'
import { address, ask, chainOf, check, registrations, walletWorld } from '../support/wallets.ts'
import { closeWorlds, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

const HUB = address(1)
const OSMO = address(1, 'osmo')
/** Somebody else, so that there is a supply. */
const OTHER = address(2)
const RUJI = {
  base: 'x/ruji',
  display: 'x/ruji',
  symbol: 'RUJI',
  denom_units: [
    { denom: 'x/ruji', exponent: 0 },
    { denom: 'ruji', exponent: 8 },
  ],
}
const CLEAR = { ...RUJI, display: 'ruji' }

/** The same world with other wallets in the configuration of a chain. */
async function restartWith(world: TestWorld, chainId: string, wallets: object[]): Promise<void> {
  const { settings } = world
  const chains = settings.chains.map((chain) => (chain.chainId === chainId ? { ...chain, wallets } : chain))
  await world.restart({ ...settings, chains: chains as typeof settings.chains })
}

describe('a symbol of several tokens', () => {
  const osmosis = (chain: object = {}) =>
    walletWorld({
      build: (chains) =>
        void chains.addChain({ chainId: 'osmosis-1', bondDenom: 'uosmo', bech32Prefix: 'osmo' }),
      chain: { 'osmosis-1': chain },
    })
  const register = (world: TestWorld, threshold: string, denom: string) =>
    ask(world, 'slash', 'register', { wallet: OSMO, chain: 'osmosis-1', threshold, denom })

  it('is the one that the wallet holds, by its own decimals; else it is asked, and the denoms are named', async () => {
    const world = await osmosis()
    const chain = chainOf(world, 'osmosis-1')
    const [first, second] = await registryAssets('osmosis-1', 'SOL')
    if (!first || !second) throw new Error('the registry has lost the tokens that are called SOL')
    const none = await register(world, '2', 'sol')
    expect(none).toContain('SOL stands for 3 tokens there')
    expect(none).toContain(`\`${first.denom}\` (8 decimals)`)
    expect(none).toContain(`\`${second.denom}\` (9 decimals)`)
    expect(none).toContain('The wallet holds none of them: give the denom')
    chain.setBalance(OSMO, second.denom, 7_000_000_000n)
    const done = await register(world, '2', 'sol')
    expect(done).toContain(`**2 SOL**, denom \`${second.denom}\`. It holds 7 SOL now.`)
    expect(registrations(world)).toMatchObject([{ denom: second.denom, threshold_base: '2000000000' }])
    for (const command of ['wallets', 'my_wallets'])
      expect(await ask(world, 'slash', command)).toContain(`denom \`${second.denom}\``)
    // Another one comes in, and the wallet runs empty: what was registered is still meant.
    chain.setBalance(OSMO, first.denom, 1n)
    chain.setBalance(OSMO, second.denom, 0n)
    chain.setBalance(address(2, 'osmo'), second.denom, 1n)
    expect(await register(world, '3', 'SOL')).toContain(`(was 2 SOL), denom \`${second.denom}\``)
    const gone = await ask(world, 'slash', 'deregister', { wallet: OSMO })
    expect(gone).toContain(`(it was below 3 SOL, denom \`${second.denom}\`)`)
    chain.setBalance(OSMO, second.denom, 1n)
    expect(await register(world, '3', 'SOL')).toContain('The wallet holds 2 of them')
  })

  it('in the configuration is the one that it holds, and stays it when the wallet is empty', async () => {
    const wallets = [{ address: OSMO, threshold: '2', denom: 'FET' }]
    const world = await osmosis({ wallets })
    const chain = chainOf(world, 'osmosis-1')
    await check(world)
    const open = await ask(world, 'slash', 'wallets')
    expect(open).toContain('🔴 Not watched')
    expect(open).toMatch(/FET stands for 2 tokens there: .*18 decimals.*12 decimals.*write the `denom`/)
    const [, alloyed] = await registryAssets('osmosis-1', 'FET')
    chain.setBalance(OSMO, alloyed!.denom, 7_000_000_000_000n)
    await restartWith(world, 'osmosis-1', wallets)
    await check(world)
    expect(await ask(world, 'slash', 'wallets')).toContain(`**7 FET**, <t:`)
    chain.setBalance(OSMO, alloyed!.denom, 0n)
    await restartWith(world, 'osmosis-1', wallets)
    await check(world)
    expect(world.news()).toEqual([expect.stringContaining('has 0 FET, below 2 FET')])
    expect(await ask(world, 'slash', 'alerts')).toContain(`, denom \`${alloyed!.denom}\``)
  })
})

it('a denom that the chain does not have is refused; where that cannot be asked it is said', async () => {
  const world = await walletWorld()
  const hub = chainOf(world, 'hub-1')
  const [endpoint] = world.endpoints.get('hub-1')!
  const register = (denom: string, threshold = '5') =>
    ask(world, 'slash', 'register', { wallet: HUB, chain: 'hub-1', threshold, denom })
  hub.denomsMetadata.set('x/ruji', RUJI)
  expect(await register('x/ruji')).toBe(
    '**Cosmos Hub** has no `x/ruji` now: its supply there is 0, and the wallet holds none. Give another denom.',
  )
  expect(await register('uxyz')).toContain(
    'Nobody knows a token `uxyz` on **Cosmos Hub**: its supply there is 0.',
  )
  expect(registrations(world)).toEqual([])
  // Somebody has it: whether its decimals are known is another matter.
  hub.setBalance(OTHER, 'uxyz', 1n)
  const known = await register('uxyz')
  expect(known).toContain('less than **5 uxyz**. It holds 0 uxyz now.')
  expect(known).toContain('Its decimals are not known: it is counted in base units.')
  const faults: NonNullable<typeof endpoint>['faults'][] = [
    { only: /\/supply\//, status: 500 },
    {
      only: /\/supply\//,
      rewrite: (body: string) => body.replace('x/ruji', 'uatom').replace('"0"', '"7"'),
    },
  ]
  for (const fault of faults) {
    endpoint!.faults = fault
    const said = await register('x/ruji')
    expect(said).toContain('whether there is such a denom there could not be asked: check `x/ruji`.')
    await ask(world, 'slash', 'deregister', { wallet: HUB, denom: 'x/ruji' })
  }
  expect(registrations(world)).toHaveLength(1)
})

describe('a wallet of the configuration', () => {
  const wallets = [{ address: HUB, threshold: '5', denom: 'x/ruji' }]

  it('whose decimals nobody knows is counted in base units, which is said, until they are written', async () => {
    const world = await walletWorld({
      hub: { wallets },
      build: (chains) => void chains.chain('hub-1').setBalance(HUB, 'x/ruji', 300_000_000n),
    })
    await check(world)
    expect(world.news()).toEqual([])
    const shown = await ask(world, 'slash', 'wallets')
    expect(shown).toContain('**300,000,000 `x/ruji`**')
    expect(shown).toContain('counted in base units')
    const warned = world.log.filter(({ msg }) => msg.includes('is counted in base units'))
    expect(warned).toMatchObject([{ chainId: 'hub-1', address: HUB, denom: 'x/ruji' }])
    // Known later: the threshold keeps its meaning.
    chainOf(world, 'hub-1').denomsMetadata.set('x/ruji', RUJI)
    await restartWith(world, 'hub-1', wallets)
    await check(world)
    expect(world.news()).toEqual([])
    expect(await ask(world, 'slash', 'wallets')).toContain('counted in base units')
    await restartWith(world, 'hub-1', [{ ...wallets[0], decimals: 8 }])
    await check(world)
    expect(world.news()).toEqual([expect.stringContaining('has 3 `x/ruji`, below 5 `x/ruji`')])
    expect(await ask(world, 'slash', 'wallets')).not.toContain('base units')
    const contradicted = () => world.log.filter(({ msg }) => msg.includes('is counted as written'))
    expect(contradicted()).toEqual([])
    chainOf(world, 'hub-1').denomsMetadata.set('x/ruji', CLEAR)
    for (const round of [1, 2]) {
      await restartWith(world, 'hub-1', [{ ...wallets[0], decimals: 6 }])
      await check(world)
      expect(contradicted()).toHaveLength(round)
    }
    expect(contradicted()[0]!.msg).toContain('6 decimals are written for x/ruji, and its chain says 8')
  })

  it('whose token cannot be asked for is shown, and watched at once where its decimals are written', async () => {
    const world = await walletWorld({
      hub: { wallets },
      build: (chains) => void chains.chain('hub-1').setBalance(HUB, 'x/ruji', 300_000_000n),
      endpoints: { 'hub-1': [{ only: /denoms_metadata/, status: 500 }] },
    })
    await check(world)
    const shown = await ask(world, 'slash', 'wallets')
    expect(shown).toMatch(
      /🔴 Not watched: .* in the configuration: its token is asked for again at each check \(/,
    )
    await restartWith(world, 'hub-1', [{ ...wallets[0], decimals: 8 }])
    await check(world)
    // The check may have joined the one that began with the start, which tells on its own.
    const told = () => world.lines().filter((line) => line.includes('x/ruji'))
    await expect.poll(told).toEqual([expect.stringContaining('has 3 `x/ruji`, below 5 `x/ruji`')])
    expect(await ask(world, 'slash', 'wallets')).not.toContain('Not watched')
  })

  it.each([
    ['whose metadata is not clear', RUJI, 'v10'],
    // Versions before did not read the list.
    ['that the list of metadata alone has', CLEAR, 'v7'],
  ] as const)('that was counted in base units by a version before stays so: one %s', async (...row) => {
    const [, metadata, version] = row
    const world = await walletWorld({ version })
    const hub = chainOf(world, 'hub-1')
    hub.denomsMetadata.set('x/ruji', metadata)
    hub.setBalance(HUB, 'x/ruji', 300_000_000n)
    hub.setBalance(OTHER, 'x/ruji', 300_000_000n)
    const { sql } = world.app.database
    sql.prepare("INSERT INTO wallet_balances VALUES ('hub-1', ?, 'x/ruji', '300000000', 0, '0')").run(HUB)
    // One that is new, or was never read, stands before it.
    await restartWith(world, 'hub-1', [{ address: OTHER, threshold: '4', denom: 'x/ruji' }, ...wallets])
    await check(world)
    expect(world.news()).toEqual([])
    expect(await ask(world, 'slash', 'wallets')).toMatch(/300,000,000 .*counted in base units/)
  })

  it('takes the larger unit where it was never watched, after a restart too', async () => {
    const world = await walletWorld({
      hub: { wallets },
      build(chains) {
        chains.chain('hub-1').denomsMetadata.set('x/ruji', RUJI)
        chains.chain('hub-1').setBalance(HUB, 'x/ruji', 300_000_000n)
      },
    })
    const hub = chainOf(world, 'hub-1')
    await check(world)
    expect(world.news()).toEqual([expect.stringContaining('has 3 RUJI, below 5 RUJI')])
    hub.setBalance(HUB, 'x/ruji', 600_000_000n)
    await restartWith(world, 'hub-1', wallets)
    await check(world)
    expect(world.news()).toEqual([expect.stringContaining('has 6 RUJI')])
    expect(await ask(world, 'slash', 'wallets')).toContain('denom `x/ruji`')
  })
})
