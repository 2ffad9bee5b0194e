// From a committed notice to a message in the channel: real SQLite, real HTTP, a clock moved by hand.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { step } from '../../src/alerts/life.ts'
import { commitNotices } from '../../src/alerts/outbox/commit.ts'
import { createDelivery, type Delivery, type DeliveryDeps } from '../../src/alerts/outbox/deliver.ts'
import { createSend, type Send, SendError, type WebhookAnswer } from '../../src/alerts/outbox/send.ts'
import { createOutbox, createWebhookStore } from '../../src/alerts/outbox/store.ts'
import { createAlertStore } from '../../src/alerts/store.ts'
import type { Message, Observation } from '../../src/alerts/types.ts'
import { DAY_MS, MINUTE_MS } from '../../src/kernel/duration.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { type Database, openDatabase } from '../../src/storage/database.ts'
import { aMessage, seen, T0 } from '../support/alerts.ts'
import { startWebhookServer } from '../support/webhook-server.ts'

let server: Awaited<ReturnType<typeof startWebhookServer>>
let database: Database
let clock: ManualClock
let delivery: Delivery
let log: { level: number; msg: string; [key: string]: unknown }[]
const MAIN = 'DISCORD_WEBHOOK_URL'

beforeEach(async () => {
  server = await startWebhookServer()
  clock = new ManualClock(T0)
  database = openDatabase(':memory:', { nowMs: T0 })
  log = []
  delivery = deliver()
})

afterEach(async () => {
  await stop()
  database.close()
  await server.close()
})

function deliver(more: Partial<DeliveryDeps> = {}): Delivery {
  const logger = createLogger('debug', [], { write: (line) => void log.push(JSON.parse(line)) })
  const webhooks = { [MAIN]: server.url() }
  return createDelivery({ database, clock, logger, webhooks, random: () => 1, ...more })
}

/** Ends without waiting for what is in flight. */
async function stop() {
  const stopped = delivery.stop(0)
  await clock.advance(0)
  await stopped
}

/** Another process on the same database: what the last one had in flight is lost with it. */
async function restart(more: Partial<DeliveryDeps> = {}) {
  await stop()
  delivery = deliver(more)
  delivery.start()
  await delivery.flush()
}

/** One observation of one thing, as a sweep would make it: state and notices in one transaction. */
function observe(
  thing: number,
  level: Observation['level'],
  more: Partial<Observation> = {},
  about: Partial<Message> = {},
) {
  const alerts = createAlertStore(database)
  const identity = `ibc:osmosis-1/07-tendermint-${thing}`
  database.tx(() => {
    const before = alerts.loadState(identity)
    const { after, notices } = step(
      before,
      seen(level, more),
      { remindEveryMs: DAY_MS },
      clock.now(),
      alerts.allocateId,
    )
    alerts.saveState(identity, after, clock.now())
    commit(notices.map((notice) => worded(thing, notice, about)))
  })
}

function worded(thing: number, notice: Message['notice'], about: Partial<Message>): Message {
  const over = notice.kind === 'resolved' || notice.kind === 'recovered'
  return {
    ...aMessage(notice.alertId, notice, {
      identity: `ibc:osmosis-1/07-tendermint-${thing}`,
      headline: over ? `🟢 ${thing} is well` : `🟡 ${notice.level} ${thing}`,
      ...(over ? { embed: null } : {}),
    }),
    ...about,
    notice,
  }
}

const commit = (messages: Message[]) =>
  database.tx(() =>
    commitNotices(database, messages, ({ mention }) => [{ webhook: MAIN, mention }], clock.now()),
  )

describe('delivery', () => {
  it('posts in order, with wait, and keeps the id and the channel', async () => {
    observe(1, 'warning')
    observe(2, 'critical')
    await delivery.flush()
    expect(server.contents()).toEqual(['🟡 warning 1 <@&100>', '🟡 critical 2 <@&100>'])
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(
      Array(2).fill('POST /webhooks/900/secret-token-900?wait=true'),
    )
    expect(createOutbox(database).row(1)).toMatchObject({
      deliveredMs: T0,
      messageId: '5001',
      sendingMs: null,
    })
    expect(createWebhookStore(database).get(MAIN)).toMatchObject({ channelId: '777', lastOkMs: T0 })
    expect(delivery.status()).toMatchObject({ waiting: 0, oldestMs: null })
  })

  it('sends nothing of a transaction that was rolled back', async () => {
    expect(() =>
      database.tx(() => {
        observe(1, 'warning')
        throw new Error('the disk is full')
      }),
    ).toThrow('the disk is full')
    await delivery.flush()
    expect(server.requests).toEqual([])
    observe(1, 'warning')
    await delivery.flush()
    expect(server.messages.size).toBe(1)
  })

  it('edits the first message when it is over, and says so in one line', async () => {
    observe(1, 'warning')
    await delivery.flush()
    observe(1, 'critical')
    observe(1, 'ok')
    await delivery.flush()
    expect(server.contents()).toEqual(['🟢 over: 🟡 warning 1', '🟢 1 is well #1'])
    expect(server.channel()[0]!.embeds[0]).toMatchObject({ title: '🟢 1 is well', color: 0x95a5a6 })
    expect(server.requests.at(-1)!.method).toBe('PATCH')
    expect(server.requests.at(-1)!.body.allowed_mentions).toEqual({ parse: [], roles: [], users: [] })
  })

  it('marks the alerts of a storm one by one', async () => {
    const storm = [1, 2].map((id) => aMessage(id, {}, { identity: `thing ${id}` }))
    commit(storm)
    await delivery.flush()
    for (const id of [1, 2]) {
      const over = aMessage(
        id,
        { kind: 'resolved', level: 'ok' },
        { identity: `thing ${id}`, headline: `🟢 ${id}`, embed: null },
      )
      commit([over])
      await delivery.flush()
      const first = server.contents()[0]!.split('\n')
      expect(first[0]).toBe(id === 1 ? '🟡 2 warning on Osmosis <@&100>' : '🟢 over: 🟡 2 warning on Osmosis')
      expect(first[id]).toMatch(/^🟢 ~~.*~~$/)
    }
  })

  it('goes to every webhook of the route, each with its own mention and its own queue', async () => {
    await stop()
    delivery = deliver({ webhooks: { A: server.url('1'), B: server.url('2') } })
    const send = (id: number) => {
      const destinations = [
        { webhook: 'A', mention: ['<@&1>'] },
        { webhook: 'B', mention: [] },
      ]
      database.tx(() =>
        commitNotices(database, [aMessage(id, {}, { identity: `${id}` })], () => destinations, T0),
      )
    }
    send(1)
    server.fail({ status: 503 })
    await delivery.flush()
    send(2)
    await delivery.flush()
    expect(server.messages.size).toBe(2)
    await clock.advance(1000)
    await delivery.flush()
    for (const [id, tagged] of [
      ['1', true],
      ['2', false],
    ] as const) {
      const own = server.channel().filter(({ webhookId }) => webhookId === id)
      expect(own.map(({ content }) => content)).toEqual(
        [1, 2].map((n) => `🟡 warning: Osmosis 07-tendermint-${n}${tagged ? ' <@&1>' : ''}`),
      )
    }
  })
})

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
    delivery = deliver({ webhooks: { [MAIN]: 'http://127.0.0.1:1/webhooks/900/secret-token-900' } })
    observe(1, 'warning')
    delivery.start()
    await delivery.flush()
    expect(delivery.status().webhooks[0]!.lastError).toMatch(/ECONNREFUSED/)
    expect(log.some(({ msg }) => msg === 'not delivered yet')).toBe(true)
    expect(JSON.stringify(log)).not.toContain('secret-token')
  })
})

describe('a webhook that is gone', () => {
  it('is said once in the log and in the channel, keeps the notices and is tried every 10 minutes', async () => {
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
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(
      /^777: ⚠️ The webhook that I alert through \(`DISCORD_WEBHOOK_URL`\) does not work any more: 404 Unknown Webhook/,
    )
    expect(log.filter(({ level }) => level === 50)).toHaveLength(1)
    expect(server.requests).toHaveLength(5)
    expect(delivery.status()).toMatchObject({
      waiting: 1,
      oldestMs: T0,
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
    await restart({ sayInChannel: async () => ++heard > 0 })
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

  it('leaves what waits for a name that is not configured any more, and says so', async () => {
    observe(1, 'warning')
    await restart({ webhooks: {} })
    expect(log.find(({ level }) => level === 50)).toMatchObject({ webhook: MAIN, waiting: 1 })
    expect(delivery.status().webhooks).toMatchObject([
      { name: MAIN, waiting: 1, lastError: 'not in the configuration' },
    ])
  })
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
  await expect.poll(() => said).toEqual([expect.stringMatching(/^777: .*takes nothing.*thread_id/)])
})

it('writes into the thread that the URL names, and looks there', async () => {
  const looked: string[] = []
  server.fail({ status: 502 })
  await restart({
    webhooks: { [MAIN]: `${server.url()}?thread_id=4711` },
    readChannel: async (channel) => {
      looked.push(channel)
      return []
    },
  })
  observe(1, 'warning')
  await delivery.flush()
  await clock.advance(1000)
  await delivery.flush()
  expect(looked).toEqual(['4711'])
  expect(server.requests.map(({ path }) => path)).toEqual(
    Array(2).fill('/webhooks/900/secret-token-900?thread_id=4711&wait=true'),
  )
})

it('a damaged row is logged, set aside and blocks nothing', async () => {
  observe(1, 'warning')
  observe(2, 'warning')
  database.sql.exec(`UPDATE outbox SET messages = '[{"headline":1}]' WHERE id = 1`)
  await delivery.flush()
  expect(server.contents()).toEqual(['🟡 warning 2 <@&100>'])
  expect(log.find(({ level }) => level === 50)).toMatchObject({ row: 1 })
  expect(delivery.status().waiting).toBe(0)
})

describe('what is over before it is sent', () => {
  /** The webhook fails while things go on, and works again afterwards. */
  async function outage(story: () => void) {
    server.fail({ status: 503 })
    commit([aMessage(900, {}, { identity: 'the first in the queue', headline: 'first' })])
    await delivery.flush()
    story()
    await delivery.flush()
    await clock.advance(5 * MINUTE_MS)
    await delivery.flush()
    return server.contents().slice(1)
  }

  it('shrinks to one line without a mention', async () => {
    expect(
      await outage(() => {
        observe(1, 'warning')
        observe(1, 'critical')
        observe(1, 'ok')
      }),
    ).toEqual(['🟢 1 is well #1'])
    expect(delivery.status().waiting).toBe(0)
  })

  it('is told once, at its present level', async () => {
    expect(
      await outage(() => {
        observe(1, 'warning')
        observe(1, 'critical')
        observe(2, 'critical')
        observe(2, 'warning')
      }),
    ).toEqual(['🟡 critical 1 <@&100>', '🟡 critical 2 <@&100>'])
  })

  it('keeps the telling of a level to which it has come back', async () => {
    expect(
      await outage(() => {
        observe(1, 'warning')
        observe(1, 'critical')
        observe(1, 'warning')
      }),
    ).toEqual(['🟡 warning 1 <@&100>'])
  })

  it('is taken out of a storm, whose first line is made anew', async () => {
    const storm = [1, 2, 3].map((id) => aMessage(id, {}, { identity: `ibc:osmosis-1/07-tendermint-${id}` }))
    const contents = await outage(() => {
      for (const id of [1, 2, 3]) observe(id, 'warning', {}, { group: null, headline: 'never sent' })
      database.sql.exec("UPDATE outbox SET superseded_ms = 1 WHERE messages LIKE '%never sent%'")
      commit(storm)
      observe(2, 'ok')
    })
    expect(contents[0]!.split('\n')).toEqual([
      '🟡 2 warning on Osmosis <@&100>',
      '🟡 warning: Osmosis 07-tendermint-1 #1',
      '🟡 warning: Osmosis 07-tendermint-3 #3',
    ])
    expect(contents.slice(1)).toEqual(['🟢 2 is well #2'])
  })

  it('leaves the mention to the next post of the storm when the first is empty', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => index + 1)
    const contents = await outage(() => {
      const alerts = createAlertStore(database)
      for (const id of ids) {
        const { after } = step(null, seen('warning'), { remindEveryMs: DAY_MS }, T0, () => id)
        alerts.saveState(`ibc:osmosis-1/07-tendermint-${id}`, after, T0)
      }
      commit(ids.map((id) => aMessage(id)))
      for (const id of ids.slice(0, 10)) observe(id, 'ok')
    })
    expect(contents[0]!.split('\n')).toEqual([
      '🟡 2 warning on Osmosis <@&100>',
      '🟡 warning: Osmosis 07-tendermint-11 #11',
      '🟡 warning: Osmosis 07-tendermint-12 #12',
    ])
    expect(contents).toHaveLength(11)
  })

  it('counts only what is still so in the line of the first look', async () => {
    const contents = await outage(() => {
      const alerts = createAlertStore(database)
      const quiet = [1, 2, 3].map((id) => {
        const { after, notices } = step(
          null,
          seen('expired', { first: true }),
          { remindEveryMs: 1 },
          T0,
          alerts.allocateId,
        )
        alerts.saveState(`ibc:osmosis-1/07-tendermint-${id}`, after, T0)
        return worded(id, notices[0]!, {})
      })
      commit(quiet)
      observe(2, 'ok')
    })
    expect(contents).toEqual([
      '⚪ First look at Osmosis: 2 clients are expired already; not alarmed. (#1, #3)',
      '🟢 2 is well #2',
    ])
  })
})

describe('a process that dies', () => {
  const reads = () => {
    const calls: [string, number][] = []
    const readChannel = async (channel: string, sinceMs: number) => {
      calls.push([channel, sinceMs])
      return server.channel()
    }
    return { calls, readChannel }
  }

  it('between the commit and the sending: sent after the start', async () => {
    observe(1, 'warning')
    await restart()
    expect(server.messages.size).toBe(1)
  })

  it.each([
    ['before Discord accepts', false],
    ['after Discord accepted', true],
  ])('%s: told once, as the channel can be read', async (_, accepts) => {
    server.fail({ how: 'hang', accepts })
    observe(1, 'warning')
    delivery.kick()
    await expect.poll(() => server.requests.length).toBe(1)
    const { calls, readChannel } = reads()
    await restart({ readChannel })
    expect(server.contents()).toEqual(['🟡 warning 1 <@&100>'])
    expect(calls).toEqual([['777', T0 - 10 * MINUTE_MS]])
    observe(1, 'ok')
    await delivery.flush()
    expect(server.contents()).toEqual(['🟢 over: 🟡 warning 1', '🟢 1 is well #1'])
  })

  it('after Discord accepted, and the channel cannot be read: told twice rather than not', async () => {
    server.fail({ how: 'hang', accepts: true })
    observe(1, 'warning')
    delivery.kick()
    await expect.poll(() => server.requests.length).toBe(1)
    await restart({ readChannel: async () => null })
    expect(server.messages.size).toBe(2)
  })

  it('waits while the channel is not readable for the moment, 10 minutes at most', async () => {
    server.fail({ how: 'hang', accepts: true })
    observe(1, 'warning')
    delivery.kick()
    await expect.poll(() => server.requests.length).toBe(1)
    let works = false
    await restart({
      readChannel: async () => {
        if (!works) throw new Error('503')
        return server.channel()
      },
    })
    await clock.advance(MINUTE_MS)
    await delivery.flush()
    expect(server.messages.size).toBe(1)
    works = true
    await clock.advance(5 * MINUTE_MS)
    await delivery.flush()
    expect(server.messages.size).toBe(1)
    expect(delivery.status().waiting).toBe(0)
  })

  it('does not wait for ever for the channel', async () => {
    server.fail({ how: 'hang' })
    observe(1, 'warning')
    delivery.kick()
    await expect.poll(() => server.requests.length).toBe(1)
    await restart({ readChannel: () => Promise.reject(new Error('503')) })
    for (let i = 0; i < 8; i++) {
      await clock.advance(2 * MINUTE_MS)
      await delivery.flush()
    }
    expect(server.messages.size).toBe(1)
  })

  it.each<[string, () => Promise<WebhookAnswer>]>([
    ['429', async () => ({ status: 429, headers: {}, body: { retry_after: 60 } })],
    ['407', async () => ({ status: 407, headers: {}, body: '<html>' })],
    ['gone', async () => ({ status: 404, headers: {}, body: { code: 10015 } })],
    ['unreachable', () => Promise.reject(new SendError('ECONNREFUSED', 'no'))],
  ])('stays in doubt over attempts that were certainly not accepted: %s', async (_, answer) => {
    server.fail({ how: 'hang', accepts: true })
    observe(1, 'warning')
    delivery.kick()
    await expect.poll(() => server.requests.length).toBe(1)
    let works = false
    let posts = 0
    const real = createSend(10_000)
    const send: Send = (request) => {
      if (works || request.method === 'GET') return real.send(request)
      posts++
      return answer()
    }
    const readChannel = async () => (works ? server.channel() : Promise.reject(new Error('503')))
    await restart({ send, readChannel })
    for (let i = 0; i < 15; i++) {
      await clock.advance(2 * MINUTE_MS)
      await delivery.flush()
    }
    expect(posts).toBeGreaterThan(1)
    works = true
    await clock.advance(10 * MINUTE_MS)
    await delivery.flush()
    expect(server.messages.size).toBe(1)
    expect(delivery.status().waiting).toBe(0)
    await real.close()
  })

  it('does not take an older message with the same words for this one', async () => {
    const words = { headline: 'the same words', embed: null, group: null }
    commit([aMessage(1, {}, { identity: 'a', ...words })])
    await delivery.flush()
    server.fail({ how: 'hang' })
    commit([aMessage(1, { kind: 'reminder' }, { identity: 'a', ...words })])
    delivery.kick()
    await expect.poll(() => server.requests.length).toBe(2)
    await restart({ readChannel: reads().readChannel })
    expect(server.messages.size).toBe(2)
  })

  it.each([
    ['a reset', { how: 'reset' as const }],
    ['a 502 after the fact', { status: 502 }],
    ['a 200 whose body breaks off', { status: 200, how: 'cut' as const }],
  ])('is not needed for doubt: after %s the channel is read too', async (_, fault) => {
    await restart({ readChannel: reads().readChannel })
    server.fail({ ...fault, accepts: true })
    observe(1, 'warning')
    await delivery.flush()
    await clock.advance(1000)
    await delivery.flush()
    expect(server.messages.size).toBe(1)
    expect(delivery.status().waiting).toBe(0)
  })

  it('a time-out is such a doubt', async () => {
    await restart({ readChannel: reads().readChannel, timeoutMs: 100 })
    server.fail({ how: 'hang', accepts: true })
    observe(1, 'warning')
    await delivery.flush()
    expect(delivery.status().webhooks[0]!.lastError).toBe('no answer within 0.1 s')
    await clock.advance(1100)
    await delivery.flush()
    expect(server.messages.size).toBe(1)
    expect(delivery.status().waiting).toBe(0)
  })

  it('a message that arrives only after the time-out is not told twice', async () => {
    const real = createSend(10_000)
    const timeoutMs = 10_000
    let posts = 0
    const send: Send = async (request) => {
      if (request.method !== 'POST' || ++posts > 1) return real.send(request)
      clock.at(clock.now() + 8000, () => void real.send(request))
      throw new SendError('no answer within 10 s', 'perhaps', { lateMs: timeoutMs })
    }
    await restart({ send, readChannel: reads().readChannel })
    observe(1, 'warning')
    observe(2, 'warning')
    await delivery.flush()
    for (let i = 0; i < 15; i++) {
      await clock.advance(1000)
      await expect.poll(() => server.requests.length).toBe(server.messages.size)
      await delivery.flush()
    }
    expect(server.contents().sort()).toEqual(['🟡 warning 1 <@&100>', '🟡 warning 2 <@&100>'])
    expect(delivery.status().waiting).toBe(0)
    await real.close()
  })

  it('a request that nobody answers in time says for how long it may still arrive', async () => {
    const { send, close } = createSend(50)
    server.fail({ how: 'hang' })
    const sent = send({ method: 'POST', url: server.url(), body: {} })
    await expect(sent).rejects.toMatchObject({ arrived: 'perhaps', lateMs: 50 })
    server.fail({ how: 'reset' })
    await expect(send({ method: 'POST', url: server.url(), body: {} })).rejects.toMatchObject({ lateMs: 0 })
    await close()
  })
})

describe('stopping', () => {
  it('lets what is in flight be answered', async () => {
    const release = server.hold()
    observe(1, 'warning')
    observe(2, 'warning')
    delivery.kick()
    await expect.poll(() => server.requests.length).toBe(1)
    const stopped = delivery.stop()
    release()
    await stopped
    expect(createOutbox(database).row(1)!.deliveredMs).toBe(T0)
    expect(createOutbox(database).row(2)).toMatchObject({ deliveredMs: null, attempts: 0 })
  })

  it('does not wait for an answer, or for a channel, longer than it may', async () => {
    server.fail({ how: 'hang' })
    observe(1, 'warning')
    delivery.kick()
    await expect.poll(() => server.requests.length).toBe(1)
    const stopped = delivery.stop(5000)
    await clock.advance(5000)
    await stopped
    expect(createOutbox(database).row(1)).toMatchObject({ deliveredMs: null, sendingMs: T0 })
    delivery = deliver({ readChannel: () => new Promise(() => {}) })
    delivery.start()
    const again = delivery.stop(5000)
    await clock.advance(5000)
    await again
  })
})

it('keeps what is told in the file: a restart of the whole program goes on', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'alerts-'))
  try {
    await stop()
    database.close()
    database = openDatabase(directory, { nowMs: T0 })
    observe(1, 'warning')
    database.close()
    database = openDatabase(directory, { nowMs: T0 })
    expect(createAlertStore(database).openAlerts()).toMatchObject([
      { identity: 'ibc:osmosis-1/07-tendermint-1', state: { alertId: 1 } },
    ])
    delivery = deliver()
    delivery.start()
    await delivery.flush()
    expect(server.messages.size).toBe(1)
    await stop()
  } finally {
    database.close()
    rmSync(directory, { recursive: true })
  }
})
