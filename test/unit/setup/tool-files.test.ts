// What stands in a tool's file beside what its format has: secrets in any place, endpoints under other names, odd keys.
import { describe, expect, test } from 'vitest'
import { registryById } from '../../../src/chains/registry.ts'
import { settingsOf } from '../../../src/config/index.ts'
import { configText } from '../../../src/setup/config-text.ts'
import { planFromFile } from '../../../src/setup/tool-file.ts'
import { MADE_UP_SECRETS } from '../../support/secrets.ts'

const registry = { chain: registryById, connections: async () => [] }
const plan = (text: string, keyList?: string) => planFromFile(text, registry, { keyList })
const left = async (text: string, keyList?: string) =>
  (await plan(text, keyList)).notes.map(({ text }) => text).join('\n')

const SECRETS = {
  ...MADE_UP_SECRETS,
  'spending key': `zsknam1${'q2w3e4r5'.repeat(34)}`,
  'password before its host': 'relayer:s3cr3tpw@db.example.org',
}
const FILES = [
  `[[chains]]
id = 'cosmoshub-4'
type = 'CosmosSdk'
account_prefix = 'cosmos'
key_name = 'relayer'
fee_granter = 'granter'
trusting_period = '14days'
gas_price = { price = '0.005', denom = 'uatom' }
packet_filter = { policy = 'allow', list = [['transfer', 'channel-141'], ['icahost', 'channel-9']] }
[chains.memo]
'any' = 1
`,
  `chains:
  'hub':
    type: 'cosmos'
    value: { key: 'k', chain-id: 'cosmoshub-4', account-prefix: 'cosmos', gas-prices: '0.1uatom' }
paths:
  'a':
    src: { chain-id: 'cosmoshub-4', client-id: '07-tendermint-259', connection-id: 'connection-257' }
    dst: { chain-id: 'osmosis-1', client-id: '07-tendermint-1', 'any': 'connection-1' }
    src-channel-filter: { rule: 'allowlist' }
`,
  `rpc:
  - { chainName: 'archway', chainId: 'archway-1', url: 'https://x' }
accounts:
  - { address: 'archway1l2al7y78500h5akvgt8exwnkpmf2zmk8ky9ht3', chainName: 'archway', denom: 'aarch' }
`,
]

test.each(Object.entries(SECRETS))(
  'a %s in any place of a file or of its keys is never repeated',
  async (_, secret) => {
    const leaks = new Set<string>()
    let tried = 0
    const look = async (text: string, at: string, keyList?: string) => {
      const { notes, config, comments, toFillIn } = await plan(text, keyList)
      const said = JSON.stringify([notes, toFillIn, configText(config, { comments, head: [] })])
      if (said.includes(secret)) leaks.add(at)
      tried += 1
    }
    for (const text of FILES)
      for (const { index, 0: literal } of text.matchAll(/'[^']*'/g))
        await look(`${text.slice(0, index)}'${secret}'${text.slice(index + literal.length)}`, literal)
    const address = 'osmo1qv9pzxqlyckngw6zf9g9whn9d3eh4qvgnlzva7'
    const keys = {
      [secret]: { account: address },
      b: { name: secret, account: address.replace('qv9', 'qv8') },
    }
    await look(FILES[0]!, 'the list of keys', JSON.stringify({ result: keys }))
    const key = `nsec1${'q2w3e4r5'.repeat(7)}`
    expect(await left(FILES[0]!, `- k (${key})`)).toContain('key k (not shown): its checksum')
    await look(FILES[0]!, 'the list of keys, alone', `- k (${secret})`)
    expect(tried).toBeGreaterThan(30)
    expect([...leaks]).toEqual([])
  },
)

describe('REST endpoints, whatever a tool calls them', () => {
  const url = 'https://rest.example.org/~x/?apikey=abc'
  test.each([
    ['hermes', `[[chains]]\nid = 'new-7'\naccount_prefix = 'new'\nrest_addr = '${url}'\n`],
    [
      'hermes, as one of its sections is called',
      `[[chains]]\nid = 'new-7'\nkey_name = 'k'\nrest = '${url}'\n`,
    ],
    ['rly', `chains:\n  n: { type: cosmos, value: { chain-id: new-7, key: k, api-addr: '${url}' } }\n`],
    ['relayer_exporter', `rpc:\n  - { chainName: n, chainId: new-7, url: x, lcd: '${url}' }\n`],
    ['ibc-prometheus-exporter', `[[chains]]\nchain_id = 'new-7'\nrests = ['${url}', '${url}']\n`],
  ])('%s', async (_, text) => {
    const { config, notes } = await plan(text)
    expect(config.chains).toMatchObject([{ chainId: 'new-7', rest: [url] }])
    expect(JSON.stringify(notes)).not.toMatch(/apikey|Not known/)
    await settingsOf(config)
  })
})

describe('nothing is lost in silence', () => {
  const OSMOSIS =
    'chains:\n  o: { type: cosmos, value: { chain-id: osmosis-1, key: k, account-prefix: osmo } }\n'
  test.each([
    [
      'a key of a path',
      `${OSMOSIS}paths:\n  p: { backup-connections: [connection-9], src: {}, dst: {} }\n`,
      'backup-connections',
    ],
    [
      'a key of one end',
      `${OSMOSIS}paths:\n  p: { src: { also: connection-9 }, dst: {} }\n`,
      'not read: also',
    ],
    [
      'a key of an account',
      `rpc:\n  - { chainName: n, chainId: n-1 }\naccounts:\n  - { address: a, warn_below: 5 }\n`,
      'warn_below',
    ],
    [
      'a key that hermes has at another level',
      `[[chains]]\nid = 'osmosis-1'\nkey_name = 'k'\ntelemetry = 1\n`,
      'telemetry (in chains)',
    ],
    [
      'a key of a chain beside the chains',
      `account_prefix = 'x'\n[[chains]]\nid = 'osmosis-1'\nkey_name = 'k'\n`,
      'not read: account_prefix\n',
    ],
    [
      'odd keys of a gas price and a filter',
      `[[chains]]\nid = 'osmosis-1'\ngas_price = { denom = 'uosmo', prize = 1 }\npacket_filter = { policy = 'allowall', lists = [] }\n`,
      'prize (in chains.gas_price), lists (in chains.packet_filter)',
    ],
    [
      'a key of rly above its value',
      `chains:\n  o: { type: cosmos, paths: 1, value: { chain-id: osmosis-1, feegrants: { grantor: x } } }\n`,
      'paths (in chains), grantor (in chains.feegrants)',
    ],
    [
      'of an exporter',
      `rests = []\n[[chains]]\nchain_id = 'osmosis-1'\nhome_chain = true\nport = 1\n`,
      'rests, port (in chains)',
    ],
    ['paths that are text', `${OSMOSIS}paths: none\n`, 'paths: neither a list nor a table'],
    ['a key that is not shown', `${OSMOSIS}'${SECRETS.webhook}': 1\n`, 'not read: (not shown)'],
  ])('%s', async (_, text, word) => {
    expect(await left(text)).toContain(word)
  })

  test('an account that is watched in two denoms', async () => {
    const account = FILES[2]!.slice(FILES[2]!.indexOf('  - { address'))
    const { config } = await plan(FILES[2] + account.replace('aarch', 'ibc/ABC'))
    expect(config.chains).toMatchObject([
      { wallets: [{ threshold: '1' }, { threshold: '1', denom: 'ibc/ABC' }] },
    ])
    await settingsOf(config)
  })

  test('many channels that nobody can look up are said in few lines', async () => {
    const list = Array.from({ length: 20_000 }, (_, n) => `['transfer', 'channel-${n}']`).join()
    const filter = `packet_filter = { policy = 'allow', list = [${list}] }`
    const { notes } = await plan(`[[chains]]\nid = 'osmosis-1'\n${filter}\n`)
    expect(notes.length).toBeLessThan(70)
    expect(notes.map(({ text }) => text).join()).toContain('19950 more channels of the packet_filter')
  })

  test('a payer where a table is usual', async () => {
    const payer = 'osmo14f2v6q8ddfm7dkhf9j550rxv0e4yf5dpup4uuu'
    const { config } = await plan(OSMOSIS.replace('key: k', `feegrants: ${payer}, key: k`))
    expect(config.chains).toMatchObject([{ wallets: [{ address: payer }] }])
  })
})
