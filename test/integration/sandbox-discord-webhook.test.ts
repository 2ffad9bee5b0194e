// The local Discord’s webhooks: what they accept, refuse, limit and break.
import { ActionRowBuilder, ButtonBuilder, ButtonStyle, WebhookClient } from 'discord.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Webhook } from '../../sandbox/discord/types.ts'
import { restAgent } from '../../src/discord/rest-agent.ts'
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
  text,
  world,
} from '../support/sandbox-messages.ts'

beforeEach(() => setUp())
afterEach(() => local.close())

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
    const hook = new WebhookClient({ id, token }, { rest: { api: server.apiBase, agent: restAgent() } })
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
