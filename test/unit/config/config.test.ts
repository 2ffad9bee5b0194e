// The configuration: every problem at once with its path, defaults, overrides, secrets.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig, settingsOf } from '../../../src/config/index.ts'
import { loadSecrets, secretNames } from '../../../src/config/secrets.ts'
import { UsageError } from '../../../src/kernel/errors.ts'

const chain = { chainId: 'osmo-test-5', rest: ['https://lcd.example'] }

async function problemsOf(input: unknown): Promise<string> {
  try {
    await settingsOf(input)
    return ''
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return (error as Error).message
  }
}

describe('problems', () => {
  it('are all said at once, each with its path', async () => {
    const text = await problemsOf({
      alerts: { warnAt: 80, mention: ['@relayers'], remindEvery: 'daily' },
      schedule: { clients: 'often', timezone: 'Mars/Base' },
      chains: [
        chain,
        { chainId: 'x-1', rest: ['lcd.example'] },
        { chainId: 'y-1', rest: [], connections: ['channel-0'] },
      ],
    })
    for (const path of [
      'alerts.warnAt',
      'alerts.mention[0]',
      'alerts.remindEvery',
      'schedule.clients',
      'schedule.timezone',
      'chains[1].rest[0]: not a URL',
      'chains[2].rest',
      'chains[2].connections',
    ]) {
      expect(text).toContain(path)
    }
  })

  it.each([
    [{ alerts: { warnat: 0.8 }, chains: [chain] }, 'alerts.warnat: unknown key, did you mean `warnAt`?'],
    [{ chain: [chain], chains: [chain] }, 'chain: unknown key, did you mean `chains`?'],
    [
      { chains: [{ ...chain, conections: 'all' }] },
      'chains[0].conections: unknown key, did you mean `connections`?',
    ],
    [
      { chains: [{ ...chain, alerts: { banana: 1 } }] },
      'chains[0].alerts.banana: unknown key; known here: about,',
    ],
  ])('an unknown key is refused with a suggestion: %j', async (input, text) => {
    expect(await problemsOf(input)).toContain(text)
  })

  it('a faucet needs no chain to be watched', async () => {
    const faucet = {
      chain: 'ligate-devnet',
      channels: ['972778865355272194'],
      address: { prefix: 'lig' },
      sender: { kind: 'ligate-v1', url: 'https://api.ligate.io' },
    }
    const settings = await settingsOf({ chains: [], faucet })
    expect(settings).toMatchObject({ chains: [], faucets: [{ chain: 'ligate-devnet' }] })
  })

  it.each([
    ['no chains', { chains: [] }, 'chains: name at least one chain'],
    ['nothing', null, 'the configuration:'],
    ['a text', 'hello', 'the configuration:'],
    ['a chain twice', { chains: [chain, chain] }, 'chains[1].chainId: "osmo-test-5" is there twice'],
    [
      'an unknown word',
      { chains: ['no-such-chain'] },
      'chains[0]: "no-such-chain" is neither a name nor a chain id',
    ],
    [
      'critical before warning',
      { chains: [{ ...chain, alerts: { criticalAt: 0.5 } }] },
      'chains[0].alerts.criticalAt: 0.5 is below warnAt',
    ],
    [
      'a route to nowhere',
      { chains: [chain], alerts: { routes: [{ chains: ['x'], webhook: 'HOOK_URL' }] } },
      'alerts.routes[0].chains: "x" is not one of the chains',
    ],
    [
      'a secret in the configuration',
      {
        chains: [chain],
        alerts: { routes: [{ chains: ['osmo-test-5'], webhook: 'https://discord.com/api/webhooks/1/abc' }] },
      },
      'not the name of an environment variable',
    ],
    [
      'a chain without endpoints',
      { chains: [{ chainId: 'unheard-of-1' }] },
      'chains[0].rest: no REST endpoint given',
    ],
    [
      'a number where an id belongs',
      { chains: [chain], discord: { guildId: 972778865355272194n } },
      'discord.guildId: a Discord id is written in quotes',
    ],
  ])('%s', async (_, input, text) => {
    expect(await problemsOf(input)).toContain(text)
  })
})

describe('settings', () => {
  it('have the documented defaults', async () => {
    const settings = await settingsOf({ chains: [chain] })
    expect(settings.discord.prefix).toBe('$')
    expect(settings.schedule).toEqual({
      clients: '*/10 * * * *',
      wallets: '*/15 * * * *',
      digest: '0 9 * * 1',
      timezone: 'UTC',
    })
    expect(settings.alerts).toMatchObject({ blindAfterMs: 600_000, blindMentionAfterMs: 21_600_000 })
    expect(settings.chains[0]).toMatchObject({
      chainId: 'osmo-test-5',
      connections: 'all',
      limits: { inFlight: 32, requestsPerSecond: 20, timeoutMs: 10_000 },
      alerts: {
        about: 'live',
        warnAt: 0.8,
        criticalAt: 0.9,
        warnWhenLeftMs: 21_600_000,
        quietWhileLeftMs: null,
        remindEveryMs: 86_400_000,
      },
    })
  })

  it('let a chain override what holds for all', async () => {
    const settings = await settingsOf({
      alerts: { warnAt: 0.7, mention: ['<@&972778865355272194>'], quietWhileLeft: '48h' },
      limits: { requestsPerSecond: 5 },
      chains: [
        chain,
        {
          ...chain,
          chainId: 'b-1',
          alerts: { warnAt: 0.5, quietWhileLeft: false },
          limits: { requestsPerSecond: 100 },
        },
      ],
    })
    expect(
      settings.chains.map(({ alerts, limits }) => [
        alerts.warnAt,
        alerts.quietWhileLeftMs,
        alerts.mention.length,
        limits.requestsPerSecond,
      ]),
    ).toEqual([
      [0.7, 172_800_000, 1, 5],
      [0.5, null, 1, 100],
    ])
  })

  it('fill a chain in from the registry, by name or chain id; what is written wins', async () => {
    const settings = await settingsOf({
      chains: ['osmosis', { chainId: 'cosmoshub-4', name: 'Hub', rest: ['https://own.example'] }],
    })
    expect(settings.chains[0]).toMatchObject({
      chainId: 'osmosis-1',
      name: 'Osmosis',
      prefix: 'osmo',
      token: { symbol: 'OSMO', denom: 'uosmo', decimals: 6 },
    })
    expect(settings.chains[0]!.rest.length).toBeGreaterThan(1)
    expect(settings.chains[1]).toMatchObject({
      chainId: 'cosmoshub-4',
      name: 'Hub',
      rest: ['https://own.example'],
      prefix: 'cosmos',
    })
  })
})

describe('a chain', () => {
  it('that is only named and cannot be built is set apart, with its place; a wrong key beside it is said with it', async () => {
    const input = { chains: ['left-the-registry', chain, { chainId: 'no-rest-1', alerts: { warnAt: 0.7 } }] }
    const settings = await settingsOf(input)
    expect(settings.chains).toMatchObject([{ chainId: 'osmo-test-5', place: 'chains[1]' }])
    expect(settings.unwatched).toMatchObject([
      { place: 'chains[0]', chainId: 'left-the-registry' },
      { place: 'chains[2].rest', chainId: 'no-rest-1' },
    ])
    const text = await problemsOf({ ...input, shedule: {} })
    expect(text).toContain('shedule: unknown key')
    expect(text).toContain('chains[0]: "left-the-registry" is neither')
    expect(
      await problemsOf({ chains: [chain, { chainId: 'no-rest-1', alerts: { criticalAt: 0.1 } }] }),
    ).toContain('chains[1].alerts.criticalAt')
  })

  it('that is written wrongly leaves the others their places', async () => {
    const text = await problemsOf({ chains: [{ chainId: 'x-1', rst: [] }, chain, 'left-the-registry'] })
    expect(text).toContain('chains[2]: "left-the-registry" is neither')
  })

  it('that is short has no stranger beside it', async () => {
    const { unwatched } = await settingsOf({ chains: [chain, 'evmos', ' osmosis '] })
    expect(unwatched).toMatchObject([
      { chainId: 'evmos', mend: expect.stringMatching(/^write the chain out/) },
    ])
  })

  it('can only be what it says where the other chain of that name is there by itself', async () => {
    const local = { chainId: 'osmosis', rest: ['http://127.0.0.1:1'] }
    const alerts = { routes: [{ chains: ['osmosis'], webhook: 'HOOK_URL' }] }
    const settings = await settingsOf({ chains: ['osmosis', local], alerts })
    expect(settings.chains.map(({ chainId }) => chainId)).toEqual(['osmosis-1', 'osmosis'])
    expect(settings.undecided).toEqual([])
    expect(settings.alerts.routes[0]!.chains).toEqual(['osmosis'])
  })

  it('has no denom of the other chain of its name to be measured by', async () => {
    const wallets = [{ address: 'osmo1…', threshold: '0.0000000000001' }]
    const local = { chainId: 'osmosis', rest: ['http://127.0.0.1:1'], wallets }
    expect((await settingsOf({ chains: [local] })).undecided).toHaveLength(1)
  })

  it('that is misspelt has the nearest name of the registry beside it', async () => {
    const { unwatched } = await settingsOf({ chains: [chain, 'cosmohub'] })
    expect(unwatched).toMatchObject([
      { mend: expect.stringContaining('write cosmoshub if that is meant, else write') },
    ])
  })

  it('with endpoints is what it says, whatever the registry calls by that name', async () => {
    const rest = ['http://127.0.0.1:1']
    const { chains, undecided } = await settingsOf({
      chains: [
        { chainId: 'agoric', rest },
        { chainId: 'arkeo', rest },
        { chainId: 'celestia', rest },
        { chainId: 'cosmoshub-4', rest },
      ],
    })
    expect(chains.map(({ chainId }) => chainId)).toEqual(['celestia', 'cosmoshub-4'])
    expect(undecided.map(({ said, registry }) => [said, registry])).toMatchObject([
      [
        { chainId: 'agoric', name: 'agoric', registryName: null, prefix: null, token: null },
        { chainId: 'agoric-3', name: 'Agoric', rest },
      ],
      [
        { chainId: 'arkeo', registryName: 'arkeonetworktestnet' },
        { chainId: 'arkeo-main-v1', registryName: 'arkeo' },
      ],
    ])
  })

  it('that a word means by its name, although it is the id of another one, goes on and is doubted', async () => {
    const { chains, doubts } = await settingsOf({ chains: ['arkeo'] })
    expect(chains).toMatchObject([{ chainId: 'arkeo-main-v1' }])
    expect(doubts).toMatchObject([{ place: 'chains[0]', mend: 'write arkeo-main-v1 or arkeonetworktestnet' }])
  })

  it('is meant by a route with any of its names; where two are called so, it is asked', async () => {
    const routes = (name: string) => ({ routes: [{ chains: [name], webhook: 'HOOK_URL' }] })
    const words = ['noble', 'nobletestnet']
    for (const [name, chainId] of [
      ['noble', 'noble-1'],
      ['nobletestnet', 'grand-1'],
      ['grand-1', 'grand-1'],
    ] as const) {
      const settings = await settingsOf({ chains: words, alerts: routes(name) })
      expect(settings.alerts.routes[0]!.chains).toEqual([chainId])
    }
    expect(await problemsOf({ chains: words, alerts: routes('Noble') })).toContain(
      'alerts.routes[0].chains: "Noble" may be Noble (noble-1) or Noble (grand-1); write its chain id',
    )
  })
})

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
