// `import` end to end: files in, config.ts, .env and database out; twice, and side by side.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { step } from '../../src/alerts/life.ts'
import { createAlertStore } from '../../src/alerts/store.ts'
import type { Observation } from '../../src/alerts/types.ts'
import { loadConfig } from '../../src/config/index.ts'
import { loadSecrets, secretNames } from '../../src/config/secrets.ts'
import { UsageError } from '../../src/kernel/errors.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { from, home, NOW_MS, put, rows, run, setUp } from '../support/import.ts'
import { ADDRESSES, OLD_CONFIG_PY, predecessorFiles, TOKEN, WEBHOOK } from '../support/predecessor.ts'

beforeEach(setUp)
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** Every file below the home, with content, rights and time; the database as its rows. */
function everything(): Record<string, unknown> {
  const files = ['config.ts', '.env'].filter((file) => existsSync(join(home, file)))
  const shown = files.map((file) => {
    const { mode, mtimeMs } = statSync(join(home, file))
    return [file, { text: readFileSync(join(home, file), 'utf8'), mode: mode & 0o777, mtimeMs }]
  })
  return { ...Object.fromEntries(shown), rows: existsSync(join(home, 'data')) ? rows() : null }
}

test("an id that is another chain's name in the registry is an id: nothing of that chain is brought, and what is to be typed works", async () => {
  const file = join(home, 'config.toml')
  const chain = (id: string, prefix: string, more = '') =>
    `[[chains]]\nid = '${id}'\naccount_prefix = '${prefix}'\nkey_name = 'relay'\n${more}`
  // agoric-3 has that channel to the Cosmos Hub; arkeo is the id of a test network, and the name of a mainnet.
  const filter = "[chains.packet_filter]\npolicy = 'allow'\nlist = [['transfer', 'channel-5']]\n"
  writeFileSync(
    file,
    chain('agoric', 'agoric', filter) + chain('arkeo', 'tarkeo') + chain('osmosis-1', 'osmo'),
  )
  const { code } = await run({ path: file })
  expect(code).toBe(0)
  const text = readFileSync(join(home, 'config.ts'), 'utf8')
  expect(text).not.toContain('connection-')
  const line = text.split('\n').find((one) => one.includes("{ chainId: 'agoric'"))!
  const typed = line.replace(/^\s*\/\/ /, '').replace('https://…', 'http://127.0.0.1:1')
  writeFileSync(join(home, 'config.ts'), text.replace(line, typed))
  const { chains, undecided } = await loadConfig(join(home, 'config.ts'))
  expect(chains.map(({ chainId }) => chainId)).toEqual(['osmosis-1'])
  expect(undecided.map(({ said }) => said.chainId).sort()).toEqual(['agoric', 'arkeo'])
})

test("chains of a private network are nobody else's: nothing is written, and the lines to fill in are shown", async () => {
  const file = join(home, 'config.yaml')
  const chain = (id: string, denom: string) =>
    `  ${id}:\n    type: cosmos\n    value: { key: relay, chain-id: ${id}, account-prefix: cosmos, gas-prices: 0.0025${denom} }\n`
  const end = (id: string) => `{ chain-id: ${id}, client-id: 07-tendermint-0, connection-id: connection-0 }`
  // A public test network of the registry has the id `provider` too; its fees are paid in uatom.
  const chains = chain('provider', 'uours') + chain('ourconsumer', 'ucons')
  writeFileSync(
    file,
    `chains:\n${chains}paths:\n  p-c:\n    src: ${end('provider')}\n    dst: ${end('ourconsumer')}\n`,
  )
  const { code, err } = await run({ path: file })
  expect(code).toBe(1)
  expect(existsSync(join(home, 'config.ts'))).toBe(false)
  expect(err).toContain('provider: its fees are paid in uours, which is no token of the chain')
  for (const id of ['provider', 'ourconsumer'])
    expect(err).toContain(
      `{ chainId: '${id}', rest: ['https://…'], prefix: 'cosmos', mine: ['connection-0', '07-tendermint-0'] },`,
    )
})

test('an older version comes over whole: its wallets, their threshold, its rule as its code has it', async () => {
  for (const file of predecessorFiles().keys()) rmSync(join(from, file))
  put(new Map([['config.py', OLD_CONFIG_PY]]))
  put(new Map([['main.py', 'if delta > trusting_period * expiry_alert_threshold: # under 48h\n    pass\n']]))
  const { code, err } = await run()
  expect(code).toBe(0)
  const { chains } = await loadConfig(join(home, 'config.ts'))
  expect(chains.flatMap(({ wallets }) => wallets.map(({ address }) => address))).toHaveLength(6)
  expect(chains[0]?.alerts).toMatchObject({ warnAt: 0.8, quietWhileLeftMs: null })
  expect(err).toContain('(not shown): not an address: it does not look')
  expect(err).not.toContain('main.py')
})

describe('the full set', () => {
  test('writes a configuration that loads, secrets for the owner alone, and rows', async () => {
    const { code, out, err } = await run()
    expect(code).toBe(0)
    expect(out).toBe('')
    expect(err).toContain('Brought:\n')
    expect(err).toContain('.env: written\n')
    expect(err).toContain('monitor.sqlite: 2 wallets brought, 2 expired clients noted\n')
    expect(err).not.toContain(TOKEN)
    expect(err).not.toContain(WEBHOOK)
    const settings = await loadConfig(join(home, 'config.ts'))
    expect(settings.chains.map(({ chainId }) => chainId)).toEqual([
      'elystestnet-1',
      'theta-testnet-001',
      'somewhere-888',
      'nodenom-1',
    ])
    expect(settings.alerts.mention).toEqual(['<@&972778865355272194>', '<@951374414451187732>'])
    expect(loadSecrets(secretNames(settings), {}, join(home, 'config.ts'))).toEqual({
      DISCORD_TOKEN: TOKEN,
      DISCORD_WEBHOOK_URL: WEBHOOK,
    })
    expect(statSync(join(home, '.env')).mode & 0o777).toBe(0o600)
    const [wallets, states] = rows()
    expect(wallets).toEqual([
      {
        user_id: '653208183325589529',
        chain_id: 'theta-testnet-001',
        address: ADDRESSES.cosmosB,
        denom: 'uatom',
        threshold_base: '500000',
        created_ms: NOW_MS,
      },
      {
        user_id: '875319025058594896',
        chain_id: 'elystestnet-1',
        address: ADDRESSES.elysA,
        denom: 'uelys',
        threshold_base: '1000000',
        created_ms: NOW_MS,
      },
    ])
    expect(states).toMatchObject([
      { identity: 'ibc:elystestnet-1/07-tendermint-3', level: 'expired' },
      { identity: 'ibc:theta-testnet-001/07-tendermint-40', level: 'expired' },
    ])
  })

  test('a second time changes nothing, not even a time stamp', async () => {
    await run()
    const before = everything()
    const { code, err } = await run({}, NOW_MS + 86_400_000)
    expect(code).toBe(0)
    expect(err).toContain('config.ts: already there, unchanged\n')
    expect(err).toContain('2 wallets already there, 2 expired clients already known')
    expect(everything()).toEqual(before)
    await run({ force: true }, NOW_MS + 86_400_000)
    expect(everything()).toEqual(before)
  })

  test('expired clients do not alarm at the first look; one that comes back to life is news', async () => {
    await run()
    const database = openDatabase(join(home, 'data'), { nowMs: NOW_MS })
    const alerts = createAlertStore(database)
    const state = alerts.loadState('ibc:elystestnet-1/07-tendermint-3')
    const seen: Observation = { level: 'expired', deadlineMs: null, first: true, about: true, mention: true }
    const policy = { remindEveryMs: 86_400_000 }
    const look = step(state, seen, policy, NOW_MS + 60_000, alerts.allocateId)
    expect(look.notices).toEqual([])
    const later = step(
      look.after,
      { ...seen, first: false },
      policy,
      NOW_MS + 30 * 86_400_000,
      alerts.allocateId,
    )
    expect(later.notices).toEqual([])
    const back = step(
      later.after,
      { ...seen, level: 'ok' },
      policy,
      NOW_MS + 31 * 86_400_000,
      alerts.allocateId,
    )
    expect(back.notices).toMatchObject([{ kind: 'recovered', from: 'expired' }])
    database.close()
  })

  test('--dry-run prints the plan and the configuration, and writes nothing', async () => {
    const before = readdirSync(home)
    const { code, out, err } = await run({ dryRun: true })
    expect(code).toBe(0)
    expect(readdirSync(home)).toEqual(before)
    expect(err).toContain('Nothing was written (--dry-run)')
    expect(err).toContain('.env: would be written')
    expect(out).toContain("chainId: 'elystestnet-1',")
    expect(out + err).not.toContain(TOKEN)
    await run()
    expect(readFileSync(join(home, 'config.ts'), 'utf8')).toBe(out)
  })

  test('--dry-run shows no key of an endpoint', async () => {
    const path = join(home, 'config.toml')
    const url = 'https://u:a-password@rest.example.org/v1/a-key-of-24-characters?apikey=another-key'
    writeFileSync(path, `[[chains]]\nid = 'osmosis-1'\nkey_name = 'k'\nrest = '${url}'\n`)
    const { out, err } = await run({ path, dryRun: true })
    expect(out).toContain('rest.example.org')
    expect(out + err).not.toMatch(/a-password|a-key-of|another-key/)
    await run({ path })
    expect(readFileSync(join(home, 'config.ts'), 'utf8')).toContain(url)
  })

  test('--prefix lets both bots run side by side', async () => {
    await run({ prefix: '!' })
    expect((await loadConfig(join(home, 'config.ts'))).discord.prefix).toBe('!')
    await expect(run({ prefix: 'too long' })).rejects.toThrow(UsageError)
  })
})
