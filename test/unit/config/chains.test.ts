// A chain of the configuration: which one is meant, and which cannot be built.
import { describe, expect, it } from 'vitest'
import { type ConfigInput, settingsOf } from '../../../src/config/index.ts'
import { chain, problemsOf } from '../../support/config-problems.ts'

describe('a chain', () => {
  it('that is only named and cannot be built is set apart, with its place; a wrong key beside it is said with it', async () => {
    const input = { chains: ['left-the-registry', chain, { chainId: 'no-rest-1', alerts: { warnAt: 0.7 } }] }
    const settings = await settingsOf(input)
    expect(settings.chains).toMatchObject([{ chainId: 'osmo-test-5', place: 'chains[1]' }])
    expect(settings.unwatched).toMatchObject([
      { place: 'chains[0]', chainId: 'left-the-registry' },
      { place: 'chains[2].rest', chainId: 'no-rest-1' },
    ])
    const text = await problemsOf({ ...input, shedule: {} })
    expect(text).toContain('shedule: unknown key')
    expect(text).toContain('chains[0]: "left-the-registry" is neither')
    expect(
      await problemsOf({ chains: [chain, { chainId: 'no-rest-1', alerts: { criticalAt: 0.1 } }] }),
    ).toContain('chains[1].alerts.criticalAt')
  })

  it('that is written wrongly leaves the others their places', async () => {
    const text = await problemsOf({ chains: [{ chainId: 'x-1', rst: [] }, chain, 'left-the-registry'] })
    expect(text).toContain('chains[2]: "left-the-registry" is neither')
  })

  it('that is short has no stranger beside it; spaces around a word are forgiven', async () => {
    const { chains, unwatched } = await settingsOf({ chains: [chain, 'qqmos', ' osmosis '] })
    expect(chains[1]?.chainId).toBe('osmosis-1')
    expect(unwatched).toMatchObject([
      { chainId: 'qqmos', mend: expect.stringMatching(/^write the chain out/) },
    ])
  })

  it.each([
    [
      'evmos',
      /^Evmos \(evmos_9001-2\) has left the chain registry, .* not in the copy of 16 Aug 2026$/,
      /^leave it out; .*chainId: 'evmos_9001-2'/,
    ],
    ['stargaze-1', /^Stargaze \(stargaze-1\) has left/, /chainId: 'stargaze-1'/],
    [
      'ethereum',
      /^Ethereum Mainnet \(1\) is not a Cosmos chain, but eip155$/,
      /^leave it out: what has no REST API/,
    ],
    ['solana', /is not a Cosmos chain, but solana$/, /^leave it out/],
    ['Rootstock', /is not a Cosmos chain/, /^leave it out/],
    ['Bitcoin', /^"Bitcoin" is not a Cosmos chain, as the chain registry has it$/, /^leave it out/],
    ['tron', /^"tron" is not a Cosmos chain/, /^leave it out/],
    ['penumbra', /^Penumbra \(penumbra-1\) speaks no Cosmos REST/, /^leave it out/],
    ['namada', /speaks no Cosmos REST/, /^leave it out/],
    ['galaxy', /^the chain registry has no REST endpoint for Galaxy \(galaxy-1\)$/, /^write the chain out/],
    [
      'Persistence Testnet',
      /^"Persistence Testnet" may be .* \(test-core-1\) or .* \(test-core-2\)$/,
      /^write test-core-1 or test-core-2$/,
    ],
    ['Terra', /^"Terra" may be .* \(columbus-5\) or .* \(phoenix-1\)$/, /^write columbus-5 or phoenix-1$/],
    ['ARKEO', /^"ARKEO" may be /, /^write arkeonetworktestnet or arkeo-main-v1$/],
    [
      'cosmosh',
      /neither a name nor a chain id in the chain registry \(not in the copy of 16 Aug 2026\)$/,
      /^write cosmoshub if/,
    ],
  ])('%s cannot be asked: it is said why, and what to do', async (word, reason, mend) => {
    for (const entry of [word, { chainId: word }]) {
      const { chains, unwatched } = await settingsOf({ chains: [chain, entry] })
      expect(chains).toHaveLength(1)
      expect(unwatched).toMatchObject([{ chainId: word, mend: expect.stringMatching(mend) }])
      expect(unwatched[0]!.reason.replace(/^no REST endpoint given, and (?=")/, '')).toMatch(reason)
    }
  })

  it.each(['Cosmos Hub', 'cosmos-hub', 'COSMOSHUB', 'Cosmoshub-4', 'cosmoshub'])(
    'is meant by any name that it has in the registry: %s',
    async (name) => {
      const routes = [{ chains: [name], webhook: 'HOOK_URL' }]
      const { chains, alerts } = await settingsOf({ chains: [name], alerts: { routes } })
      expect(chains).toMatchObject([{ chainId: 'cosmoshub-4' }])
      expect(alerts.routes[0]!.chains).toEqual(['cosmoshub-4'])
    },
  )

  it('is meant by a route as the registry calls it, whatever it is called here', async () => {
    const hub = { chainId: 'cosmoshub-4', name: 'Mine', rest: ['http://127.0.0.1:1'] }
    const routes = ['cosmoshub', 'Cosmos Hub', 'Mine'].map((name) => ({
      chains: [name],
      webhook: 'HOOK_URL',
    }))
    const { alerts } = await settingsOf({ chains: [hub], alerts: { routes } })
    expect(alerts.routes.map(({ chains }) => chains)).toEqual([
      ['cosmoshub-4'],
      ['cosmoshub-4'],
      ['cosmoshub-4'],
    ])
    expect(
      await problemsOf({ chains: [hub], alerts: { routes: [{ chains: ['osmosis'], webhook: 'HOOK_URL' }] } }),
    ).toContain('alerts.routes[0].chains: "osmosis" is not one of the chains')
  })

  it('that is not watched is meant by a route by its word and by its id', async () => {
    const routes = ['evmos', 'evmos_9001-2', 'Evmos'].map((name) => ({ chains: [name], webhook: 'HOOK_URL' }))
    const { alerts, doubts } = await settingsOf({ chains: [chain, 'evmos'], alerts: { routes } })
    expect(alerts.routes.map(({ chains }) => chains)).toEqual([['evmos'], ['evmos'], ['evmos']])
    expect(doubts).toEqual([])
  })

  it('takes a denom of two letters, a long name cut, and spaces around what is a word', async () => {
    const { chains } = await settingsOf({
      chains: [
        {
          chainId: ' union-1 ',
          name: `${'n'.repeat(63)}🚀 and more`,
          rest: ['https://lcd.example'],
          prefix: ' union ',
          token: { symbol: ' U ', denom: ' au ', decimals: 18 },
        },
      ],
    })
    expect(chains).toMatchObject([
      {
        chainId: 'union-1',
        name: `${'n'.repeat(63)}🚀`,
        prefix: 'union',
        token: { symbol: 'U', denom: 'au', decimals: 18 },
      },
    ])
  })

  it('can only be what it says where the other chain of that name is there by itself', async () => {
    const local = { chainId: 'osmosis', rest: ['http://127.0.0.1:1'] }
    const alerts = { routes: [{ chains: ['osmosis'], webhook: 'HOOK_URL' }] }
    const settings = await settingsOf({ chains: ['osmosis', local], alerts })
    expect(settings.chains.map(({ chainId }) => chainId)).toEqual(['osmosis-1', 'osmosis'])
    expect(settings.undecided).toEqual([])
    expect(settings.alerts.routes[0]!.chains).toEqual(['osmosis'])
  })

  it('has no denom of the other chain of its name to be measured by', async () => {
    const wallets = [{ address: 'osmo1…', threshold: '0.0000000000001' }]
    const local = { chainId: 'osmosis', rest: ['http://127.0.0.1:1'], wallets }
    expect((await settingsOf({ chains: [local] })).undecided).toHaveLength(1)
  })

  it('takes the decimals of a wallet beside its denom; what contradicts another word is said with its path', async () => {
    const token = { symbol: 'OSMO', denom: 'uosmo', decimals: 6 }
    const of = (wallets: object[]) => ({ chains: [{ ...chain, token, wallets }] })
    const wallet = { address: 'osmo1…', threshold: '0.00000001' }
    const foreign = { ...wallet, denom: 'x/ruji', decimals: 8 }
    const written = await settingsOf(of([foreign, { ...wallet, denom: 'x/ruji' }]))
    expect(written.chains[0]!.wallets[0]).toMatchObject({ denom: 'x/ruji', decimals: 8 })
    const own = { ...foreign, denom: 'OSMO' }
    const other = { ...foreign, decimals: 18 }
    const few = { ...foreign, denom: 'ushort', decimals: 7 }
    const text = await problemsOf(of([{ ...wallet, decimals: 8 }, own, foreign, other, few]))
    expect(text).toContain('chains[0].wallets[0].decimals: it stands beside a `denom`')
    expect(text).toContain("chains[0].wallets[1].decimals: 8, but the chain's `token` OSMO has 6")
    expect(text).toContain('chains[0].wallets[3].decimals: 18, but 8 is written for x/ruji too')
    expect(text).toContain('chains[0].wallets[4].threshold: 0.00000001 has more decimals than ushort (7)')
    expect(text).not.toContain('wallets[2]')
    // As the wallets' part reads them: a symbol in any case, the hash of an ibc/ denom too.
    const ibc = `ibc/${'AB'.repeat(32)}`
    const cases = [
      { ...own, denom: 'osmo' },
      { ...foreign, denom: ibc },
      { ...other, denom: ibc.toLowerCase() },
    ]
    const cased = await problemsOf(of(cases))
    expect(cased).toContain("wallets[0].decimals: 8, but the chain's `token` OSMO has 6")
    expect(cased).toContain(`wallets[2].decimals: 18, but 8 is written for ${ibc} too`)
    expect(await problemsOf(of([{ ...foreign, decimals: 31 }]))).toContain('wallets[0].decimals')
  })

  it.each([
    [
      ['cosmoshub', 'COSMOSHUB', 'Cosmos Hub'],
      ['chains[1]', 'chains[2]'],
    ],
    [['COSMOSHUB', { chainId: 'cosmoshub-4', rest: ['http://127.0.0.1:1'] }], ['chains[0]']],
  ])(
    'by a word beside itself is watched once, and said: versions before knew fewer words: %j',
    async (...row) => {
      const [words, places] = row
      const { chains, doubts } = await settingsOf({ chains: words as ConfigInput['chains'] })
      expect(chains.map(({ chainId }) => chainId)).toEqual(['cosmoshub-4'])
      expect(doubts.map(({ place }) => place)).toEqual(places)
      expect(doubts[0]!.reason).toMatch(/^"COSMOSHUB" is cosmoshub-4, which is there already$/)
    },
  )

  it('that a route names as `chains` does is meant, whoever else is called so', async () => {
    const alerts = { routes: [{ chains: ['Noble'], webhook: 'HOOK_URL' }] }
    const found = await settingsOf({ chains: ['Noble', 'grand-1'], alerts })
    expect(found.alerts.routes[0]!.chains).toEqual(['noble-1'])
    expect(await problemsOf({ chains: ['noble-1', 'grand-1'], alerts })).toContain('"Noble" may be Noble')
  })

  it('that is misspelt has the nearest name of the registry beside it', async () => {
    const { unwatched } = await settingsOf({ chains: [chain, 'cosmohub'] })
    expect(unwatched).toMatchObject([
      { mend: expect.stringContaining('write cosmoshub if that is meant, else write') },
    ])
  })

  it('with endpoints is what it says, whatever the registry calls by that name', async () => {
    const rest = ['http://127.0.0.1:1']
    const { chains, undecided } = await settingsOf({
      chains: [
        { chainId: 'agoric', rest },
        { chainId: 'arkeo', rest },
        { chainId: 'celestia', rest },
        { chainId: 'cosmoshub-4', rest },
      ],
    })
    expect(chains.map(({ chainId }) => chainId)).toEqual(['celestia', 'cosmoshub-4'])
    expect(undecided.map(({ said, registry }) => [said, registry])).toMatchObject([
      [
        { chainId: 'agoric', name: 'agoric', registryName: null, prefix: null, token: null },
        { chainId: 'agoric-3', name: 'Agoric', rest: [{ url: rest[0] }] },
      ],
      [
        { chainId: 'arkeo', registryName: 'arkeonetworktestnet' },
        { chainId: 'arkeo-main-v1', registryName: 'arkeo' },
      ],
    ])
  })

  it('that a word means by its name, although it is the id of another one, goes on and is doubted', async () => {
    const { chains, doubts } = await settingsOf({ chains: ['arkeo'] })
    expect(chains).toMatchObject([{ chainId: 'arkeo-main-v1' }])
    expect(doubts).toMatchObject([{ place: 'chains[0]', mend: 'write arkeo-main-v1 or arkeonetworktestnet' }])
  })

  it('is meant by a route with any of its names; where two are called so, it is asked', async () => {
    const routes = (name: string) => ({ routes: [{ chains: [name], webhook: 'HOOK_URL' }] })
    const words = ['noble', 'nobletestnet']
    for (const [name, chainId] of [
      ['noble', 'noble-1'],
      ['nobletestnet', 'grand-1'],
      ['grand-1', 'grand-1'],
    ] as const) {
      const settings = await settingsOf({ chains: words, alerts: routes(name) })
      expect(settings.alerts.routes[0]!.chains).toEqual([chainId])
    }
    expect(await problemsOf({ chains: words, alerts: routes('Noble') })).toContain(
      'alerts.routes[0].chains: "Noble" may be Noble (noble-1) or Noble (grand-1); write its chain id',
    )
  })
})
