// The predecessor's files as they may lie there: other encodings, no files at all, templates, secrets in wrong places.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/index.ts'
import { from, home, put, rows, run, setUp } from '../support/import.ts'
import {
  ADDRESSES,
  CHAINS_PY,
  CONFIG_PY,
  predecessorFiles,
  TOKEN,
  WALLETS_PY,
  WEBHOOK,
} from '../support/predecessor.ts'

beforeEach(setUp)
afterEach(() => rmSync(home, { recursive: true, force: true }))

const settings = () => loadConfig(join(home, 'config.ts'))
const utf16 = (text: string, big: boolean) => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
  return big ? bytes.swap16() : bytes
}

describe('the same files in another dress', () => {
  const dresses: [string, (text: string) => string | Buffer][] = [
    ['UTF-16, little end first', (text) => utf16(text, false)],
    ['UTF-16, big end first', (text) => utf16(text, true)],
    ['a byte order mark and CRLF', (text) => `\ufeff${text.replaceAll('\n', '\r\n')}`],
    ['CR alone', (text) => text.replaceAll('\n', '\r')],
    ['tabs for spaces', (text) => text.replace(/(?<=[,=:{[]) +/g, '\t').replace(/^ +/gm, '\t')],
    ['a comment behind everything', (text) => text.replaceAll('\n', ` #'it"s {[(\n`)],
    ['other quotation marks', (text) => text.replaceAll(/'([^'"\n]*)'/g, '"$1"')],
    ['other forms of a string', (text) => text.replaceAll(/'([\w-]+)'/g, `u'''$1''' r"" ''`)],
    ['a blank line after each', (text) => text.replaceAll('\n', '\n\n\f\n')],
  ]
  test.each(dresses)('%s', async (_, dress) => {
    await run()
    const plain = { config: readFileSync(join(home, 'config.ts'), 'utf8'), rows: rows() }
    const env = readFileSync(join(home, '.env'), 'utf8')
    for (const [file, text] of predecessorFiles()) writeFileSync(join(from, file), dress(text))
    const { code } = await run({ force: true })
    expect(code).toBe(0)
    expect(readFileSync(join(home, 'config.ts'), 'utf8')).toBe(plain.config)
    expect(readFileSync(join(home, '.env'), 'utf8')).toBe(env)
    expect(rows()).toEqual(plain.rows)
  })
})

describe('a file that is none costs what is in it', () => {
  const damages: [string, (path: string) => void, string][] = [
    ['a folder', (path) => mkdirSync(path), 'is a folder'],
    ['a pipe', (path) => execFileSync('mkfifo', [path]), 'is a pipe or a device'],
    ['empty', (path) => writeFileSync(path, ' \n'), 'is empty'],
    ['no text', (path) => writeFileSync(path, Buffer.from([0, 1, 2, 0])), 'is not text in UTF-8'],
    ['a link to nothing', (path) => symlinkSync('gone', path), 'cannot be read: '],
    ['too large', (path) => writeFileSync(path, '#'.repeat(8 * 1024 * 1024 + 1)), 'is too large'],
  ]
  test.each(damages)('%s', async (_, damage, said) => {
    for (const file of ['chains.py', 'ibc_data', 'main.py']) {
      rmSync(join(from, file), { force: true })
      damage(join(from, file))
    }
    const { code, err } = await run()
    expect(code).toBe(0)
    for (const file of ['chains.py', 'ibc_data', 'main.py'])
      expect(err).toContain(`${join(from, file)} ${said}`)
    // What the registry knows is there all the same, and whose wallet it is.
    expect((await settings()).chains.map(({ chainId }) => chainId)).toContain('theta-testnet-001')
    expect(rows()[0]).toMatchObject([{ address: ADDRESSES.cosmosB }])
    expect(readFileSync(join(home, '.env'), 'utf8')).toContain(TOKEN)
  })

  test('the path may be any of the files', async () => {
    put(new Map([['main.py', 'print()\n']]))
    for (const file of ['main.py', 'tracked_wallets.py', 'ibc_data'])
      expect((await run({ path: join(from, file), force: true })).code).toBe(0)
  })
})

describe('what is not filled in', () => {
  const templates = [
    [`bot_token = '\${DISCORD_TOKEN}'`, `\`bot_token\` is or has a template ($${'{…}'}): put its value in`],
    [`bot_token = "{{ token }}"`, '`bot_token` is or has a template ({{…}}): put its value in'],
    [`bot_token = '<your bot token>'`, '`bot_token` is or has a template (<…>): put its value in'],
    [`bot_token = f'{PREFIX}.abc'`, '`bot_token` is a template (an f-string) or bytes; nothing was run'],
    [`bot_token = os.getenv('TOKEN')`, '`bot_token` is worked out by code; nothing was run'],
    [`bot_token = os.environ["TOKEN"]`, '`bot_token` is worked out by code; nothing was run'],
  ]
  test.each(templates)('%s', async (line, said) => {
    put(new Map([['config.py', CONFIG_PY.replace(/^bot_token = .*$/m, line!)]]))
    const { code, err } = await run()
    expect(code).toBe(0)
    expect(err).toContain(`config.py line 3: ${said}`)
    expect(err).toContain('the bot token: none is set there; put DISCORD_TOKEN into .env')
    expect(readFileSync(join(home, '.env'), 'utf8')).not.toMatch(/^DISCORD_TOKEN=./m)
  })

  test('in one chain: that alone is lost', async () => {
    put(new Map([['chains.py', CHAINS_PY.replace('https://rest.somewhere', 'https://{{host}}.somewhere')]]))
    const { err } = await run()
    expect(err).toContain('`chain_data` is or has a template ({{…}})')
    expect(err).toContain('somewhere-888 has no usable `api`')
    expect((await settings()).chains).toHaveLength(3)
  })
})

test('nothing that may be a secret is repeated, and nothing that steers a terminal', async () => {
  const words = 'ozone '.repeat(12).trim()
  const key = 'c0ffee'.repeat(11)
  put(
    new Map([
      [
        'config.py',
        CONFIG_PY.replace('"connection-0"', `'${TOKEN}', '${words}'`)
          .replace('= 6', `= '${key}'`)
          .replace("'elystestnet-1': []", `'elystestnet-1': [], '${key}': [], '${words}': []`),
      ],
      [
        'chains.py',
        CHAINS_PY.replace("'nodenom-1'", `'${TOKEN}'`).replace(
          "'api':'https://rest.elys.example.org'",
          `'api': '${WEBHOOK}?${TOKEN}'`,
        ),
      ],
      [
        'tracked_wallets.py',
        `tracked_wallets = {'${words}': ['elystestnet-1', '<@875319025058594896>', 1], '${key}': 7, '${TOKEN}': ['x', 1, 2],
         '${ADDRESSES.elysA}': ['${words}', '${key} \\x1b[2J <@875319025058594896>', 1]}`,
      ],
      [
        'expired_clients.py',
        `expired_clients = [{'${key}': [1, 2, '${words}', 4]}, {'07-tendermint-9': [1, 2, '${TOKEN}']}]`,
      ],
    ]),
  )
  const { err } = await run()
  expect(err).toContain('(not shown)')
  for (const secret of [TOKEN, 'ozone', key, WEBHOOK, '\u001b']) expect(err).not.toContain(secret)
})

test('chains.py counts where config.py has the list too, as it did there', async () => {
  const old = CHAINS_PY.replace('https://rest.elys', 'https://old.elys')
  put(new Map([['config.py', `${CONFIG_PY}\n${old}\ntracked_wallets = {}\n`]]))
  const { err } = await run()
  expect((await settings()).chains[0]!.rest).toMatchObject([{ url: 'https://rest.elys.example.org' }])
  expect(err).toMatch(/config\.py line \d+: `chain_data` is in chains\.py line 3 too, which counts/)
  expect(rows()[0]).toHaveLength(2)
})

test('a list that is damaged in many places says so in few lines', async () => {
  put(new Map([['chains.py', `chain_data = [[${'1.'.repeat(50_000)}]]\n`]]))
  const { code, err } = await run()
  expect(code).toBe(0)
  expect(err).toContain('chains.py: 49979 more places could not be read besides these')
  expect(err.length).toBeLessThan(10_000)
})

test('many chains: all of them, in time', async () => {
  const entry = (n: number) =>
    `{'chain_id': 'c-${n}', 'api': 'https://r${n}.example.org', 'chain_name': 'C${n}'}`
  const list = Array.from({ length: 10_000 }, (_, n) => entry(n)).join(',\n')
  put(
    new Map([
      ['chains.py', `chain_data = [\n${list}\n]\n`],
      ['tracked_wallets.py', WALLETS_PY],
    ]),
  )
  const { code, err } = await run()
  expect(code).toBe(0)
  expect((await settings()).chains.length).toBeGreaterThan(10_000)
  expect(err.length).toBeLessThan(5000)
}, 60_000)
