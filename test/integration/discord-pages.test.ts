// Page buttons, and who may do what where, end to end.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Refusal } from '../../src/kernel/errors.ts'
import {
  acting,
  botMessages,
  makeTestBot,
  registered,
  startTestBot,
  type TestBot,
  until,
} from '../support/discord-bot.ts'
import { make, runs, testCommands } from '../support/discord-commands.ts'

let bot: TestBot
const { say, slash, answers, answered } = acting(() => bot)

beforeEach(() => {
  runs.length = 0
})
afterEach(async () => {
  await bot?.close()
})

describe('page buttons', () => {
  const buttonOf = (label: string) => {
    const message = botMessages(bot).at(-1)!
    const button = message.components[0]!.components!.find((one) => one.label === label)!
    return { message, id: button.custom_id! }
  }

  it('turn the page for anybody, also after a restart, and keep the filter', async () => {
    bot = await startTestBot(testCommands)
    say('$data osmosis expired')
    await answered()
    await bot.restart()
    const bob = bot.world.addMember({ name: 'bob' }).user.id
    const { message, id } = buttonOf('▶')
    const pressed = bot.world.press(bob, message, id)
    expect(await pressed.acknowledged).toBe(6)
    await until(() => answers()[0] === 'osmosis expired page 1')
    expect(answers()).toHaveLength(1)
    const last = runs.at(-1)!.call
    expect(last).toMatchObject({ door: 'button', page: 1, caller: { userId: bob } })
    expect(last.show('data')).toBe('$data')
    const further = buttonOf('▶')
    bot.world.press(bob, further.message, further.id)
    await until(() => answers()[0] === 'osmosis expired page 2')
    expect(() => bot.world.press(bob, buttonOf('▶').message, buttonOf('▶').id)).toThrow('disabled')
  })

  it('speak of the slash where the list was asked for with it', async () => {
    bot = await startTestBot(testCommands)
    await slash('data').reply
    const { message, id } = buttonOf('▶')
    bot.world.press(bot.ann, message, id)
    await until(() => answers()[0] === 'all any page 1')
    expect(runs.at(-1)!.call.show('data')).toBe('/data')
  })

  it('keep to themselves what only the caller sees, further messages too', async () => {
    const list = make(
      'mine',
      (_, call) => ({ text: `page ${call.page}\n`.repeat(300), page: { index: call.page, count: 2 } }),
      { ephemeral: true },
    )
    bot = await startTestBot([...testCommands, list])
    const handle = slash('mine')
    await until(() => handle.followups.length === 1)
    const first = handle.original!
    const pressed = bot.world.press(bot.ann, first, first.components[0]!.components![2]!.custom_id!)
    await until(() => pressed.followups.length === 1)
    expect(first.content).toContain('page 1')
    expect(answers()).toEqual([])
  })

  it('tell the one who pressed when it cannot be done, and leave the list alone', async () => {
    let broken = false
    const list = make('list', (_, call) => {
      if (broken) throw new Refusal('the list is gone')
      return { text: 'the list', page: { index: call.page, count: 2 } }
    })
    bot = await startTestBot([...testCommands, list])
    say('$list')
    await answered()
    broken = true
    const { message, id } = buttonOf('▶')
    const pressed = bot.world.press(bot.ann, message, id)
    const [note] = await until(() => pressed.followups.length > 0 && pressed.followups)
    expect(note!.content).toBe('the list is gone')
    expect(bot.world.messages(bot.channelId).some((one) => one.id === note!.id)).toBe(false)
    expect(answers()).toEqual(['the list'])
  })
})

describe('places', () => {
  it('answers in the command channels alone, except for what has channels of its own', async () => {
    bot = await startTestBot(testCommands, (channelId) => ({ commandChannels: [channelId] }))
    const other = bot.world.addChannel('chat').id
    for (const text of ['$data', '$dtaa', '$drip', '$help']) say(text, other)
    const refused = slash('data', {}, other)
    expect((await refused.reply).content).toBe(`Commands are answered in <#${bot.channelId}>.`)
    expect(refused.ephemeral).toBe(true)
    expect((await slash('drip', { address: 'lig1x' }, other).reply).content).toBe('sent to lig1x')
    say('$dtaa')
    expect(await answered()).toEqual(['Did you mean `$data`?'])
    expect(botMessages(bot, other).map(({ content }) => content)).toEqual([
      '`/drip` is a slash command: type `/` and choose it.',
    ])
  })

  it('takes the roles of the configuration instead of the permission', async () => {
    bot = await startTestBot(testCommands, { adminRoles: ['1'] })
    expect((await slash('mute', {}, bot.channelId, bot.world.guild.owner_id).reply).content).toBe(
      '`/mute` is only for <@&1>.',
    )
  })

  it('knows the caller where the guild is not cached', async () => {
    const role = '4242'
    bot = await makeTestBot(testCommands, { adminRoles: [role] })
    bot.server.gateway.faults.hideGuild = true
    await bot.discord.start()
    await registered(bot)
    const raw = bot.world.addMember({ name: 'raw', roles: [role], joinedAtMs: null, pending: true })
    expect((await slash('mute', {}, bot.channelId, raw.user.id).reply).content).toBe('muted')
    expect(runs.at(-1)!.call.caller).toEqual({
      userId: raw.user.id,
      name: 'raw',
      roleIds: [role],
      isAdmin: true,
      joinedAtMs: null,
      pending: true,
    })
  })
})
