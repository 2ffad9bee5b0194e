// The plan for moving in from the predecessor: each setting, each way of being incomplete, and what is said of it.
import { describe, expect, test } from 'vitest'
import { registryChain } from '../../../src/chains/registry.ts'
import { settingsOf } from '../../../src/config/index.ts'
import { planFromPredecessor } from '../../../src/setup/predecessor.ts'
import { cronEvery, mentionsIn } from '../../../src/setup/predecessor-settings.ts'
import {
  ADDRESSES,
  CHAINS_PY,
  CONFIG_PY,
  OLD_CONFIG_PY,
  predecessorFiles,
  TOKEN,
  WEBHOOK,
} from '../../support/predecessor.ts'

const plan = (changes: Record<string, string | null> = {}, prefix?: string) =>
  planFromPredecessor(predecessorFiles(changes), registryChain, { prefix })

const texts = (imported: Awaited<ReturnType<typeof plan>>, kind: string) =>
  imported.notes.filter((note) => note.kind === kind).map(({ text }) => text)

/** CONFIG_PY with one setting replaced. */
const withSetting = (name: string, value: string) => ({
  'config.py': CONFIG_PY.replace(new RegExp(`^${name} = .*$`, 'm'), `${name} = ${value}`),
})

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
    expect(texts(imported, 'left').join()).toContain('unheard-of-7 was monitored, but it has no entry')
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

describe('settings', () => {
  test.each([
    ['""', []],
    ["''", []],
    ['None', []],
    ['"<@&972778865355272194>"', ['<@&972778865355272194>']],
    ['"<@!951374414451187732> <@951374414451187732>"', ['<@951374414451187732>']],
    [
      '["<@&972778865355272194>", "<@951374414451187732>"]',
      ['<@&972778865355272194>', '<@951374414451187732>'],
    ],
  ])('role_id = %s', async (value, mention) => {
    const imported = await plan(withSetting('role_id', value))
    expect(imported.config.alerts?.mention).toEqual(mention)
    expect(texts(imported, 'changed').some((text) => text.startsWith('alerts tag nobody'))).toBe(
      mention.length === 0,
    )
  })

  test('what is no mention is said', () => {
    expect(mentionsIn('<@&12> @everyone <@&972778865355272194>,')).toEqual({
      mentions: ['<@&972778865355272194>'],
      rest: '<@&12> @everyone',
    })
  })

  test.each([
    ['0.5', 0.5, 0.9],
    ['0.9', 0.9, 0.95],
    ['0.93', 0.93, 0.965],
    ['.999999999', 0.999999999, 0.9999999995],
    ['80', 0.8, 0.9],
    ['1', 0.8, 0.9],
    ['-0.5', 0.8, 0.9],
    ["'0.7'", 0.7, 0.9],
    ['True', 0.8, 0.9],
  ])('expiry_alert_threshold = %s: warning at %d, critical at %d', async (value, warnAt, criticalAt) => {
    const imported = await plan(withSetting('expiry_alert_threshold', value))
    expect(imported.config.alerts).toMatchObject({ warnAt, criticalAt })
    await expect(settingsOf(imported.config)).resolves.toBeTruthy()
  })

  test.each([
    [6, '0 */6 * * *'],
    [5, '0 */5 * * *'],
    [1, '0 * * * *'],
    [0.5, '*/30 * * * *'],
    [0.01, '* * * * *'],
    [24, '0 0 * * *'],
    [72, '0 0 * * *'],
  ])('every %d h is %s', (hours, cron) => {
    expect(cronEvery(hours)).toBe(cron)
  })

  test.each(["'often'", '0', '-3'])('update_frequency = %s is not brought', async (value) => {
    const imported = await plan(withSetting('update_frequency', value))
    expect(imported.config.schedule).toEqual({})
    expect(texts(imported, 'left').join()).toContain('`update_frequency` is not a number of hours')
  })

  test.each(["''", "'abc'", '12', 'None'])('guild_id = %s is left out', async (value) => {
    const imported = await plan(withSetting('guild_id', value))
    expect(imported.config.discord?.guildId).toBeUndefined()
    await expect(settingsOf(imported.config)).resolves.toBeTruthy()
  })

  test('a token or webhook that looks like none is not brought and not shown', async () => {
    const imported = await plan({
      'config.py': `bot_token = 'se cret'\ndiscord_webhook = 'hooks.example.org/sec-ret'\n`,
    })
    expect(imported.env).toEqual({})
    expect(texts(imported, 'left').slice(0, 2)).toEqual([
      'config.py line 1: `bot_token` does not look like the bot token (not shown here)',
      'config.py line 2: `discord_webhook` does not look like the webhook URL (not shown here)',
    ])
  })

  test('a secret in the wrong line is not repeated', async () => {
    const imported = await plan(withSetting('role_id', `'${WEBHOOK}'`))
    expect(texts(imported, 'left').join()).toContain('a long text in `role_id` is not a mention')
    expect(JSON.stringify(imported.notes)).not.toContain(WEBHOOK)
  })

  test('the names of older versions are understood', async () => {
    const imported = await planFromPredecessor(
      new Map([
        [
          'config.py',
          `alert_threshold = 0.6\nmonitored_chains = {'a-1': []}\nrest_servers = [{'chain_id': 'a-1', 'api': 'https://a.example.org', 'chain_name': 'A'}]`,
        ],
      ]),
      registryChain,
    )
    expect(imported.config.alerts?.warnAt).toBe(0.6)
    expect(imported.config.chains).toEqual([
      { chainId: 'a-1', name: 'A', rest: ['https://a.example.org'], connections: 'all' },
    ])
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
    expect(left).toContain('`wallets` of theta-testnet-001, line 9: no text: not an address')
    expect(left).toContain('`wallets` of theta-testnet-001, line 9: cosmos1nonsense: not an address')
    expect(left).toContain(`config.py line 12: its wallet ${ADDRESSES.osmoB} is not watched`)
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
    expect(left).toHaveLength(9)
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

describe('chains', () => {
  const chainsPy = (entry: string) => ({ 'chains.py': CHAINS_PY.replace(']\n', `${entry},\n]\n`) })

  test('an entry without a usable URL comes from the registry, or is left with the reason', async () => {
    const imported = await plan(
      chainsPy(
        `{'chain_id': 'osmosis-1', 'api': 'osmosis.example.org', 'chain_name': 'OSMOSIS'},\n{'chain_id': 'bad-1', 'api': 'https://x.example.org?y'},\n{'api': 'https://z.example.org'},\n7`,
      ),
    )
    expect(imported.config.chains.at(-1)).toEqual({
      chainId: 'osmosis-1',
      name: 'OSMOSIS',
      token: { symbol: 'OSMO', denom: 'uosmo', decimals: 6 },
      connections: 'none',
    })
    const left = texts(imported, 'left').join('\n')
    expect(left).toContain('chains.py line 9: bad-1 has no usable `api`')
    expect(left).toContain('chains.py line 10: a chain without a usable `chain_id`')
    expect(left).toContain('chains.py line 11: a chain without a usable `chain_id`')
    await expect(settingsOf(imported.config)).resolves.toBeTruthy()
  })

  test('a chain that is there twice keeps both endpoints', async () => {
    const imported = await plan(chainsPy(`{'chain_id': 'elystestnet-1', 'api': 'http://10.0.0.7:1317/'}`))
    expect(imported.config.chains[0]).toMatchObject({
      rest: ['https://rest.elys.example.org', 'http://10.0.0.7:1317'],
    })
  })

  test('a registry name where a chain id belongs is the same chain, once', async () => {
    const imported = await planFromPredecessor(
      new Map([
        ['config.py', "monitored_chains = {'osmosis': ['connection-1'], 'cosmoshub-4': []}"],
        ['chains.py', "chain_data = [{'chain_id': 'cosmoshub', 'api': 'https://h.example.org'}]"],
        [
          'tracked_wallets.py',
          `tracked_wallets = {'${ADDRESSES.osmoA}': ['osmosis-1', '<@875319025058594896>', 1]}`,
        ],
      ]),
      registryChain,
    )
    expect(imported.config.chains).toMatchObject([
      { chainId: 'osmosis-1', connections: ['connection-1'] },
      { chainId: 'cosmoshub-4', rest: ['https://h.example.org'], connections: 'all' },
    ])
    expect(imported.wallets).toMatchObject([{ chainId: 'osmosis-1' }])
  })

  test('decimals that the registry contradicts are said', async () => {
    const entry = `{'chain_id': 'osmosis-1', 'api': 'https://o.example.org', 'exponent': 18, 'denom': 'uosmo', 'full_denom': 'OSMO'}`
    const imported = await plan(chainsPy(entry))
    expect(texts(imported, 'changed').join()).toContain(
      'uosmo has 18 decimals there, 6 in the chain registry',
    )
  })

  test.each([
    ["'denom': 'ustake', 'full_denom': 'OSMO'", 'uosmo', 'ustake is no token of osmosis-1'],
    ["'denom': 'ustake', 'full_denom': 'ION'", 'uion', 'ION (uion) is used'],
    ["'denom': 'ustake', 'full_denom': 'NOPE'", 'uosmo', 'OSMO (uosmo) is used'],
    ["'denom': 'factory/osmo1x/new', 'full_denom': 'NEW'", 'factory/osmo1x/new', 'it is kept, check it'],
    ["'denom': 'uosmo', 'full_denom': 'OSMO'", 'uosmo', null],
  ])('a token of %s is %s', async (token, denom, said) => {
    const entry = `{'chain_id': 'osmosis-1', 'api': 'https://o.example.org', 'exponent': 6, ${token}}`
    const imported = await plan(chainsPy(entry))
    expect(imported.config.chains.at(-1)).toMatchObject({ token: { denom } })
    const changed = texts(imported, 'changed').join()
    if (said === null) expect(changed).not.toContain('in the chain registry')
    else expect(changed).toContain(said)
  })

  test('that are watched whole: whom alerts are about is said, because it was otherwise', async () => {
    const about = (imported: Awaited<ReturnType<typeof plan>>) =>
      texts(imported, 'changed').filter((note) => note.includes('with an OPEN channel'))
    expect(about(await plan())).toHaveLength(1)
    const listed = withSetting('monitored_chains', "{'elystestnet-1': ['connection-0']}")
    expect(about(await plan(listed))).toEqual([])
  })

  test('connections: numbers are meant, nonsense is said, none left means all', async () => {
    const monitored = `{'elystestnet-1': [3, 'connection-4', 'connection-4'], 'theta-testnet-001': ['channel-1']}`
    const imported = await plan({
      'config.py': CONFIG_PY.replace(/monitored_chains = \{[^}]*\}/, `monitored_chains = ${monitored}`),
    })
    expect(imported.config.chains.slice(0, 2)).toMatchObject([
      { connections: ['connection-3', 'connection-4'] },
      { connections: 'all' },
    ])
    expect(texts(imported, 'left').join()).toContain('"channel-1" of theta-testnet-001 is not a connection')
  })
})

describe('wallets', () => {
  const wallet = (address: string, value: string) =>
    plan({ 'tracked_wallets.py': `tracked_wallets = {'${address}': ${value}}` })

  test.each([
    ['0.1', 100_000n, '0.1'],
    ['2.5e-6', 2n, '0.000002'],
    ['0.30000000000000004', 300_000n, '0.3'],
    ['10', 10_000_000n, '10'],
    ["'1.5'", 1_500_000n, '1.5'],
  ])('threshold %s is exact', async (threshold, base, text) => {
    const imported = await wallet(ADDRESSES.elysA, `['elystestnet-1', '<@875319025058594896>', ${threshold}]`)
    expect(imported.wallets).toMatchObject([{ thresholdBase: base, thresholdText: `${text} ELYS` }])
    const finer = texts(imported, 'changed').some((note) => note.includes('finer than the token'))
    expect(finer).toBe(['2.5e-6', '0.30000000000000004'].includes(threshold))
  })

  test('a threshold that no balance is below is brought, and said', async () => {
    const imported = await wallet(ADDRESSES.elysA, "['elystestnet-1', '<@875319025058594896>', 0]")
    expect(imported.wallets).toMatchObject([{ thresholdBase: 0n }])
    expect(texts(imported, 'changed').join()).toContain(`${ADDRESSES.elysA}: no balance is below 0`)
  })

  test.each([
    ["['elystestnet-1', '<@875319025058594896>']", 'not [chain id, owner, threshold]'],
    ["['elystestnet-1', '<@875319025058594896>', -1]", 'not [chain id, owner, threshold]'],
    ['7', 'not [chain id, owner, threshold]'],
    ["['nodenom-1', '<@875319025058594896>', 1]", 'the token of nodenom-1 is not known'],
    ["['unheard-of-7', '<@875319025058594896>', 1]", 'its chain unheard-of-7 is neither in'],
  ])('%s is left: %s', async (value, reason) => {
    const imported = await wallet(ADDRESSES.elysA, value)
    expect(imported.wallets).toEqual([])
    expect(texts(imported, 'left').join()).toContain(
      `tracked_wallets.py line 1: ${ADDRESSES.elysA}: ${reason}`,
    )
  })

  test.each(['nan', 'inf', '-inf'])('a threshold of %s costs its wallet alone', async (threshold) => {
    const other = `'${ADDRESSES.elysB}': ['elystestnet-1', '<@875319025058594896>', 1.0]`
    const imported = await plan({
      'tracked_wallets.py': `tracked_wallets = {'${ADDRESSES.elysA}': ['elystestnet-1', '<@875319025058594896>', ${threshold}],\n ${other}}`,
    })
    expect(imported.wallets).toMatchObject([{ address: ADDRESSES.elysB }])
    expect(texts(imported, 'left').join()).toContain(`${ADDRESSES.elysA}: not [chain id, owner, threshold]`)
  })

  test('what is no address is left with the reason', async () => {
    const imported = await wallet(
      ADDRESSES.elysA.replace('y', 'z'),
      "['elystestnet-1', '<@875319025058594896>', 1]",
    )
    expect(imported.wallets).toEqual([])
    expect(texts(imported, 'left').join()).toContain('not an address: its checksum does not fit')
  })

  test('a chain that only the registry knows is brought for its wallet', async () => {
    const imported = await wallet(ADDRESSES.osmoA, "['osmosis-1', '<@875319025058594896>', 1]")
    expect(imported.wallets).toMatchObject([
      { chainId: 'osmosis-1', denom: 'uosmo', thresholdBase: 1_000_000n },
    ])
    expect(imported.config.chains.at(-1)).toEqual({ chainId: 'osmosis-1', connections: 'none' })
  })

  test('a role as owner, or nobody, becomes a wallet of the configuration; two users two registrations', async () => {
    const role = await wallet(ADDRESSES.elysA, "['elystestnet-1', '<@&972778865355272194>', 2.5]")
    expect(role.wallets).toEqual([])
    expect(role.config.chains[0]).toMatchObject({
      wallets: [{ address: ADDRESSES.elysA, threshold: '2.5', mention: ['<@&972778865355272194>'] }],
    })
    const nobody = await wallet(ADDRESSES.elysA, "['elystestnet-1', '', 2.5]")
    expect(nobody.config.chains[0]).toMatchObject({
      wallets: [{ address: ADDRESSES.elysA, threshold: '2.5' }],
    })
    const two = await wallet(
      ADDRESSES.elysA,
      "['elystestnet-1', '<@875319025058594896> <@653208183325589529>', 1]",
    )
    expect(two.wallets.map(({ userId }) => userId)).toEqual(['875319025058594896', '653208183325589529'])
  })

  test('an address with the prefix of another chain is said', async () => {
    const imported = await wallet(ADDRESSES.osmoA, "['theta-testnet-001', '<@875319025058594896>', 1]")
    expect(texts(imported, 'changed').join()).toContain(
      'addresses of theta-testnet-001 should begin with cosmos1',
    )
  })
})
