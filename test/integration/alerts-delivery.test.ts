// From a committed notice to a message in the channel: order, edits, threads, a damaged row, stopping, a restart.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commitNotices } from '../../src/alerts/outbox/commit.ts'
import { createOutbox, createWebhookStore } from '../../src/alerts/outbox/store.ts'
import { createAlertStore } from '../../src/alerts/store.ts'
import { aMessage, T0 } from '../support/alerts.ts'
import {
  clock,
  commit,
  database,
  deliverBy,
  delivery,
  log,
  MAIN,
  observe,
  openAt,
  restart,
  server,
  setUp,
  stop,
  tearDown,
} from '../support/alerts-delivery.ts'

beforeEach(setUp)
afterEach(tearDown)

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
    expect(delivery.status()).toMatchObject({ waiting: 0 })
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
    // Whoever only waits begins nothing: else nobody sees what was forgotten.
    await delivery.idle()
    expect(server.messages.size).toBe(0)
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
    deliverBy({ webhooks: { A: server.url('1'), B: server.url('2') } })
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
  // And where the bot's own account speaks when the thread is gone.
  expect(looked).toEqual(['4711', '777'])
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
    deliverBy({ readChannel: () => new Promise(() => {}) })
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
    openAt(directory)
    observe(1, 'warning')
    database.close()
    openAt(directory)
    expect(createAlertStore(database).openAlerts()).toMatchObject([
      { identity: 'ibc:osmosis-1/07-tendermint-1', state: { alertId: 1 } },
    ])
    deliverBy()
    delivery.start()
    await delivery.flush()
    expect(server.messages.size).toBe(1)
    await stop()
  } finally {
    database.close()
    rmSync(directory, { recursive: true })
  }
})
