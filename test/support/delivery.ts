// The delivery of a database in memory against the local Discord, on a clock moved by hand.
import { REST } from 'discord.js'
import { expect } from 'vitest'
import { commitNotices } from '../../src/alerts/outbox/commit.ts'
import { createDelivery, type DeliveryDeps } from '../../src/alerts/outbox/deliver.ts'
import { createWebhookStore } from '../../src/alerts/outbox/store.ts'
import type { Message } from '../../src/alerts/types.ts'
import { createChannels } from '../../src/discord/channels.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { startLocalDiscord } from './discord.ts'

/** The name of the only webhook. */
export const WEBHOOK = 'DISCORD_WEBHOOK_URL'

export type DiscordDelivery = Awaited<ReturnType<typeof startDiscordDelivery>>

/** Starts a local Discord and a delivery to one webhook of it, which knows its channel already. */
export async function startDiscordDelivery() {
  const discord = await startLocalDiscord()
  const database = openDatabase(':memory:', { nowMs: discord.clock.now() })
  const webhook = discord.world.createWebhook(discord.channel.id)
  const log: { level: number; msg: string; [key: string]: unknown }[] = []
  const logger = createLogger('debug', [], { write: (line) => void log.push(JSON.parse(line)) })
  const rest = new REST({ api: discord.server.apiBase, retries: 0 }).setToken(discord.world.token)
  const channels = createChannels(() => rest, logger)
  const more: Partial<DeliveryDeps> = {}
  const make = (timeoutMs = 30_000) =>
    createDelivery({
      database,
      clock: discord.clock,
      logger,
      webhooks: { [WEBHOOK]: discord.server.webhookUrl(webhook) },
      readChannel: channels.read,
      sayInChannel: channels.say,
      timeoutMs,
      random: () => 1,
      ...more,
    })
  let delivery = make()
  delivery.start()
  await expect.poll(() => createWebhookStore(database).get(WEBHOOK).channelId).toBe(discord.channel.id)

  return {
    discord,
    database,
    webhook,
    log,
    /** What the next process is made with besides. */
    more,
    faults: discord.server.faults,
    /** The bot's own account. */
    channels,
    get delivery() {
      return delivery
    },
    commit: (...messages: Message[]) =>
      database.tx(() =>
        commitNotices(
          database,
          messages,
          ({ mention }) => [{ webhook: WEBHOOK, mention }],
          discord.clock.now(),
        ),
      ),
    /** Lets time pass, and waits for what does not wait for the clock. */
    async passing(ms: number) {
      await discord.clock.advance(ms)
      await delivery.flush()
    },
    /** What the webhook said, as it stands in the channel now. */
    posts: () => discord.world.messages(discord.channel.id).filter((one) => one.webhook_id === webhook.id),
    /** What the bot's own account said there. */
    said: () =>
      discord.world
        .messages(discord.channel.id)
        .filter(({ author }) => author.id === discord.world.bot.id)
        .map(({ content }) => content),
    /** The status of every POST and PATCH to the webhook. */
    statuses: (method?: 'POST' | 'PATCH') =>
      discord.server.requests
        .filter((one) => one.path.startsWith('/webhooks/') && one.method !== 'GET')
        .filter((one) => method === undefined || one.method === method)
        .map(({ status }) => status),
    /** Another process on the same database. It waits long for an answer, unless something is to hang. */
    async restart(timeoutMs?: number) {
      await delivery.stop()
      delivery = make(timeoutMs)
      delivery.start()
      await delivery.flush()
    },
    async close() {
      await delivery.stop()
      database.close()
      await discord.close()
    },
  }
}
