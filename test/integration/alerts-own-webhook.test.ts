// Alerts into a channel, through the webhook that the bot finds or makes there, and the ways in which that is taken away.
import { REST } from 'discord.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { throughChannels } from '../../src/alerts/outbox/channels.ts'
import { commitNotices } from '../../src/alerts/outbox/commit.ts'
import { createDelivery, type Delivery } from '../../src/alerts/outbox/deliver.ts'
import { webhookUrls } from '../../src/alerts/webhooks.ts'
import { settingsOf } from '../../src/config/index.ts'
import { createChannels } from '../../src/discord/channels.ts'
import { createOwnWebhooks } from '../../src/discord/own-webhooks.ts'
import { MINUTE_MS } from '../../src/kernel/duration.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { type Database, openDatabase } from '../../src/storage/database.ts'
import { aMessage } from '../support/alerts.ts'
import { type LocalDiscord, startLocalDiscord } from '../support/discord.ts'

const WAY = 'DISCORD_WEBHOOK_URL'
/** The bot's role may do all but this. */
const MANAGE = ['MANAGE_WEBHOOKS'] as const

let local: LocalDiscord
let database: Database
let delivery: Delivery
let log: string[]
let detours: (string | null)[]
let number = 0

beforeEach(async () => {
  local = await startLocalDiscord()
  database = openDatabase(':memory:', { nowMs: local.clock.now() })
  log = []
  detours = []
})
afterEach(async () => {
  await delivery.stop()
  const rows = ['outbox', 'webhooks', 'bot_said'].flatMap((table) =>
    JSON.stringify(tables().includes(table) ? database.all(`SELECT * FROM ${table}`) : ''),
  )
  for (const { token } of local.world.webhooks.values()) expect(`${log.join('')}${rows}`).not.toContain(token)
  database.close()
  await local.close()
})
const tables = () => database.all<{ name: string }>('SELECT name FROM sqlite_master').map(({ name }) => name)

/** A process that alerts into the channel, as the app puts it together. */
async function start(channelId = local.channel.id, secret?: string, token = local.world.token) {
  await delivery?.stop()
  const settings = await settingsOf({ chains: ['osmosis'], alerts: { channel: channelId } })
  const { urls, around } = webhookUrls(settings, secret ? { [WAY]: secret } : {})
  const { clock, server } = local
  const logger = createLogger('trace', [], { write: (line) => void log.push(line) })
  const own = createOwnWebhooks({ token, apiBase: server.apiBase })
  const rest = new REST({ api: server.apiBase, retries: 0 }).setToken(local.world.token)
  const channels = createChannels(() => rest, logger)
  delivery = createDelivery({
    database,
    clock,
    logger,
    webhooks: urls,
    through: (send) =>
      throughChannels(send, { ...own, around, clock, detour: (_, why) => detours.push(why) }),
    readChannel: channels.read,
    sayInChannel: channels.say,
    random: () => 1,
  })
  delivery.start()
  await delivery.flush()
}

async function alarm(headline: string) {
  const message = aMessage(++number, {}, { headline, identity: `thing-${number}` })
  const nowMs = local.clock.now()
  database.tx(() => commitNotices(database, [message], () => [{ webhook: WAY, mention: [] }], nowMs))
  await delivery.flush()
}

async function passing(ms: number) {
  await local.clock.advance(ms)
  await delivery.flush()
}

const mine = () =>
  [...local.world.webhooks.values()].filter((one) => one.application_id === local.world.applicationId)
const posts = (channelId = local.channel.id) =>
  local.world
    .messages(channelId)
    .filter((one) => one.webhook_id)
    .map(({ content }) => content.split('\n')[0])
const said = () =>
  local.world.messages(local.channel.id).flatMap((one) => (one.webhook_id ? [] : one.content))

describe('the own webhook', () => {
  it('is made once, though posts and edits ask for it at the same time, and found again at the next start', async () => {
    await start()
    await Promise.all([alarm('one'), alarm('two')])
    expect(mine()).toMatchObject([{ name: 'ibc-monitor', channel_id: local.channel.id }])
    await start()
    await alarm('three')
    expect(mine()).toHaveLength(1)
    expect(posts()).toEqual(['one', 'two', 'three'])
    expect(detours).toEqual([null, null])
  })

  it('is known by its application, not by its name; of two the older is taken', async () => {
    local.world.createWebhook(local.channel.id, { name: 'ibc-monitor', applicationId: '123456789012345678' })
    local.world.createWebhook(local.channel.id, { name: 'ibc-monitor' })
    const older = local.world.createWebhook(local.channel.id, { applicationId: local.world.applicationId })
    local.world.createWebhook(local.channel.id, { applicationId: local.world.applicationId })
    await start()
    await alarm('one')
    expect(mine()).toHaveLength(2)
    expect(local.world.messages(local.channel.id)[0]!.webhook_id).toBe(older.id)
  })

  it('what a second bot says in the same words, through a webhook of its own, is not ours', async () => {
    const applicationId = '123456789012345678'
    const other = local.world.createWebhook(local.channel.id, { applicationId })
    await start()
    await alarm('one')
    local.server.faults.add('webhook', { kind: 'status', status: 502 }, { method: 'POST' })
    await alarm('two')
    const { payload } = database.one<{ payload: string }>('SELECT payload FROM outbox ORDER BY id DESC')!
    const headers = { 'content-type': 'application/json' }
    await fetch(local.server.webhookUrl(other), { method: 'POST', headers, body: payload })
    await passing(5000)
    expect(posts()).toEqual(['one', 'two', 'two'])
    expect(local.world.messages(local.channel.id).at(-1)!.application_id).toBe(local.world.applicationId)
  })

  it('that is deleted, gets another token or is moved while it runs is looked for again: nothing is lost', async () => {
    await start()
    await alarm('one')
    local.world.deleteWebhook(mine()[0]!.id)
    await alarm('two')
    mine()[0]!.token = `another-token-${'x'.repeat(40)}`
    await alarm('three')
    const elsewhere = local.world.addChannel('elsewhere').id
    mine()[0]!.channel_id = elsewhere
    await alarm('four')
    await alarm('five')
    expect(posts()).toEqual(['one', 'two', 'three', 'five'])
    expect(posts(elsewhere)).toEqual(['four'])
    expect(said()).toEqual([])
    expect(delivery.status().waiting).toBe(0)
  })

  it('writes into a thread, and into a post of a forum, through that of their channel', async () => {
    const forum = local.world.addChannel('forum', { type: 15 }).id
    for (const parentId of [local.channel.id, forum]) {
      const thread = local.world.addChannel('alerts', { parentId }).id
      await start(thread)
      await alarm('in a thread')
      expect(posts(thread)).toEqual(['in a thread'])
      expect(posts(parentId)).toEqual([])
    }
  })
})

describe('without a way around', () => {
  it('what cannot be delivered is said by the own account, with what mends it; then the webhook goes on', async () => {
    local.world.denyBot(local.channel.id, MANAGE)
    await start()
    await alarm('one')
    expect(delivery.status()).toMatchObject({ waiting: 1 })
    await passing(6 * MINUTE_MS)
    expect(posts()).toEqual([])
    expect(said().join()).toContain('the bot lacks Manage Webhooks. Give')
    await expect.poll(() => said().at(-1)).toContain('one')
    local.world.denyBot(local.channel.id, [])
    await passing(6 * MINUTE_MS)
    await expect.poll(() => delivery.status().waiting).toBe(0)
    // What is there goes on without the right.
    local.world.denyBot(local.channel.id, MANAGE)
    await alarm('two')
    expect(posts().at(-1)).toBe('two')
  })

  it.each([
    ['500', { kind: 'status', status: 500 }],
    ['a page of something else', { kind: 'answer', status: 200, body: '<html>' }],
    ['its ban', { kind: 'ban', retryAfterS: 30 }],
  ] as const)('a Discord that is down at the start with %s is waited for', async (_, fault) => {
    local.server.faults.add('any', fault, { times: Number.POSITIVE_INFINITY })
    await start()
    await alarm('one')
    local.server.faults.clear()
    await passing(6 * MINUTE_MS)
    expect(posts()).toEqual(['one'])
  })

  it.each([
    [2, true],
    [4, false],
    [13, true],
    [15, false],
  ] as const)('a channel of type %i takes alerts: %s', async (type, taken) => {
    const { id } = local.world.addChannel('other', { type })
    await start(id)
    await alarm('one')
    expect(posts(id)).toEqual(taken ? ['one'] : [])
    if (!taken) expect(delivery.status().webhooks[0]!.lastError).toMatch(/it is a .*\. Name a text channel/)
    expect(mine()).toHaveLength(taken ? 1 : 0)
  })

  it.each(['no channel', 'full', 'hidden', 'no token', 'no 2FA'] as const)(
    'says what is wrong: %s',
    async (what) => {
      if (what === 'full') for (let n = 0; n < 15; n++) local.world.createWebhook(local.channel.id)
      if (what === 'hidden') local.world.denyBot(local.channel.id, ['VIEW_CHANNEL'])
      const body = { code: 60003, message: 'Two factor is required for this operation' }
      if (what === 'no 2FA')
        local.server.faults.add('bot', { kind: 'answer', status: 403, body }, { times: 9, method: 'POST' })
      await start(
        what === 'no channel' ? '123456789012345678' : undefined,
        undefined,
        what === 'no token' ? 'a-token-of-nobody' : undefined,
      )
      await alarm('one')
      expect(delivery.status()).toMatchObject({ waiting: 1 })
      const error = delivery.status().webhooks[0]!.lastError
      expect(error).toContain(
        {
          'no channel': 'there is no such channel. Correct its id',
          full: 'as many as Discord allows. Delete one',
          hidden: 'the bot may not see it. Give',
          'no 2FA': 'Discord refuses it: 403 Two factor is required for this operation (60003). Look',
          'no token': 'refuses the token of the bot. Copy',
        }[what],
      )
    },
  )
})

describe('the way around', () => {
  it('is used and said where the bot may not manage webhooks, until it may; edits find what went there', async () => {
    const around = local.world.createWebhook(local.world.addChannel('old').id)
    local.world.denyBot(local.channel.id, MANAGE)
    await start(undefined, local.server.webhookUrl(around))
    await alarm('one')
    await alarm('two')
    expect(posts(around.channel_id)).toEqual(['one', 'two'])
    expect(detours).toEqual([expect.stringContaining('lacks Manage Webhooks. Give')])
    local.world.denyBot(local.channel.id, [])
    await passing(2 * MINUTE_MS)
    await alarm('three')
    expect(posts()).toEqual(['three'])
    expect(detours).toHaveLength(2)
    expect(detours[1]).toBeNull()
    const over = aMessage(number - 1, { kind: 'resolved', level: 'ok' }, { headline: 'is over' })
    const nowMs = local.clock.now()
    database.tx(() => commitNotices(database, [over], () => [{ webhook: WAY, mention: [] }], nowMs))
    await delivery.flush()
    expect(posts(around.channel_id)[1]).toMatch(/over.*two/)
  })

  it('is used, without a word, while Discord does not tell', async () => {
    const around = local.world.createWebhook(local.channel.id)
    local.server.faults.add('bot', { kind: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY })
    await start(undefined, local.server.webhookUrl(around))
    await alarm('one')
    expect([posts(), detours]).toEqual([['one'], []])
  })

  it('that is gone itself loses nothing', async () => {
    const around = local.world.createWebhook(local.channel.id)
    local.world.denyBot(local.channel.id, MANAGE)
    await start(undefined, local.server.webhookUrl(around))
    local.world.deleteWebhook(around.id)
    await alarm('one')
    expect(delivery.status().waiting).toBe(1)
    local.world.denyBot(local.channel.id, [])
    await passing(10 * MINUTE_MS)
    expect(posts()).toEqual(['one'])
  })
})

it('a stop does not wait for a Discord that never answers', async () => {
  local.server.faults.add('bot', { kind: 'hang' }, { times: Number.POSITIVE_INFINITY })
  const starting = start()
  const message = aMessage(++number, {}, { headline: 'one', identity: 'thing' })
  const nowMs = local.clock.now()
  database.tx(() => commitNotices(database, [message], () => [{ webhook: WAY, mention: [] }], nowMs))
  delivery.kick()
  await expect.poll(() => database.one<{ n: number }>('SELECT sum(attempts) AS n FROM outbox')?.n).toBe(1)
  const stopped = delivery.stop(100)
  await local.clock.advance(200)
  await Promise.all([stopped, starting])
  expect(delivery.status().waiting).toBe(1)
})
