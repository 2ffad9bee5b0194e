// The files of a configuration, and where its secrets come from.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withEndpointSecrets } from '../../../src/config/endpoint-secrets.ts'
import { loadConfig, settingsOf } from '../../../src/config/index.ts'
import { envDoubts, environment, loadSecrets, secretNames } from '../../../src/config/secrets.ts'
import { secretProblemLine } from '../../../src/kernel/secrets.ts'
import { planEnvFile } from '../../../src/setup/write.ts'
import { chain, problemsOf } from '../../support/config-problems.ts'

describe('files', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ibc-monitor-config-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const file = (name: string, text: string | Buffer) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }

  it.each([
    ['config.json', JSON.stringify({ chains: [chain] })],
    ['marked.json', `\uFEFF${JSON.stringify({ chains: [chain] })}`],
    ['utf16.json', Buffer.from(`\uFEFF${JSON.stringify({ chains: [chain] })}\r\n`, 'utf16le')],
    [
      'marked.ts',
      `\uFEFFexport default { chains: [{ chainId: 'osmo-test-5', rest: ['https://lcd.example'] }] }`,
    ],
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
    const utf16 = file('token', Buffer.from('\uFEFFfrom-windows\r\n', 'utf16le'))
    expect(token({ DISCORD_TOKEN_FILE: utf16 })).toBe('from-windows')
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

  it('an endpoint takes a query, and headers whose values are secrets', async () => {
    const url = 'https://lcd.example/?apikey=abc'
    const rest = [
      'https://a.example?key=1',
      { url, headers: { 'X-Api-Key': 'A_KEY', b: 'B' }, voice: ' op ' },
    ]
    const chains = [
      { ...chain, rest },
      { chainId: 'agoric', rest },
    ]
    const settings = await settingsOf({ chains })
    expect(secretNames(settings).slice(2)).toEqual(['A_KEY', 'B'])
    const headers = { 'x-api-key': { secret: 'A_KEY' }, b: { secret: 'B' } }
    expect(settings.chains[0]!.rest).toEqual([
      { url: 'https://a.example?key=1' },
      { url, headers, voice: 'op' },
    ])
    const filled = withEndpointSecrets(settings, { A_KEY: 'one' })
    const values = { 'x-api-key': { secret: 'A_KEY', value: 'one' }, b: { secret: 'B' } }
    const [undecided] = filled.settings.undecided
    for (const { rest } of [filled.settings.chains[0]!, undecided!.said, undecided!.registry])
      expect(rest[1]!.headers).toEqual(values)
    expect(filled.problems.map(secretProblemLine)).toEqual([
      'chains[0].rest[1].headers.b: B is missing or empty. Put the key into B in .env or the environment, on one line.',
      expect.stringMatching(/^chains\[1\]/),
    ])
    const { problems } = withEndpointSecrets(settings, { A_KEY: 'two\nlines', B: 'b' })
    expect(problems[0]).toMatchObject({
      text: expect.stringMatching(/^A_KEY holds characters that cannot stand in a header\. Put/),
    })
  })

  it.each([
    [
      { headers: { 'x-api-key': 'k3y-itself' } },
      'headers.x-api-key: not the name of an environment variable',
    ],
    [{ headers: { 'x api': 'K' } }, 'headers.x api: not a header name'],
    [{ headers: { Host: 'K' } }, 'headers.Host: this header is set by the program'],
    [{ headers: { a: 'K', A: 'K' } }, 'headers.A: this header is there twice'],
    [{ header: {} }, 'header: unknown key, did you mean `headers`?'],
    [{ voice: '' }, 'voice: who runs it, in a word'],
    [{ url: 'https://h/#k3y-itself' }, 'url: an endpoint is a base URL, without #'],
    [{ url: 'k3y-itself' }, 'url: not a URL'],
  ])('says what is wrong with an endpoint: %j', async (written, said) => {
    const rest = ['https://a.example', { url: 'https://lcd.example', ...written }]
    const problems = await problemsOf({ chains: [{ ...chain, rest }] })
    expect(problems).toContain(`chains[0].rest[1].${said}`)
    expect(problems).not.toContain('k3y-itself')
  })

  it('names the secrets that its routes use', async () => {
    const settings = await settingsOf({
      chains: [chain],
      alerts: { routes: [{ chains: ['osmo-test-5'], webhook: 'TESTNET_WEBHOOK_URL' }] },
    })
    expect(secretNames(settings)).toEqual(['DISCORD_TOKEN', 'DISCORD_WEBHOOK_URL', 'TESTNET_WEBHOOK_URL'])
  })
})
