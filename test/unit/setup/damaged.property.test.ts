// Damaged files: whatever is wrong in them, an import says so or brings a configuration that is valid.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { registryChain, registryConnections } from '../../../src/chains/registry.ts'
import { settingsOf } from '../../../src/config/index.ts'
import { UsageError } from '../../../src/kernel/errors.ts'
import { configText } from '../../../src/setup/config-text.ts'
import type { Imported } from '../../../src/setup/plan.ts'
import { planFromPredecessor } from '../../../src/setup/predecessor.ts'
import { planFromFile } from '../../../src/setup/tool-file.ts'
import {
  ADDRESSES,
  CHAINS_PY,
  CONFIG_PY,
  EXPIRED_PY,
  IBC_DATA,
  OLD_CONFIG_PY,
  WALLETS_PY,
} from '../../support/predecessor.ts'

const PIECES = [
  "''", '""', "'", '[', ']', '{', '}', ',', ':', '0', '-1', '1e400', '99999999999999999999', 'None', 'True', '\n', '#', ' ',
  "'osmosis-1'", "'cosmoshub'", "'elystestnet-1'", "'theta-testnet-001'", 'https://a b', "'http://'", "'https://u:p@h/x'",
  '<@&1>', '<@875319025058594896>', 'connection-', '\\', '\u0000', '\u2028', "'ü'", '"""', 'x'.repeat(80), '(1,)', '=',
] // biome-ignore format: a list of pieces reads better in rows

/** A text with some of its parts cut out, doubled or replaced. */
const damaged = (text: string) =>
  fc
    .array(fc.tuple(fc.nat({ max: text.length }), fc.nat({ max: 12 }), fc.constantFrom('', ...PIECES)), {
      maxLength: 5,
    })
    .map((cuts) =>
      cuts.reduce((now, [at, length, piece]) => now.slice(0, at) + piece + now.slice(at + length), text),
    )

/** What a plan promises: a configuration that loads, and text that is written without a mistake. */
async function keepsItsPromises(plan: Imported): Promise<void> {
  for (const { thresholdBase, userId } of plan.wallets) {
    expect(thresholdBase).toBeGreaterThanOrEqual(0n)
    expect(userId).toMatch(/^\d{15,21}$/)
  }
  const text = configText(plan.config, { comments: plan.comments, head: ['x'] })
  const object = text.slice(text.indexOf('export default ') + 'export default '.length)
  expect(new Function(`return (${object})`)()).toEqual(JSON.parse(JSON.stringify(plan.config)))
  if (plan.config.chains.length > 0) await settingsOf(plan.config)
}

test('the configuration of its older versions', async () => {
  await fc.assert(
    fc.asyncProperty(damaged(OLD_CONFIG_PY), async (config) => {
      await keepsItsPromises(await planFromPredecessor(new Map([['config.py', config]]), registryChain))
    }),
  )
})

test('the files of the predecessor', async () => {
  const files = fc.tuple(...[CONFIG_PY, CHAINS_PY, WALLETS_PY, EXPIRED_PY, IBC_DATA].map(damaged))
  await fc.assert(
    fc.asyncProperty(files, async ([config, chains, wallets, expired, ibcData]) => {
      const texts = new Map([
        ['config.py', config!],
        ['chains.py', chains!],
        ['tracked_wallets.py', wallets!],
        ['expired_clients.py', expired!],
        ['ibc_data', ibcData!],
      ])
      await keepsItsPromises(await planFromPredecessor(texts, registryChain))
    }),
    { numRuns: 1500 },
  )
})

const HERMES = `[[chains]]
id = 'cosmoshub-4'
account_prefix = 'cosmos'
key_name = 'relayer'
trusting_period = '14days'
gas_price = { price = 0.005, denom = 'uatom' }
packet_filter = { policy = 'allow', list = [['transfer', 'channel-141']] }
[[chains]]
id = 'osmosis-1'
account_prefix = 'osmo'
key_name = 'relayer'
`
const RLY = `chains:
  hub: { type: cosmos, value: { key: k, chain-id: cosmoshub-4, account-prefix: cosmos, gas-prices: 0.1uatom } }
paths:
  a:
    src: { chain-id: cosmoshub-4, client-id: 07-tendermint-259, connection-id: connection-257 }
    dst: { chain-id: osmosis-1, client-id: 07-tendermint-1, connection-id: connection-1 }
`
const MONITOR = `[[chains]]
chain_id = 'osmosis-1'
rests = ['https://rest.example.org', 'http://127.0.0.1:1317']
home_chain = true
whitelist_connections = ['connection-1']
whitelist_channels = ['channel-0']
blacklist_clients = ['07-tendermint-5']
`
const KEYS = `- relayer (${ADDRESSES.cosmosA})\nkey(k) -> ${ADDRESSES.osmoA}\n{"result":{"k":{"account":"${ADDRESSES.cosmosB}"}}}\n`

test.each([
  ['hermes', HERMES],
  ['rly', RLY],
  ['a monitor', MONITOR],
])('the configuration of %s', async (_, text) => {
  const registry = { chain: registryChain, connections: registryConnections }
  await fc.assert(
    fc.asyncProperty(damaged(text), damaged(KEYS), async (source, keyList) => {
      let plan: Imported
      try {
        plan = await planFromFile(source, registry, { keyList })
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError)
        return
      }
      await keepsItsPromises(plan)
    }),
    { numRuns: 1000 },
  )
})
