// What the doctor finds in Discord: token, server, channels, roles, webhooks.
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createGuildStore } from '../../src/discord/guild-store.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { closePatients, patient } from '../support/patients.ts'

afterEach(closePatients)

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

  it('finds that the portal sends slash commands elsewhere', async () => {
    const one = await patient()
    one.discord.portal.interactionsEndpoint = 'https://other.example.org/hook/s3cret'
    const { code, of, text } = await one.run()
    expect(of('interactions')).toMatchObject([{ level: 'wrong', area: 'discord' }])
    expect(code).toBe(1)
    expect(text).not.toContain('s3cret')
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
      'SECOND_URL is not a webhook URL: it looks like https://discord.com/api/webhooks/NUMBER/SECRET, for a thread with ?thread_id=ID after it.',
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

  it('fails where the bot itself could not say alerts, or tag whom they tag, when the webhook does not work', async () => {
    const one = await patient()
    const wrongs = async () => {
      await one.clock.advance(3000)
      const { code, of } = await one.run()
      const found = of('DISCORD_WEBHOOK_URL').filter(({ level }) => level === 'wrong')
      expect(code).toBe(found.length > 0 ? 1 : 0)
      return found.map(({ text, mend }) => `${text}. ${mend}`)
    }
    expect(await wrongs()).toEqual([])
    one.discord.guild.roles.get(one.roleId)!.mentionable = false
    expect(await wrongs()).toEqual([
      expect.stringMatching(/cannot tag watch in #relayers\. Let anyone.*Mention Every/),
    ])
    const other = one.discord.addRole('other', [], false)
    const elsewhere = { chains: ['other-4'], webhook: 'OTHER_URL', mention: [`<@&${other.id}>`] }
    const here = { ...elsewhere, webhook: 'DISCORD_WEBHOOK_URL' }
    one.env.OTHER_URL = one.env.DISCORD_WEBHOOK_URL
    one.config.alerts!.routes = [elsewhere]
    expect(await wrongs()).toEqual([expect.stringContaining('cannot tag watch in')])
    one.config.alerts!.routes = [{ ...here, mention: [] }, here]
    expect(await wrongs()).toEqual([expect.stringContaining('cannot tag watch, other in')])
    one.config.alerts!.routes = []
    const night = one.discord.addChannel('night')
    one.config.alerts!.fallbackChannel = night.id
    expect(await wrongs()).toEqual([expect.stringContaining('cannot tag watch in #night')])
    one.discord.denyBot(night.id, [], ['MENTION_EVERYONE'])
    expect(await wrongs()).toEqual([])
    one.discord.denyBot(night.id, ['SEND_MESSAGES'])
    expect(await wrongs()).toEqual([
      expect.stringContaining('cannot say alerts in #night: it lacks Send Messages'),
    ])
    one.config.alerts!.fallbackChannel = '123456789012345678'
    expect(await wrongs()).toEqual([expect.stringContaining('say alerts in channel 123456789012345678')])
  })

  it('of a forum, or of a thread that is not there, is refused with what to do', async () => {
    const one = await patient()
    const forum = one.discord.addChannel('reports', { type: 15 }).id
    const inForum = one.server.webhookUrl(one.discord.createWebhook(forum))
    const post = one.discord.addChannel('alerts', { parentId: forum }).id
    const elsewhere = one.discord.addChannel('thread', { parentId: one.channelId }).id
    for (const [url, level, text] of [
      [inForum, 'wrong', '#reports is a forum, which'],
      [`${inForum}?thread_id=123456789012345678`, 'wrong', 'there is no thread 123456789012345678'],
      [`${inForum}?thread_id=${elsewhere}`, 'wrong', `there is no thread ${elsewhere}`],
      [`${inForum}?thread_id=${post}`, 'ok', 'writes into #alerts'],
    ] as const) {
      one.env.DISCORD_WEBHOOK_URL = url
      await one.clock.advance(3000)
      const { code, of } = await one.run()
      const [found] = of('DISCORD_WEBHOOK_URL')
      expect([found!.level, code]).toEqual([level, level === 'ok' ? 0 : 1])
      expect(found!.text).toContain(text)
      if (level === 'wrong') expect(found!.mend).toContain('Put ?thread_id=ID')
    }
  })
})

describe('alerts.channel', () => {
  it('tells of the webhook that is there or will be made; nothing is made by looking', async () => {
    const one = await patient()
    const { DISCORD_WEBHOOK_URL: _, ...env } = one.env
    one.env = env
    one.config.alerts!.channel = one.channelId
    const before = await one.run()
    expect(before.of('alerts.channel')).toMatchObject([
      { level: 'ok', text: expect.stringContaining('when it') },
    ])
    expect(before.code).toBe(0)
    one.discord.guild.roles.get(one.roleId)!.mentionable = false
    await one.clock.advance(3000)
    const shut = await one.run()
    const cannot = expect.stringContaining('cannot tag watch')
    expect([shut.code, shut.of('alerts.channel')[1]!.text]).toEqual([1, cannot])
    one.discord.guild.roles.get(one.roleId)!.mentionable = true
    expect(one.discord.webhooks.size).toBe(1)
    const { token } = one.discord.createWebhook(one.channelId, { applicationId: one.discord.applicationId })
    const { code, of, text } = await one.run()
    expect(of('alerts.channel')[0]!.text).toContain('writes into #relayers; made by this bot')
    expect(code).toBe(0)
    expect(text).not.toContain(token)
    one.config.discord!.guildId = '123456789012345678'
    expect((await one.run()).of('server')[0]!.mend).toMatch(/permissions=\d+/)
  })

  it.each([true, false])('says that the right to it is missing (with a way around: %s)', async (hasWay) => {
    const one = await patient()
    one.config.alerts!.routes = [{ chains: ['other-4'], channel: one.channelId, webhook: 'WAY_URL' }]
    if (hasWay) one.env.WAY_URL = one.env.DISCORD_WEBHOOK_URL
    one.discord.denyBot(one.channelId, ['MANAGE_WEBHOOKS'])
    const { code, of } = await one.run()
    const [found] = of('alerts.routes')
    expect(found!.level).toBe(hasWay ? 'warning' : 'wrong')
    expect(found!.text).toContain('the bot lacks Manage Webhooks')
    expect(found!.text.includes('go through WAY_URL instead')).toBe(hasWay)
    expect(found!.mend).toContain("Give the bot's role Manage Webhooks there")
    expect([code, of('WAY_URL').length]).toEqual(hasWay ? [0, 1] : [1, 0])
  })
})
