// The local Discord’s messages: what it accepts, refuses and limits, as Discord does.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { codeOf } from '../support/discord.ts'
import {
  ann,
  button,
  channel,
  client,
  clock,
  local,
  row,
  server,
  setUp,
  startWith,
  text,
  world,
} from '../support/sandbox-messages.ts'

beforeEach(() => setUp())
afterEach(() => local.close())
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
    await startWith({ botLimits: [{ count: 1, perMs: 1_000 }] })
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
