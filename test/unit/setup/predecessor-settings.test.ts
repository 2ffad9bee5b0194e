// The settings of the predecessor: what each becomes, and what is left out with the reason.
import { describe, expect, test } from 'vitest'
import { registryChain } from '../../../src/chains/registry.ts'
import { settingsOf } from '../../../src/config/index.ts'
import { planFromPredecessor } from '../../../src/setup/predecessor.ts'
import { cronEvery, mentionsIn } from '../../../src/setup/predecessor-settings.ts'
import { texts } from '../../support/imported.ts'
import { CONFIG_PY, WEBHOOK } from '../../support/predecessor.ts'
import { plan, withSetting } from '../../support/predecessor-plan.ts'

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

  test.each(['972778865355272194', "'972778865355272194'", "'@Relayers'", "['here']"])(
    'role_id = %s is no mention, and is not called empty',
    async (value) => {
      const imported = await plan(withSetting('role_id', value))
      expect(imported.config.alerts?.mention).toEqual([])
      expect(texts(imported, 'changed')).toContain(
        'alerts tag nobody: what is set is no mention (alerts.mention)',
      )
      expect(texts(imported, 'left').join()).toContain('in `role_id` is not a mention such as <@&ROLE ID>')
    },
  )

  test.each([
    ['await asyncio.sleep(7200)', '0 */2 * * *'],
    ['sleep(1)\n  time.sleep( 60 * 90 ) # sleep(999999)', '0 * * * *'],
    ['await asyncio.sleep(1_800)', '*/30 * * * *'],
    ['sleep(30)\nawait asyncio.sleep(update_frequency*3600)', undefined],
  ])('how often its code sweeps, where no setting says it: %s', async (code, clients) => {
    const imported = await plan({ ...withSetting('update_frequency', ''), 'main.py': code })
    expect(imported.config.schedule?.clients).toBe(clients)
    const set = await plan({ 'main.py': code })
    expect(set.config.schedule?.clients).toBe('0 */6 * * *')
  })

  test('without its code, the rule of the last hours is that of versions which know a server', async () => {
    const { config, notes } = await plan({
      'config.py': CONFIG_PY.replace(/^(guild_id|expiry_alert_threshold) = .*$/gm, ''),
    })
    expect(config.alerts).toMatchObject({ warnAt: 0.8 })
    expect(config.alerts).not.toHaveProperty('quietWhileLeft')
    expect(notes.map(({ text }) => text)).toContain(
      'no threshold is set there (`expiry_alert_threshold`): 80 % is used',
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

  test.each(['/', '?thread_id=972778865355272194'])('a webhook may end with %s', async (end) => {
    const imported = await plan(withSetting('discord_webhook', `'${WEBHOOK}${end}'`))
    expect(imported.env.DISCORD_WEBHOOK_URL).toBe(`${WEBHOOK}${end === '/' ? '' : end}`)
  })

  test('a secret in the wrong line is not repeated', async () => {
    const imported = await plan(withSetting('role_id', `'${WEBHOOK}'`))
    expect(texts(imported, 'left').join()).toContain('what stands in `role_id` is not a mention')
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
