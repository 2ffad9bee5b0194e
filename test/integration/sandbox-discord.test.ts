// The local Discord against an unmodified discord.js: gateway, commands and interactions.
import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  type Client,
  Events,
  GatewayIntentBits,
  type Interaction,
  MessageFlags,
} from 'discord.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { codeOf, type LocalDiscord, nextEvent, startLocalDiscord } from '../support/discord.ts'

const { Guilds, GuildMessages } = GatewayIntentBits

const COMMANDS = [
  {
    name: 'data',
    description: 'The clients of a chain',
    options: [
      { type: 3, name: 'chain', description: 'A chain', required: true, autocomplete: true },
      {
        type: 3,
        name: 'status',
        description: 'Only these',
        choices: [{ name: 'expired', value: 'expired' }],
      },
      { type: 6, name: 'user', description: 'Somebody' },
    ],
  },
  {
    name: 'faucet',
    description: 'The faucet',
    default_member_permissions: '32',
    options: [{ type: 1, name: 'pause', description: 'Stops it' }],
  },
]

let local: LocalDiscord
let { clock, world, server, channel, ann, connect, makeClient } = {} as LocalDiscord
const setUp = async (options?: Parameters<typeof startLocalDiscord>[0]) => {
  local = await startLocalDiscord(options)
  ;({ clock, world, server, channel, ann, connect, makeClient } = local)
}
beforeEach(() => setUp())
afterEach(() => local.close())

/** Answers every interaction with `run`; what it throws is kept for the test. */
function serve(client: Client, run: (interaction: Interaction) => Promise<unknown>): unknown[] {
  const errors: unknown[] = []
  client.on(Events.InteractionCreate, (interaction) => {
    run(interaction).catch((error) => errors.push(error))
  })
  return errors
}

const register = (client: Client<true>) => client.application.commands.set(COMMANDS, world.guild.id)

describe('the gateway', () => {
  it('lets discord.js log in and know the guild, its channels and roles', async () => {
    const role = world.addRole('relayers')
    const client = await connect()
    expect(client.user.id).toBe(world.bot.id)
    const guild = client.guilds.cache.get(world.guild.id)!
    expect(guild.name).toBe('Relayers')
    expect(guild.channels.cache.get(channel.id)?.name).toBe('relayers')
    expect(guild.roles.cache.has(role.id)).toBe(true)
    expect(guild.members.me?.permissions.has('ManageWebhooks')).toBe(true)
    const application = await client.application.fetch()
    expect(application.flags.has('GatewayMessageContentLimited')).toBe(true)
  })

  it('delivers what people write, whole', async () => {
    const client = await connect()
    const heard = nextEvent<{ content: string; member: { id: string } }>(client, Events.MessageCreate)
    world.say(ann.user.id, channel.id, '$data osmosis')
    expect(await heard).toMatchObject({ content: '$data osmosis', author: { id: ann.user.id } })
  })

  it('hides the content without the intent, except where the bot is mentioned, and over REST too', async () => {
    const client = await connect([Guilds, GuildMessages])
    const contents: string[] = []
    client.on(Events.MessageCreate, (message) => contents.push(message.content))
    world.say(ann.user.id, channel.id, '$data')
    world.say(ann.user.id, channel.id, `<@${world.bot.id}> hello`)
    await expect.poll(() => contents.length).toBe(2)
    expect(contents).toEqual(['', `<@${world.bot.id}> hello`])
    world.portal.messageContent = false
    const listed = (await client.rest.get(`/channels/${channel.id}/messages`)) as { content: string }[]
    expect(listed.map((one) => one.content)).toEqual([`<@${world.bot.id}> hello`, ''])
  })

  it('sends no messages without the intent for them', async () => {
    const client = await connect([Guilds])
    const heard: string[] = []
    client.on(Events.MessageCreate, () => heard.push('message'))
    client.on(Events.ChannelCreate, () => heard.push('channel'))
    world.say(ann.user.id, channel.id, 'hello')
    world.addChannel('other')
    await expect.poll(() => heard).toEqual(['channel'])
  })

  it('acknowledges heartbeats', async () => {
    await local.close()
    await setUp({ heartbeatMs: 150 })
    const client = await connect()
    await expect.poll(() => server.gateway.counts.heartbeats, { timeout: 100_000 }).toBeGreaterThan(1)
    await expect.poll(() => client.ws.ping).toBeGreaterThanOrEqual(0)
    expect(server.gateway.counts.connections).toBe(1)
  })

  it.each([
    ['a network that breaks', () => server.gateway.drop()],
    ['an order to reconnect', () => server.gateway.reconnect()],
    ['a close with an unknown error', () => server.gateway.closeAll(4000)],
  ])('replays what was missed after %s', async (_, cut) => {
    const client = await connect()
    const heard: string[] = []
    client.on(Events.MessageCreate, (message) => heard.push(message.content))
    world.say(ann.user.id, channel.id, 'before')
    await expect.poll(() => heard).toEqual(['before'])
    const resumed = nextEvent(client, Events.ShardResume)
    server.gateway.faults.refuseConnections = true
    cut()
    await expect.poll(() => server.gateway.connected).toBe(0)
    world.say(ann.user.id, channel.id, 'meanwhile')
    server.gateway.faults.refuseConnections = false
    await resumed
    world.say(ann.user.id, channel.id, 'after')
    await expect.poll(() => heard).toEqual(['before', 'meanwhile', 'after'])
    expect(server.gateway.counts).toMatchObject({ identifies: 1, resumes: 1 })
  })

  it('makes a client identify anew when its session is gone', async () => {
    const client = await connect()
    const again = nextEvent(client, Events.ShardReady)
    server.gateway.invalidate()
    await again
    expect(server.gateway.counts).toMatchObject({ identifies: 2 })
  })

  it('answers a resume of an unknown session with op 9, and of a future sequence with 4007', async () => {
    await connect()
    const resume = (session_id: string, seq: number) => ({
      op: 6,
      d: { token: world.token, session_id, seq },
    })
    const unknown = byHand(resume('no-such-session', 1))
    expect(await unknown.next).toEqual({ op: 9, d: false })
    unknown.socket.close()
    expect(await byHand(resume('1'.padStart(32, '0'), 99)).closed).toBe(4007)
  })

  it('closes with 4014 when a privileged intent is off in the portal', async () => {
    world.portal.messageContent = false
    await expect(connect()).rejects.toThrow('Used disallowed intents')
  })

  it('refuses a wrong token: 401 over REST, 4004 at the gateway', async () => {
    await expect(makeClient().login('wrong')).rejects.toThrow()
    server.gateway.faults.refuseToken = true
    await expect(makeClient().login(world.token)).rejects.toThrow()
    expect(server.requests.at(-1)).toMatchObject({ status: 401, response: { code: 0 } })
    expect(await byHand({ op: 2, d: { token: world.token, intents: 1 } }).closed).toBe(4004)
  })

  it.each([
    [4013, { op: 2, d: { intents: 1 << 30 } }],
    [4010, { op: 2, d: { intents: 1, shard: [2, 1] } }],
    [4014, { op: 2, d: { intents: 2 } }],
    [4003, { op: 3, d: {} }],
    [4002, 'no operation'],
  ])('closes with %i on a wrong first word', async (code, payload) => {
    const filled =
      typeof payload === 'string' ? payload : { ...payload, d: { token: world.token, ...payload.d } }
    expect(await byHand(filled).closed).toBe(code)
  })
})

/** Connects without discord.js, sends one payload after the hello, and waits for the answer or the close. */
function byHand(payload: unknown) {
  const socket = new WebSocket(`${server.gateway.url}?v=10&encoding=json`)
  const received: unknown[] = []
  const next = new Promise((resolve) => {
    socket.on('message', (raw) => {
      received.push(JSON.parse(String(raw)))
      if (received.length === 1) socket.send(JSON.stringify(payload))
      else resolve(received[1])
    })
  })
  return { socket, next, closed: new Promise((resolve) => socket.on('close', resolve)) }
}

describe('commands', () => {
  it('registers in bulk, twice with the same ids', async () => {
    const client = await connect()
    const first = await register(client)
    const second = await register(client)
    expect([...second.keys()]).toEqual([...first.keys()])
    expect(second.map((one) => one.version)).toEqual(first.map((one) => one.version))
    const fetched = await client.application.commands.fetch({ guildId: world.guild.id })
    expect(fetched.map((one) => one.name).sort()).toEqual(['data', 'faucet'])
  })

  const option = (extra: object) => [{ name: 'a', description: 'a', options: [{ type: 3, ...extra }] }]
  it.each([
    ['a name in capitals', [{ name: 'Data', description: 'x' }], 'APPLICATION_COMMAND_INVALID_NAME'],
    ['a name with a space', [{ name: 'da ta', description: 'x' }], 'APPLICATION_COMMAND_INVALID_NAME'],
    ['a name of 33', [{ name: 'a'.repeat(33), description: 'x' }], 'BASE_TYPE_BAD_LENGTH'],
    ['no description', [{ name: 'a' }], 'BASE_TYPE_REQUIRED'],
    ['a description of 101', [{ name: 'a', description: 'x'.repeat(101) }], 'BASE_TYPE_BAD_LENGTH'],
    [
      'the same name twice',
      Array(2).fill({ name: 'a', description: 'x' }),
      'APPLICATION_COMMANDS_DUPLICATE_NAME',
    ],
    [
      '26 options',
      [
        {
          name: 'a',
          description: 'x',
          options: [...Array(26).keys()].map((n) => ({ type: 3, name: `o${n}`, description: 'x' })),
        },
      ],
      'BASE_TYPE_MAX_LENGTH',
    ],
    [
      '26 choices',
      option({
        name: 'o',
        description: 'x',
        choices: [...Array(26).keys()].map((n) => ({ name: `c${n}`, value: `c${n}` })),
      }),
      'BASE_TYPE_MAX_LENGTH',
    ],
    ['an empty option description', option({ name: 'o', description: '' }), 'BASE_TYPE_BAD_LENGTH'],
    [
      'a required option after an optional one',
      [
        {
          name: 'a',
          description: 'x',
          options: [
            { type: 3, name: 'o', description: 'x' },
            { type: 3, name: 'r', description: 'x', required: true },
          ],
        },
      ],
      'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
    ],
  ])('refuses %s', async (_, body, code) => {
    const client = await connect()
    const path = `/applications/${world.applicationId}/guilds/${world.guild.id}/commands` as const
    expect(await codeOf(client.rest.put(path, { body }))).toBe(50035)
    expect(JSON.stringify(server.requests.at(-1)?.response)).toContain(`"code":"${code}"`)
    expect(world.commands.guild).toEqual([])
  })

  it('says "missing access" for a guild that the bot is not in', async () => {
    const client = await connect()
    world.removeMember(world.bot.id)
    expect(await codeOf(register(client))).toBe(50001)
    expect(await codeOf(client.rest.get(`/guilds/${world.guild.id}`))).toBe(10004)
  })
})

describe('interactions', () => {
  it('carries a slash command to discord.js and its answer back', async () => {
    const client = await connect()
    await register(client)
    serve(client, async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      const user = interaction.options.getUser('user')
      const joined = interaction.inCachedGuild() ? interaction.member.joinedTimestamp : null
      await interaction.reply(`${interaction.options.getString('chain')} ${user?.username} ${joined}`)
    })
    const call = world.slash(ann.user.id, channel.id, 'data', { chain: 'osmosis', user: ann.user.id })
    const answer = await call.reply
    expect(answer.content).toBe(`osmosis ann ${Date.parse(ann.joined_at!)}`)
    expect(answer).toMatchObject({ type: 20, author: { id: world.bot.id } })
    expect(world.messages(channel.id)).toEqual([answer])
    expect(call.ephemeral).toBe(false)
  })

  it('defers, edits, follows up and deletes', async () => {
    const client = await connect()
    await register(client)
    const errors = serve(client, async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      await interaction.deferReply({ flags: MessageFlags.Ephemeral })
      const edited = await interaction.editReply({ content: 'only you see this' })
      expect((await interaction.fetchReply()).id).toBe(edited.id)
      const more = await interaction.followUp({ content: 'more' })
      await interaction.webhook.editMessage(more, 'even more')
      const gone = await interaction.followUp({ content: 'gone' })
      await interaction.deleteReply(gone)
    })
    const call = world.slash(ann.user.id, channel.id, 'data', { chain: 'osmosis' })
    expect(await call.acknowledged).toBe(5)
    expect((await call.reply).content).toBe('only you see this')
    expect(call.ephemeral).toBe(true)
    await expect.poll(() => server.requests.at(-1)?.method).toBe('DELETE')
    expect(errors).toEqual([])
    expect(call.followups.map((one) => one.content)).toEqual(['even more'])
    expect(world.messages(channel.id).map((one) => one.content)).toEqual(['even more'])
    expect(world.messages(channel.id, ann.user.id).map((one) => one.content)).toEqual([
      'only you see this',
      'even more',
    ])
  })

  it('completes a defer with the first follow-up, as hidden as the defer was', async () => {
    const client = await connect()
    await register(client)
    serve(client, async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      await interaction.deferReply({ flags: MessageFlags.Ephemeral })
      await interaction.followUp({ content: 'here' })
    })
    const call = world.slash(ann.user.id, channel.id, 'data', { chain: 'osmosis' })
    expect((await call.reply).content).toBe('here')
    expect(world.messages(channel.id)).toEqual([])
    expect(call.followups).toEqual([])
  })

  it('offers completions and presses buttons', async () => {
    const client = await connect()
    await register(client)
    serve(client, async (interaction) => {
      if (interaction.isAutocomplete()) {
        const typed = interaction.options.getFocused()
        return interaction.respond([{ name: `${typed} 1`, value: `${typed}-1` }])
      }
      if (interaction.isButton()) return interaction.update({ content: interaction.customId, components: [] })
      if (!interaction.isChatInputCommand()) return
      const button = new ButtonBuilder().setCustomId('page:1').setLabel('2').setStyle(ButtonStyle.Secondary)
      const off = ButtonBuilder.from(button).setCustomId('page:0').setDisabled(true)
      const row = new ActionRowBuilder<ButtonBuilder>().addComponents(button, off)
      await interaction.reply({ content: 'page 1', components: [row] })
    })
    const offered = await world.autocomplete(ann.user.id, channel.id, 'data', { chain: 'osm' }, 'chain')
    expect(offered).toEqual([{ name: 'osm 1', value: 'osm-1' }])
    const answer = await world.slash(ann.user.id, channel.id, 'data', { chain: 'osmosis' }).reply
    expect(() => world.press(ann.user.id, answer, 'page:2')).toThrow('has no button')
    expect(() => world.press(ann.user.id, answer, 'page:0')).toThrow('disabled')
    const updated = await world.press(ann.user.id, answer, 'page:1').reply
    expect(updated).toMatchObject({ id: answer.id, content: 'page:1', components: [] })
  })

  it('knows an answer that is late, doubled, or to a token that has died', async () => {
    const client = await connect()
    await register(client)
    let interaction: Interaction | undefined
    client.on(Events.InteractionCreate, (one) => {
      interaction = one
    })
    const call = world.slash(ann.user.id, channel.id, 'data', { chain: 'osmosis' })
    await expect.poll(() => interaction?.id).toBe(call.id)
    await clock.advance(2_999)
    const path = `/interactions/${call.id}/${call.token}/callback` as const
    const answer = { body: { type: 5 }, auth: false } as const
    expect(await codeOf(client.rest.post(path, answer))).toBe('accepted')
    expect(await codeOf(client.rest.post(path, answer))).toBe(40060)
    const original = `/webhooks/${world.applicationId}/${call.token}/messages/@original` as const
    await clock.advance(15 * 60_000 - 3_000)
    expect(await codeOf(client.rest.patch(original, { body: { content: 'x' }, auth: false }))).toBe(
      'accepted',
    )
    await clock.advance(1)
    expect(await codeOf(client.rest.patch(original, { body: { content: 'y' }, auth: false }))).toBe(50027)

    const late = world.slash(ann.user.id, channel.id, 'data', { chain: 'osmosis' })
    await clock.advance(3_000)
    await expect(late.reply).rejects.toThrow('did not respond')
    expect(await codeOf(client.rest.post(`/interactions/${late.id}/${late.token}/callback`, answer))).toBe(
      10062,
    )
    const followUp = client.rest.post(`/webhooks/${world.applicationId}/${late.token}`, {
      body: { content: 'x' },
      auth: false,
    })
    expect(await codeOf(followUp)).toBe(10015)
  })

  it('refuses what a client would not send', async () => {
    const client = await connect()
    await register(client)
    const call =
      (name: string, options = {}) =>
      () =>
        world.slash(ann.user.id, channel.id, name, options)
    expect(call('nope')).toThrow('not registered')
    expect(call('data')).toThrow('chain is required')
    expect(call('data', { chain: 'x', other: 'y' })).toThrow('no option other')
    expect(call('data', { chain: 'x', status: 'frozen' })).toThrow('not one of the choices')
    expect(call('faucet pause')).toThrow('may not use /faucet')
    const admin = world.addRole('admins', ['MANAGE_GUILD'])
    ann.roles.push(admin.id)
    expect(call('faucet')).toThrow('needs a subcommand')
    expect(call('faucet pause')()).toMatchObject({ ephemeral: null })
  })

  it('delivers an interaction twice, and hands over a raw member where the guild is not known', async () => {
    server.gateway.faults.hideGuild = true
    const client = await connect()
    await register(client)
    const seen: { id: string; joined: unknown }[] = []
    client.on(Events.InteractionCreate, (one) => {
      const member = one.member as { joined_at?: string } | null
      seen.push({ id: one.id, joined: member?.joined_at })
    })
    const call = world.slash(ann.user.id, channel.id, 'data', { chain: 'osmosis' })
    world.deliverTwice(call)
    await expect.poll(() => seen.length).toBe(2)
    expect(seen).toEqual(Array(2).fill({ id: call.id, joined: ann.joined_at }))
  })

  it('refuses long answers where they stand: under data', async () => {
    const client = await connect()
    await register(client)
    const errors = serve(client, async (interaction) => {
      if (interaction.isAutocomplete()) {
        const choices = [...Array(26).keys()].map((n) => ({ name: `${n}`, value: `${n}` }))
        await interaction.respond(choices)
      } else if (interaction.isChatInputCommand()) await interaction.reply('x'.repeat(2001))
    })
    world.slash(ann.user.id, channel.id, 'data', { chain: 'osmosis' })
    await expect.poll(() => errors.length).toBe(1)
    expect(errors[0]).toMatchObject({
      code: 50035,
      rawError: { errors: { data: { content: expect.anything() } } },
    })
    void world.autocomplete(ann.user.id, channel.id, 'data', {}, 'chain').catch(() => {})
    await expect.poll(() => errors.length).toBe(2)
    expect(errors[1]).toMatchObject({
      code: 50035,
      rawError: { errors: { data: { choices: expect.anything() } } },
    })
  })
})
