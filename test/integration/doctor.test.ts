// The doctor in a local world in which nothing is wrong, and in which one thing at a time is.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { IbcGoVersion } from '../../sandbox/chains/profiles.ts'
import { type FaucetServer, startFaucetServer } from '../../sandbox/faucet/server.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { lookAtConfig } from '../../src/cli/doctor/config.ts'
import { createGuildStore } from '../../src/discord/guild-store.ts'
import { DATABASE_FILE, migrations, openDatabase } from '../../src/storage/database.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { makePatient, type Patient, type PatientOptions } from '../support/doctor.ts'
import { address } from '../support/wallets.ts'

const MINUTE = 60_000
const open: Patient[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

async function patient(options: PatientOptions = {}): Promise<Patient> {
  const made = await makePatient(options)
  open.push(made)
  return made
}

describe('a world in which nothing is wrong', () => {
  it('is ok in every line, with exit code 0', async () => {
    const { code, ok, findings, text } = await (await patient()).run()
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([])
    expect([code, ok]).toEqual([0, true])
    for (const finding of findings) expect(finding.mend).toBeNull()
    expect([...new Set(findings.map(({ area }) => area))]).toEqual([
      'configuration',
      'chains',
      'discord',
      'webhook',
      'machine',
    ])
    expect(text).toContain(`${findings.length} ok, 0 to look at, 0 wrong.`)
  })

  it('changes nothing in Discord and writes nothing', async () => {
    const one = await patient()
    await one.run()
    expect(one.server.requests.every(({ method }) => method === 'GET')).toBe(true)
    expect(one.discord.messages(one.channelId)).toEqual([])
  })
})

describe('configuration', () => {
  it('gives every problem a line, looks at the machine all the same, and exits with 2', async () => {
    const one = await patient()
    one.configText = JSON.stringify({
      discord: { prefx: '$' },
      chains: [{ chainId: 'host-1', rest: ['lcd.example.org'], alerts: { warnAt: 80 } }],
    })
    const { code, ok, findings } = await one.run()
    expect([code, ok]).toEqual([2, false])
    const wrong = findings.filter(({ level }) => level === 'wrong')
    expect(wrong.map(({ subject }) => subject).sort()).toEqual([
      'chains[0].alerts.warnAt',
      'chains[0].rest[0]',
      'discord.prefx',
    ])
    expect(findings.some(({ area }) => area === 'machine')).toBe(true)
    expect(findings.some(({ area }) => area === 'discord')).toBe(false)
  })

  it('is wrong for a chain that cannot be watched, says what to write, and looks at the others', async () => {
    const one = await patient()
    one.config = { ...one.config, chains: ['left-the-registry', ...one.config.chains] }
    const { code, of, text } = await one.run()
    expect(code).toBe(1)
    expect(of('chains[0]')).toEqual([
      expect.objectContaining({
        level: 'wrong',
        text: expect.stringContaining('left-the-registry is not watched: "left-the-registry" is neither'),
        mend: expect.stringContaining("Write the chain out: { chainId: '…', rest: ['https://…'] }"),
      }),
    ])
    expect(of('host-1')[0]).toMatchObject({ level: 'ok', text: expect.stringContaining('2 of 2 endpoints') })
    expect(text).toContain('1 wrong')
  })

  it("says which chain an entry is whose id is another chain's name in the registry", async () => {
    const one = await patient()
    const [host, other] = one.config.chains as { chainId: string; rest: string[] }[]
    one.config = { ...one.config, chains: [{ ...host!, chainId: 'osmosis' }, other!] }
    const { code, of } = await one.run()
    expect(code).toBe(1)
    expect(of('osmosis')[0]).toMatchObject({
      level: 'wrong',
      text: expect.stringContaining('0 of 2 endpoints'),
    })
    expect(of(`osmosis ${new URL(host!.rest[0]!).host}`)[0]).toMatchObject({ text: 'serves host-1' })
  })

  it('says in one line that there is no file, or no JSON in it', async () => {
    const one = await patient()
    one.configText = '{ not json'
    const { code, findings } = await one.run()
    expect(code).toBe(2)
    expect(findings.filter(({ area }) => area === 'configuration')).toHaveLength(1)
    expect(findings[0]!.text).toContain('could not be read')
    const absent = await lookAtConfig('/nowhere/config.ts', {})
    expect(absent.findings).toMatchObject([
      { level: 'wrong', text: 'there is no such file', mend: expect.stringContaining('ibc-monitor init') },
    ])
  })

  it('warns when others can read the .env, and says which secret file cannot be read', async () => {
    const one = await patient()
    const path = join(one.folder, '.env')
    writeFileSync(path, 'LOG_LEVEL=info\n')
    chmodSync(path, 0o644)
    one.env = { ...one.env, DISCORD_TOKEN: '', DISCORD_TOKEN_FILE: join(one.folder, 'nowhere') }
    const { code, of } = await one.run()
    expect(of('.env')).toMatchObject([{ level: 'warning', mend: `Run: chmod 600 ${path}` }])
    expect(of('DISCORD_TOKEN')[0]).toMatchObject({ level: 'wrong', area: 'configuration' })
    expect(of('DISCORD_WEBHOOK_URL')[0]).toMatchObject({ level: 'ok' })
    expect(code).toBe(1)
  })

  it('finds addresses of wallets that are none, or of another chain', async () => {
    const one = await patient()
    const wallets = ['cosmos1qqqqqq', 'osmo1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqjfakt3'].map((address) => ({
      address,
      threshold: '1',
    }))
    one.config.chains[0] = { ...(one.config.chains[0] as object), prefix: 'cosmos', wallets } as never
    const { code, of } = await one.run()
    expect(of('chains[0].wallets')).toHaveLength(2)
    expect(of('wallets[0]')).toMatchObject([{ level: 'wrong' }])
    expect(code).toBe(1)
  })
})

it.each([
  [{ alerts: { about: 'mine' } }, 1],
  [{ alerts: { about: 'mine' }, mine: ['07-tendermint-0'] }, 0],
  [{ alerts: { about: 'mine' }, connections: ['connection-0'] }, 0],
  [{ alerts: { about: 'live' } }, 0],
])('warns where alerts are about what is mine and nothing is: %j', async (more, warnings) => {
  const one = await patient()
  Object.assign(one.config.chains[0] as object, more)
  const { of } = await one.run()
  expect(of('chains[0].mine').filter(({ area }) => area === 'configuration')).toHaveLength(warnings)
})

describe('tokens of wallets', () => {
  const findings = async (denom?: string, chain: object = { chainId: 'atomone-1' }, threshold = '1') => {
    const one = await patient()
    const wallets = [{ address: address(1, 'atone'), threshold, denom }]
    const more = { rest: ['http://127.0.0.1:1'], prefix: 'atone', connections: 'none', wallets, ...chain }
    one.config.chains.push(more as never)
    return (await one.run()).of('wallets[0].')
  }
  const mend = "Write it: 'uphoton' for the fees, or 'uatone' as before."

  it('names a wallet for which another token counts than before, until its denom is written', async () => {
    const text =
      'none, so it is watched for PHOTON (uphoton), which fees are paid in; versions before took ATONE (uatone)'
    expect(await findings()).toMatchObject([{ area: 'configuration', level: 'warning', text, mend }])
    expect(await findings('uphoton')).toEqual([])
  })

  it('names one that is watched for what is staked, as `init` wrote it into `token` before', async () => {
    const token = { symbol: 'ATONE', denom: 'uatone', decimals: 6 }
    const text =
      "none, so it is watched for ATONE (uatone), the chain's `token`; fees are paid in PHOTON (uphoton)"
    expect(await findings(undefined, { chainId: 'atomone-1', token })).toMatchObject([
      { level: 'warning', text, mend },
    ])
    const other = { symbol: 'XYZ', denom: 'uxyz', decimals: 6 }
    expect(await findings(undefined, { chainId: 'atomone-1', token: other })).toEqual([])
  })

  it('finds a threshold that was one of another token: it costs its wallet alone, not the start', async () => {
    // GAS has no decimals; SCR, which was taken before, has nine.
    const found = await findings(undefined, { chainId: 'scorum-1' }, '0.5')
    expect(found.map(({ level }) => level)).toEqual(['warning', 'wrong'])
    expect(found[1]).toMatchObject({ text: '0.5 GAS has more than its 0 decimals: not watched' })
  })

  it('finds one that a contract keeps', async () => {
    expect(await findings(`cw20:${address(2, 'atone')}`)).toMatchObject([{ level: 'wrong' }])
  })
})

describe('chains', () => {
  const quirks: [IbcGoVersion, string, string][] = [
    ['v6', 'v6.3.1', 'counts raw keys'],
    ['v7', 'v7.10.0', 'repeats clients'],
    ['v11', 'v11.2.0', 'repeats clients'],
  ]
  it.each(quirks)('tells version and list quirk of ibc-go %s', async (version, full, quirk) => {
    const { of } = await (await patient({ version })).run()
    const [line] = of('host-1 127.0.0.1')
    expect(line!.text).toContain(`ibc-go ${full}`)
    expect(line!.text).toContain(quirk)
  })

  it('warns of the last endpoint that is alive before it is gone, and says what each other one has', async () => {
    const one = await patient({
      endpoints: [
        {},
        { hang: true },
        { html: 502 },
        { chainId: 'elsewhere-1' },
        { behindMs: 40.5 * MINUTE },
        { reset: true },
        { status: 403 },
      ],
    })
    const { code, of } = await one.run()
    const [chain, ...lines] = of('host-1')
    expect(chain).toMatchObject({
      level: 'warning',
      text: '1 of 7 endpoints alive: when it fails, the bot is blind for Host',
    })
    expect(lines.map(({ level }) => level)).toEqual(['ok', ...Array(6).fill('warning')])
    const texts = lines.slice(1).map(({ text }) => text)
    expect(texts).toEqual([
      'time-out',
      '502',
      'serves elsewhere-1',
      '40 min behind',
      'connection lost',
      '403',
    ])
    for (const { mend } of lines.slice(1)) expect(mend).toContain('`rest` of chains[0]')
    expect(code).toBe(0)
  })

  it('is wrong when no endpoint can be used, and the other chain is still looked at', async () => {
    const one = await patient({ endpoints: [{ html: 502 }, { chainId: 'elsewhere-1' }] })
    const { code, of } = await one.run()
    expect(of('host-1').map(({ level }) => level)).toEqual(['wrong', 'wrong', 'wrong'])
    expect(of('host-1')[0]!.text).toContain('0 of 2 endpoints can be used')
    expect(of('other-4')[0]!.level).toBe('ok')
    expect(code).toBe(1)
  })

  it('suspects this machine when no chain at all can be read', async () => {
    const one = await patient()
    for (const chain of one.config.chains) Object.assign(chain, { rest: ['http://127.0.0.1:1'] })
    const { code, of } = await one.run()
    expect(of('network')).toMatchObject([{ level: 'wrong', area: 'machine' }])
    expect(of('clock')).toMatchObject([{ level: 'warning' }])
    expect(code).toBe(1)
  })

  it('warns of a single endpoint', async () => {
    const { of } = await (await patient({ endpoints: [{}] })).run()
    expect(of('host-1')[0]).toMatchObject({ level: 'warning' })
    expect(of('host-1')[0]!.text).toContain('only one endpoint')
  })

  it('tells a halted chain from a dead one', async () => {
    const one = await patient()
    one.chains.chain('host-1').blocks.halt()
    one.clock.set(one.clock.now() + 25 * MINUTE)
    const { code, of } = await one.run()
    expect(of('host-1')[0]!.text).toContain('seems halted: 2 of 2 endpoints answer')
    expect(of('host-1')[0]!.text).toContain('25 min old')
    // The nodes' own clocks go on.
    expect(of('clock')[0]!.level).toBe('ok')
    expect(code).toBe(0)
  })

  it('says when a node catches up', async () => {
    const one = await patient({ endpoints: [{}, {}, { restarted: true }] })
    const { of } = await one.run()
    expect(of(new URL(one.endpoints[2]!.url).host)[0]).toMatchObject({ level: 'warning' })
    expect(of(new URL(one.endpoints[2]!.url).host)[0]!.text).toContain('it is catching up')
  })

  it('finds ids in the configuration that the chain does not have', async () => {
    const one = await patient()
    const host = one.config.chains[0] as object
    one.config.chains[0] = { ...host, connections: ['connection-0'], mine: ['07-tendermint-0'] } as never
    expect((await one.run()).of('named ids')).toMatchObject([
      { level: 'ok', text: '2 connections and clients exist' },
    ])
    one.config.chains[0] = {
      ...host,
      connections: ['connection-0', 'connection-77'],
      ignoreClients: ['07-tendermint-77'],
    } as never
    const { code, findings } = await one.run()
    const wrong = findings.filter(({ level }) => level === 'wrong')
    expect(wrong.map(({ text }) => text)).toEqual([
      'connection-77 does not exist there',
      '07-tendermint-77 does not exist there',
    ])
    expect(code).toBe(1)
  })
})

describe('clock', () => {
  const at = (one: Patient, aheadMs: number) => new ManualClock(one.clock.now() + aheadMs)
  it.each([
    [9000, 'ok', 0],
    [-9000, 'ok', 0],
    [20_000, 'warning', 0],
    [-20_000, 'warning', 0],
    [90_000, 'wrong', 1],
    [-90_000, 'wrong', 1],
  ] as const)('%i ms ahead of the chains is %s', async (aheadMs, level, code) => {
    const one = await patient()
    const seen = await one.run({ clock: at(one, aheadMs) })
    expect(seen.of('clock')).toMatchObject([{ level, area: 'machine' }])
    if (level !== 'ok') expect(seen.of('clock')[0]!.text).toContain(aheadMs > 0 ? 'ahead of' : 'behind')
    expect(seen.code).toBe(code)
  })
})

describe('Discord', () => {
  const DISCORD = 'discord'

  it('says that the token is missing or refused, and looks at the webhook all the same', async () => {
    const one = await patient()
    const { DISCORD_TOKEN: _, ...without } = one.env
    one.env = without
    const missing = await one.run()
    expect(missing.of('token')).toMatchObject([{ level: 'wrong', text: 'DISCORD_TOKEN is missing' }])
    expect(missing.code).toBe(1)
    one.env = { ...without, DISCORD_TOKEN: 'a-token-of-nobody' }
    const refused = await one.run()
    expect(refused.of('token')[0]!.text).toContain('Discord refuses it: 401')
    expect(refused.findings.filter(({ area }) => area === DISCORD)).toHaveLength(1)
    expect(refused.of('DISCORD_WEBHOOK_URL')[0]!.level).toBe('ok')
    one.env = { ...without, DISCORD_TOKEN: 'no\u2026token' }
    expect((await one.run()).of('token')[0]!.text).toContain('characters that no token has')
  })

  it('says that Discord cannot be reached', async () => {
    const one = await patient()
    one.env = { ...one.env, DISCORD_API_BASE: 'http://127.0.0.1:1/api' }
    const { code, of } = await one.run()
    expect(of('token')[0]!.text).toContain('Discord could not be asked')
    expect(of('token')[0]!.mend).toContain('DISCORD_API_BASE')
    expect(code).toBe(1)
  })

  it('finds that Message Content is off, where a prefix needs it', async () => {
    const one = await patient({ discord: { messageContent: false } })
    const { code, of } = await one.run()
    expect(of('Message Content')).toMatchObject([{ level: 'wrong' }])
    expect(code).toBe(1)
    one.config.discord!.prefix = false
    const slashOnly = await one.run()
    expect(slashOnly.of('Message Content')).toMatchObject([{ level: 'ok' }])
    expect(slashOnly.code).toBe(0)
  })

  it('finds that the bot is not in the server, with the invitation', async () => {
    const one = await patient()
    one.config.discord!.guildId = '123456789012345678'
    const { code, of } = await one.run()
    const [server] = of('server')
    expect(server).toMatchObject({ level: 'wrong' })
    expect(server!.mend).toMatch(/scope=bot\+applications\.commands&permissions=\d+/)
    expect(of('slash commands')[0]!.mend).toContain(`client_id=${one.discord.applicationId}`)
    expect(of('channel #')[0]!.text).toContain('another server')
    expect(code).toBe(1)
    one.config.discord!.guildId = one.discord.guild.id
    one.discord.removeMember(one.discord.bot.id)
    expect((await one.run()).of('server')[0]!.level).toBe('wrong')
  })

  it('fails without a configured server, and says which id to write: the one that the bot takes', async () => {
    const one = await patient()
    delete one.config.discord!.guildId
    const { id } = one.discord.guild
    const { code, of } = await one.run()
    expect(of('guildId')).toMatchObject([{ level: 'wrong', subject: 'discord.guildId' }])
    expect(of('guildId')[0]!.mend).toContain(`Write guildId: '${id}' (Relayers)`)
    expect(of('server')).toMatchObject([{ level: 'ok', text: 'in Relayers' }])
    expect(code).toBe(1)

    // The bot goes on with what it learnt first, wherever the webhook went.
    const data = join(one.folder, 'data')
    const database = openDatabase(data, { nowMs: one.clock.now() })
    createGuildStore(database).keep(id)
    database.close()
    one.webhook.guild_id = '123456789012345678'
    expect((await one.run()).of('guildId')[0]!.mend).toContain(`Write guildId: '${id}'`)
  })

  it('names the servers to choose from where neither webhook nor database tell', async () => {
    const one = await patient()
    delete one.config.discord!.guildId
    one.discord.deleteWebhook(one.webhook.id)
    one.discord.otherGuilds.push('123456789012345678')
    const { code, of } = await one.run()
    const [finding] = of('guildId')
    expect(finding!.text).toContain('neither the webhook nor the database tells')
    expect(finding!.mend).toContain(`'${one.discord.guild.id}' (Relayers) or guildId: '123456789012345678'`)
    expect(code).toBe(1)
    one.discord.otherGuilds.pop()
    one.discord.removeMember(one.discord.bot.id)
    expect((await one.run()).of('server')).toMatchObject([
      { level: 'wrong', text: 'the bot is in no server' },
    ])
    const { DISCORD_TOKEN: _, ...without } = one.env
    one.env = without
    expect((await one.run()).of('guildId')[0]!.mend).toContain('Copy Server ID')
  })

  it.each([
    [['SEND_MESSAGES'], 'wrong', 'the bot lacks Send Messages'],
    [['EMBED_LINKS', 'ATTACH_FILES'], 'wrong', 'the bot lacks Embed Links, Attach Files'],
    [['READ_MESSAGE_HISTORY'], 'warning', 'the bot lacks Read Message History'],
    [['VIEW_CHANNEL'], 'wrong', 'the bot may not see it'],
  ] as const)('finds what the bot may not do in a command channel: %j', async (denyBot, level, text) => {
    const one = await patient()
    one.config.discord!.commandChannels = [one.discord.addChannel('quiet', { denyBot }).id]
    const { code, findings } = await one.run()
    const found = findings.filter((finding) => finding.area === DISCORD && finding.level !== 'ok')
    expect(found).toMatchObject([{ level, text }])
    expect(code).toBe(level === 'wrong' ? 1 : 0)
  })

  it('finds command channels, admin roles and mentions that are not there', async () => {
    const one = await patient()
    const nobody = '123456789012345678'
    one.config.discord!.commandChannels = [nobody]
    one.config.discord!.adminRoles = [nobody]
    const member = one.discord.addMember({ name: 'ann' }).user.id
    one.config.alerts!.mention = [`<@&${nobody}>`, `<@${nobody}>`, `<@${member}>`, `<@&${one.roleId}>`]
    const { findings, of } = await one.run()
    const wrong = findings.filter(({ level }) => level === 'wrong')
    expect(wrong.map(({ subject, text }) => `${subject}: ${text}`)).toEqual([
      `channel ${nobody}: there is no such channel`,
      'admins: none of the roles exists',
      `mention <@&${nobody}>: there is no such role: it calls nobody`,
      `mention <@${nobody}>: no member of the server: it calls nobody`,
    ])
    expect(of(`<@${member}>`)).toMatchObject([{ level: 'ok' }])
    expect(of(`<@&${one.roleId}>`)).toMatchObject([{ level: 'ok', text: 'the role watch' }])
  })

  it('warns when commands are answered nowhere', async () => {
    const one = await patient()
    one.config.discord!.commandChannels = []
    expect((await one.run()).of('channels')).toMatchObject([{ level: 'warning' }])
  })

  it('warns when alerts tag nobody', async () => {
    const one = await patient()
    one.config.alerts!.mention = []
    expect((await one.run()).of('mentions')).toMatchObject([{ level: 'warning' }])
  })

  it('counts the slash commands that are registered', async () => {
    const one = await patient()
    const path = `${one.server.apiBase}/v10/applications/${one.discord.applicationId}/guilds/${one.discord.guild.id}/commands`
    const body = JSON.stringify([{ name: 'data', description: 'the clients', type: 1 }])
    const headers = { authorization: `Bot ${one.discord.token}`, 'content-type': 'application/json' }
    expect((await fetch(path, { method: 'PUT', headers, body })).status).toBe(200)
    expect((await one.run()).of('slash commands')).toMatchObject([{ level: 'ok', text: '1 registered' }])
  })
})

describe('webhook', () => {
  it('tells whose it is, and whether its buttons work', async () => {
    const one = await patient()
    expect((await one.run()).of('DISCORD_WEBHOOK_URL')[0]!.text).toBe(
      '"Alerts" writes into #relayers; made by a person, so its messages have no buttons (commands do the same)',
    )
    const { applicationId } = one.discord
    one.env.DISCORD_WEBHOOK_URL = one.server.webhookUrl(
      one.discord.createWebhook(one.channelId, { applicationId }),
    )
    expect((await one.run()).of('DISCORD_WEBHOOK_URL')[0]!.text).toContain(
      'made by this bot, so its buttons work',
    )
  })

  it('finds one that is gone, one that is missing and one that is no URL', async () => {
    const one = await patient()
    one.discord.deleteWebhook(one.webhook.id)
    one.config.alerts!.routes = [
      { chains: ['host-1'], webhook: 'FIRST_URL' },
      { chains: ['host-1'], webhook: 'SECOND_URL' },
    ]
    one.env.SECOND_URL = 'https://discord.com/channels/1/2'
    const { code, findings } = await one.run()
    const found = findings.filter(({ area }) => area === 'webhook')
    expect(found.map(({ level }) => level)).toEqual(['wrong', 'wrong', 'wrong'])
    expect(found.map(({ subject }) => subject)).toEqual(['FIRST_URL', 'SECOND_URL', 'DISCORD_WEBHOOK_URL'])
    expect(found.map(({ text }) => text)).toEqual([
      'FIRST_URL is missing',
      'SECOND_URL is not a webhook URL: it looks like https://discord.com/api/webhooks/NUMBER/SECRET.',
      'it does not exist any more, or its secret is wrong (404 Unknown Webhook)',
    ])
    expect(code).toBe(1)
  })

  it.each([401, 403, 404, 407])(
    'is no fault of the webhook when something else answers %i',
    async (status) => {
      const one = await patient()
      const page = '<html>blocked</html>'
      one.server.faults.add('webhook', { kind: 'answer', status, body: page }, { times: Infinity })
      expect((await one.run()).of('DISCORD_WEBHOOK_URL')).toMatchObject([
        { level: 'wrong', text: `it could not be asked (${status})`, mend: expect.stringContaining('proxy') },
      ])
    },
  )

  it('is no fault of the webhook when Discord fails', async () => {
    const one = await patient()
    one.server.faults.add('webhook', { kind: 'status', status: 502 }, { times: 2 })
    expect((await one.run()).of('DISCORD_WEBHOOK_URL')).toMatchObject([{ level: 'warning' }])
  })

  it('warns when the bot cannot read the channel that alerts go to', async () => {
    const one = await patient()
    const denyBot = ['READ_MESSAGE_HISTORY'] as const
    const channel = one.discord.addChannel('alerts', { denyBot })
    one.env.DISCORD_WEBHOOK_URL = one.server.webhookUrl(one.discord.createWebhook(channel.id))
    const found = (await one.run()).of('DISCORD_WEBHOOK_URL')
    expect(found.map(({ level }) => level)).toEqual(['ok', 'warning'])
    expect(found[1]!.text).toContain('lacks Read Message History in #alerts')
  })
})

describe('machine', () => {
  const data = (one: Patient) => join(one.folder, 'data')
  const file = (one: Patient) => join(data(one), DATABASE_FILE)
  const newest = migrations().at(-1)!.version

  it('finds the database sound while the bot uses it, and does not disturb it', async () => {
    const one = await patient()
    const database = openDatabase(data(one), { nowMs: 0 })
    database.sql.exec('CREATE TABLE mine (x)')
    const { code, of } = await one.run()
    expect(of('database')[0]!.text).toMatch(
      new RegExp(`^sound, version ${newest}, .+, in use by process ${process.pid}$`),
    )
    database.tx(() => database.sql.exec('INSERT INTO mine VALUES (1)'))
    database.close()
    expect(code).toBe(0)
  })

  it('tells an older version from a newer one', async () => {
    const one = await patient()
    openDatabase(data(one), { nowMs: 0 }).close()
    const sql = openSqlite(file(one))
    sql.pragma('user_version = 1')
    expect((await one.run()).of('database')[0]).toMatchObject({ level: 'ok' })
    expect((await one.run()).of('database')[0]!.text).toContain(`from version 1 to ${newest}`)
    sql.pragma('user_version = 99')
    sql.close()
    const { code, of } = await one.run()
    expect(of('database')[0]).toMatchObject({ level: 'wrong' })
    expect(code).toBe(1)
  })

  it('finds damage', async () => {
    const one = await patient()
    mkdirSync(data(one))
    writeFileSync(file(one), 'no database at all, but long enough to be looked at as one'.repeat(99))
    expect((await one.run()).of('database')).toMatchObject([{ level: 'wrong' }])
    const database = openDatabase(join(one.folder, 'other'), { nowMs: 0 })
    database.sql.exec('CREATE TABLE big (text TEXT)')
    const row = database.sql.prepare('INSERT INTO big VALUES (?)')
    for (let i = 0; i < 200; i++) row.run('z'.repeat(2000))
    database.close()
    const bytes = readFileSync(join(one.folder, 'other', DATABASE_FILE))
    bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 9000)
    writeFileSync(file(one), bytes)
    const { code, of } = await one.run()
    expect(of('database')[0]!.text).toContain('is damaged')
    expect(code).toBe(1)
  })

  it('finds a data directory that is a file', async () => {
    const one = await patient()
    writeFileSync(data(one), 'a file')
    const { code, of } = await one.run()
    expect(of('data directory')).toMatchObject([{ level: 'wrong' }])
    expect(code).toBe(1)
  })
})

describe('faucet', () => {
  let faucet: FaucetServer
  afterEach(() => faucet.close())

  async function withFaucet(): Promise<Patient> {
    faucet = await startFaucetServer()
    const one = await patient()
    one.config.faucet = {
      chain: 'ligate-devnet',
      channels: [one.discord.addChannel('faucet').id],
      auditChannel: one.discord.addChannel('audit').id,
      address: { prefix: 'cosmos' },
      sender: { kind: 'cosmjs', url: faucet.url, denom: 'utest', token: 'FAUCET_TOKEN' },
    }
    one.env.FAUCET_TOKEN = 'sandbox-faucet-secret'
    return one
  }
  const linesOf = ({ findings }: Awaited<ReturnType<Patient['run']>>) =>
    findings
      .filter(({ area }) => area === 'faucet')
      .map(({ level, subject, text }) => `${level} ${subject}: ${text}`)

  it('is well: its channels are there, its server answers, and nothing is paid', async () => {
    const one = await withFaucet()
    const found = await one.run()
    expect(linesOf(found)).toEqual([
      'ok channel #faucet: tokens are paid there',
      'ok channel #audit: the bot may write there',
      expect.stringMatching(/^ok ligate-devnet \(cosmjs\): answers, has [\d,]+ utest$/),
    ])
    expect(found.code).toBe(0)
    expect(found.text).toContain('\nFaucet\n  ok ')
    expect(faucet.requests.every(({ method }) => method === 'GET')).toBe(true)
  })

  it('tells a missing secret, a channel that is not there, and a dry faucet', async () => {
    const one = await withFaucet()
    one.env.FAUCET_TOKEN = ''
    one.config.faucet = { ...(one.config.faucet as object), channels: ['972778865355272199'] } as never
    faucet.world.balance = 0n
    const found = await one.run()
    expect(linesOf(found)).toEqual([
      'wrong channel 972778865355272199: there is no such channel',
      'ok channel #audit: the bot may write there',
      'wrong faucet.sender.token: FAUCET_TOKEN is not set; put it into the environment, .env, a systemd credential, or FAUCET_TOKEN_FILE',
      'wrong ligate-devnet (cosmjs): it has nothing left to pay with',
    ])
    expect(found.code).toBe(1)
  })

  it('tells a server that does not answer', async () => {
    const one = await withFaucet()
    await faucet.close()
    expect(linesOf(await one.run()).at(-1)).toBe(
      'warning ligate-devnet (cosmjs): its server does not tell its state',
    )
    await faucet.listen()
  })
})
