// `import` from relayers, and what the file looks like that it writes.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/index.ts'
import { UsageError } from '../../src/kernel/errors.ts'
import { home, run, setUp } from '../support/import.ts'
import { ADDRESSES } from '../support/predecessor.ts'

beforeEach(setUp)
afterEach(() => rmSync(home, { recursive: true, force: true }))

describe('relayers', () => {
  const HERMES = `[[chains]]\nid = 'osmosis-1'\naccount_prefix = 'osmo'\nkey_name = 'relayer'\npacket_filter = { policy = 'allow', list = [['transfer', 'channel-0']] }\n`
  const RLY = `chains: {}\npaths:\n  a:\n    src: { chain-id: osmosis-1, connection-id: connection-1 }\n    dst: { chain-id: cosmoshub-4, connection-id: connection-257 }\n`

  test('a list of keys that is empty costs no more than the keys', async () => {
    writeFileSync(join(home, 'config.toml'), HERMES)
    writeFileSync(join(home, 'keys.txt'), '\n')
    const { code, err } = await run({ path: join(home, 'config.toml'), keys: join(home, 'keys.txt') })
    expect(code).toBe(0)
    expect(err).toContain('the wallet of key "relayer" is not watched; the list of keys has no address')
  })

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
