// An import from hermes: chains, filters, keys, fees.
import { describe, expect, test } from 'vitest'
import { settingsOf } from '../../../src/config/index.ts'
import { UsageError } from '../../../src/kernel/errors.ts'
import { planFromFile } from '../../../src/setup/tool-file.ts'
import { registry, texts } from '../../support/imported.ts'
import { ADDRESSES } from '../../support/predecessor.ts'

const TEN: [chainId: string, prefix: string, extra?: string][] = [
  [
    'cosmoshub-4',
    'cosmos',
    "packet_filter = { policy = 'allow', list = [['transfer', 'channel-141'], ['ica*', '*']] }",
  ],
  ['osmosis-1', 'osmo', "[chains.packet_filter]\npolicy = 'allow'\nlist = [['transfer', 'channel-0']]"],
  ['juno-1', 'juno', "packet_filter = { policy = 'deny', list = [['transfer', 'channel-9']] }"],
  ['agoric-3', 'agoric', "packet_filter = { policy = 'allowall' }"],
  ['akashnet-2', 'akash', "type = 'CosmosSdk'"],
  ['noble-1', 'noble'],
  ['stride-1', 'stride', "gas_price = { price = 0.005, denom = 'uosmo' }"],
  ['neutron-1', 'neutron', "packet_filter = { policy = 'allow', list = [['transfer', 'channel-999999']] }"],
  ['my-devnet-7', 'dev'],
  ['namada.5f5de2dd1b88cba30586420', 'tnam', "type = 'Namada'"],
]

const HERMES = `[global]
log_level = 'info'
[mode.clients]
enabled = true
refresh = true
misbehaviour = false
[rest]
enabled = true
host = '127.0.0.1'
port = 3000

${TEN.map(
  ([id, prefix, extra = '']) => `[[chains]]
id = '${id}'
rpc_addr = 'https://rpc.example.org:443'
grpc_addr = 'https://grpc.example.org:443'
event_source = { mode = 'push', url = 'wss://rpc.example.org/websocket', batch_delay = '500ms' }
rpc_timeout = '10s'
account_prefix = '${prefix}'
key_name = 'relayer'
store_prefix = 'ibc'
max_gas = 3000000
clock_drift = '10s'
max_block_time = '30s'
trusting_period = '10days'
trust_threshold = { numerator = '2', denominator = '3' }
${extra}
`,
).join('\n')}`

describe('hermes', () => {
  test('a chain that has left the registry is left out with the day', async () => {
    const toml = "[[chains]]\nid = 'juno-1'\n[[chains]]\nid = 'umee-1'\naccount_prefix = 'umee'\n"
    const imported = await planFromFile(toml, registry)
    expect(texts(imported, 'left').join('\n')).toMatch(
      /umee-1: UX Chain \(umee-1\) has left .* not in the copy of /,
    )
    expect(imported.config.chains).toEqual([{ chainId: 'juno-1' }])
  })

  test('a filter of one interchain account is as narrow as any, where the registry knows its connection', async () => {
    const toml =
      "[[chains]]\nid = 'juno-1'\npacket_filter = { policy = 'allow', list = [['icahost', 'channel-202']] }\n"
    const { config } = await planFromFile(toml, registry)
    expect(config.chains).toEqual([
      { chainId: 'juno-1', mine: ['connection-205'], alerts: { about: 'mine' } },
    ])
    const unknown = await planFromFile(toml.replace('202', '999999'), registry)
    expect(unknown.config.chains).toEqual([{ chainId: 'juno-1' }])
    expect(unknown.notes.map(({ text }) => text).join()).toContain('allows no channel by its id')
  })

  test('ten chains: endpoints from the registry, allow lists as mine, the rest said', async () => {
    const imported = await planFromFile(HERMES, registry)
    expect(imported.config.chains).toEqual([
      { chainId: 'cosmoshub-4', mine: ['connection-257'], alerts: { about: 'mine' } },
      { chainId: 'osmosis-1', mine: ['connection-1'], alerts: { about: 'mine' } },
      { chainId: 'juno-1' },
      { chainId: 'agoric-3' },
      { chainId: 'akashnet-2' },
      { chainId: 'noble-1' },
      { chainId: 'stride-1' },
      { chainId: 'neutron-1', mine: [], alerts: { about: 'mine' } },
    ])
    expect(imported.comments['chains[0]']?.before).toEqual([
      'Cosmos Hub',
      'hermes: trusting_period 10days',
      'packet_filter allow: transfer/channel-141, ica*/*',
    ])
    expect(imported.comments['chains[]']?.before).toContain(
      "{ chainId: 'my-devnet-7', rest: ['https://…'], prefix: 'dev' },",
    )
    const left = texts(imported, 'left').join('\n')
    expect(left).toContain('my-devnet-7: the chain registry has no REST endpoint for it')
    expect(left).toContain('namada.5f5de2dd1b88cba30586420: a Namada chain has no Cosmos REST API')
    expect(left).toContain(
      'neutron-1: the connection of transfer/channel-999999 is not in the chain registry; /ibc/core/channel/v1/channels/channel-999999/ports/transfer of the chain names it',
    )
    expect(imported.comments['chains[7].mine']?.after).toContain('FILL IN')
    const changed = texts(imported, 'changed').join('\n')
    expect(changed).toContain('cosmoshub-4: alerts are only about 07-tendermint-259 over connection-257')
    expect(changed).toContain('neutron-1: alerts are about nothing yet')
    expect(left).toContain('juno-1: packet_filter `deny` says what is not relayed')
    expect(left).toContain('the wallet of key "relayer" is not watched; hand its address in with --keys FILE')
    expect(texts(imported, 'changed').filter((text) => text.includes('trusting_period 10days')).length).toBe(
      9,
    )
    const settings = await settingsOf(imported.config)
    expect(settings.chains.every(({ rest }) => rest.length > 0)).toBe(true)
  })

  const filtered = (list: string) =>
    planFromFile(
      `[[chains]]\nid = 'osmosis-1'\npacket_filter = { policy = 'allow', list = [${list}] }`,
      registry,
    )

  test.each([
    ["['transfer', 'channel-0 ']", ['connection-1'], 'mine'],
    [
      "['transfer', 'channel-0'], ['icacontroller-x', 'channel-7'], ['icahost', '*']",
      ['connection-1'],
      'mine',
    ],
    ["['transfer', 'channel-0'], ['transfer', '*']", ['connection-1'], undefined],
    ["['*', '*']", undefined, undefined],
    ["['ica*', '*']", undefined, undefined],
    ["['transfer', 'channel 0']", [], 'mine'],
  ])('a filter of %s: mine is %j, alerts are about %s', async (list, mine, about) => {
    const imported = await filtered(list)
    expect(imported.config.chains).toMatchObject([{ chainId: 'osmosis-1' }])
    const [chain] = imported.config.chains as { mine?: string[]; alerts?: { about: string } }[]
    expect([chain?.mine, chain?.alerts?.about]).toEqual([mine, about])
    const settings = await settingsOf(imported.config)
    expect(settings.chains[0]?.alerts.about).toBe(about ?? 'live')
    const said = texts(imported, 'left').join('\n')
    expect(said).not.toMatch(/transfer\/channel-0\b|icahost|channel-7/)
    expect(said.includes('channel 0 is not a channel')).toBe(list.includes('channel 0'))
  })

  test('channels of interchain accounts are one line, with their number', async () => {
    const imported = await filtered("['transfer', 'channel-0'], ['icahost', 'channel-5'], ['ica*', '*']")
    const lines = [...texts(imported, 'changed'), ...texts(imported, 'left')].filter((text) =>
      text.includes('inter'),
    )
    expect(lines).toEqual([
      expect.stringContaining("osmosis-1: 2 of the packet_filter's channels are of interchain"),
    ])
  })

  const paidIn = (id: string, prefix: string, address: string, denom: string) =>
    planFromFile(
      `[[chains]]\nid = '${id}'\naccount_prefix = '${prefix}'\nkey_name = 'k'\ngas_price = { price = 1, denom = '${denom}' }\npacket_filter = { policy = 'allow', list = [['transfer', 'channel-0']] }`,
      registry,
      { keyList: `- k (${address})` },
    )

  test('a gas denom that the chain does not have is not watched, and that is said', async () => {
    const imported = await paidIn('osmosis-1', 'osmo', ADDRESSES.osmoA, 'ustake')
    expect(imported.config.chains).toMatchObject([
      { wallets: [{ address: ADDRESSES.osmoA, threshold: '1' }] },
    ])
    expect(JSON.stringify(imported.config)).not.toContain('ustake')
    const changed = texts(imported, 'changed').join('\n')
    expect(changed).toContain(
      'its gas price is in ustake, which is no token of it in the chain registry: OSMO (uosmo)',
    )
    expect(changed).toContain('a wallet, below 1 OSMO; review')
  })

  test('a test network whose id another one has in the registry is not that one: nothing of it is mine', async () => {
    const imported = await paidIn('theta-testnet-001', 'cosmos', ADDRESSES.cosmosA, 'uours')
    expect(imported.config.chains).toEqual([])
    expect(texts(imported, 'left').join()).toContain(
      'its fees are paid in uours, which is no token of the chain',
    )
    expect(imported.comments['chains[]']?.before).toContain(
      `{ chainId: 'theta-testnet-001', rest: ['https://…'], prefix: 'cosmos', alerts: { about: 'mine' }, wallets: [{ address: '${ADDRESSES.cosmosA}', threshold: '1', denom: 'uours' }] },`,
    )
  })

  test('what is said of a wallet names the token that is watched', async () => {
    const usdc = 'ibc/8E27BA2D5493AF5636760E354E46004562C46AB7EC0CC4C1CA14E9E20E2545B5'
    const imported = await paidIn(
      'dydx-mainnet-1',
      'dydx',
      'dydx1zycy7m5d4n975zfggangtfxrugqjq067vh3wg4',
      usdc,
    )
    const [chain] = imported.config.chains as { wallets?: object[] }[]
    expect(chain?.wallets).toMatchObject([{ threshold: '1' }])
    const watched = (await settingsOf(imported.config)).chains[0]!
    expect([usdc, undefined]).toContain(watched.wallets[0]!.denom)
    expect(watched.wallets[0]!.denom ?? watched.token?.denom).toBe(usdc)
    expect(texts(imported, 'changed').join()).toContain('a wallet, below 1 USDC; review')
  })

  test('keys become wallets of the chains that use them', async () => {
    const keyList = `$ hermes keys list --chain cosmoshub-4
SUCCESS
- relayer (${ADDRESSES.cosmosA})
- other (${ADDRESSES.cosmosB})
$ hermes keys list --chain osmosis-1
SUCCESS
- relayer (${ADDRESSES.osmoA})
`
    const imported = await planFromFile(HERMES, registry, { keyList, prefix: '!' })
    expect(imported.config.discord?.prefix).toBe('!')
    expect(imported.config.chains.slice(0, 2)).toMatchObject([
      { chainId: 'cosmoshub-4', wallets: [{ address: ADDRESSES.cosmosA, threshold: '1' }] },
      { chainId: 'osmosis-1', wallets: [{ address: ADDRESSES.osmoA, threshold: '1' }] },
    ])
    expect(imported.comments['chains[0].wallets[0]']?.after).toContain('REVIEW')
    expect(texts(imported, 'left')).toContain(`key other ${ADDRESSES.cosmosB}: no chain here uses it`)
    expect(texts(imported, 'left').join()).toContain(
      'noble-1: the wallet of key "relayer" is not watched; the list of keys',
    )
    await expect(settingsOf(imported.config)).resolves.toBeTruthy()
  })

  test('fees in another denom than the staking token are watched in that denom', async () => {
    const text =
      "[[chains]]\nid = 'osmosis-1'\naccount_prefix = 'osmo'\nkey_name = 'k'\ngas_price = { price = 1, denom = 'ibc/ABC' }"
    const imported = await planFromFile(text, registry, { keyList: `- k (${ADDRESSES.osmoA})` })
    expect(imported.config.chains).toEqual([
      { chainId: 'osmosis-1', wallets: [{ address: ADDRESSES.osmoA, threshold: '1', denom: 'ibc/ABC' }] },
    ])
  })

  test('tables that do not fit, and chains that are there twice, are left with the reason', async () => {
    const text =
      "[[chains]]\nrpc_addr = 'x'\n[[chains]]\nid = 'osmosis-1'\n[[chains]]\nid = 'osmosis-1'\n[[chains]]\nid = { x = 7 }"
    const imported = await planFromFile(text, registry)
    expect(imported.config.chains).toEqual([{ chainId: 'osmosis-1' }])
    const left = texts(imported, 'left').join('\n')
    expect(left).toContain('chains[0]: left, because `id` is no chain id')
    expect(left).toContain('chains[2]: osmosis-1 is there twice')
    expect(left).toContain('chains[3].id: it is not text')
  })

  test.each([
    ['no TOML', 'chains = [[['],
    ['chains is no list', "chains = 'a'"],
    ['a template', '[[ chains ]]\nport = {{ env "PORT" }}'],
  ])('%s is a mistake of use', async (_, text) => {
    await expect(planFromFile(text, registry)).rejects.toThrow(UsageError)
  })

  test('a file without chains has none', async () => {
    expect((await planFromFile('[mode.clients]\nenabled = true', registry)).config.chains).toEqual([])
  })
})
