// `import` end to end: files in, config.ts, .env and database out; twice, forced, side by side, and in the way.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { step } from '../../src/alerts/life.ts'
import { createAlertStore } from '../../src/alerts/store.ts'
import type { Observation } from '../../src/alerts/types.ts'
import { loadConfig } from '../../src/config/index.ts'
import { loadSecrets, secretNames } from '../../src/config/secrets.ts'
import { FatalError, UsageError } from '../../src/kernel/errors.ts'
import { type ImportOptions, runImport } from '../../src/setup/import.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { captured } from '../support/cli.ts'
import {
  ADDRESSES,
  CONFIG_PY,
  OLD_CONFIG_PY,
  predecessorFiles,
  TOKEN,
  WALLETS_PY,
  WEBHOOK,
} from '../support/predecessor.ts'

const NOW_MS = Date.UTC(2026, 10, 20, 10)

let home: string
let from: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ibc-monitor-import-'))
  from = join(home, 'IBC-Client-Monitor')
  mkdirSync(from)
  put(predecessorFiles())
})

afterEach(() => rmSync(home, { recursive: true, force: true }))

function put(files: ReadonlyMap<string, string>): void {
  for (const [file, text] of files) writeFileSync(join(from, file), text)
}

async function run(more: Partial<ImportOptions> = {}, nowMs = NOW_MS) {
  const written = captured()
  const options = {
    path: from,
    config: join(home, 'config.ts'),
    data: join(home, 'data'),
    dryRun: false,
    force: false,
    ...more,
  }
  const code = await runImport(options, written.io, { nowMs })
  return { code, out: written.out(), err: written.err() }
}

/** Every file below the home, with content, rights and time; the database as its rows. */
function everything(): Record<string, unknown> {
  const files = ['config.ts', '.env'].filter((file) => existsSync(join(home, file)))
  const shown = files.map((file) => {
    const { mode, mtimeMs } = statSync(join(home, file))
    return [file, { text: readFileSync(join(home, file), 'utf8'), mode: mode & 0o777, mtimeMs }]
  })
  return { ...Object.fromEntries(shown), rows: existsSync(join(home, 'data')) ? rows() : null }
}

function rows() {
  const database = openDatabase(join(home, 'data'), { nowMs: NOW_MS })
  try {
    return ['wallet_registrations', 'alert_states', 'alert_numbers', 'outbox'].map((table) =>
      database.sql.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all(),
    )
  } finally {
    database.close()
  }
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
  expect(err).toContain('cosmos1nonsense: not an address')
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

  test('--prefix lets both bots run side by side', async () => {
    await run({ prefix: '!' })
    expect((await loadConfig(join(home, 'config.ts'))).discord.prefix).toBe('!')
    await expect(run({ prefix: 'too long' })).rejects.toThrow(UsageError)
  })
})

describe('what is there already', () => {
  test('another configuration is not overwritten without --force, and then nothing else is written either', async () => {
    writeFileSync(join(home, 'config.ts'), 'export default {}\n')
    const { code, err } = await run()
    expect(code).toBe(1)
    expect(err).toContain('is not overwritten without --force')
    expect(readdirSync(home).sort()).toEqual(['IBC-Client-Monitor', 'config.ts'])
    expect(readFileSync(join(home, 'config.ts'), 'utf8')).toBe('export default {}\n')
    expect((await run({ force: true })).code).toBe(0)
    expect((await loadConfig(join(home, 'config.ts'))).chains).toHaveLength(4)
  })

  test('a .env keeps its other lines, gets what is missing, and closes its rights', async () => {
    writeFileSync(join(home, '.env'), '# mine\nFAUCET_TOKEN=abc\nDISCORD_TOKEN=')
    chmodSync(join(home, '.env'), 0o644)
    const { code, err } = await run()
    expect(code).toBe(0)
    expect(err).toContain('.env: missing lines added')
    const text = readFileSync(join(home, '.env'), 'utf8')
    expect(text).toContain(`# mine\nFAUCET_TOKEN=abc\nDISCORD_TOKEN=${TOKEN}\n`)
    expect(text).toContain(`DISCORD_WEBHOOK_URL=${WEBHOOK}\n`)
    expect(statSync(join(home, '.env')).mode & 0o777).toBe(0o600)
  })

  test('a .env with another token is not overwritten without --force', async () => {
    writeFileSync(join(home, '.env'), 'DISCORD_TOKEN=the-other-one\nOTHER=1\n')
    expect((await run()).code).toBe(1)
    expect(readFileSync(join(home, '.env'), 'utf8')).toBe('DISCORD_TOKEN=the-other-one\nOTHER=1\n')
    expect((await run({ force: true })).code).toBe(0)
    const text = readFileSync(join(home, '.env'), 'utf8')
    expect(text).toContain(`DISCORD_TOKEN=${TOKEN}\nOTHER=1\n`)
    expect(text).not.toContain('the-other-one')
  })

  test('a threshold that its owner changed meanwhile is kept, and overwritten with --force', async () => {
    await run()
    put(new Map([['tracked_wallets.py', WALLETS_PY.replace('1.0]', '3]')]]))
    const kept = await run()
    expect(kept.code).toBe(0)
    expect(kept.err).toContain(
      `${ADDRESSES.elysA} on elystestnet-1 is registered with another threshold, which was kept`,
    )
    expect(JSON.stringify(rows()[0])).toContain('"threshold_base":"1000000"')
    const forced = await run({ force: true })
    expect(forced.err).toContain('1 wallets updated')
    expect(JSON.stringify(rows()[0])).toContain('"threshold_base":"3000000"')
  })

  test('a running bot holds the database: a clear message, and no file is written', async () => {
    const running = openDatabase(join(home, 'data'), { nowMs: NOW_MS })
    await expect(run()).rejects.toThrow(FatalError)
    expect(existsSync(join(home, 'config.ts'))).toBe(false)
    expect(existsSync(join(home, '.env'))).toBe(false)
    running.close()
  })
})

describe('places that cannot be', () => {
  test.each([
    [
      'a file in the way of the folder',
      'IBC-Client-Monitor/config.py/config.ts',
      'cannot be written: EEXIST',
    ],
    ['a folder of that name', 'IBC-Client-Monitor/taken.ts', 'is there and cannot be read: EISDIR'],
    ['a name that would not be loaded', 'config.txt', 'name a .ts, .js or .json file'],
  ])('%s is a clear message', async (_, config, message) => {
    mkdirSync(join(from, 'taken.ts'))
    const begun = run({ config: join(home, config) })
    await expect(begun).rejects.toThrow(UsageError)
    await expect(begun).rejects.toThrow(message)
    const database = openDatabase(join(home, 'data'), { nowMs: NOW_MS })
    expect(database.sql.prepare('SELECT * FROM wallet_registrations').all()).toEqual([])
    database.close()
  })
})

describe('sets that are not whole', () => {
  test('empty files: nothing to watch, nothing written', async () => {
    put(new Map([...predecessorFiles().keys()].map((file) => [file, ''])))
    const { code, err } = await run()
    expect(code).toBe(1)
    expect(err).toContain('No chain could be brought')
    expect(readdirSync(home)).toEqual(['IBC-Client-Monitor'])
  })

  test('only config.py: no data directory is made for nothing', async () => {
    rmSync(from, { recursive: true })
    mkdirSync(from)
    put(new Map([['config.py', CONFIG_PY]]))
    expect((await run()).code).toBe(0)
    expect(readdirSync(home).sort()).toEqual(['.env', 'IBC-Client-Monitor', 'config.ts'])
    expect((await loadConfig(join(home, 'config.ts'))).chains).toMatchObject([
      { chainId: 'theta-testnet-001', connections: ['connection-0', 'connection-6'] },
    ])
  })

  test('control characters of a file do not reach the terminal', async () => {
    put(new Map([['config.py', CONFIG_PY.replace('972778865355272194>', '9>\u001b[2J')]]))
    const { err } = await run()
    expect(err).toContain('[2J')
    expect(err).not.toContain('\u001b')
  })

  test.each([
    ['a path where nothing is', 'nowhere', 'There is nothing at'],
    ['an empty folder', 'empty', 'has none of the files that can be imported'],
    ['some other file', 'notes.txt', 'is not a folder of the predecessor'],
  ])('%s is a mistake of use', async (_, name, message) => {
    mkdirSync(join(home, 'empty'))
    writeFileSync(join(home, 'notes.txt'), 'x')
    await expect(run({ path: join(home, name) })).rejects.toThrow(message)
    await expect(run({ path: join(home, name) })).rejects.toThrow(UsageError)
  })
})

describe('relayers', () => {
  const HERMES = `[[chains]]\nid = 'osmosis-1'\naccount_prefix = 'osmo'\nkey_name = 'relayer'\npacket_filter = { policy = 'allow', list = [['transfer', 'channel-0']] }\n`
  const RLY = `chains: {}\npaths:\n  a:\n    src: { chain-id: osmosis-1, connection-id: connection-1 }\n    dst: { chain-id: cosmoshub-4, connection-id: connection-257 }\n`

  test('hermes, by file or by its home, with a list of keys', async () => {
    const hermes = join(home, '.hermes')
    mkdirSync(hermes)
    writeFileSync(join(hermes, 'config.toml'), HERMES)
    writeFileSync(join(home, 'keys.txt'), `- relayer (${ADDRESSES.osmoA})\n`)
    const { code, err } = await run({ path: hermes, keys: join(home, 'keys.txt') })
    expect(code).toBe(0)
    expect(err).toContain('review the threshold')
    const text = readFileSync(join(home, 'config.ts'), 'utf8')
    expect(text).toContain('// REVIEW the threshold, in tokens')
    expect((await loadConfig(join(home, 'config.ts'))).chains).toMatchObject([
      {
        chainId: 'osmosis-1',
        mine: ['connection-1'],
        wallets: [{ address: ADDRESSES.osmoA, threshold: '1' }],
      },
    ])
    expect(readFileSync(join(home, '.env'), 'utf8')).toMatch(/^DISCORD_TOKEN=$/m)
    const again = await run({ path: join(hermes, 'config.toml'), keys: join(home, 'keys.txt') })
    expect(again.err).toContain('.env: already there, unchanged')
  })

  test('rly, by its home', async () => {
    mkdirSync(join(home, '.relayer', 'config'), { recursive: true })
    writeFileSync(join(home, '.relayer', 'config', 'config.yaml'), RLY)
    expect((await run({ path: join(home, '.relayer') })).code).toBe(0)
    expect((await loadConfig(join(home, 'config.ts'))).chains).toMatchObject([
      { chainId: 'osmosis-1', mine: ['connection-1'] },
      { chainId: 'cosmoshub-4', mine: ['connection-257'] },
    ])
  })

  test('a list of keys that is not there is a mistake of use', async () => {
    writeFileSync(join(home, 'config.toml'), HERMES)
    await expect(run({ path: join(home, 'config.toml'), keys: join(home, 'none') })).rejects.toThrow(
      UsageError,
    )
  })
})

describe('what the file looks like', () => {
  test('a plain object without an import, wherever it is written, and formatted', async () => {
    const inside = mkdtempSync(resolve('data', 'import-test-'))
    const inRepository = join(inside, 'config.ts')
    try {
      expect((await run({ config: inRepository })).code).toBe(0)
      const text = readFileSync(inRepository, 'utf8')
      expect(text).toMatch(/^export default \{$/m)
      expect(text).not.toMatch(/^import |defineConfig/m)
      const elsewhere = join(home, 'config.ts')
      expect((await run({ config: elsewhere, force: true })).code).toBe(0)
      expect(readFileSync(elsewhere, 'utf8')).toBe(text)
      const biome = spawnSync(
        process.execPath,
        [
          'node_modules/@biomejs/biome/bin/biome',
          'format',
          '--vcs-enabled=false',
          '--stdin-file-path=config.ts',
        ],
        { input: text, encoding: 'utf8' },
      )
      expect(biome.stdout).toBe(text)
      expect((await loadConfig(inRepository)).chains).toHaveLength(4)
    } finally {
      rmSync(inside, { recursive: true, force: true })
    }
  })

  test('as JSON it has no comments, and is the same configuration', async () => {
    await run()
    await run({ config: join(home, 'other', 'config.json'), data: join(home, 'other', 'data') })
    expect(await loadConfig(join(home, 'other', 'config.json'))).toEqual(
      await loadConfig(join(home, 'config.ts')),
    )
  })
})
