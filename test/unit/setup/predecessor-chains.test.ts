// The chains and wallets of the predecessor: endpoints, names, denoms, thresholds, owners.
import { describe, expect, test } from 'vitest'
import { registryChain } from '../../../src/chains/registry.ts'
import { settingsOf } from '../../../src/config/index.ts'
import { planFromPredecessor } from '../../../src/setup/predecessor.ts'
import { texts } from '../../support/imported.ts'
import { ADDRESSES, CHAINS_PY, CONFIG_PY } from '../../support/predecessor.ts'
import { plan, withSetting } from '../../support/predecessor-plan.ts'

describe('chains', () => {
  const chainsPy = (entry: string) => ({ 'chains.py': CHAINS_PY.replace(']\n', `${entry},\n]\n`) })

  test('an entry without a usable URL comes from the registry, or is left with the reason', async () => {
    const imported = await plan(
      chainsPy(
        `{'chain_id': 'osmosis-1', 'api': 'osmosis.example.org', 'chain_name': 'OSMOSIS'},\n{'chain_id': 'bad-1', 'api': 'https://x.example.org#y'},\n{'api': 'https://z.example.org'},\n7`,
      ),
    )
    expect(imported.config.chains.at(-1)).toEqual({
      chainId: 'osmosis-1',
      name: 'OSMOSIS',
      token: { symbol: 'OSMO', denom: 'uosmo', decimals: 6 },
      connections: 'none',
    })
    const left = texts(imported, 'left').join('\n')
    expect(left).toContain('chains.py line 9: bad-1 has no usable `api`')
    expect(left).toContain('chains.py line 10: a chain without a usable `chain_id`')
    expect(left).toContain('chains.py line 11: a chain without a usable `chain_id`')
    await expect(settingsOf(imported.config)).resolves.toBeTruthy()
  })

  test('without an endpoint anywhere: a line to fill in, with everything else that was said of it', async () => {
    const monitored = `{'elystestnet-1': [], 'lost-9': ['connection-2'], 'named-7': []}`
    const imported = await plan({
      ...chainsPy(
        `{'chain_id': 'lost-9', 'api': 'lost.example.org', 'chain_name': 'LOST', 'exponent': 6, 'denom': 'ulost', 'full_denom': 'LOST'}`,
      ),
      ...withSetting('monitored_chains', monitored),
      'tracked_wallets.py': `tracked_wallets = {'${ADDRESSES.elysA}': ['lost-9', '<@875319025058594896>', 2.5]}`,
      'expired_clients.py': `expired_clients = [{'07-tendermint-4': ['connection-2', 'connection-0', 'lost-9', 'elystestnet-1']}]`,
    })
    expect(imported.toFillIn).toEqual([
      {
        chainId: 'lost-9',
        name: 'LOST',
        rest: ['https://…'],
        token: { symbol: 'LOST', denom: 'ulost', decimals: 6 },
        connections: ['connection-2'],
        prefix: 'elys',
        wallets: [{ address: ADDRESSES.elysA, threshold: '2.5', mention: ['<@875319025058594896>'] }],
      },
      { chainId: 'named-7', rest: ['https://…'], connections: 'all' },
    ])
    expect([imported.wallets, imported.expired]).toEqual([[], []])
    expect(imported.comments['chains[]']?.before).toHaveLength(3)
    const left = texts(imported, 'left').join('\n')
    expect(left).toContain('07-tendermint-4: its chain lost-9 is to be filled in')
    expect(left).toContain('named-7 was monitored, but neither')
    const rest = [{ url: 'https://filled-in.example.org' }]
    const filled = imported.toFillIn!.map((chain) => ({ ...chain, rest }))
    await settingsOf({ ...imported.config, chains: [...imported.config.chains, ...filled] })
    const again = await plan(
      chainsPy(`{'chain_id': 'two-2'},\n{'chain_id': 'two-2', 'api': 'https://two.example.org'}`),
    )
    expect(again.toFillIn).toEqual([])
    expect(again.config.chains.at(-1)).toMatchObject({ rest: ['https://two.example.org'] })
  })

  test('what is not known in it is named, once each; keys that are no text too', async () => {
    const secret = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'
    const imported = await plan({
      ...chainsPy(
        `{'chain_id': 'a-1', 'api': 'https://a.example.org', 'rpc': 'hunter2', '${secret}': 1, 7: 1},\n{'chain_id': 'b-1', 'api': 'https://b.example.org', 'rpc': 1, 'wallets': {'x': 1}}`,
      ),
      ...withSetting('monitored_chains', "{'elystestnet-1': 3, 8: []}"),
    })
    const said = imported.notes.map(({ text }) => text).join('\n')
    expect(said).toContain('`chain_data`: not known here, so not read: rpc (line 9), (not shown) (line 8)')
    expect(said).toContain('line 9: `wallets` is no list of addresses')
    expect(said).toMatch(/`monitored_chains` has a key in line \d+ that is no text/)
    expect(said).toContain('elystestnet-1: none of its connections could be read')
    expect(said).not.toMatch(/hunter2|ghp_/)
  })

  test('a key in the query of an endpoint is kept, and not said', async () => {
    const imported = await plan(
      chainsPy(`{'chain_id': 'keyed-1', 'api': 'https://k.example.org/x/?apikey=abc/'}`),
    )
    const rest = ['https://k.example.org/x/?apikey=abc/']
    expect(imported.config.chains.at(-1)).toMatchObject({ chainId: 'keyed-1', rest })
    expect(JSON.stringify(imported.notes)).not.toContain('apikey')
    await settingsOf(imported.config)
  })

  test('a chain that is there twice keeps both endpoints', async () => {
    const imported = await plan(chainsPy(`{'chain_id': 'elystestnet-1', 'api': 'http://10.0.0.7:1317/'}`))
    expect(imported.config.chains[0]).toMatchObject({
      rest: ['https://rest.elys.example.org', 'http://10.0.0.7:1317'],
    })
  })

  test('a registry name where a chain id belongs is the same chain, once', async () => {
    const imported = await planFromPredecessor(
      new Map([
        ['config.py', "monitored_chains = {'osmosis': ['connection-1'], 'cosmoshub-4': []}"],
        ['chains.py', "chain_data = [{'chain_id': 'cosmoshub', 'api': 'https://h.example.org'}]"],
        [
          'tracked_wallets.py',
          `tracked_wallets = {'${ADDRESSES.osmoA}': ['osmosis-1', '<@875319025058594896>', 1]}`,
        ],
      ]),
      registryChain,
    )
    expect(imported.config.chains).toMatchObject([
      { chainId: 'osmosis-1', connections: ['connection-1'] },
      { chainId: 'cosmoshub-4', rest: ['https://h.example.org'], connections: 'all' },
    ])
    expect(imported.wallets).toMatchObject([{ chainId: 'osmosis-1' }])
  })

  test('decimals that the registry contradicts are said', async () => {
    const entry = `{'chain_id': 'osmosis-1', 'api': 'https://o.example.org', 'exponent': 18, 'denom': 'uosmo', 'full_denom': 'OSMO'}`
    const imported = await plan(chainsPy(entry))
    expect(texts(imported, 'changed').join()).toContain(
      'uosmo has 18 decimals there, 6 in the chain registry',
    )
  })

  test.each([
    ["'denom': 'ustake', 'full_denom': 'OSMO'", 'uosmo', 'ustake is no token of osmosis-1'],
    ["'denom': 'ustake', 'full_denom': 'ION'", 'uion', 'ION (uion) is used'],
    ["'denom': 'ustake', 'full_denom': 'NOPE'", 'uosmo', 'OSMO (uosmo) is used'],
    ["'denom': 'factory/osmo1x/new', 'full_denom': 'NEW'", 'factory/osmo1x/new', 'it is kept, check it'],
    ["'denom': 'uosmo', 'full_denom': 'OSMO'", 'uosmo', null],
  ])('a token of %s is %s', async (token, denom, said) => {
    const entry = `{'chain_id': 'osmosis-1', 'api': 'https://o.example.org', 'exponent': 6, ${token}}`
    const imported = await plan(chainsPy(entry))
    expect(imported.config.chains.at(-1)).toMatchObject({ token: { denom } })
    const changed = texts(imported, 'changed').join()
    if (said === null) expect(changed).not.toContain('in the chain registry')
    else expect(changed).toContain(said)
  })

  test('that are watched whole: whom alerts are about is said, because it was otherwise', async () => {
    const about = (imported: Awaited<ReturnType<typeof plan>>) =>
      texts(imported, 'changed').filter((note) => note.includes('with an OPEN channel'))
    expect(about(await plan())).toHaveLength(1)
    const listed = withSetting('monitored_chains', "{'elystestnet-1': ['connection-0']}")
    expect(about(await plan(listed))).toEqual([])
  })

  test.each([
    ["'connection-3, connection-4'", ['connection-3', 'connection-4']],
    ["['connection-3 connection-4', '5']", ['connection-3', 'connection-4', 'connection-5']],
    ["''", 'all'],
    ['[]', 'all'],
    ['None', 'all'],
    ["{'connection-3'}", ['connection-3']],
  ])('connections written as %s', async (written, connections) => {
    const imported = await plan(withSetting('monitored_chains', `{'elystestnet-1': ${written}}`))
    expect(imported.config.chains[0]).toMatchObject({ connections })
  })

  test('a chain id with spaces around is that chain; names may have any letters, and signs', async () => {
    const name = 'Elys: our très own test chain 🧪 (new)'
    const imported = await plan({
      'chains.py': CHAINS_PY.replace("'ELYS'", `'${name}'`),
      ...withSetting('monitored_chains', "{' elystestnet-1 ': []}"),
    })
    expect(imported.config.chains[0]).toMatchObject({ chainId: 'elystestnet-1', name, connections: 'all' })
    expect(imported.toFillIn).toEqual([])
  })

  test('a dict for one chain is that chain, as the README of the first versions has it', async () => {
    const only = "rest_servers = {'chain_id': 'elystestnet-1', 'api': 'https://rest.elys.example.org'}"
    const imported = await plan({ 'chains.py': only })
    expect(imported.config.chains[0]).toMatchObject({ rest: ['https://rest.elys.example.org'] })
  })

  test('connections: numbers are meant, nonsense is said, none left means all', async () => {
    const monitored = `{'elystestnet-1': [3, 'connection-4', 'connection-4'], 'theta-testnet-001': ['channel-1']}`
    const imported = await plan({
      'config.py': CONFIG_PY.replace(/monitored_chains = \{[^}]*\}/, `monitored_chains = ${monitored}`),
    })
    expect(imported.config.chains.slice(0, 2)).toMatchObject([
      { connections: ['connection-3', 'connection-4'] },
      { connections: 'all' },
    ])
    expect(texts(imported, 'left').join()).toContain('"channel-1" of theta-testnet-001 is no connection')
  })
})

describe('wallets', () => {
  const wallet = (address: string, value: string) =>
    plan({ 'tracked_wallets.py': `tracked_wallets = {'${address}': ${value}}` })

  test.each([
    ['0.1', 100_000n, '0.1'],
    ['2.5e-6', 2n, '0.000002'],
    ['0.30000000000000004', 300_000n, '0.3'],
    ['10', 10_000_000n, '10'],
    ["'1.5'", 1_500_000n, '1.5'],
  ])('threshold %s is exact', async (threshold, base, text) => {
    const imported = await wallet(ADDRESSES.elysA, `['elystestnet-1', '<@875319025058594896>', ${threshold}]`)
    expect(imported.wallets).toMatchObject([{ thresholdBase: base, thresholdText: `${text} ELYS` }])
    const finer = texts(imported, 'changed').some((note) => note.includes('finer than the token'))
    expect(finer).toBe(['2.5e-6', '0.30000000000000004'].includes(threshold))
  })

  test('a threshold that no balance is below is brought, and said', async () => {
    const imported = await wallet(ADDRESSES.elysA, "['elystestnet-1', '<@875319025058594896>', 0]")
    expect(imported.wallets).toMatchObject([{ thresholdBase: 0n }])
    expect(texts(imported, 'changed').join()).toContain(`${ADDRESSES.elysA}: no balance is below 0`)
  })

  test.each([
    ["['elystestnet-1', '<@875319025058594896>']", 'not [chain id, owner, threshold]'],
    ["['elystestnet-1', '<@875319025058594896>', -1]", 'not [chain id, owner, threshold]'],
    ['7', 'not [chain id, owner, threshold]'],
    ["['nodenom-1', '<@875319025058594896>', 1]", 'the token of nodenom-1 is not known'],
    ["['unheard-of-7', '<@875319025058594896>', 1]", 'its chain unheard-of-7 is neither in'],
  ])('%s is left: %s', async (value, reason) => {
    const imported = await wallet(ADDRESSES.elysA, value)
    expect(imported.wallets).toEqual([])
    expect(texts(imported, 'left').join()).toContain(
      `tracked_wallets.py line 1: ${ADDRESSES.elysA}: ${reason}`,
    )
  })

  test.each(['nan', 'inf', '-inf'])('a threshold of %s costs its wallet alone', async (threshold) => {
    const other = `'${ADDRESSES.elysB}': ['elystestnet-1', '<@875319025058594896>', 1.0]`
    const imported = await plan({
      'tracked_wallets.py': `tracked_wallets = {'${ADDRESSES.elysA}': ['elystestnet-1', '<@875319025058594896>', ${threshold}],\n ${other}}`,
    })
    expect(imported.wallets).toMatchObject([{ address: ADDRESSES.elysB }])
    expect(texts(imported, 'left').join()).toContain(`${ADDRESSES.elysA}: not [chain id, owner, threshold]`)
  })

  test('what is no address is left with the reason', async () => {
    const imported = await wallet(
      ADDRESSES.elysA.replace('y', 'z'),
      "['elystestnet-1', '<@875319025058594896>', 1]",
    )
    expect(imported.wallets).toEqual([])
    expect(texts(imported, 'left').join()).toContain('not an address: its checksum does not fit')
    const hex = await wallet(`0x${'ab'.repeat(20)}`, "['theta-testnet-001', '<@875319025058594896>', 1]")
    expect(texts(hex, 'left').join()).toMatch(
      /not an address: it is a 0x address, give the bech32 form: cosmos1/,
    )
  })

  test('a chain that only the registry knows is brought for its wallet', async () => {
    const imported = await wallet(ADDRESSES.osmoA, "['osmosis-1', '<@875319025058594896>', 1]")
    expect(imported.wallets).toMatchObject([
      { chainId: 'osmosis-1', denom: 'uosmo', thresholdBase: 1_000_000n },
    ])
    expect(imported.config.chains.at(-1)).toEqual({ chainId: 'osmosis-1', connections: 'none' })
  })

  test('a role as owner, or nobody, becomes a wallet of the configuration; two users two registrations', async () => {
    const role = await wallet(ADDRESSES.elysA, "['elystestnet-1', '<@&972778865355272194>', 2.5]")
    expect(role.wallets).toEqual([])
    expect(role.config.chains[0]).toMatchObject({
      wallets: [{ address: ADDRESSES.elysA, threshold: '2.5', mention: ['<@&972778865355272194>'] }],
    })
    const nobody = await wallet(ADDRESSES.elysA, "['elystestnet-1', '', 2.5]")
    expect(nobody.config.chains[0]).toMatchObject({
      wallets: [{ address: ADDRESSES.elysA, threshold: '2.5' }],
    })
    const two = await wallet(
      ADDRESSES.elysA,
      "['elystestnet-1', '<@875319025058594896> <@653208183325589529>', 1]",
    )
    expect(two.wallets.map(({ userId }) => userId)).toEqual(['875319025058594896', '653208183325589529'])
  })

  test('an address with the prefix of another chain is said', async () => {
    const imported = await wallet(ADDRESSES.osmoA, "['theta-testnet-001', '<@875319025058594896>', 1]")
    expect(texts(imported, 'changed').join()).toContain(
      'addresses of theta-testnet-001 should begin with cosmos1',
    )
  })
})
