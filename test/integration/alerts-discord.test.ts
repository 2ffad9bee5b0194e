// The delivery against the local Discord, which refuses what Discord refuses, limits as it does and can be read back.
import { REST } from 'discord.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commitNotices } from '../../src/alerts/outbox/commit.ts'
import { createDelivery, type Delivery } from '../../src/alerts/outbox/deliver.ts'
import { createWebhookStore } from '../../src/alerts/outbox/store.ts'
import type { Message } from '../../src/alerts/types.ts'
import { createChannels } from '../../src/discord/channels.ts'
import { MINUTE_MS } from '../../src/kernel/duration.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { type Database, openDatabase } from '../../src/storage/database.ts'
import { aMessage } from '../support/alerts.ts'
import { type LocalDiscord, startLocalDiscord } from '../support/discord.ts'

const NAME = 'DISCORD_WEBHOOK_URL'

let discord: LocalDiscord
let database: Database
let delivery: Delivery
let statuses: number[]
let webhookId: string

beforeEach(async () => {
  discord = await startLocalDiscord()
  database = openDatabase(':memory:', { nowMs: discord.clock.now() })
  statuses = []
  discord.server.onRequest(({ method, path, status }) => {
    if (method !== 'GET' && path.startsWith('/webhooks/')) statuses.push(status)
  })
  const webhook = discord.world.createWebhook(discord.channel.id)
  webhookId = webhook.id
  const logger = createLogger('silent')
  const rest = new REST({ api: discord.server.apiBase, retries: 0 }).setToken(discord.world.token)
  const channels = createChannels(() => rest, logger)
  delivery = createDelivery({
    database,
    clock: discord.clock,
    logger,
    webhooks: { [NAME]: discord.server.webhookUrl(webhook) },
    readChannel: channels.read,
    sayInChannel: channels.say,
    timeoutMs: 500,
    random: () => 1,
  })
  delivery.start()
  await expect.poll(() => createWebhookStore(database).get(NAME).channelId).toBe(discord.channel.id)
})

afterEach(async () => {
  await delivery.stop()
  database.close()
  await discord.close()
})

const commit = (...messages: Message[]) =>
  database.transaction(() =>
    commitNotices(database, messages, ({ mention }) => [{ webhook: NAME, mention }], discord.clock.now()),
  )

const channel = () => discord.world.messages(discord.channel.id)

async function passing(ms: number) {
  await discord.clock.advance(ms)
  await delivery.flush()
}

describe('the delivery and Discord', () => {
  it('stays under the rate limit by itself, and tells all of it in order', async () => {
    const ids = Array.from({ length: 18 }, (_, index) => index + 1)
    for (const id of ids) commit(aMessage(id, {}, { group: null, identity: `${id}` }))
    await delivery.flush()
    for (let i = 0; i < 6; i++) await passing(2000)
    expect(channel().map(({ content }) => content.match(/tendermint-(\d+)/)![1])).toEqual(ids.map(String))
    expect(statuses).toEqual(ids.map(() => 200))
  })

  it('has storms and their edits accepted, and pings each once', async () => {
    const role = discord.world.addRole('relayers')
    const long = 'channel-0, '.repeat(2000)
    const storm = Array.from({ length: 25 }, (_, index) =>
      aMessage(
        index + 1,
        {},
        {
          headline: `🟡 ${index + 1} ${long}`,
          embed: { title: long, description: long, fields: [{ name: long, value: long }] },
          mention: [`<@&${role.id}>`, `<@${discord.ann.user.id}>`],
        },
      ),
    )
    commit(...storm)
    await delivery.flush()
    for (let i = 0; i < 50; i++) await passing(2000)
    const pinged = channel().flatMap(({ mention_roles, mentions }) => [
      ...mention_roles,
      ...mentions.map(({ id }) => id),
    ])
    expect(pinged).toEqual([role.id, discord.ann.user.id])
    commit(
      ...storm.map(({ notice: { alertId } }) =>
        aMessage(alertId, { kind: 'resolved', level: 'ok' }, { embed: null }),
      ),
    )
    await delivery.flush()
    for (let i = 0; i < 50; i++) await passing(2000)
    expect(delivery.status().waiting).toBe(0)
    expect(statuses.filter((status) => status !== 200)).toEqual([])
    const alarms = channel().filter(({ embeds }) => embeds.length > 0)
    expect(alarms.flatMap(({ embeds }) => embeds)).toHaveLength(25)
    expect(alarms.every(({ content }) => content.startsWith('🟢 over: '))).toBe(true)
  })

  it.each([
    ['resets', { kind: 'reset' as const, afterAccept: true }],
    ['hangs', { kind: 'hang' as const, afterAccept: true }],
    ['answers 502', { kind: 'status' as const, status: 502, afterAccept: true }],
  ])('is not told twice when the connection %s after it was accepted', async (_, fault) => {
    discord.server.faults.add('webhook', fault, { method: 'POST' })
    commit(aMessage(1))
    await delivery.flush()
    expect(delivery.status().waiting).toBe(1)
    await passing(1000)
    expect(channel()).toHaveLength(1)
    expect(delivery.status().waiting).toBe(0)
  })

  it('three failures first, then it is told', async () => {
    discord.server.faults.add('webhook', { kind: 'status', status: 503 }, { times: 3 })
    commit(aMessage(1))
    await delivery.flush()
    for (const waitMs of [1000, 2000, 4000]) await passing(waitMs)
    expect(channel()).toHaveLength(1)
  })

  it('obeys a rate limit and the ban of an address', async () => {
    discord.server.faults.add('webhook', { kind: 'rate-limit', retryAfterS: 3.5 })
    discord.server.faults.add('webhook', { kind: 'ban', retryAfterS: 600 })
    commit(aMessage(1))
    await delivery.flush()
    await passing(3499)
    expect(statuses).toEqual([429])
    await passing(1)
    await passing(599_999)
    expect(statuses).toEqual([429, 429])
    await passing(1)
    expect(channel()).toHaveLength(1)
  })

  it('says by the bot’s own account that the webhook is gone', async () => {
    discord.world.deleteWebhook(webhookId)
    commit(aMessage(1))
    await delivery.flush()
    await expect
      .poll(() => channel().map(({ content }) => content))
      .toEqual([
        expect.stringContaining(
          'The webhook that I alert through (`DISCORD_WEBHOOK_URL`) does not work any more',
        ),
      ])
    await passing(30 * MINUTE_MS)
    expect(channel()).toHaveLength(1)
    expect(delivery.status()).toMatchObject({
      waiting: 1,
      webhooks: [{ goneReason: '404 Unknown Webhook (10015)' }],
    })
  })
})
