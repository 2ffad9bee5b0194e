// The local Discord against an unmodified discord.js: the gateway, and the registration of commands.
import { Events, GatewayIntentBits } from 'discord.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { codeOf, nextEvent } from '../support/discord.ts'
import {
  ann,
  channel,
  connect,
  local,
  makeClient,
  register,
  server,
  setUp,
  world,
} from '../support/sandbox-discord.ts'

const { Guilds, GuildMessages } = GatewayIntentBits
beforeEach(() => setUp())
afterEach(() => local.close())

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
