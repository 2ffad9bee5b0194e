// `import` where something is in the way, or missing.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/index.ts'
import { FatalError, UsageError } from '../../src/kernel/errors.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { from, home, NOW_MS, put, rows, run, setUp } from '../support/import.ts'
import { ADDRESSES, CONFIG_PY, predecessorFiles, TOKEN, WALLETS_PY, WEBHOOK } from '../support/predecessor.ts'

beforeEach(setUp)
afterEach(() => rmSync(home, { recursive: true, force: true }))

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
    expect(err).toContain('what stands in `role_id` is not a mention')
    expect(err).not.toContain('\u001b')
  })

  test.each([
    ['a path where nothing is', 'nowhere', 'There is nothing at'],
    ['an empty folder', 'empty', 'has none of the files that can be imported'],
    ['some other file', 'notes.txt', 'of no tool that is known'],
  ])('%s is a mistake of use', async (_, name, message) => {
    mkdirSync(join(home, 'empty'))
    writeFileSync(join(home, 'notes.txt'), 'x')
    await expect(run({ path: join(home, name) })).rejects.toThrow(message)
    await expect(run({ path: join(home, name) })).rejects.toThrow(UsageError)
  })
})
