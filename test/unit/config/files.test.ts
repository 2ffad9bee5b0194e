// The files of a configuration, and where its secrets come from.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig, settingsOf } from '../../../src/config/index.ts'
import { envDoubts, environment, loadSecrets, secretNames } from '../../../src/config/secrets.ts'
import { planEnvFile } from '../../../src/setup/write.ts'
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

  it('what is empty is not set: neither a variable nor the name of a file', () => {
    const config = file('config.json', '{}')
    file('.env', 'DISCORD_TOKEN=from-dotenv\nLOG_LEVEL=debug\nTESTNET_WEBHOOK_URL_FILE=')
    file('TESTNET_WEBHOOK_URL', 'from-credentials')
    const env = {
      DISCORD_TOKEN: '',
      LOG_LEVEL: ' ',
      CREDENTIALS_DIRECTORY: folder,
      FAUCET_TOKEN: '',
      FAUCET_TOKEN_FILE: file('token', 'from-file'),
    }
    expect(loadSecrets(['DISCORD_TOKEN', 'TESTNET_WEBHOOK_URL', 'FAUCET_TOKEN'], env, config)).toEqual({
      DISCORD_TOKEN: 'from-dotenv',
      TESTNET_WEBHOOK_URL: 'from-credentials',
      FAUCET_TOKEN: 'from-file',
    })
    expect(environment(env, config).LOG_LEVEL).toBe('debug')
  })

  it('DISCORD_BOT_TOKEN is taken where DISCORD_TOKEN is not set, from wherever', () => {
    const config = file('config.json', '{}')
    const token = (env: NodeJS.ProcessEnv) => loadSecrets(['DISCORD_TOKEN'], env, config).DISCORD_TOKEN
    expect(token({ DISCORD_BOT_TOKEN: 'from-env', DISCORD_TOKEN: '' })).toBe('from-env')
    expect(token({ DISCORD_BOT_TOKEN: 'other', DISCORD_TOKEN: 'own' })).toBe('own')
    expect(token({ DISCORD_BOT_TOKEN_FILE: file('token', 'from-file\n') })).toBe('from-file')
    file('DISCORD_BOT_TOKEN', 'from-credentials')
    expect(token({ CREDENTIALS_DIRECTORY: folder })).toBe('from-credentials')
    file('.env', 'DISCORD_BOT_TOKEN=from-dotenv')
    expect(token({})).toBe('from-dotenv')
    // Neither init nor import asks for it again, and what import brings takes its place.
    expect(planEnvFile(config, {}).text).not.toContain('DISCORD_TOKEN=')
    expect(planEnvFile(config, { DISCORD_TOKEN: 'from-dotenv' }).text).not.toContain('DISCORD_TOKEN=')
    const brought = planEnvFile(config, { DISCORD_TOKEN: 'brought' })
    expect([brought.state, brought.text]).toEqual([
      'different',
      expect.stringMatching(/^DISCORD_BOT_TOKEN=brought$/m),
    ])
  })

  it('doubts of the environment are about secrets alone, and not about what .env quotes', () => {
    const config = file('config.json', '{}')
    file('.env', "A_TOKEN='a # b'\nexport LOG_LEVEL=debug\n")
    const env = { ...environment({}, config), B_TOKEN: '"b"', PS1: '"$ # "' }
    expect(envDoubts(['A_TOKEN', 'B_TOKEN'], env, config).map(({ variable }) => variable)).toEqual([
      'LOG_LEVEL in line 2 of .env',
      'B_TOKEN',
    ])
  })

  it('names the secrets that its routes use', async () => {
    const settings = await settingsOf({
      chains: [chain],
      alerts: { routes: [{ chains: ['osmo-test-5'], webhook: 'TESTNET_WEBHOOK_URL' }] },
    })
    expect(secretNames(settings)).toEqual(['DISCORD_TOKEN', 'DISCORD_WEBHOOK_URL', 'TESTNET_WEBHOOK_URL'])
  })
})
