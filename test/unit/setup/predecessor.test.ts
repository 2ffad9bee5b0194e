// An import from the predecessor: the full set, sets that are not whole, and older versions.
import { describe, expect, test } from 'vitest'
import { registryChain } from '../../../src/chains/registry.ts'
import { settingsOf } from '../../../src/config/index.ts'
import { planFromPredecessor } from '../../../src/setup/predecessor.ts'
import { texts } from '../../support/imported.ts'
import { ADDRESSES, CHAINS_PY, CONFIG_PY, OLD_CONFIG_PY, TOKEN, WEBHOOK } from '../../support/predecessor.ts'
import { plan } from '../../support/predecessor-plan.ts'

describe('the full set', () => {
  test('becomes a configuration that is valid as it is', async () => {
    const imported = await plan()
    expect(imported.env).toEqual({ DISCORD_TOKEN: TOKEN, DISCORD_WEBHOOK_URL: WEBHOOK })
    expect(imported.config).toEqual({
      discord: { guildId: '972778865355272194', prefix: '$' },
      alerts: {
        mention: ['<@&972778865355272194>', '<@951374414451187732>'],
        warnAt: 0.8,
        criticalAt: 0.9,
        quietWhileLeft: '48h',
      },
      schedule: { clients: '0 */6 * * *' },
      chains: [
        {
          chainId: 'elystestnet-1',
          name: 'ELYS',
          rest: ['https://rest.elys.example.org'],
          token: { symbol: 'ELYS', denom: 'uelys', decimals: 6 },
          prefix: 'elys',
          connections: 'all',
        },
        {
          chainId: 'theta-testnet-001',
          name: 'COSMOS',
          rest: ['https://rest.theta.example.org'],
          token: { symbol: 'ATOM', denom: 'uatom', decimals: 6 },
          connections: ['connection-0', 'connection-6'],
        },
        {
          chainId: 'somewhere-888',
          name: 'SOMEWHERE',
          rest: ['https://rest.somewhere.example.org'],
          token: { symbol: 'SOME', denom: 'asome', decimals: 18 },
          connections: 'none',
        },
        {
          chainId: 'nodenom-1',
          name: 'NODENOM',
          rest: ['https://rest.nodenom.example.org'],
          connections: 'none',
        },
      ],
    })
    const settings = await settingsOf(imported.config)
    expect(settings.chains.map(({ chainId, connections }) => [chainId, connections])).toEqual([
      ['elystestnet-1', 'all'],
      ['theta-testnet-001', ['connection-0', 'connection-6']],
      ['somewhere-888', 'none'],
      ['nodenom-1', 'none'],
    ])
    expect(settings.chains[0]?.alerts).toMatchObject({ warnAt: 0.8, quietWhileLeftMs: 48 * 3_600_000 })
  })

  test('wallets keep owner and exact threshold; expired clients are known', async () => {
    const imported = await plan()
    expect(imported.wallets).toEqual([
      {
        userId: '875319025058594896',
        chainId: 'elystestnet-1',
        address: ADDRESSES.elysA,
        denom: 'uelys',
        thresholdBase: 1_000_000n,
        thresholdText: '1 ELYS',
      },
      {
        userId: '653208183325589529',
        chainId: 'theta-testnet-001',
        address: ADDRESSES.cosmosB,
        denom: 'uatom',
        thresholdBase: 500_000n,
        thresholdText: '0.5 ATOM',
      },
    ])
    expect(imported.expired).toEqual([
      { chainId: 'elystestnet-1', clientId: '07-tendermint-3' },
      { chainId: 'theta-testnet-001', clientId: '07-tendermint-40' },
    ])
  })

  test('what could not be brought is said, with the reason; secrets are not', async () => {
    const imported = await plan()
    expect(texts(imported, 'left')).toEqual([
      'chains.py line 7: the token of nodenom-1 lacks `denom`; wallets there cannot be watched without its `token`',
      'ibc_data: 2 last readings; not needed, the first sweep reads every client anew',
    ])
    const everything = JSON.stringify(imported.notes)
    expect(everything).not.toContain(TOKEN)
    expect(everything).not.toContain(WEBHOOK)
    expect(everything).toContain('every 6 h; shorter is cheap here')
  })

  test('a prefix for running both bots side by side', async () => {
    const imported = await plan({}, '!')
    expect(imported.config.discord?.prefix).toBe('!')
    expect(imported.comments['discord.prefix']?.after).toContain("'$'")
  })
})

describe('incomplete sets', () => {
  test('empty files: no chain, and it says what is missing', async () => {
    const imported = await plan({
      'config.py': '',
      'chains.py': '',
      'tracked_wallets.py': '',
      'expired_clients.py': '',
      ibc_data: '',
    })
    expect(imported.config.chains).toEqual([])
    expect(imported.env).toEqual({})
    expect(texts(imported, 'left')).toEqual([
      'the bot token: none is set there; put DISCORD_TOKEN into .env',
      'the webhook URL: none is set there; put DISCORD_WEBHOOK_URL into .env',
      'there is no list of chains (`chain_data`); chains come from the chain registry where it knows them',
      'no chain was monitored that could be brought (`monitored_chains`)',
    ])
  })

  test('only config.py: chains come from the registry where it knows them', async () => {
    const config = CONFIG_PY.replace("'elystestnet-1': []", "'osmosis-1': [], 'unheard-of-7': []")
    const imported = await planFromPredecessor(new Map([['config.py', config]]), registryChain)
    expect(imported.config.chains).toEqual([
      { chainId: 'osmosis-1', connections: 'all' },
      { chainId: 'theta-testnet-001', connections: ['connection-0', 'connection-6'] },
    ])
    expect(texts(imported, 'left').join()).toContain(
      'unheard-of-7 was monitored, but neither `chain_data` nor',
    )
    await expect(settingsOf(imported.config)).resolves.toBeTruthy()
  })

  test('broken files: what can be read is brought, the rest is said with its line', async () => {
    const imported = await plan({
      'chains.py': CHAINS_PY.replace("'chain_name': 'COSMOS'", "'chain_name': get_name()"),
      'tracked_wallets.py': "tracked_wallets = {'elys1': ['elystestnet-1', '<@8753",
      'expired_clients.py': '<<<<<<< HEAD\n',
    })
    expect(texts(imported, 'left')).toEqual([
      'chains.py line 5: `chain_data` is worked out by code; nothing was run, what it changes is missing here',
      'chains.py line 7: the token of nodenom-1 lacks `denom`; wallets there cannot be watched without its `token`',
      'tracked_wallets.py line 1: `tracked_wallets` has a string that does not end, and what follows there is lost; nothing was run, what it changes is missing here',
      'tracked_wallets.py line 1: elys1: not [chain id, owner, threshold]',
      'ibc_data: 2 last readings; not needed, the first sweep reads every client anew',
      'expired_clients.py line 1 is code; nothing was run',
    ])
    expect(imported.config.chains).toHaveLength(4)
    expect(imported.config.chains[1]).not.toHaveProperty('name')
  })

  test('code that changes a setting is not run, and is said', async () => {
    const imported = await plan({
      'config.py': `import os\n${CONFIG_PY}bot_token = os.environ['TOKEN']\nmonitored_chains['other-1'] = []\nprint('hi')\nlog_level = 3\n`,
    })
    expect(imported.env).toEqual({ DISCORD_WEBHOOK_URL: WEBHOOK })
    const left = texts(imported, 'left')
    expect(left).toContain(
      'config.py line 14: `bot_token` is worked out by code; nothing was run, set it by hand',
    )
    expect(left).toContain(
      'config.py line 15: `monitored_chains` is code; nothing was run, what it changes is missing here',
    )
    expect(left).toContain('config.py line 16 is code; nothing was run')
    expect(left).toContain('config.py line 17: `log_level` has no counterpart')
  })
})

describe('an older version', () => {
  const old = (code?: string, config = OLD_CONFIG_PY) =>
    planFromPredecessor(
      new Map([['config.py', config], ...(code === undefined ? [] : [['main.py', code] as const])]),
      registryChain,
    )

  test('keeps every wallet that stands with its chain, with the one threshold, and says what it cannot keep', async () => {
    const imported = await old()
    const wallets = imported.config.chains.map((chain) => (typeof chain === 'object' ? chain.wallets : null))
    const all = (...addresses: string[]) => addresses.map((address) => ({ address, threshold: '0.4' }))
    expect(wallets).toEqual([
      all(ADDRESSES.elysA, ADDRESSES.elysB),
      all(ADDRESSES.cosmosA, ADDRESSES.cosmosB),
      all(ADDRESSES.osmoA),
      all(ADDRESSES.nobleA),
    ])
    const left = texts(imported, 'left').join('\n')
    expect(left).toContain('`wallets` of theta-testnet-001, line 9: (not shown): not an address: no address')
    expect(left).toContain(
      '`wallets` of theta-testnet-001, line 9: (not shown): not an address: it does not look',
    )
    expect(imported.toFillIn).toEqual([
      {
        chainId: 'nowhere-1',
        name: 'NOWHERE',
        rest: ['https://…'],
        token: { symbol: 'NOW', denom: 'unow', decimals: 6 },
        connections: 'none',
        wallets: [{ address: ADDRESSES.osmoB, threshold: '0.4' }],
        prefix: 'osmo',
      },
    ])
    expect(left).not.toContain('has no counterpart')
    expect(texts(imported, 'brought').filter((text) => text.includes('below 0.4'))).toHaveLength(6)
    const settings = await settingsOf(imported.config)
    expect(settings.chains[0]?.alerts.mention).toEqual(['<@&972778865355272194>'])
  })

  test('loses no wallet in silence where the threshold cannot be read', async () => {
    const imported = await old(undefined, OLD_CONFIG_PY.replace('= 0.4', "= 'little'"))
    expect(JSON.stringify(imported.config)).not.toContain('wallets')
    const left = texts(imported, 'left').filter((text) =>
      text.includes('`balance_alert_threshold` is no number'),
    )
    expect(left).toHaveLength(10)
  })

  test('has its denoms compared with the registry: what the chain lacks is said, and what it has is used', async () => {
    const imported = await old()
    const tokens = (await settingsOf(imported.config)).chains.map(({ token }) => token?.denom)
    expect(tokens).toEqual(['uelys', 'uatom', 'uosmo', 'uusdc'])
    const changed = texts(imported, 'changed').join('\n')
    expect(changed).toContain('uosmos is no token of osmo-test-5 in the chain registry: OSMO (uosmo) is used')
    expect(changed).toContain(
      'the token of grand-1 lacks `denom` in the chain registry: USDC (uusdc) is used',
    )
  })

  const alert = (condition: string) =>
    `172800\nif delta > trusting_period * ${condition}: #alert only when less\n    discord_message()`
  test.each([
    [undefined, undefined, 0.8],
    [alert('expiry_alert_threshold'), undefined, 0.8],
    [alert('expiry_alert_threshold and trusting_period-delta < 172800'), '48h', 0.8],
    [alert('expiry_alert_threshold and trusting_period - delta < 24 * 3_600'), '24h', 0.8],
    [alert('expiry_alert_threshold and (trusting_period - delta) / 3600 <= 36'), '36h', 0.8],
    [alert('expiry_alert_threshold and (trusting_period-delta)/(3600) < 36'), undefined, 0.8],
  ])('has the rule of the last hours only where its code has it: %s', async (code, quiet, warnAt) => {
    const { config, notes } = await old(code)
    expect(config.alerts?.quietWhileLeft).toBe(quiet)
    expect(config.alerts?.warnAt).toBe(warnAt)
    expect(JSON.stringify(notes)).not.toContain('main.py')
    const said = notes.find(({ text }) => text.startsWith('the thresholds'))?.text
    expect(said).toContain(quiet === undefined ? 'however much is left' : `more than ${quiet} are left`)
  })

  test('has its threshold in the code, where the configuration has none', async () => {
    const config = OLD_CONFIG_PY.replace(/^expiry_alert_threshold.*$/m, '')
    expect((await old(alert('0.75'), config)).config.alerts).toMatchObject({ warnAt: 0.75 })
    expect((await old(alert('0.75'))).config.alerts).toMatchObject({ warnAt: 0.8 })
    expect((await old(undefined, config)).config.alerts).toMatchObject({ warnAt: 0.8 })
  })

  test('that was brought up to date has the rule again, by its code or by its newer settings', async () => {
    expect((await plan()).config.alerts?.quietWhileLeft).toBe('48h')
    const imported = await plan({ 'monitor.py': alert('expiry_alert_threshold') })
    expect(imported.config.alerts?.quietWhileLeft).toBeUndefined()
  })
})
