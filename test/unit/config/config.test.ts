// The configuration: every problem at once with its path, defaults, overrides, secrets.
import { describe, expect, it } from 'vitest'
import { settingsOf } from '../../../src/config/index.ts'
import { chain, problemsOf } from '../../support/config-problems.ts'

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

  it('refuse a digest every second, and none that people have more often than hourly', async () => {
    const digest = (text: string) => problemsOf({ schedule: { digest: text }, chains: [chain] })
    for (const text of ['* * * * * *', '*/20 30 9 * * 1'])
      expect(await digest(text)).toContain(
        'schedule.digest: more than once a minute is too often for a digest',
      )
    for (const text of ['*/5 * * * *', '0,30 9 * * 1']) expect(await digest(text)).toBe('')
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
    [
      'a mention as a number',
      { chains: [chain], alerts: { mention: [972778865355272194n] } },
      'alerts.mention[0]: a number here is written in quotes, else its last digits are lost',
    ],
    [
      'a threshold as a number',
      { chains: [{ ...chain, wallets: [{ address: 'osmo1…', threshold: 5 }] }] },
      'chains[0].wallets[0].threshold: a number here is written in quotes',
    ],
    [
      'one channel in place of a list',
      { chains: [chain], discord: { commandChannels: '972778865355272194' } },
      'discord.commandChannels: a list is written in brackets: […]',
    ],
    ['a chain as a number', { chains: [chain, 4711] }, 'chains[1]: a number here is written in quotes'],
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
      rest: [{ url: 'https://own.example' }],
      prefix: 'cosmos',
    })
  })

  it('take an escalation that calls somebody, and no other', async () => {
    const escalated = (escalate: object) => ({ chains: [chain], alerts: { escalate } as never })
    const settings = await settingsOf(escalated({ after: '15m', mention: ['<@&100000000000000000>'] }))
    expect(settings.alerts.escalate).toMatchObject({ afterMs: 900_000, pagers: false })
    expect(settings.chains[0]!.alerts.escalateAfterMs).toBe(900_000)
    expect((await settingsOf({ chains: [chain] })).alerts.escalate).toBeNull()
    expect(await problemsOf(escalated({ after: '15m' }))).toContain(
      'say who is called then: `mention`, or `pagers: true`',
    )
    expect(await problemsOf(escalated({ after: '0', pagers: true }))).toContain('"0" is not a duration')
    expect(await problemsOf(escalated({ after: '1h', mention: ['@here'] }))).toContain('not a mention')
    expect(await problemsOf(escalated({ after: '1h', pager: true }))).toContain('did you mean `pagers`?')
  })
})
