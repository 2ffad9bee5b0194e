// Wallets over recorded answers of real chains: many denoms, denoms with slashes, amounts above 64 bits, refusals.
import { afterEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { lookupOf, ReplayServer } from '../../sandbox/replay/server.ts'
import { createAlertStore } from '../../src/alerts/store.ts'
import { createDirectory } from '../../src/chains/directory.ts'
import { settingsOf } from '../../src/config/index.ts'
import { readBalance, readBalances, readHoldings } from '../../src/cosmos/bank.ts'
import { readBaseDenom, readDenomMetadata, readNativeDenom } from '../../src/cosmos/denom.ts'
import { createPool } from '../../src/cosmos/endpoints.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { createWallets } from '../../src/wallets/index.ts'
import { RECORDED_VERSIONS, type RecordedVersion, recordingsOf } from '../support/fixtures.ts'
import { CHAIN_IDS } from '../support/recorded-world.ts'

const RICH = 'cosmos10w4x3ujp3w5z6f2957qvqrt6sauzfxau2xvxvs'
const POOR = 'cosmos1fcmet5zan5ldyc02f8m03gz8lyxvqkjypghej3'
const MANY = 'cosmos1zymmzhrhj74gfmpyarw2tjukdhgpvcjrfrh3ag'
const EMPTY = 'cosmos1vwpt8nygzsftw7lu4mksycqpcqxeuvp9eghczt'
const VESTING = 'cosmos1ny422fmppc8y7alu8mvpmz7flzg6u7036c5nzm'
const BALANCES = /^\/cosmos\/bank\/v1beta1\/(spendable_)?balances\//
const FACTORY = 'factory/cosmos1h34lmpywh4upnjdg90cjf4j70aee6z8qju60su/sub/uwosmo'
const IBC_ATOM = 'ibc/27394FB092D2ECCD56123C74F36E4C1F926001CEADA9CA97EA622B25F41E5EB2'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** The recorded node, with a block of now in front of its answers; what was recorded of several versions is shared. */
async function replay(version: RecordedVersion) {
  const clock = new ManualClock(Date.UTC(2026, 10, 20, 10))
  const chainId = CHAIN_IDS[version]
  const lookups = [version, ...RECORDED_VERSIONS].map((one) => lookupOf(recordingsOf(one)))
  const own = lookups[0]!
  const header = { chain_id: chainId, height: '10', time: new Date(clock.now()).toISOString() }
  const server = new ReplayServer((path, query, pinned) => {
    if (path.endsWith('/blocks/latest')) {
      const body = JSON.stringify({ block: { header } })
      return { status: 200, headers: { 'Content-Type': 'application/json' }, body }
    }
    if (!path.includes('/by_denom')) query.delete('pagination.limit')
    if (!BALANCES.test(path)) return own(path, query, pinned)
    return lookups.map((lookup) => lookup(path, query, pinned)).find((answer) => answer) ?? null
  })
  await server.listen()
  closing.push(() => server.close())
  const settings = await settingsOf({
    limits: { requestsPerSecond: 10_000, timeout: '1s' },
    chains: [
      {
        chainId,
        name: 'Recorded',
        rest: [server.url],
        prefix: 'cosmos',
        connections: 'none',
        token: { symbol: 'STAKE', denom: 'stake', decimals: 6 },
      },
    ],
  })
  const [chain] = settings.chains
  const logger = createLogger('silent')
  const pool = createPool({ chainId, rest: chain!.rest, limits: chain!.limits, clock, logger })
  closing.push(() => pool.close())
  return { clock, chainId, settings, logger, pool, server }
}

describe.each(RECORDED_VERSIONS)('the recorded node of ibc-go %s', (version) => {
  it('gives the exact balances of several tokens at once, whatever their size and spelling', async () => {
    const { clock, chainId, settings, logger, pool, server } = await replay(version)
    const database = openDatabase(':memory:', { nowMs: clock.now() })
    closing.push(async () => database.close())
    const insert = database.sql.prepare("INSERT INTO wallet_registrations VALUES ('1', ?, ?, ?, '1', 0)")
    const expected = {
      stake: '12345678901234567890123456789',
      aevmos: '1000000000000000000000000000001',
      'erc20/0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48': '42',
      [FACTORY]: '1000000000000000000000000',
      'gamm/pool/1': '3',
      [IBC_ATOM]: '25000000',
      'ibc/6019DBB749869FE5C76C8B6206B0714476062068016C54A367F43DE05B738414': '18446744073709551617',
      'a.b_c-d:e/f': '9',
      unheld: '0',
    }
    for (const denom of Object.keys(expected)) insert.run(chainId, RICH, denom)
    for (const denom of ['stake', 'denom001']) {
      insert.run(chainId, EMPTY, denom)
      insert.run(chainId, POOR, denom)
    }
    const wallets = createWallets({
      settings,
      directory: createDirectory(settings.chains),
      pools: new Map([[chainId, pool]]),
      database,
      alerts: createAlertStore(database, logger),
      clock,
      logger,
      isChainTold: () => false,
      adopt: async () => [],
      committed: () => {},
    })
    const before = server.requests
    await wallets.check()
    const kept = database.sql
      .prepare('SELECT denom, balance_base FROM wallet_balances WHERE address = ?')
      .all(RICH) as { denom: string; balance_base: string }[]
    expect(Object.fromEntries(kept.map((row) => [row.denom, row.balance_base]))).toEqual(expected)
    // What each wallet holds, what it can spend, and the block.
    expect(server.requests - before).toBe(7)
    const low = database.sql
      .prepare("SELECT identity FROM alert_states WHERE level = 'low' ORDER BY identity")
      .all()
    expect(low).toEqual(
      [
        [EMPTY, 'denom001'],
        [EMPTY, 'stake'],
        [RICH, 'unheld'],
        [POOR, 'denom001'],
      ]
        .map(([address, denom]) => ({ identity: `wallet:${chainId}/${address}/${denom}/1` }))
        .sort((a, b) => (a.identity < b.identity ? -1 : 1)),
    )
    await wallets.stop()
  })

  it('gives one token by its own route, as it was recorded', async () => {
    const { pool } = await replay(version)
    const recordings = recordingsOf(version)
    let seen = 0
    for (const name of recordings.names('by_denom-')) {
      const { request, status, body } = recordings.one(name)
      const url = new URL(request.path, 'http://x')
      const address = /\/balances\/([^/]+)\/by_denom/.exec(url.pathname)?.[1]
      const denom = url.searchParams.get('denom')
      if (!address || !denom) continue
      const asked = readBalance(pool, address, denom)
      if (status === 200) expect((await asked).value, name).toBe(BigInt(JSON.parse(body).balance.amount))
      else if (status === 400)
        await expect(asked, name).rejects.toMatchObject({ name: 'AnswerError', code: 3 })
      else await asked.catch(() => {})
      seen++
    }
    expect(seen).toBeGreaterThan(2)
  })

  it('tells what can be spent of what is vesting', async () => {
    const { pool, server } = await replay(version)
    const vesting = { base: 2_000_000n, lockedBase: 3_000_000n }
    for (const denoms of [['stake'], ['stake'], ['stake', 'unheld']]) {
      const { held } = await readHoldings(pool, VESTING, denoms)
      expect(held.get('stake')).toEqual(vesting)
      expect(held.get('unheld')).toEqual(denoms.length > 1 ? { base: 0n } : undefined)
    }
    // A route that the version lacks is asked for once.
    expect(server.missing.filter((path) => path.includes('by_denom')).length).toBeLessThanOrEqual(1)
  })

  it('is asked how a denom is shown, and answers in its own way', async () => {
    const { pool } = await replay(version)
    const recordings = recordingsOf(version)
    const answers = (name: string) => recordings.has(name) && recordings.one(name).status === 200
    // Where a denom has no route, the list has it.
    const listed = recordings.has('denoms_metadata-list')
    const stake = listed || answers('denoms_metadata-stake-beyond-64-bit')
    // By the list alone: versions before counted it in base units.
    const shownAs = (denom: string, symbol: string, isThere: boolean, isAlone: boolean) =>
      isThere ? { denom, symbol, decimals: 6, ...(isAlone && { isGuess: true }) } : null
    expect(await readDenomMetadata(pool, 'stake')).toEqual(
      shownAs('stake', 'STAKE', stake, !answers('denoms_metadata-stake-beyond-64-bit')),
    )
    // A denom with slashes: by the plain route where the version knows it, else by the query string or in the list.
    const slashes = ['denoms_metadata-factory-slashes', 'denoms_metadata_by_query_string-factory-slashes']
    expect(await readDenomMetadata(pool, FACTORY)).toEqual(
      shownAs(FACTORY, 'wOSMO', listed || slashes.some(answers), !slashes.some(answers)),
    )
    // What it is shown as is none of its units there (v11), or it is not known at all.
    const shown = await readDenomMetadata(pool, IBC_ATOM)
    if (version === 'v11.2.0') expect(shown).toBeNull()
    expect(await readDenomMetadata(pool, 'gamm/pool/1')).toBeNull()
    const traced = ['transfer-denom_trace', 'transfer-denom'].some(answers)
    expect(await readBaseDenom(pool, IBC_ATOM)).toBe(traced ? 'uatom' : null)
    const params = ['mint-params', 'staking-params'].some(answers)
    expect(await readNativeDenom(pool)).toBe(params ? 'stake' : null)
  })
})

it('a wallet with hundreds of tokens is read to its end', async () => {
  const { pool } = await replay('v8.8.0')
  const { items } = await readBalances(pool, MANY)
  expect(items.length).toBeGreaterThan(100)
})
