// What fails on the way to a webhook, how often it is tried, and a webhook that is gone.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commitNotices } from '../../src/alerts/outbox/commit.ts'
import { createWebhookStore } from '../../src/alerts/outbox/store.ts'
import type { Message } from '../../src/alerts/types.ts'
import { MINUTE_MS } from '../../src/kernel/duration.ts'
import { aMessage, T0 } from '../support/alerts.ts'
import {
  clock,
  database,
  deliverBy,
  delivery,
  log,
  MAIN,
  observe,
  restart,
  server,
  setUp,
  stop,
  tearDown,
  worded,
} from '../support/alerts-delivery.ts'

beforeEach(setUp)
afterEach(tearDown)

describe('what fails', () => {
  it.each([
    ['503', { status: 503 }],
    ['HTML', { status: 502, body: '<html>' }],
    ['a reset', { how: 'reset' as const }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
  ])('three times %s: waits longer each time, then delivers', async (_, fault) => {
    server.fail(fault, fault, fault)
    observe(1, 'warning')
    await delivery.flush()
    for (const [waitMs, requests] of [
      [1000, 2],
      [2000, 3],
      [4000, 4],
    ] as const) {
      await clock.advance(waitMs - 1)
      await delivery.flush()
      expect(server.requests).toHaveLength(requests - 1)
      await clock.advance(1)
      await delivery.flush()
      expect(server.requests).toHaveLength(requests)
    }
    expect(server.contents()).toEqual(['🟡 warning 1 <@&100>'])
  })

  it('never gives up, and waits 5 minutes at most', async () => {
    server.fail(...Array(30).fill({ status: 500 }))
    observe(1, 'warning')
    for (let i = 0; i < 31; i++) {
      await delivery.flush()
      await clock.advance(5 * MINUTE_MS)
    }
    await delivery.flush()
    expect(server.messages.size).toBe(1)
  })

  it.each([
    ['body', { body: { retry_after: 1.5 } }, 1500],
    ['X-RateLimit-Reset-After', { headers: { 'x-ratelimit-reset-after': '0.75' } }, 750],
    ['Retry-After', { headers: { 'retry-after': '2' }, body: '<html>' }, 2000],
  ])('429: waits as long as the %s asks, in seconds', async (_, how, waitMs) => {
    server.fail({ status: 429, ...how })
    observe(1, 'warning')
    await delivery.flush()
    await clock.advance(waitMs - 1)
    await delivery.flush()
    expect(server.requests).toHaveLength(1)
    await clock.advance(1)
    await delivery.flush()
    expect(server.messages.size).toBe(1)
  })

  it('pauses by itself when nothing remains', async () => {
    server.fail({
      status: 200,
      body: { id: '1', channel_id: '777' },
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '1.2' },
      accepts: true,
    })
    observe(1, 'warning')
    observe(2, 'warning')
    await delivery.flush()
    expect(server.requests).toHaveLength(1)
    await clock.advance(1200)
    await delivery.flush()
    expect(server.requests).toHaveLength(2)
  })

  it('400 is our bug: logged with the payload, said without the details, and the next one goes on', async () => {
    server.fail({ status: 400, body: { code: 50035, message: 'Invalid Form Body' } })
    observe(1, 'warning')
    observe(2, 'warning')
    await delivery.flush()
    expect(server.contents()).toEqual(['🟡 warning 1 <@&100>', '🟡 warning 2 <@&100>'])
    expect(server.channel().map(({ embeds }) => embeds.length)).toEqual([0, 1])
    const bug = log.find(({ level }) => level === 50)!
    expect(bug).toMatchObject({
      reason: '400 Invalid Form Body (50035)',
      payload: { content: '🟡 warning 1 <@&100>' },
    })
  })

  it('400 twice: holds up nobody, and is tried again', async () => {
    const invalid = { status: 400, body: { code: 50035, message: 'Invalid Form Body' } }
    server.fail(invalid, invalid)
    observe(1, 'warning')
    observe(2, 'warning')
    await delivery.flush()
    expect(server.contents()).toEqual(['🟡 warning 2 <@&100>'])
    expect(delivery.status()).toMatchObject({
      waiting: 1,
      webhooks: [{ lastError: '400 Invalid Form Body (50035)' }],
    })
    await clock.advance(1000)
    await delivery.flush()
    expect(server.contents()).toEqual(['🟡 warning 2 <@&100>', '🟡 warning 1 <@&100>'])
  })

  it('an edit of a message that somebody deleted is dropped', async () => {
    observe(1, 'warning')
    await delivery.flush()
    server.messages.clear()
    observe(1, 'ok')
    observe(2, 'warning')
    await delivery.flush()
    expect(server.contents()).toEqual(['🟢 1 is well #1', '🟡 warning 2 <@&100>'])
    expect(delivery.status().waiting).toBe(0)
  })

  it('says nothing about the webhook URL in the log', async () => {
    await stop()
    deliverBy({ webhooks: { [MAIN]: 'http://127.0.0.1:1/webhooks/900/secret-token-900' } })
    observe(1, 'warning')
    delivery.start()
    await delivery.flush()
    expect(delivery.status().webhooks[0]!.lastError).toMatch(/ECONNREFUSED/)
    expect(log.some(({ msg }) => msg === 'not delivered yet')).toBe(true)
    expect(JSON.stringify(log)).not.toContain('secret-token')
  })
})

describe('a webhook that is gone', () => {
  it('is said once in the log and in the channel, with what waits, and is tried every 10 minutes', async () => {
    const said: string[] = []
    await restart({ sayInChannel: async (channel, text) => said.push(`${channel}: ${text}`) > 0 })
    observe(1, 'warning')
    await delivery.flush()
    server.exists = false
    observe(2, 'warning')
    await delivery.flush()
    for (let i = 0; i < 3; i++) {
      await clock.advance(10 * MINUTE_MS)
      await delivery.flush()
    }
    expect(said).toHaveLength(2)
    expect(said[1]).toBe('777: 🟡 warning 2 #2 <@&100>')
    expect(said[0]).toMatch(
      /^777: ⚠️ The webhook that I alert through \(`DISCORD_WEBHOOK_URL`\) does not work any more: 404 Unknown Webhook/,
    )
    expect(log.filter(({ level }) => level === 50)).toHaveLength(1)
    expect(server.requests).toHaveLength(5)
    expect(delivery.status()).toMatchObject({
      waiting: 1,
      webhooks: [{ name: MAIN, goneSinceMs: T0, goneReason: '404 Unknown Webhook (10015)' }],
    })
    server.exists = true
    await clock.advance(10 * MINUTE_MS)
    await delivery.flush()
    expect(server.messages.size).toBe(2)
    expect(delivery.status().webhooks[0]).toMatchObject({ goneSinceMs: null, waiting: 0 })
  })

  it('is said again until the bot could say it, over restarts, but the log says it once', async () => {
    await restart()
    await expect.poll(() => createWebhookStore(database).get(MAIN).channelId).toBe('777')
    let heard = 0
    server.exists = false
    observe(1, 'warning')
    await restart({ sayInChannel: async () => false })
    await restart({ sayInChannel: async (_, text) => /does not work/.test(text) && ++heard > 0 })
    await clock.advance(10 * MINUTE_MS)
    await delivery.flush()
    expect(heard).toBe(1)
    expect(log.filter(({ level }) => level === 50)).toHaveLength(1)
  })

  it('is forgotten when the name gets another URL', async () => {
    server.exists = false
    observe(1, 'warning')
    await delivery.flush()
    server.exists = true
    await restart({ webhooks: { [MAIN]: server.url('901') } })
    expect(createWebhookStore(database).get(MAIN)).toMatchObject({ webhookId: '901', goneSinceMs: null })
    expect(server.messages.size).toBe(1)
  })

  it('leaves what waits for it where there is no other, and says so', async () => {
    observe(1, 'warning')
    await restart({ webhooks: {} })
    expect(log.find(({ level }) => level === 50)).toMatchObject({ webhook: MAIN, waiting: 1 })
    expect(delivery.status().webhooks).toMatchObject([
      { name: MAIN, waiting: 1, lastError: 'not in the configuration' },
    ])
  })
})

it('what waits for a route that leaves the configuration goes to the default webhook; its edits go nowhere', async () => {
  await restart({ webhooks: { [MAIN]: server.url(), ROUTE: server.url('901') } })
  const tell = (...messages: Message[]) =>
    database.tx(() =>
      commitNotices(database, messages, () => [{ webhook: 'ROUTE', mention: ['<@&200>'] }], clock.now()),
    )
  tell(worded(1, aMessage(1).notice, {}))
  await delivery.flush()
  server.exists = false
  tell(worded(2, aMessage(2).notice, {}), worded(3, aMessage(3).notice, { group: null }))
  tell(worded(1, aMessage(1, { kind: 'resolved', level: 'ok' }).notice, {}))
  await delivery.flush()
  server.exists = true
  await restart()
  expect(server.channel().map(({ content, webhookId }) => `${webhookId}: ${content}`)).toEqual([
    '901: 🟡 warning 1 <@&200>',
    '900: 🟡 warning 2 <@&200>',
    '900: 🟡 warning 3 <@&200>',
    '900: 🟢 1 is well #1',
  ])
  expect(delivery.status()).toMatchObject({ waiting: 0, webhooks: [{ name: MAIN }] })
})

it('says that nothing is taken also where the webhook could not be asked at first', async () => {
  const said: string[] = []
  server.answersGet = false
  await restart({ sayInChannel: async (channel, text) => said.push(`${channel}: ${text}`) > 0 })
  server.fail(...Array(20).fill({ status: 400, body: { code: 220001 } }))
  observe(1, 'warning')
  await delivery.flush()
  await clock.advance(MINUTE_MS)
  server.answersGet = true
  for (let i = 0; i < 6; i++) {
    await delivery.flush()
    await clock.advance(MINUTE_MS)
  }
  await expect.poll(() => said[0]).toMatch(/^777: .*takes nothing.*thread_id/)
})
