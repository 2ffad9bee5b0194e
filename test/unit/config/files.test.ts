// The files of a configuration, and where its secrets come from.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig, settingsOf } from '../../../src/config/index.ts'
import { loadSecrets, secretNames } from '../../../src/config/secrets.ts'
import { chain } from '../../support/config-problems.ts'

describe('files', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ibc-monitor-config-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }

  it.each([
    ['config.json', JSON.stringify({ chains: [chain] })],
    [
      'config.ts',
      `const rest: string[] = ['https://lcd.example']\nexport default { chains: [{ chainId: 'osmo-test-5', rest }] }`,
    ],
    ['config.js', `export default { chains: [{ chainId: 'osmo-test-5', rest: ['https://lcd.example'] }] }`],
  ])('%s anywhere on the disk is enough, no import needed', async (name, text) => {
    expect((await loadConfig(file(name, text))).chains[0]!.chainId).toBe('osmo-test-5')
  })

  it.each([
    ['missing.ts', null, 'There is no configuration at'],
    ['broken.json', '{', 'could not be read'],
    ['broken.ts', 'export default {', 'could not be read'],
  ])('%s says what to do', async (name, text, message) => {
    await expect(loadConfig(text === null ? join(folder, name) : file(name, text))).rejects.toThrow(message)
  })

  it('secrets come from the environment, then .env, then a file, then systemd credentials', async () => {
    const config = file('config.json', '{}')
    file('.env', `DISCORD_TOKEN=from-dotenv\nTESTNET_WEBHOOK_URL_FILE=${file('hook', 'from-file\n')}`)
    file('FAUCET_TOKEN', 'from-credentials\n')
    const names = ['DISCORD_TOKEN', 'DISCORD_WEBHOOK_URL', 'TESTNET_WEBHOOK_URL', 'FAUCET_TOKEN', 'NOWHERE']
    const env = { DISCORD_WEBHOOK_URL: 'from-env', CREDENTIALS_DIRECTORY: folder }
    expect(loadSecrets(names, env, config)).toEqual({
      DISCORD_TOKEN: 'from-dotenv',
      DISCORD_WEBHOOK_URL: 'from-env',
      TESTNET_WEBHOOK_URL: 'from-file',
      FAUCET_TOKEN: 'from-credentials',
    })
    expect(loadSecrets(names, { ...env, DISCORD_TOKEN: 'from-env' }, config).DISCORD_TOKEN).toBe('from-env')
    expect(() => loadSecrets(['X_TOKEN'], { X_TOKEN_FILE: join(folder, 'none') }, config)).toThrow(
      'X_TOKEN_FILE names a file',
    )
  })

  it('names the secrets that its routes use', async () => {
    const settings = await settingsOf({
      chains: [chain],
      alerts: { routes: [{ chains: ['osmo-test-5'], webhook: 'TESTNET_WEBHOOK_URL' }] },
    })
    expect(secretNames(settings)).toEqual(['DISCORD_TOKEN', 'DISCORD_WEBHOOK_URL', 'TESTNET_WEBHOOK_URL'])
  })
})
