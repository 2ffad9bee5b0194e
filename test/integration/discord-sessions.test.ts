// Sessions of the connection to Discord: resumed, begun anew, limited.
import { afterEach, describe, expect, it } from 'vitest'
import type { Fault } from '../../sandbox/discord/faults.ts'
import {
  botMessages,
  makeTestBot,
  registered,
  startTestBot,
  type TestBot,
  until,
} from '../support/discord-bot.ts'
import { commands, slashWorks, works } from '../support/gateway-commands.ts'

const COMMANDS = '/applications/{application_id}/guilds/{guild_id}/commands'
let bot: TestBot
afterEach(async () => {
  await bot?.close()
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
    await works(bot)
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
    await works(bot)
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
    await works(bot)
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
    await works(bot)
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
    await slashWorks(bot)
  })

  it('finds out what is true when REST suddenly refuses the token', async () => {
    bot = await startTestBot(commands)
    bot.server.faults.add('bot', { kind: 'status', status: 401 }, { method: 'POST' })
    bot.world.say(bot.ann, bot.channelId, '$status')
    await until(() => bot.discord.status().state === 'down')
    await bot.clock.advance(10_000)
    await until(() => bot.discord.status().state === 'ready')
    await works(bot)
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

  it.each<[string, Fault, { method: string; path?: string }]>([
    ['to write them', { kind: 'rate-limit', retryAfterS: 3600 }, { method: 'PUT' }],
    ['by what stands before it', { kind: 'ban', retryAfterS: 3600 }, { method: 'PUT' }],
  ])(
    'says until when Discord lets the slash commands wait (%s), and asks no earlier',
    async (_, fault, which) => {
      bot = await makeTestBot(commands)
      bot.server.faults.add('bot', fault, which)
      await bot.discord.start()
      const hour = new Date(bot.clock.now() + 3_600_000).toISOString().slice(11, 16)
      const problem = `slash commands wait for Discord until ${hour} UTC`
      await until(() => bot.discord.status().problem?.includes(problem))
      expect(bot.log.some(({ level, msg }) => level === 40 && msg.includes(problem))).toBe(true)
      await works(bot)
      const asked = () =>
        bot.server.requests.filter(({ method, path }) => method === which.method && path === COMMANDS).length
      await bot.clock.advance(59 * 60_000)
      expect(asked()).toBe(1)
      await bot.clock.advance(2 * 60_000)
      await registered(bot)
      await until(() => bot.discord.status().problem === null)
    },
  )
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
    await works(bot)
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
