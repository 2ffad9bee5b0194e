// Files of relayers and monitors as they are met, through the command line: each stands for a whole kind.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/index.ts'
import { makeHome, moveIn, removeHome } from '../support/move-in.ts'

const CASES = fileURLToPath(new URL('../cases/import/', import.meta.url))

beforeEach(makeHome)
afterEach(removeHome)

const inCase = (name: string, config?: string) => moveIn(join(CASES, name), config)

describe('the cases', () => {
  test('a secret beside a typing mistake: place and reason, and no text of the file', async () => {
    const { code, said } = await inCase('secret-beside-typo.toml')
    expect(code).toBe(2)
    expect(said).toMatch(/^This cannot be read as TOML: line 5, column \d+: [\w ,-]+\n$/)
  })

  test('a devnet whose id a public testnet has: nothing of a stranger becomes mine', async () => {
    const { code, said } = await inCase('same-id-other-chain.yaml')
    expect(code).toBe(1)
    expect(said).not.toContain('Brought')
    expect(said).toContain('provider: its fees are paid in uours, which is no token of the chain')
    expect(said).toContain(
      "{ chainId: 'provider', rest: ['https://…'], prefix: 'cosmos', mine: ['connection-0'",
    )
  })

  test('an id that is a registry name: what is written loads as what is written', async () => {
    const { code, said, chains } = await inCase('id-is-a-registry-name.toml')
    expect([code, chains.map(({ chainId }) => chainId)]).toEqual([0, ['osmosis-1']])
    expect(said).toContain("{ chainId: 'agoric', rest: ['https://…'], prefix: 'agoric' }")
    const config = await loadConfig(join(CASES, 'id-is-a-registry-name.config.json'))
    expect([...config.chains, ...config.undecided.map((one) => one.said)]).toMatchObject([
      { chainId: 'agoric', rest: [{ url: 'http://127.0.0.1:18417' }] },
    ])
  })

  test('who pays the fees is a wallet too', async () => {
    const { chains } = await inCase('fee-granter.toml')
    expect(chains[0]?.wallets.map(({ address }) => address).sort()).toEqual([
      'cosmos13znudegyydpxrqylhmwlcxe6t9uf0dk4n3cmzk',
      'cosmos1nxud0as4x3fh9ydselhq6tztd2y633lxryh2gf',
    ])
  })

  const OURS =
    "{ chainId: 'ours-main-7', rest: ['https://…'], prefix: 'ours', mine: ['connection-4', '07-tendermint-3'], wallets: [{ address: 'ours1vkz28shpqq0nuhtunwadn7qhxe2hfyajp35h5y', threshold: '1', denom: 'uours' }] },"

  test('a chain without REST: connections, prefix and key stand in the line to fill in', async () => {
    const { said, text } = await inCase('rly-path-to-unknown-chain.yaml')
    expect(said).toContain(OURS)
    expect(text).toContain(`// ${OURS}`)
    expect(said).not.toContain('no chain here uses it')
  })

  test('… and are printed as JSON where the configuration is', async () => {
    const { code, said } = await inCase('rly-path-to-unknown-chain.yaml', 'config.json')
    expect(code).toBe(0)
    expect(said).toContain(
      '{"chainId":"ours-main-7","rest":["https://…"],"prefix":"ours","mine":["connection-4"',
    )
  })

  test.each(['config.ts', 'config.json'])(
    'only unknown chains: their lines, and nothing in %s',
    async (config) => {
      const { code, said } = await inCase('only-unknown-chains.toml', config)
      expect(code).toBe(1)
      expect(said.match(/chainId"?: ?['"](ours-main-7|theirs-main-2)['"].*https:\/\/….*about/g)).toHaveLength(
        2,
      )
    },
  )

  test("rly's first format", async () => {
    const { chains } = await inCase('rly-v1-chains-list.yaml')
    expect(chains).toMatchObject([
      { chainId: 'osmosis-1', mine: ['connection-1142', '07-tendermint-1457'] },
      { chainId: 'juno-1', mine: ['connection-0', '07-tendermint-0'] },
    ])
  })

  test('names of chains head the lists of keys', async () => {
    const { chains } = await inCase('rly-keys-by-name.yaml')
    expect(chains.map(({ wallets }) => wallets.map(({ address }) => address.slice(0, 9)))).toEqual([
      ['celestia1'],
      ['osmo1yfqk'],
      ['terra1xdf'],
      ['terra1g33'],
    ])
  })

  test('what is said of a wallet is about the denom that is watched', async () => {
    const { said, chains } = await inCase('gas-denom-note.toml')
    expect(said).toContain('a wallet, below 1 USDC')
    expect(chains[0]?.wallets[0]?.denom).toMatch(/^ibc\/8E27/)
  })

  test('UTF-16', async () => {
    expect((await inCase('utf16.toml')).chains).toMatchObject([{ chainId: 'osmosis-1', prefix: 'osmo' }])
  })

  test("another tool's file is named as one, and nothing of it is read", async () => {
    const { code, said } = await inCase('watcher-not-hermes.toml')
    expect(code).toBe(2)
    expect(said).toContain('This file is of another tool: ibc-watcher.')
  })

  test('chains, REST servers and connections of an exporter', async () => {
    const { said, chains } = await inCase('exporter-not-hermes.toml')
    expect(said).toContain('the configuration of ibc-prometheus-exporter')
    expect(chains).toMatchObject([
      {
        chainId: 'osmosis-1',
        rest: [{ url: 'https://rest.example.org' }],
        mine: ['connection-1'],
        ignoreClients: ['07-tendermint-5'],
        alerts: { about: 'mine' },
      },
    ])
  })

  test('a chain that is left for its type is not asked for again', async () => {
    const { said, text } = await inCase('skipped-type-comes-back.yaml')
    expect(said.match(/penumbra-1/g)).toHaveLength(1)
    expect(text).not.toContain("chainId: 'penumbra-1'")
  })

  test('a channel with a space', async () => {
    const { said, chains } = await inCase('channel-with-space.toml')
    expect(chains).toMatchObject([{ mine: ['connection-1'] }])
    expect(said).not.toContain('not in the chain registry')
  })

  test('channels that nobody can look up: one line with their number', async () => {
    const { said } = await inCase('ica-channels.toml')
    expect(said.match(/interchain accounts/g)).toHaveLength(1)
    expect(said).toContain("3 of the packet_filter's channels")
    expect(said).not.toContain('icacontroller')
  })
})
