// The prefix door end to end: real discord.js against the local Discord.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acting, botMessages, startTestBot, type TestBot, until } from '../support/discord-bot.ts'
import { make, runs, testCommands } from '../support/discord-commands.ts'

let bot: TestBot
const { say, slash, answers, answered } = acting(() => bot)

/** Waits until what was said before has been handled: events come in order, and this one is answered. */
async function settled(): Promise<void> {
  await slash('ban', { user: bot.ann }).reply
}

beforeEach(() => {
  runs.length = 0
})
afterEach(async () => {
  await bot?.close()
})

describe('the prefix door', () => {
  beforeEach(async () => {
    bot = await startTestBot(testCommands)
  })

  it('answers as a reply without a ping', async () => {
    const asked = say('$data osmosis expired')
    await answered()
    const [message] = botMessages(bot)
    expect(message).toMatchObject({ content: 'osmosis expired page 0', type: 19, mentions: [] })
    expect(message!.message_reference?.message_id).toBe(asked.id)
    expect(runs[0]!.call).toMatchObject({
      id: asked.id,
      door: 'prefix',
      channelId: bot.channelId,
      guildId: bot.world.guild.id,
      caller: {
        userId: bot.ann,
        isAdmin: false,
        pending: false,
        joinedAtMs: bot.clock.now() - 100 * 86_400_000,
      },
    })
    expect(runs[0]!.call.show('data x')).toBe('$data x')
    expect(runs[0]!.call.show('drip x')).toBe('/drip x')
  })

  it('stays quiet about what is no command, and helps with a typing error', async () => {
    for (const text of ['$ATOM to the moon', '$100', '$atom', 'hello', '$', '$dtaa']) say(text)
    await answered()
    await settled()
    expect(answers()[0]).toBe('Did you mean `$data`?')
    expect(answers().filter((text) => text.startsWith('Did you mean'))).toHaveLength(1)
  })

  it('does not answer bots', async () => {
    say('$data', bot.channelId, bot.world.addUser({ name: 'other', bot: true }).id)
    await settled()
    expect(runs.map(({ name }) => name)).toEqual(['ban'])
  })

  it('refuses in words, for wrong arguments, for missing rights, and out of a command', async () => {
    say('$data a b c')
    say('$mute')
    say('$refuse')
    say('$drip lig1x')
    const texts = await answered(4)
    expect(texts).toContain(
      '`$data` takes at most 2 arguments; `c` is too many. Put a value with spaces in quotes.\n' +
        'Usage: `$data [chain] [status]`, such as `$data osmosis expired`',
    )
    expect(texts).toContain('`$mute` is only for who may manage this server.')
    expect(texts).toContain('this cannot be done')
    expect(texts).toContain('`/drip` is a slash command: type `/` and choose it.')
  })

  it('knows who may manage the server', async () => {
    bot.world.say(bot.world.guild.owner_id, bot.channelId, '$mute')
    const role = bot.world.addRole('managers', ['MANAGE_GUILD'])
    const mod = bot.world.addMember({ name: 'mod', roles: [role.id] })
    bot.world.say(mod.user.id, bot.channelId, '$mute')
    expect(await answered(2)).toEqual(['muted', 'muted'])
  })

  it('hides a bug behind an id that the log has', async () => {
    say('$bug')
    const [text] = await answered()
    const errorId = /^Internal error `([0-9a-f]{4})`\./.exec(text!)![1]
    expect(bot.log.find((line) => line.errorId === errorId)).toMatchObject({
      level: 50,
      command: 'bug',
      err: { type: 'TypeError', message: 'oops' },
    })
  })

  it('splits what is long, sends files, and pings nobody', async () => {
    say('$long')
    await answered(3)
    expect(answers().every((text) => text.length <= 2000)).toBe(true)
    expect(
      answers()
        .join('\n')
        .match(/a line of forty/g),
    ).toHaveLength(120)
    say('$file')
    await until(() => botMessages(bot).some((message) => message.attachments[0]?.filename === 'p.json'))
    say('$ping')
    const pinged = await until(() =>
      botMessages(bot).find((message) => message.content.includes('@everyone')),
    )
    expect(pinged).toMatchObject({ mentions: [], mention_roles: [], mention_everyone: false })
  })

  it('answers with an id when Discord takes an answer as malformed, and logs it as a bug', async () => {
    say('$malformed')
    const [text] = await answered()
    expect(text).toMatch(/^Internal error `[0-9a-f]{4}`/)
    expect(bot.log.find((line) => line.msg.includes('malformed'))).toMatchObject({ level: 50 })
    // Meant here, and a failure of every other test.
    bot.server.violations.length = 0
  })

  it('changes its answer instead of sending another, also later', async () => {
    say('$slow')
    await until(() => answers()[0] === 'started')
    expect(answers()).toEqual(['started'])
    expect(await runs[0]!.call.edit({ text: 'line\n'.repeat(500) })).toBe(true)
    expect(answers()).toHaveLength(2)
    expect(await runs[0]!.call.edit({ text: 'done' })).toBe(true)
    expect(answers()).toEqual(['done'])
  })

  it('shows that it is typing when a command takes a moment', async () => {
    let finish = () => {}
    const wait = make('wait', async () => {
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      return { text: 'there' }
    })
    await bot.restart({ commands: [wait, ...testCommands] })
    const typing = () => bot.server.requests.filter(({ rawPath }) => rawPath.endsWith('/typing')).length
    say('$wait')
    await until(() => runs.length === 1)
    await bot.clock.advance(799)
    expect(typing()).toBe(0)
    await bot.clock.advance(1)
    await until(() => typing() === 1)
    finish()
    expect(await answered()).toEqual(['there'])
  })

  it('runs a message once that is delivered twice', async () => {
    const asked = say('$data')
    bot.world.deliverTwice(asked)
    await answered()
    await settled()
    expect(runs.filter(({ name }) => name === 'data')).toHaveLength(1)
  })

  it('stays quiet where it may not write, and says so in the log', async () => {
    const closed = bot.world.addChannel('closed', { denyBot: ['SEND_MESSAGES'] })
    say('$data', closed.id)
    await until(() => bot.log.find((line) => line.msg.includes('may not write')))
    expect(runs).toEqual([])
    expect(bot.server.requests.filter(({ rawPath }) => rawPath.includes(closed.id))).toEqual([])
  })

  it('writes a plain message where it may not read the history', async () => {
    const blind = bot.world.addChannel('blind', { denyBot: ['READ_MESSAGE_HISTORY'] })
    say('$data', blind.id)
    await until(() => botMessages(bot, blind.id).length === 1)
  })

  it('knows whether who asks may write in another channel', async () => {
    const { world, channelId, ann } = bot
    const closed = world.addChannel('closed').id
    world.denyBot(closed, ['SEND_MESSAGES'], [], world.guild.id)
    const secret = world.addChannel('secret', { type: 12, parentId: channelId })
    const own = world.addChannel('own', { type: 12, parentId: channelId })
    own.memberIds = [ann]
    const places = {
      here: channelId,
      closed,
      'thread of it': world.addChannel('thread', { parentId: closed }).id,
      'private thread': secret.id,
      'private thread of theirs': own.id,
      forum: world.addChannel('forum', { type: 15 }).id,
      'another server': '999999999999999999',
    }
    say('$data')
    await answered()
    const may = Object.entries(places).map(async ([name, id]) => [name, await runs[0]!.call.mayWriteIn(id)])
    expect(Object.fromEntries(await Promise.all(may))).toEqual({
      here: true,
      closed: false,
      'thread of it': true,
      'private thread': false,
      'private thread of theirs': true,
      forum: null,
      'another server': null,
    })
  })

  it('sends direct messages, and knows when they are closed', async () => {
    say('$write')
    expect(await answered()).toEqual(['dm true'])
    expect(bot.world.directMessages(bot.ann).map(({ content }) => content)).toEqual(['hello'])
    const shy = bot.world.addMember({ name: 'shy', dm: 50007 as never })
    say('$write', bot.channelId, shy.user.id)
    expect((await answered(2))[1]).toBe('dm false')
  })
})
