// The connection to Discord: how it starts, what is refused, how it ends, what it says and reads in channels.
import { afterEach, describe, expect, it } from 'vitest'
import { createDiscord, TokenRefused } from '../../src/discord/gateway.ts'
import { createRegistry } from '../../src/discord/registry.ts'
import { openDatabase } from '../../src/storage/database.ts'
import {
  botMessages,
  makeTestBot,
  registered,
  startTestBot,
  type TestBot,
  until,
} from '../support/discord-bot.ts'
import { commands, finish, slashWorks, works } from '../support/gateway-commands.ts'

let bot: TestBot
afterEach(async () => {
  await bot?.close()
})
const INTENTS = { guilds: 1, guildMessages: 1 << 9, messageContent: 1 << 15 }

describe('starting', () => {
  it('asks for what the prefix needs, and nothing else', async () => {
    bot = await startTestBot(commands)
    expect(bot.server.gateway.intents).toBe(INTENTS.guilds | INTENTS.guildMessages | INTENTS.messageContent)
    expect(bot.discord.status()).toEqual({
      state: 'ready',
      problem: null,
    })
    await bot.restart({ prefix: false })
    expect(bot.server.gateway.intents).toBe(INTENTS.guilds)
    await slashWorks(bot)
  })

  it('rejects when REST refuses the token', async () => {
    bot = await makeTestBot(commands, { token: 'wrong' })
    await expect(bot.discord.start()).rejects.toThrow(TokenRefused)
    expect(bot.discord.status()).toMatchObject({
      state: 'refused',
      problem: expect.stringContaining('Discord refuses the token: copy it anew'),
    })
    expect(JSON.stringify(bot.log)).not.toContain('"wrong"')
  })

  it('rejects when the gateway refuses the token', async () => {
    bot = await makeTestBot(commands)
    // REST still takes the token; only identifying is refused.
    const off = bot.server.onRequest(({ path }) => {
      if (path === '/gateway/bot') bot.server.gateway.faults.refuseToken = true
    })
    await expect(bot.discord.start()).rejects.toThrow(TokenRefused)
    off()
    bot.server.gateway.faults.refuseToken = false
    // It is tried again, seldom: the application may have gone on without Discord.
    await bot.clock.advance(15 * 60_000)
    await until(() => bot.discord.status().state === 'ready')
    await works(bot)
  })

  it.each(['with a space', 'line\nbreak', ''])('rejects a token that cannot be one: %j', async (token) => {
    bot = await makeTestBot(commands, { token })
    await expect(bot.discord.start()).rejects.toThrow(TokenRefused)
    expect(bot.server.requests).toEqual([])
  })

  it('goes on with slash commands when the Message Content intent is off, and names the switch', async () => {
    bot = await makeTestBot(commands, {}, { messageContent: false })
    await bot.discord.start()
    await registered(bot)
    expect(bot.discord.status()).toMatchObject({
      state: 'no-content-intent',
      problem: expect.stringContaining('Privileged Gateway Intents, Message Content Intent'),
    })
    expect(bot.server.gateway.intents).toBe(INTENTS.guilds)
    await slashWorks(bot)
  })

  it('keeps trying when the network fails, without an error', async () => {
    bot = await makeTestBot(commands)
    bot.server.faults.add('bot', { kind: 'status', status: 404 }, { times: 2, path: '/gateway/bot' })
    await bot.discord.start()
    expect(bot.discord.status()).toMatchObject({
      state: 'down',
      problem: expect.stringContaining('no connection'),
    })
    await bot.clock.advance(2000)
    await until(() => bot.server.requests.filter(({ path }) => path === '/gateway/bot').length === 2)
    await until(() => bot.clock.waiting > 0)
    await bot.clock.advance(4000)
    await until(() => bot.discord.status().state === 'ready')
    await works(bot)
  })

  it('keeps trying when nothing listens, and stops at once when it is told to', async () => {
    bot = await makeTestBot(commands)
    const registry = createRegistry(commands)
    const { clock, world } = bot
    const logger = (await import('pino')).pino({ level: 'silent' })
    const database = openDatabase(':memory:', { nowMs: clock.now() })
    const base = {
      token: world.token,
      guildId: world.guild.id,
      prefix: '$',
      registry,
      database,
      clock,
      logger,
    }
    const lost = createDiscord({ ...base, apiBase: 'http://127.0.0.1:9/api' })
    await lost.start()
    expect(lost.status().state).toBe('down')
    await lost.stop()
  })

  it('leaves no connection behind when the gateway cannot be reached, whether stopped at once or later', async () => {
    bot = await makeTestBot(commands)
    bot.server.gateway.faults.refuseConnections = true
    await bot.discord.start()
    const second = await makeTestBot(commands)
    second.server.gateway.faults.refuseConnections = true
    await second.discord.start()
    await second.discord.stop()
    await until(() => bot.discord.status().state === 'down')
    bot.server.gateway.faults.refuseConnections = false
    second.server.gateway.faults.refuseConnections = false
    // discord.js's own next try would come half a second later; ours comes by the clock, which stands still.
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect([bot.server.gateway.counts.connections, second.server.gateway.counts.connections]).toEqual([0, 0])
    await second.close()
  })
})

describe('stopping', () => {
  it('lets a running command finish', async () => {
    bot = await startTestBot(commands)
    bot.world.say(bot.ann, bot.channelId, '$wait')
    const before = finish
    await until(() => finish !== before)
    const stopped = bot.discord.stop()
    bot.world.say(bot.ann, bot.channelId, '$status')
    await until(() => bot.world.messages(bot.channelId).length === 2)
    finish()
    await stopped
    expect(botMessages(bot).map(({ content }) => content)).toEqual(['finished'])
    expect(bot.server.gateway.connected).toBe(0)
  })

  it('does not wait for ever', async () => {
    bot = await startTestBot(commands)
    bot.world.say(bot.ann, bot.channelId, '$wait')
    const before = finish
    await until(() => finish !== before)
    const stopped = bot.discord.stop()
    await bot.clock.advance(5000)
    await stopped
    expect(botMessages(bot)).toEqual([])
  })

  it('may be called without a start, and twice', async () => {
    bot = await makeTestBot(commands)
    await bot.discord.stop()
    await bot.discord.stop()
  })
})

describe('channels', () => {
  it('says something in a channel, pinging nobody, and says when it cannot', async () => {
    bot = await startTestBot(commands)
    expect(await bot.discord.sayInChannel(bot.channelId, 'the webhook is gone <@&1> @everyone')).toBe(true)
    expect(botMessages(bot)[0]).toMatchObject({ mention_everyone: false, mention_roles: [] })
    const closed = bot.world.addChannel('closed', { denyBot: ['SEND_MESSAGES'] })
    expect(await bot.discord.sayInChannel(closed.id, 'x')).toBe(false)
    expect(await bot.discord.sayInChannel('1', 'x')).toBe(false)
  })

  it('says something once, and pings whom it may: a role that is not mentionable only with Mention Everyone', async () => {
    bot = await startTestBot(commands)
    const [open, closed] = [true, false].map((mentionable) => bot.world.addRole('relayers', [], mentionable))
    const text = `🔴 EXPIRED <@&${open!.id}> <@&${closed!.id}>`
    const mentions = { roles: [open!.id, closed!.id] }
    for (let i = 0; i < 2; i++)
      expect(await bot.discord.sayInChannel(bot.channelId, text, { mentions, nonce: 'row 1' })).toBe(true)
    expect(botMessages(bot).map(({ mention_roles }) => mention_roles)).toEqual([[open!.id]])
    // What is too long for one message has a second one.
    const long = `${'a '.repeat(1500)}the end`
    for (let i = 0; i < 2; i++) await bot.discord.sayInChannel(bot.channelId, long, { nonce: 'n'.repeat(25) })
    const parts = botMessages(bot).slice(1)
    expect(parts.map(({ content }) => content.endsWith('the end'))).toEqual([false, true])
    const free = bot.world.addChannel('free')
    bot.world.denyBot(free.id, [], ['MENTION_EVERYONE'])
    expect(await bot.discord.sayInChannel(free.id, text, { mentions })).toBe(true)
    expect(bot.world.messages(free.id)[0]!.mention_roles).toEqual(mentions.roles)
  })

  it('a direct message that something before Discord refuses is for later', async () => {
    bot = await startTestBot(commands)
    for (const [status, body] of [
      [403, 'error code: 1015'],
      [404, '<html></html>'],
      [407, undefined],
    ] as const) {
      bot.server.faults.add('bot', { kind: 'answer', status, body }, { path: '/users/@me/channels' })
      await expect(bot.discord.dm(bot.ann, { text: 'hello' })).rejects.toThrow()
    }
    expect(await bot.discord.dm(bot.ann, { text: 'hello' })).toBe(true)
  })

  it('a direct message that Discord lets wait for an hour is for later, at once', async () => {
    bot = await startTestBot(commands)
    const fault = { kind: 'rate-limit', retryAfterS: 3600 } as const
    bot.server.faults.add('bot', fault, { path: '/users/@me/channels' })
    await expect(bot.discord.dm(bot.ann, { text: 'hello' })).rejects.toThrow()
    expect(await bot.discord.dm(bot.ann, { text: 'hello' })).toBe(true)
    expect(bot.world.directMessages(bot.ann)).toHaveLength(1)
  })

  it('reads a channel back since a moment, over several pages, oldest first', async () => {
    bot = await startTestBot(commands)
    bot.world.say(bot.ann, bot.channelId, 'before')
    await bot.clock.advance(60_000)
    const sinceMs = bot.clock.now()
    const webhook = bot.world.createWebhook(bot.channelId)
    for (let i = 0; i < 120; i++) bot.world.say(bot.ann, bot.channelId, `message ${i}`)
    const posted = await fetch(`${bot.server.webhookUrl(webhook)}?wait=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ content: '🔴 EXPIRED', embeds: [{ title: '#41', description: 'x' }] }),
    })
    expect(posted.status).toBe(200)
    const read = await bot.discord.readChannel(bot.channelId, sinceMs)
    expect(read).toHaveLength(121)
    expect(read![0]).toMatchObject({ content: 'message 0', webhookId: null })
    expect(read!.at(-1)).toMatchObject({
      content: '🔴 EXPIRED',
      embeds: [{ title: '#41', description: 'x' }],
      webhookId: webhook.id,
    })
    expect(await bot.discord.readChannel('1', sinceMs)).toBeNull()
  })
})
