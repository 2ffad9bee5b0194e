// The local Discord's messages and webhooks: what it accepts, refuses, limits and breaks, as Discord does.
import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  type Client,
  type TextChannel,
  WebhookClient,
} from 'discord.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Webhook } from '../../sandbox/discord/types.ts'
import { codeOf, type LocalDiscord, startLocalDiscord } from '../support/discord.ts'
import { loadDiscordOpenApi } from '../support/discord-openapi.ts'

let local: LocalDiscord
let { clock, world, server, channel, ann, connect } = {} as LocalDiscord
let client: Client<true>
let text: TextChannel

beforeEach(async () => {
  local = await startLocalDiscord()
  ;({ clock, world, server, channel, ann, connect } = local)
  client = await connect()
  text = client.channels.cache.get(channel.id) as TextChannel
})
afterEach(() => local.close())

const button = (custom_id: string, extra = {}) => ({ type: 2, style: 1, label: 'x', custom_id, ...extra })
const row = (...components: object[]) => ({ type: 1, components })
const field = (name: string, value: string) => ({ name, value })

describe('a message', () => {
  it('is posted, answered, edited, read back and deleted', async () => {
    const asked = world.say(ann.user.id, channel.id, '$data')
    const sent = await text.send({ content: 'one', reply: { messageReference: asked.id } })
    expect(world.messages(channel.id)[1]).toMatchObject({
      type: 19,
      message_reference: { message_id: asked.id },
    })
    await sent.edit({ content: 'two', embeds: [{ title: 'embed' }] })
    expect(world.messages(channel.id)[1]).toMatchObject({ content: 'two', embeds: [{ title: 'embed' }] })
    expect(world.messages(channel.id)[1]?.edited_timestamp).not.toBeNull()
    const [read] = [...(await text.messages.fetch({ after: asked.id, limit: 10 })).values()]
    expect(read?.id).toBe(sent.id)
    await sent.delete()
    expect(world.messages(channel.id)).toEqual([asked])
    expect(await codeOf(text.messages.fetch({ message: sent.id, force: true }))).toBe(10008)
  })

  it('is listed newest first, by pages', async () => {
    const ids = [...Array(5).keys()].map((n) => world.say(ann.user.id, channel.id, `${n}`).id)
    const list = async (query: string) => {
      const found = await client.rest.get(`/channels/${channel.id}/messages`, {
        query: new URLSearchParams(query),
      })
      return (found as { id: string }[]).map((one) => ids.indexOf(one.id))
    }
    expect(await list('')).toEqual([4, 3, 2, 1, 0])
    expect(await list('limit=2')).toEqual([4, 3])
    expect(await list(`limit=2&after=${ids[1]}`)).toEqual([3, 2])
    expect(await list(`limit=2&before=${ids[2]}`)).toEqual([1, 0])
    expect(await list(`limit=3&around=${ids[2]}`)).toEqual([3, 2, 1])
    expect(await codeOf(list('limit=101'))).toBe(50035)
  })

  it('pings exactly whom it may', async () => {
    const role = world.addRole('relayers', [], true)
    const locked = world.addRole('locked')
    const content = `<@${ann.user.id}> <@&${role.id}> <@&${locked.id}> @everyone`
    await text.send(content)
    await text.send({ content, allowedMentions: { roles: [role.id, locked.id] } })
    await text.send({ content, allowedMentions: { users: [ann.user.id] } })
    const pinged = world
      .messages(channel.id)
      .map((one) => [one.mentions.length, one.mention_roles, one.mention_everyone])
    expect(pinged).toEqual([
      [0, [], false],
      [0, [role.id], false],
      [1, [], false],
    ])
    const both = text.send({ content, allowedMentions: { parse: ['users'], users: [ann.user.id] } })
    expect(await codeOf(both)).toBe(50035)
  })

  it('is posted once for one nonce', async () => {
    const first = await text.send({ content: 'a', nonce: 'alert-41', enforceNonce: true })
    const second = await text.send({ content: 'a', nonce: 'alert-41', enforceNonce: true })
    expect(second.id).toBe(first.id)
    await clock.advance(6 * 60_000)
    await text.send({ content: 'a', nonce: 'alert-41', enforceNonce: true })
    expect(world.messages(channel.id)).toHaveLength(2)
  })

  it('carries files', async () => {
    const name = 'proposal.json'
    await text.send({ content: 'as a file', files: [{ attachment: Buffer.from('{}'), name }] })
    const [message] = world.messages(channel.id)
    expect(message?.attachments).toMatchObject([{ filename: name, size: 2 }])
    expect(world.posts.file(message!.attachments[0]!.id)?.toString()).toBe('{}')
    expect(server.requests.at(-1)).toMatchObject({
      body: { content: 'as a file' },
      files: [{ field: 'files[0]', name }],
    })
  })

  it('passes at the limits', async () => {
    const body = {
      content: 'x'.repeat(2000),
      embeds: [
        {
          title: 'x'.repeat(256),
          description: 'x'.repeat(4096),
          footer: { text: 'x'.repeat(367) },
          fields: [field('x'.repeat(256), 'x'.repeat(1024))],
        },
        { description: 'x' },
      ],
      components: Array.from({ length: 5 }, (_, r) =>
        row(...Array.from({ length: 5 }, (_, b) => button(`${r}${b}`.padEnd(100, 'x')))),
      ),
    }
    expect(await codeOf(client.rest.post(`/channels/${channel.id}/messages`, { body }))).toBe('accepted')
    const more = { ...body, embeds: [...body.embeds, { description: 'x' }] }
    expect(await codeOf(client.rest.post(`/channels/${channel.id}/messages`, { body: more }))).toBe(50035)
  })

  it('is measured in characters, not in halves of them', async () => {
    expect(await codeOf(text.send('🟡'.repeat(2000)))).toBe('accepted')
    expect(await codeOf(text.send('🟡'.repeat(2001)))).toBe(50035)
  })

  it.each<[string, object, string]>([
    ['content of 2,001', { content: 'x'.repeat(2001) }, 'content/BASE_TYPE_MAX_LENGTH'],
    ['11 embeds', { embeds: Array(11).fill({ title: 'x' }) }, 'embeds/BASE_TYPE_MAX_LENGTH'],
    ['a title of 257', { embeds: [{ title: 'x'.repeat(257) }] }, 'embeds/0/title/BASE_TYPE_MAX_LENGTH'],
    [
      'a description of 4,097',
      { embeds: [{ description: 'x'.repeat(4097) }] },
      'embeds/0/description/BASE_TYPE_MAX_LENGTH',
    ],
    [
      '26 fields',
      { embeds: [{ fields: Array(26).fill(field('a', 'b')) }] },
      'embeds/0/fields/BASE_TYPE_MAX_LENGTH',
    ],
    [
      'a field name of 257',
      { embeds: [{ fields: [field('x'.repeat(257), 'b')] }] },
      'embeds/0/fields/0/name/BASE_TYPE_MAX_LENGTH',
    ],
    [
      'a field value of 1,025',
      { embeds: [{ fields: [field('a', 'x'.repeat(1025))] }] },
      'embeds/0/fields/0/value/BASE_TYPE_MAX_LENGTH',
    ],
    [
      'an empty field value',
      { embeds: [{ fields: [field('a', ' ')] }] },
      'embeds/0/fields/0/value/BASE_TYPE_REQUIRED',
    ],
    [
      'a footer of 2,049',
      { embeds: [{ footer: { text: 'x'.repeat(2049) } }] },
      'embeds/0/footer/text/BASE_TYPE_MAX_LENGTH',
    ],
    [
      'a colour beyond white',
      { embeds: [{ title: 'x', color: 0x1000000 }] },
      'embeds/0/color/NUMBER_TYPE_MAX',
    ],
    [
      'a link that is none',
      { embeds: [{ title: 'x', url: 'nowhere' }] },
      'embeds/0/url/URL_TYPE_INVALID_URL',
    ],
    [
      '6,001 in all embeds',
      { embeds: Array(2).fill({ description: 'x'.repeat(3001) }) },
      'embeds/MAX_EMBED_SIZE_EXCEEDED',
    ],
    [
      '6 rows',
      { components: [...Array(6).keys()].map((n) => row(button(`${n}`))) },
      'components/BASE_TYPE_BAD_LENGTH',
    ],
    [
      '6 buttons',
      { components: [row(...[...Array(6).keys()].map((n) => button(`${n}`)))] },
      'components/0/components/BASE_TYPE_BAD_LENGTH',
    ],
    ['an empty row', { components: [row()] }, 'components/0/components/BASE_TYPE_BAD_LENGTH'],
    [
      'a long custom id',
      { components: [row(button('x'.repeat(101)))] },
      'components/0/components/0/custom_id/BASE_TYPE_BAD_LENGTH',
    ],
    [
      'a custom id twice',
      { components: [row(button('a'), button('a'))] },
      'components/0/components/1/custom_id/COMPONENT_CUSTOM_ID_DUPLICATED',
    ],
    [
      'a label of 81',
      { components: [row(button('a', { label: 'x'.repeat(81) }))] },
      'components/0/components/0/label/BASE_TYPE_MAX_LENGTH',
    ],
    ['a button outside of a row', { components: [button('a')] }, 'components/0/type/UNION_TYPE_CHOICES'],
    [
      'a select with 26 options',
      {
        components: [
          row({
            type: 3,
            custom_id: 's',
            options: [...Array(26).keys()].map((n) => ({ label: `${n}`, value: `${n}` })),
          }),
        ],
      },
      'components/0/components/0/options/BASE_TYPE_BAD_LENGTH',
    ],
    [
      'a reply to nothing',
      { content: 'x', message_reference: { message_id: '1' } },
      'message_reference/REPLIES_UNKNOWN_MESSAGE',
    ],
    [
      '101 users to tag',
      { content: 'x', allowed_mentions: { users: Array(101).fill('1') } },
      'allowed_mentions/users/BASE_TYPE_MAX_LENGTH',
    ],
    [
      'a bad id to tag',
      { content: 'x', allowed_mentions: { roles: ['@relayers'] } },
      'allowed_mentions/roles/0/NUMBER_TYPE_COERCE',
    ],
    ['a nonce of 26', { content: 'x', nonce: 'x'.repeat(26) }, 'nonce/BASE_TYPE_BAD_LENGTH'],
  ])('is refused with %s', async (_, body, where) => {
    expect(await codeOf(client.rest.post(`/channels/${channel.id}/messages`, { body }))).toBe(50035)
    const { response } = server.requests.at(-1)!
    const path = where.split('/')
    const code = path.pop()
    // biome-ignore lint/suspicious/noExplicitAny: a tree of unknown depth is walked
    const node = path.reduce((at: any, key) => at?.[key], (response as { errors: unknown }).errors)
    expect(response).toMatchObject({ message: 'Invalid Form Body' })
    expect(node?._errors?.[0]?.code, JSON.stringify(response)).toBe(code)
    expect(world.messages(channel.id)).toEqual([])
  })

  it.each([
    ['nothing', {}],
    ['spaces', { content: '  \n ' }],
    ['an embed that shows nothing', { embeds: [{ color: 5 }] }],
  ])('is refused when it has %s', async (_, body) => {
    expect(await codeOf(client.rest.post(`/channels/${channel.id}/messages`, { body }))).toBe(50006)
  })

  it('cannot be emptied, nor edited by another', async () => {
    const sent = await text.send('one')
    expect(await codeOf(sent.edit({ content: null as unknown as string }))).toBe(50006)
    const asked = world.say(ann.user.id, channel.id, 'hello')
    const path = `/channels/${channel.id}/messages/${asked.id}` as const
    expect(await codeOf(client.rest.patch(path, { body: { content: 'x' } }))).toBe(50005)
    expect(await codeOf(client.rest.delete(path))).toBe(50013)
  })

  it('is refused where the bot may not', async () => {
    const post = (body: object) => codeOf(client.rest.post(`/channels/${channel.id}/messages`, { body }))
    world.denyBot(channel.id, ['EMBED_LINKS'])
    expect(await post({ content: 'x' })).toBe('accepted')
    expect(await post({ embeds: [{ title: 'x' }] })).toBe(50013)
    world.denyBot(channel.id, ['SEND_MESSAGES'])
    expect(await post({ content: 'x' })).toBe(50013)
    world.denyBot(channel.id, ['READ_MESSAGE_HISTORY'])
    expect(await client.rest.get(`/channels/${channel.id}/messages`)).toEqual([])
    world.denyBot(channel.id, ['VIEW_CHANNEL'])
    expect(await post({ content: 'x' })).toBe(50001)
    world.deleteChannel(channel.id)
    expect(await post({ content: 'x' })).toBe(10003)
    expect(await codeOf(client.rest.post('/channels/here/messages', { body: { content: 'x' } }))).toBe(50035)
  })

  it.each([
    ['closed', 50007],
    ['no-mutual-guild', 50278],
    ['too-fast', 40003],
  ] as const)('to a user whose direct messages are %s is refused with %i', async (dm, code) => {
    const bob = world.addMember({ name: 'bob', dm })
    expect(await codeOf(client.users.send(bob.user.id, 'psst'))).toBe(code)
    expect(world.directMessages(bob.user.id)).toEqual([])
    await client.users.send(ann.user.id, 'psst')
    expect(world.directMessages(ann.user.id)).toMatchObject([{ content: 'psst' }])
  })
})

describe('the routes of the bot', () => {
  it('are limited only where that is asked for, and always say where they stand', async () => {
    await local.close()
    local = await startLocalDiscord({ botLimits: [{ count: 1, perMs: 1_000 }] })
    const get = () =>
      fetch(`${local.server.apiBase}/v10/users/@me`, {
        headers: { authorization: `Bot ${local.world.token}` },
      })
    const [first, second] = [await get(), await get()]
    expect([first.status, first.headers.get('x-ratelimit-remaining')]).toEqual([200, '0'])
    expect([second.status, await second.json()]).toMatchObject([429, { retry_after: 1 }])
    await local.clock.advance(1_000)
    expect((await get()).status).toBe(200)
  })
})

describe('a webhook', () => {
  let webhook: Webhook
  let url: string
  beforeEach(() => {
    webhook = world.createWebhook(channel.id)
    url = server.webhookUrl(webhook)
  })

  const send = (path: string, body: object, method = 'POST') =>
    fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  it('posts with and without waiting, edits, reads and deletes', async () => {
    const silent = await send('', { content: 'one' })
    expect([silent.status, await silent.text()]).toEqual([204, ''])
    const answered = await send('?wait=true', { content: 'two', username: 'Relayer' })
    const message = (await answered.json()) as { id: string }
    expect(message).toMatchObject({ content: 'two', webhook_id: webhook.id, author: { username: 'Relayer' } })
    expect((await send(`/messages/${message.id}`, { content: 'three' }, 'PATCH')).status).toBe(200)
    expect(await (await fetch(`${url}/messages/${message.id}`)).json()).toMatchObject({ content: 'three' })
    expect((await fetch(`${url}/messages/${message.id}`, { method: 'DELETE' })).status).toBe(204)
    expect(world.messages(channel.id).map((one) => one.content)).toEqual(['one'])
    expect(await (await fetch(url)).json()).toMatchObject({ id: webhook.id, application_id: null })
  })

  it('serves the versioned path as well, to the client of discord.js', async () => {
    const { id, token } = webhook
    const hook = new WebhookClient({ id, token }, { rest: { api: server.apiBase } })
    const sent = await hook.send({ content: 'x', files: [{ attachment: Buffer.from('png'), name: 'a.png' }] })
    await hook.editMessage(sent.id, 'y')
    expect(world.messages(channel.id)).toMatchObject([{ content: 'y', attachments: [{ filename: 'a.png' }] }])
    expect(server.requests.at(-1)).toMatchObject({
      path: '/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}',
      status: 200,
    })
    hook.destroy()
  })

  it('keeps buttons only when the application owns it', async () => {
    const link = { type: 2, style: 5, label: 'open', url: 'https://example.org' }
    const body = { content: 'x', components: [row(button('ack:41'), link)] }
    const componentsOf = async (path: string) => {
      expect((await send(`?wait=true${path}`, body)).status).toBe(200)
      return world.messages(channel.id).at(-1)!.components
    }
    expect(await componentsOf('')).toEqual([])
    expect(await componentsOf('&with_components=true')).toEqual([row(link)])
    const own = await text.createWebhook({ name: 'Alerts' })
    expect(world.webhooks.get(own.id)?.application_id).toBe(world.applicationId)
    const keep = new ActionRowBuilder<ButtonBuilder>().addComponents(
      new ButtonBuilder().setCustomId('ack:41').setLabel('I have it').setStyle(ButtonStyle.Primary),
    )
    await own.send({ content: 'y', components: [keep] })
    const last = world.messages(channel.id).at(-1)!
    const pressed = world.press(ann.user.id, last, 'ack:41')
    expect(pressed.payload).toMatchObject({
      type: 3,
      data: { custom_id: 'ack:41' },
      message: { id: last.id },
    })
  })

  it('is limited to 5 in 2 s and 30 in a minute, and says so', async () => {
    const first = await send('', { content: 'x' })
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'x-ratelimit-limit': '5',
      'x-ratelimit-remaining': '4',
      'x-ratelimit-reset': ((clock.now() + 2_000) / 1000).toFixed(3),
      'x-ratelimit-reset-after': '2.000',
      'x-ratelimit-bucket': expect.stringMatching(/^\w{32}$/),
    })
    for (let n = 0; n < 4; n++) await send('', { content: 'x' })
    await clock.advance(500)
    const refused = await send('', { content: 'x' })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '2'])
    expect(await refused.json()).toEqual({
      message: 'You are being rate limited.',
      retry_after: 1.5,
      global: false,
    })
    for (let burst = 0; burst < 5; burst++) {
      await clock.advance(2_000)
      for (let n = 0; n < 5; n++) expect((await send('', { content: 'x' })).status).toBe(204)
    }
    await clock.advance(2_000)
    const minute = await send('', { content: 'x' })
    expect(await minute.json()).toMatchObject({ retry_after: 47.5 })
    expect(world.messages(channel.id)).toHaveLength(30)
    expect(server.invalidRequests).toBe(2)
  })

  it('is gone for good, or has another token', async () => {
    const wrong = await fetch(`${url}x`, { method: 'POST' })
    expect([wrong.status, await wrong.json()]).toEqual([
      401,
      { message: 'Invalid Webhook Token', code: 50027 },
    ])
    world.deleteWebhook(webhook.id)
    const gone = await send('', { content: 'x' })
    expect([gone.status, await gone.json()]).toEqual([404, { message: 'Unknown Webhook', code: 10015 }])
  })

  it('refuses names that Discord keeps for itself, and bodies that are no JSON', async () => {
    expect(await (await send('', { content: 'x', username: 'My Discord' })).json()).toMatchObject({
      errors: { username: { _errors: [{ code: 'USERNAME_INVALID_CONTAINS' }] } },
    })
    const broken = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    })
    expect(await broken.json()).toMatchObject({ code: 50109 })
    const form = await fetch(url, { method: 'POST', body: 'content=x' })
    expect(await form.json()).toMatchObject({ code: 50035 })
  })

  it('breaks as it is told to', async () => {
    const { faults } = server
    faults.add('webhook', { kind: 'status', status: 500 }, { times: 2 })
    faults.add('webhook', { kind: 'rate-limit', retryAfterS: 0.25 })
    faults.add('webhook', { kind: 'status', status: 502 })
    faults.add('webhook', { kind: 'status', status: 404 })
    faults.add('webhook', { kind: 'answer', status: 413, body: '<html>' }, { holds: '"5"' })
    const statuses: unknown[] = []
    for (let n = 0; n < 7; n++) statuses.push((await send('', { content: `${n}` })).status)
    expect(statuses).toEqual([500, 500, 429, 502, 404, 413, 204])
    expect(server.requests.find((one) => one.status === 429)?.response).toMatchObject({ retry_after: 0.25 })
    expect(world.messages(channel.id).map((one) => one.content)).toEqual(['6'])
  })

  it('cuts or keeps silent, before and after it took the message', async () => {
    server.faults.add('webhook', { kind: 'reset' })
    server.faults.add('webhook', { kind: 'reset', afterAccept: true })
    server.faults.add('webhook', { kind: 'hang', afterAccept: true })
    await expect(send('', { content: 'lost' })).rejects.toThrow('fetch failed')
    await expect(send('', { content: 'taken' })).rejects.toThrow('fetch failed')
    const hanging = fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"content":"silent"}',
      signal: AbortSignal.timeout(50),
    })
    await expect(hanging).rejects.toThrow('timeout')
    expect(world.messages(channel.id).map((one) => one.content)).toEqual(['taken', 'silent'])
    expect(server.requests.slice(-3).map((one) => one.status)).toEqual([0, 0, 0])
  })

  it('fails at the doors that a fault names, and no others', async () => {
    server.faults.add(
      'bot',
      { kind: 'status', status: 503 },
      { times: Number.POSITIVE_INFINITY, method: 'POST' },
    )
    expect((await send('', { content: 'x' })).status).toBe(204)
    expect(await codeOf(text.send('x'))).toMatchObject({ status: 503 })
    expect(await codeOf(client.rest.get('/users/@me'))).toBe('accepted')
    server.faults.clear()
    expect(await codeOf(text.send('x'))).toBe('accepted')
  })
})

const description = process.env.DISCORD_OPENAPI
const validator = description ? loadDiscordOpenApi(description) : undefined

describe.skipIf(!validator)("Discord's own description", () => {
  it('finds nothing wrong with what discord.js sends, and something with what is wrong', async () => {
    await local.close()
    local = await startLocalDiscord({ strictSpec: validator })
    const connected = await local.connect()
    const room = connected.channels.cache.get(local.channel.id) as TextChannel
    const sent = await room.send({ content: 'x', files: [{ attachment: Buffer.from('{}'), name: 'a.json' }] })
    await sent.edit({ embeds: [{ title: 'x' }] })
    const hook = await room.createWebhook({ name: 'Alerts' })
    await hook.send('x')
    const commands = [{ name: 'data', description: 'x', defaultMemberPermissions: 32n }]
    await connected.application.commands.set(commands, local.world.guild.id)
    await connected.users.send(local.ann.user.id, 'psst')
    connected.on('interactionCreate', async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      await interaction.deferReply()
      await interaction.editReply('done')
    })
    await local.world.slash(local.world.guild.owner_id, local.channel.id, 'data').reply
    expect(local.server.violations).toEqual([])

    const body = { embeds: [{ title: 'x'.repeat(257) }] }
    expect(await codeOf(connected.rest.post(`/channels/${local.channel.id}/messages`, { body }))).toBe(50035)
    await codeOf(connected.rest.get('/no/such/route'))
    expect(local.server.violations.map((one) => one.problems)).toEqual([
      ['/embeds/0/title must NOT have more than 256 characters'],
      ['no such route here'],
    ])
  })

  it.each([
    ['POST', '/channels/{channel_id}/messages', { allowed_mentions: { users: ['ann'] } }],
    ['PATCH', '/channels/{channel_id}/messages/{message_id}', { embeds: 'none' }],
    ['POST', '/webhooks/{webhook_id}/{webhook_token}', { content: 'x'.repeat(2001) }],
    ['PATCH', '/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}', { content: 5 }],
    ['PATCH', '/webhooks/{webhook_id}/{webhook_token}/messages/@original', { embeds: Array(11).fill({}) }],
    [
      'POST',
      '/interactions/{interaction_id}/{interaction_token}/callback',
      { type: 4, data: { content: 5 } },
    ],
    ['PUT', '/applications/{application_id}/guilds/{guild_id}/commands', [{ name: '', description: 'x' }]],
    ['POST', '/users/@me/channels', { recipient_id: 'ann' }],
    ['POST', '/channels/{channel_id}/webhooks', {}],
    ['POST', '/no/such/path', {}],
  ])('finds what is wrong with %s %s', (method, path, body) => {
    expect(validator!({ method, path, body })).not.toEqual([])
  })
})
