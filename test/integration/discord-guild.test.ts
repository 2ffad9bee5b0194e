// The one server that counts: how it is learnt, what is refused before and elsewhere, where the commands are registered.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { guildEvent } from '../../sandbox/discord/guild-view.ts'
import type { InteractionHandle } from '../../sandbox/discord/interactions.ts'
import { INTENTS } from '../../sandbox/discord/types.ts'
import { createRegistry, slashPayload } from '../../src/discord/registry.ts'
import { acting, botMessages, makeTestBot, type TestBot, until } from '../support/discord-bot.ts'
import { make, runs, testCommands } from '../support/discord-commands.ts'

const STRANGERS = '123456789012345678'
let bot: TestBot
let said: Record<string, string | null>
const commands = [...testCommands, make('settle', () => ({ text: 'settled' }), { access: 'moderator' })]

/** A bot that is connected; its commands stand where an older version left them. */
async function start(settings: Parameters<typeof makeTestBot>[1], where: 'guild' | 'global' = 'global') {
  said = {}
  const options = typeof settings === 'function' ? {} : settings
  bot = await makeTestBot(commands, {
    guildId: undefined,
    sayOnce: (about, text) => {
      said[about] = text
    },
    ...options,
  })
  bot.world.commands[where] = createRegistry(commands).commands.map((command, i) => ({
    ...slashPayload(command),
    id: bot.world.nextId(),
    application_id: bot.world.applicationId,
    version: String(i + 1),
    default_member_permissions: null,
    nsfw: false,
  }))
  await bot.discord.start()
}
const { say, slash } = acting(() => bot)
const owner = () => bot.world.guild.owner_id
const answerOf = async (handle: InteractionHandle) => (await handle.reply).content
const isRegistered = () => bot.log.some(({ msg }) => msg === 'slash commands are registered')

beforeEach(() => {
  runs.length = 0
})
afterEach(() => bot.close())

describe('a server that is not the one', () => {
  it('is answered nothing, and whoever may manage it is no admin and no moderator of the bot', async () => {
    await start({ guildId: STRANGERS })
    const refusal = 'I answer only in the server that I was set up for.'
    expect(await answerOf(slash('mute', {}, bot.channelId, owner()))).toBe(refusal)
    expect(await answerOf(slash('settle', {}, bot.channelId, owner()))).toBe(refusal)
    expect(await answerOf(slash('data', {}, bot.channelId, owner()))).toBe(refusal)
    say('$mute', bot.channelId, owner())
    say('$dta', bot.channelId, owner())
    const typed = { chain: 'osmo' }
    expect(await bot.world.autocomplete(owner(), bot.channelId, 'data', typed, 'chain')).toEqual([])
    expect(botMessages(bot).filter(({ type }) => type !== 20)).toEqual([])
    expect(runs).toEqual([])
  })

  it('nor are direct messages', async () => {
    await start({ guildId: STRANGERS })
    const direct = bot.world.directChannel(bot.ann).id
    expect(await answerOf(slash('mute', {}, direct))).toContain('only in the server')
    say('$data', direct)
    expect(await answerOf(slash('data', {}, direct))).toContain('only in the server')
    expect(runs).toEqual([])
    expect(bot.world.directMessages(bot.ann).filter(({ type }) => type === 0)).toHaveLength(1)
  })

  it('buttons of its messages neither', async () => {
    await start({ webhookGuild: async () => bot.world.guild.id })
    await until(isRegistered)
    say('$data')
    const list = (await until(() => botMessages(bot)[0]))!
    const [next] = list.components[0]!.components!.filter(({ disabled }) => !disabled)
    await bot.reconnect({ guildId: STRANGERS })
    runs.length = 0
    const pressed = bot.world.press(owner(), list, next!.custom_id!)
    expect(await answerOf(pressed)).toContain('only in the server')
    expect(runs).toEqual([])
  })
})

describe('before it is known', () => {
  it('commands, completion and the faucet are refused in a sentence, and it is asked again', async () => {
    let answer: () => Promise<string | null> = () => Promise.reject(new Error('it answered 503'))
    await start({ webhookGuild: () => answer() })
    await until(() => bot.discord.status().problem)
    expect(bot.discord.status().problem).toMatch(
      /not known which server is mine: the webhook could not be asked.*it answered 503.*Set discord.guildId/,
    )
    const sentence = 'I do not know yet which server is mine, so I answer nobody and pay nothing.'
    expect(await answerOf(slash('drip', { address: 'lig1x' }))).toContain(sentence)
    expect(await answerOf(slash('mute', {}, bot.channelId, owner()))).toContain(sentence)
    const typed = { chain: 'osmo' }
    expect(await bot.world.autocomplete(owner(), bot.channelId, 'data', typed, 'chain')).toEqual([])
    say('$mute', bot.channelId, owner())
    await until(() => botMessages(bot).some(({ type, content }) => type !== 20 && content.includes(sentence)))
    expect(runs).toEqual([])

    answer = async () => bot.world.guild.id
    await bot.clock.advance(30_000)
    await until(isRegistered)
    expect(await answerOf(slash('mute', {}, bot.channelId, owner()))).toBe('muted')
    expect(bot.discord.status().problem).toBeNull()
  })

  it('a webhook that cannot be asked now is waited for: no other server is taken in its place', async () => {
    await start({ webhookGuild: () => Promise.reject(new Error('no answer')) })
    await until(() => bot.discord.status().problem)
    expect(said.guild).toBeUndefined()
    await bot.clock.advance(3_600_000)
    expect(said.guild).toContain('It is not known which server is mine')
    expect(bot.server.requests.some(({ path }) => path === '/users/@me/guilds')).toBe(false)
    expect(isRegistered()).toBe(false)
  })

  it('where the webhook tells none, the only server is taken; of several none', async () => {
    await start({ webhookGuild: async () => null })
    await until(isRegistered)
    expect(await answerOf(slash('data'))).toContain('page 0')
    await bot.close()
    await start({
      webhookGuild: async () => {
        bot.world.otherGuilds.push(STRANGERS)
        return null
      },
    })
    await until(() => bot.discord.status().problem?.includes('the bot is in several servers'))
    expect(await answerOf(slash('mute', {}, bot.channelId, owner()))).toContain('I do not know yet')
  })
})

it('where Discord lets the question wait, it is said for how long', async () => {
  bot = await makeTestBot(commands, { guildId: undefined, webhookGuild: async () => null })
  bot.server.faults.add('bot', { kind: 'rate-limit', retryAfterS: 3600 }, { path: '/users/@me/guilds' })
  await bot.discord.start()
  await until(() => bot.discord.status().problem?.includes('(Discord asks to wait 60 min)'))
})

describe('once it is known', () => {
  it('it is kept: neither the webhook nor another server changes it, the configuration does', async () => {
    let asked = 0
    await start({
      webhookGuild: async () => {
        asked++
        return bot.world.guild.id
      },
    })
    await until(isRegistered)
    await bot.restart({ webhookGuild: async () => STRANGERS })
    expect(await answerOf(slash('data'))).toContain('page 0')
    expect(asked).toBe(1)
    await bot.reconnect({ guildId: STRANGERS })
    await until(() => bot.discord.status().problem?.includes('is not in its server'))
    expect(await answerOf(slash('data'))).toContain('only in the server')
  })

  it('commands that an older version registered for all servers are taken away, once', async () => {
    await start({ webhookGuild: async () => bot.world.guild.id })
    await until(isRegistered)
    expect(bot.world.commands.global).toEqual([])
    expect(bot.world.commands.guild).toHaveLength(commands.length + 1)
    const before = bot.server.requests.length
    await bot.restart()
    const later = bot.server.requests.slice(before)
    expect(later.some(({ path }) => path === '/applications/{application_id}/commands')).toBe(false)
  })

  it('a server that the bot is not in is told in the log, in the status and in the channel', async () => {
    await start({ guildId: STRANGERS })
    const text = await until(() => bot.discord.status().problem)
    expect(text).toMatch(
      /the bot is not in its server 123456789012345678.*invite it with https.*discord.guildId/,
    )
    expect(said.guild).toContain('The bot is not in its server')
    expect(bot.log.some(({ level, msg }) => level === 50 && msg.includes('not in its server'))).toBe(true)
    expect(bot.world.commands.global).not.toEqual([])
  })

  it('what stands between us and Discord does not say that the bot is not in it, nor that commands are gone', async () => {
    const page = { kind: 'answer', status: 403, body: 'error code: 1015' } as const
    await start({ webhookGuild: () => Promise.reject(new Error('no answer')) })
    bot.server.faults.add('bot', page, { method: 'GET', path: '/guilds/{guild_id}' })
    bot.server.faults.add('bot', page, { method: 'GET', path: '/applications/{application_id}/commands' })
    await bot.reconnect({ guildId: bot.world.guild.id })
    said = {}
    for (let tries = 0; tries < 2; tries++) {
      await until(() => bot.discord.status().problem?.includes('slash commands could not be registered'))
      expect(bot.discord.status().problem).not.toContain('is not in its server')
      expect(bot.world.commands.global).not.toEqual([])
      const seen = bot.log.length
      await bot.clock.advance(3 * 60_000)
      await until(() => bot.log.slice(seen).some(({ msg }) => msg.includes('slash commands')))
    }
    await until(isRegistered)
    expect(said.guild).toBeNull()
    expect(bot.world.commands.global).toEqual([])
  })

  it('being thrown out while there is no connection is told when there is one', async () => {
    await start({ webhookGuild: async () => bot.world.guild.id })
    await until(isRegistered)
    bot.server.gateway.faults.refuseConnections = true
    bot.server.gateway.closeAll(4009)
    await until(() => bot.discord.status().state === 'connecting')
    bot.world.removeMember(bot.world.bot.id)
    bot.server.gateway.faults.refuseConnections = false
    const told = () => bot.discord.status().problem?.includes('is not in its server')
    while (!told()) {
      await bot.clock.advance(1000)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(said.guild).toContain('invite it')
  })

  it('being thrown out of it is told too, and being invited again registers the commands anew', async () => {
    await start({ webhookGuild: async () => bot.world.guild.id })
    await until(isRegistered)
    // An outage of Discord's is none, and takes no commands away.
    const unavailable = { id: bot.world.guild.id, unavailable: true }
    bot.world.dispatch({ t: 'GUILD_DELETE', d: unavailable, intent: INTENTS.guilds })
    bot.world.dispatch({ t: 'GUILD_CREATE', d: guildEvent(bot.world), intent: INTENTS.guilds })
    say('$data')
    await until(() => botMessages(bot).length > 0)
    expect(bot.discord.status().problem).toBeNull()

    bot.world.removeMember(bot.world.bot.id)
    await until(() => bot.discord.status().problem?.includes('is not in its server'))
    expect(said.guild).toContain('invite it')
    expect(bot.world.commands.guild).toEqual([])

    bot.world.inviteBot()
    await until(() => bot.world.commands.guild.length > 0)
    await until(() => bot.discord.status().problem === null)
    expect(said.guild).toBeNull()
    expect(await answerOf(slash('data'))).toContain('page 0')
  })
})

describe('an interactions endpoint in the portal', () => {
  it('takes slash commands away: that is said until it is empty again', async () => {
    await start({ guildId: undefined, webhookGuild: async () => bot.world.guild.id })
    await until(isRegistered)
    bot.world.portal.interactionsEndpoint = 'https://other.example.org/hook/s3cret'
    await bot.restart()
    const problem = 'Discord sends slash commands and buttons to other.example.org and not to this bot'
    await until(() => bot.discord.status().problem?.includes(problem))
    expect(bot.log.some(({ level, msg }) => level === 50 && msg.includes(problem))).toBe(true)
    expect(said.interactions).toContain(problem)
    expect(JSON.stringify(bot.log) + said.interactions).not.toContain('s3cret')
    // Commands with the prefix come by the bot's own connection.
    say('$data')
    await until(() => botMessages(bot).length > 0)

    bot.world.portal.interactionsEndpoint = null
    await bot.clock.advance(60_000)
    await until(() => bot.discord.status().problem === null)
    expect(said.interactions).toBeNull()
  })
})
