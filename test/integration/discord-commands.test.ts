// Both doors end to end: real discord.js against the local Discord.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Call, Command, Reply } from '../../src/discord/command.ts'
import { Refusal } from '../../src/kernel/errors.ts'
import {
  botMessages,
  makeTestBot,
  registered,
  startTestBot,
  type TestBot,
  until,
} from '../support/discord-bot.ts'

let runs: { name: string; args: unknown; call: Call }[] = []

const make = (
  name: string,
  answer: (args: never, call: Call) => Reply | Promise<Reply>,
  over: Partial<Command> = {},
): Command => ({
  name,
  summary: `Does ${name}`,
  example: name,
  access: 'everyone',
  args: [],
  run: async (args, call) => {
    runs.push({ name, args, call })
    return answer(args as never, call)
  },
  ...over,
})

const commands: Command[] = [
  make(
    'data',
    (args: { chain?: string; status?: string }, call) => ({
      text: `${args.chain ?? 'all'} ${args.status ?? 'any'} page ${call.page}`,
      page: { index: call.page, count: 3 },
    }),
    {
      example: 'data osmosis expired',
      args: [
        {
          name: 'chain',
          summary: 'A chain',
          complete: (typed) => {
            if (typed === 'boom') throw new Error('bug')
            return Array.from({ length: 30 }, (_, i) => ({
              name: `${typed}${i} ${'x'.repeat(120)}`,
              value: `${typed}${i}`,
            }))
          },
        },
        { name: 'status', summary: 'A status', choices: ['active', 'expired'] },
      ],
    },
  ),
  make('refuse', () => {
    throw new Refusal('this cannot be done')
  }),
  make('bug', () => {
    throw new TypeError('oops')
  }),
  make('mute', () => ({ text: 'muted' }), { access: 'admin' }),
  make('long', () => ({ text: 'a line of forty characters, more or less\n'.repeat(120) })),
  make('file', () => ({ text: 'a file', files: [{ name: 'p.json', data: Buffer.from('{}') }] })),
  make('ping', () => ({ text: '<@&1> @everyone hi' })),
  make('malformed', () => ({ embeds: [{ title: 'x', url: 'not a url' }] })),
  make('slow', async (_, call) => {
    await call.edit({ text: 'working' })
    return { text: 'started' }
  }),
  make('write', async (_, call) => ({ text: `dm ${await call.dm(call.caller.userId, { text: 'hello' })}` })),
  make('drip', (args: { address: string }) => ({ text: `sent to ${args.address}` }), {
    doors: 'slash',
    ephemeral: true,
    anyChannel: true,
    example: 'drip lig1x',
    args: [
      {
        name: 'address',
        summary: 'Where to',
        required: true,
        schema: z.string().startsWith('lig', 'use a lig address'),
      },
    ],
  }),
  make('ban', (args: { user: string; days?: number }) => ({ text: `${args.user} ${args.days}` }), {
    doors: 'slash',
    example: 'ban 1',
    args: [
      { name: 'user', summary: 'Whom', kind: 'user', required: true },
      { name: 'days', summary: 'For how long', kind: 'integer' },
    ],
  }),
]

let bot: TestBot
const say = (text: string, channelId = bot.channelId, who = bot.ann) => bot.world.say(who, channelId, text)
const slash = (name: string, options = {}, channelId = bot.channelId, who = bot.ann) =>
  bot.world.slash(who, channelId, name, options)
const answers = () => botMessages(bot).map((message) => message.content)
const answered = (count = 1) => until(() => answers().length >= count && answers())

/** Waits until what was said before has been handled: events come in order, and this one is answered. */
async function settled(): Promise<void> {
  await slash('ban', { user: bot.ann }).reply
}

beforeEach(() => {
  runs = []
})
afterEach(async () => {
  await bot?.close()
})

describe('the prefix door', () => {
  beforeEach(async () => {
    bot = await startTestBot(commands)
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
    await bot.restart({ commands: [wait, ...commands] })
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

  it('sends direct messages, and knows when they are closed', async () => {
    say('$write')
    expect(await answered()).toEqual(['dm true'])
    expect(bot.world.directMessages(bot.ann).map(({ content }) => content)).toEqual(['hello'])
    const shy = bot.world.addMember({ name: 'shy', dm: 50007 as never })
    say('$write', bot.channelId, shy.user.id)
    expect((await answered(2))[1]).toBe('dm false')
  })
})

describe('the slash door', () => {
  beforeEach(async () => {
    bot = await startTestBot(commands)
  })

  it('registers every command in the server', () => {
    const names = bot.world.commands.guild.map((command) => command.name)
    expect(names.sort()).toEqual([...commands.map((command) => command.name), 'help'].sort())
  })

  it('defers at once and then answers', async () => {
    const handle = slash('data', { chain: 'osmosis', status: 'expired' })
    expect(await handle.acknowledged).toBe(5)
    expect((await handle.reply).content).toBe('osmosis expired page 0')
    expect(handle.ephemeral).toBe(false)
    expect(runs[0]!.call.show('data')).toBe('/data')
    expect(runs[0]!.call).toMatchObject({ door: 'slash', caller: { userId: bot.ann } })
  })

  it('keeps an ephemeral answer between the two', async () => {
    const handle = slash('drip', { address: 'lig1x' })
    expect((await handle.reply).content).toBe('sent to lig1x')
    expect(handle.ephemeral).toBe(true)
  })

  it('converts users and integers', async () => {
    expect((await slash('ban', { user: bot.ann, days: 3 }).reply).content).toBe(`${bot.ann} 3`)
  })

  it('refuses to the caller alone what it need not run for', async () => {
    const wrong = slash('drip', { address: 'cosmos1x' })
    expect((await wrong.reply).content).toContain('`address`: use a lig address\nUsage: `/drip <address>`')
    expect([await wrong.acknowledged, wrong.ephemeral]).toEqual([4, true])
    const admin = slash('mute')
    expect((await admin.reply).content).toBe('`/mute` is only for who may manage this server.')
    expect(admin.ephemeral).toBe(true)
    expect(runs).toEqual([])
  })

  it('shows a refusal that comes after a public defer', async () => {
    expect((await slash('refuse').reply).content).toBe('this cannot be done')
  })

  it('sends what is long as further messages', async () => {
    const handle = slash('long')
    await handle.reply
    await until(() => handle.followups.length === 2)
  })

  it('runs once what is delivered twice', async () => {
    const handle = slash('data')
    bot.world.deliverTwice(handle)
    await handle.reply
    await settled()
    expect(runs.filter(({ name }) => name === 'data')).toHaveLength(1)
  })

  it('runs nothing when the defer fails', async () => {
    bot.server.faults.add('interaction', { kind: 'status', status: 404 })
    slash('data')
    await until(() => bot.log.find((line) => line.msg.includes('nothing was run')))
    expect(runs).toEqual([])
  })

  it('edits an answer until its token is over', async () => {
    const handle = slash('slow')
    await until(() => handle.original?.content === 'started')
    await bot.clock.advance(15 * 60_000 - 1)
    expect(await runs[0]!.call.edit({ text: 'paid' })).toBe(true)
    expect(handle.original!.content).toBe('paid')
    await bot.clock.advance(1)
    const before = bot.server.requests.length
    expect(await runs[0]!.call.edit({ text: 'late' })).toBe(false)
    expect(bot.server.requests).toHaveLength(before)
  })

  it('completes options within the limits, and offers nothing when that fails', async () => {
    const offered = await bot.world.autocomplete(bot.ann, bot.channelId, 'data', { chain: 'osmo' }, 'chain')
    expect(offered).toHaveLength(25)
    expect(offered[0]).toEqual({ name: `osmo0 ${'x'.repeat(94)}`, value: 'osmo0' })
    expect(await bot.world.autocomplete(bot.ann, bot.channelId, 'data', { chain: 'boom' }, 'chain')).toEqual(
      [],
    )
  })

  it('leaves the registration alone when it is the same, and renews it when it is not', async () => {
    const puts = () => bot.server.requests.filter(({ method }) => method === 'PUT').length
    expect(puts()).toBe(1)
    await bot.restart()
    expect(puts()).toBe(1)
    await bot.restart({ commands: commands.slice(1) })
    expect(puts()).toBe(2)
    expect(bot.world.commands.guild).toHaveLength(commands.length)
  })

  it('registers for all servers, not for direct messages, where no server is configured', async () => {
    await bot.restart({ guildId: undefined })
    expect(bot.world.commands.global).toHaveLength(commands.length + 1)
    const body = bot.server.requests.findLast(({ method }) => method === 'PUT')!.body as {
      contexts: number[]
    }[]
    expect(body.map(({ contexts }) => contexts)).toEqual(body.map(() => [0]))
    const before = bot.server.requests.length
    await bot.restart()
    expect(bot.server.requests.slice(before).some(({ method }) => method === 'PUT')).toBe(false)
  })
})

describe('page buttons', () => {
  const buttonOf = (label: string) => {
    const message = botMessages(bot).at(-1)!
    const button = message.components[0]!.components!.find((one) => one.label === label)!
    return { message, id: button.custom_id! }
  }

  it('turn the page for anybody, also after a restart, and keep the filter', async () => {
    bot = await startTestBot(commands)
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
    bot = await startTestBot(commands)
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
    bot = await startTestBot([...commands, list])
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
    bot = await startTestBot([...commands, list])
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
    bot = await startTestBot(commands, (channelId) => ({ commandChannels: [channelId] }))
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
    bot = await startTestBot(commands, { adminRoles: ['1'] })
    expect((await slash('mute', {}, bot.channelId, bot.world.guild.owner_id).reply).content).toBe(
      '`/mute` is only for <@&1>.',
    )
  })

  it('knows the caller where the guild is not cached', async () => {
    const role = '4242'
    bot = await makeTestBot(commands, { adminRoles: [role] })
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
