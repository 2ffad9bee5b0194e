// The connection to Discord: what is refused, what breaks, and what is said about it.
import { afterEach, describe, expect, it } from 'vitest'
import type { Command } from '../../src/discord/command.ts'
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

let finish = () => {}
const commands: Command[] = [
  {
    name: 'status',
    summary: 'How I am',
    example: 'status',
    access: 'everyone',
    args: [],
    run: async () => ({ text: 'fine' }),
  },
  {
    name: 'wait',
    summary: 'Takes long',
    example: 'wait',
    access: 'everyone',
    args: [],
    run: () =>
      new Promise((resolve) => {
        finish = () => resolve({ text: 'finished' })
      }),
  },
]

let bot: TestBot
afterEach(async () => {
  await bot?.close()
})

const works = async () => {
  const before = botMessages(bot).length
  bot.world.say(bot.ann, bot.channelId, '$status')
  await until(() => botMessages(bot).length > before)
}
const slashWorks = async () => {
  expect((await bot.world.slash(bot.ann, bot.channelId, 'status').reply).content).toBe('fine')
}
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
    await slashWorks()
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
    await works()
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
    await slashWorks()
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
    await works()
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

describe('running', () => {
  it('resumes after a dropped connection and misses nothing', async () => {
    bot = await startTestBot(commands)
    bot.server.gateway.drop()
    await until(() => bot.discord.status().state === 'connecting')
    bot.world.say(bot.ann, bot.channelId, '$status')
    await until(() => botMessages(bot).length === 1)
    expect(bot.discord.status()).toMatchObject({ state: 'ready', problem: null })
    expect(bot.server.gateway.counts).toMatchObject({ identifies: 1, resumes: 1 })
  })

  it('resumes when Discord asks for it', async () => {
    bot = await startTestBot(commands)
    bot.server.gateway.reconnect()
    await until(() => bot.server.gateway.counts.resumes === 1)
    await until(() => bot.discord.status().state === 'ready')
    await works()
    expect(bot.server.gateway.counts.identifies).toBe(1)
  })

  it('logs in again when its session is invalid', async () => {
    bot = await startTestBot(commands)
    bot.server.gateway.invalidate()
    // A session that ended at once: 5 s at least lie between two logins.
    await until(() => bot.discord.status().state === 'down')
    await bot.clock.advance(10_000)
    await until(() => bot.server.gateway.counts.identifies === 2)
    await until(() => bot.discord.status().state === 'ready')
    await works()
  })

  it('begins anew when the connection does not come back', async () => {
    bot = await startTestBot(commands)
    bot.server.gateway.faults.refuseConnections = true
    bot.server.gateway.drop()
    await until(() => bot.discord.status().state === 'connecting')
    await bot.clock.advance(60_000)
    // Time for another try of discord.js: it does not put off that the session is given up.
    await new Promise((resolve) => setTimeout(resolve, 700))
    await bot.clock.advance(60_000)
    await until(() => bot.discord.status().state === 'down')
    bot.server.gateway.faults.refuseConnections = false
    await bot.clock.advance(10_000)
    await until(() => bot.discord.status().state === 'ready')
    await works()
  })

  it('says that a token has been refused later, and takes it when it works again', async () => {
    bot = await startTestBot(commands)
    bot.server.gateway.faults.refuseToken = true
    bot.server.gateway.drop()
    await until(() => bot.discord.status().state === 'refused')
    expect(bot.discord.status().problem).toContain('DISCORD_TOKEN')
    bot.server.gateway.faults.refuseToken = false
    await bot.clock.advance(15 * 60_000)
    await until(() => bot.discord.status().state === 'ready')
    await works()
  })

  it('goes on without the intent when it is switched off later', async () => {
    bot = await startTestBot(commands)
    bot.world.portal.messageContent = false
    bot.server.gateway.faults.refuseConnections = true
    bot.server.gateway.drop()
    await until(() => bot.discord.status().state === 'connecting')
    bot.server.gateway.faults.refuseConnections = false
    await bot.clock.advance(2 * 60_000 + 2000)
    await until(() => bot.discord.status().state === 'no-content-intent')
    await slashWorks()
  })

  it('finds out what is true when REST suddenly refuses the token', async () => {
    bot = await startTestBot(commands)
    bot.server.faults.add('bot', { kind: 'status', status: 401 }, { method: 'POST' })
    bot.world.say(bot.ann, bot.channelId, '$status')
    await until(() => bot.discord.status().state === 'down')
    await bot.clock.advance(10_000)
    await until(() => bot.discord.status().state === 'ready')
    await works()
  })

  it('reports slash commands that cannot be registered, and tries again', async () => {
    bot = await makeTestBot(commands)
    bot.server.faults.add('bot', { kind: 'status', status: 403 }, { method: 'PUT' })
    await bot.discord.start()
    await until(() => bot.discord.status().problem)
    expect(bot.discord.status()).toMatchObject({
      state: 'ready',
      problem: expect.stringContaining('scope=bot+app'),
    })
    await bot.clock.advance(60_000)
    await registered(bot)
    await until(() => bot.discord.status().problem === null)
  })

  it('says that Discord lets the slash commands wait, and asks no earlier', async () => {
    bot = await makeTestBot(commands)
    bot.server.faults.add('bot', { kind: 'rate-limit', retryAfterS: 3600 }, { method: 'PUT' })
    await bot.discord.start()
    await until(() => bot.discord.status().problem?.includes('Discord asks to wait 60 min'))
    const puts = () => bot.server.requests.filter(({ method }) => method === 'PUT').length
    await bot.clock.advance(59 * 60_000)
    expect(puts()).toBe(1)
    await bot.clock.advance(2 * 60_000)
    await registered(bot)
  })
})

describe('sessions that end right after they began', () => {
  it('are begun ever more seldom, and that is said in the status, the log, and once in the channel', async () => {
    const said: [string, string | null][] = []
    const sayOnce = (about: string, text: string | null) => void said.push([about, text])
    bot = await makeTestBot(commands, { sayOnce })
    const { gateway } = bot.server
    gateway.faults.endSessions = true
    await bot.discord.start()
    const began = bot.clock.now()
    const pass = async (ms: number) => {
      const endMs = bot.clock.now() + ms
      while (bot.clock.now() < endMs) {
        const { identifies } = gateway.counts
        await until(() => bot.discord.status().state === 'down' || gateway.counts.identifies > identifies)
        await until(() => bot.discord.status().state === 'down')
        await bot.clock.advance(2500)
      }
    }
    await pass(70_000)
    expect(bot.clock.now() - began).toBeGreaterThanOrEqual(70_000)
    expect(gateway.counts.identifies).toBeGreaterThan(2)
    expect(gateway.counts.identifies).toBeLessThan(7)
    expect(bot.discord.status().problem).toMatch(
      /the next try comes in .*Sessions with Discord end soon after they begin.*999 of 1000 are left/,
    )
    expect(bot.log.some(({ msg }) => msg.includes('end soon after they begin'))).toBe(true)
    const told = () => said.filter(([about, text]) => about === 'sessions' && text !== null)
    expect(new Set(told().map(([, text]) => text)).size).toBe(1)

    gateway.faults.endSessions = false
    await until(() => bot.discord.status().state === 'down')
    await bot.clock.advance(200_000)
    await until(() => bot.discord.status().state === 'ready')
    await works()
    await bot.clock.advance(5 * 60_000)
    expect(said.at(-1)).toEqual(['sessions', null])
    expect(bot.discord.status().problem).toBeNull()
  })
})

it('where no login is left, it waits until there are some again, and says so in the channel', async () => {
  const said: [string, string | null][] = []
  bot = await makeTestBot(commands, { sayOnce: (about, text) => void said.push([about, text]) })
  const session_start_limit = { total: 1000, remaining: 0, reset_after: 14_400_000, max_concurrency: 1 }
  const body = { url: bot.server.gateway.url, shards: 1, session_start_limit }
  bot.server.faults.add('bot', { kind: 'answer', status: 200, body }, { path: '/gateway/bot' })
  await bot.discord.start()
  expect(bot.discord.status().problem).toMatch(/next try comes in 4 h.*0 of 1000 are left for the next 4 h/)
  expect(said.find(([about]) => about === 'sessions')?.[1]).toContain('Few logins to Discord are left')
  expect(bot.server.gateway.counts.identifies).toBe(0)
  await bot.clock.advance(14_400_000)
  await until(() => bot.discord.status().state === 'ready')
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
