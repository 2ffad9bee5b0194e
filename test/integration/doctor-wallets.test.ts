// What the doctor finds about the tokens of configured wallets by asking their chain.
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { serveChain } from '../../sandbox/chains/server.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { walletStore } from '../../src/wallets/store.ts'
import { closePatients, patient } from '../support/patients.ts'
import { address } from '../support/wallets.ts'

afterEach(closePatients)

const HUB = address(1)
/** `run` asks the doctor for its lines and for JSON. */
const RUNS = 2
const units = (base: string, larger: string, exponent: number) => [
  { denom: base, exponent: 0 },
  { denom: larger, exponent },
]

async function world(wallets: object[], more: object = {}) {
  const one = await patient()
  const host = one.chains.chain('host-1')
  for (const denom of ['uknown', 'x/ruji', 'unobody', 'stake']) host.setBalance(HUB, denom, 5n)
  host.denomsMetadata.set('uknown', {
    base: 'uknown',
    display: 'known',
    denom_units: units('uknown', 'known', 6),
  })
  host.denomsMetadata.set('x/ruji', {
    base: 'x/ruji',
    display: 'x/ruji',
    denom_units: units('x/ruji', 'ruji', 8),
  })
  const token = { symbol: 'STAKE', denom: 'stake', decimals: 6 }
  const written = wallets.map((wallet) => ({ address: HUB, threshold: '5', ...wallet }))
  Object.assign(one.config.chains[0] as object, { token, prefix: 'cosmos', wallets: written, ...more })
  return one
}

it('says which wallets are counted in base units, which decimals are guessed, which denoms are none', async () => {
  const one = await world([
    {},
    { denom: 'uknown' },
    { denom: 'unobody' },
    { denom: 'unobody' },
    { denom: 'x/ruji' },
    { denom: 'utypo' },
  ])
  const { code, of } = await one.run()
  expect(code).toBe(1)
  for (const at of [0, 1]) expect(of(`wallets[${at}]`)).toEqual([])
  for (const at of [2, 3])
    expect(of(`chains[0].wallets[${at}].threshold`)).toMatchObject([
      {
        level: 'warning',
        text: expect.stringContaining(
          'the threshold is counted in base units of unobody: nobody says how many',
        ),
        mend: expect.stringContaining('Write `decimals` beside `denom`'),
      },
    ])
  expect(of('wallets[4].threshold')).toMatchObject([
    { level: 'warning', text: expect.stringContaining('x/ruji is taken to have 8 decimals (ruji)') },
  ])
  expect(of('wallets[5].denom')).toMatchObject([
    { level: 'wrong', text: 'Host has no utypo: its supply there is 0, so the wallet is always low' },
  ])
  // Few requests, however many wallets: each denom is asked for once.
  const asked = one.endpoints.flatMap(({ log }) =>
    log.filter(({ path }) => path.includes('denoms_metadata/unobody')),
  )
  expect(asked).toHaveLength(RUNS)
})

it('says where the decimals that are written are not those of the chain, also once the bot counts so', async () => {
  const one = await world([
    { denom: 'uknown', decimals: 8 },
    { denom: 'uknown', decimals: 8 },
  ])
  const finding = {
    level: 'warning',
    text: '8 decimals are written for uknown, and its chain says 6 (known)',
    mend: expect.stringContaining('Correct `decimals` in chains[0].wallets[0]'),
  }
  expect((await one.run()).of('wallets[0]')).toMatchObject([finding])
  const database = openDatabase(join(one.folder, 'data'), { nowMs: 0 })
  walletStore(database).saveToken('host-1', { denom: 'uknown', symbol: 'uknown', decimals: 8 })
  database.close()
  expect((await one.run()).of('wallets[0]')).toMatchObject([finding])
})

it('is content once the decimals are written, and where the chain cannot be asked for its money', async () => {
  const decided = [{ denom: 'unobody', decimals: 6 }, { denom: 'unobody' }, { denom: 'x/ruji', decimals: 0 }]
  const well = await (await world(decided)).run()
  expect(well.of('.wallets[')).toEqual([])
  const one = await world([{ denom: 'utypo', decimals: 6 }])
  for (const endpoint of one.endpoints) endpoint.faults = { only: /\/bank\//, status: 500 }
  expect((await one.run()).of('.wallets[')).toEqual([])
})

it('counts as the bot does until the decimals are written, whatever the chain says by now', async () => {
  const one = await world([{ denom: 'uknown' }])
  const database = openDatabase(join(one.folder, 'data'), { nowMs: 0 })
  walletStore(database).saveToken('host-1', { denom: 'uknown', symbol: 'uknown', decimals: 0 })
  database.close()
  const { of } = await one.run()
  expect(of('wallets[0]')).toMatchObject([
    {
      subject: 'chains[0].wallets[0].threshold',
      text: expect.stringContaining('counted in base units of uknown'),
    },
  ])
})

it('names the denoms of a symbol of several tokens, where the wallet holds not one of them', async () => {
  const one = await world([{ address: address(1, 'osmo'), denom: 'FET' }])
  const osmosis = one.chains.addChain({ chainId: 'osmosis-1', bech32Prefix: 'osmo' })
  const endpoint = await serveChain(one.chains, osmosis.chainId)
  Object.assign(one.config.chains[0] as object, {
    chainId: 'osmosis-1',
    rest: [endpoint.url],
    token: undefined,
    prefix: 'osmo',
  })
  const { of } = await one.run()
  await endpoint.close()
  expect(of('wallets[0].denom')).toMatchObject([
    {
      level: 'warning',
      text: expect.stringMatching(
        /^FET stands for 2 tokens there: ibc\/\w{64} \(18 decimals\) or factory\/.* \(12 decimals\), and the wallet holds none of them/,
      ),
    },
  ])
})
