// Asks a webhook what it is: whose, and where it writes. Nothing is written there.
import { z } from 'zod'
import { messageOf } from '../kernel/errors.ts'
import { createSend, type Send, webhookUrl } from './outbox/send.ts'
import { discordError, isGone } from './outbox/verdict.ts'

const orNull = z.string().nullable().default(null)
const webhook = z
  .object({ id: z.string(), name: orNull, channel_id: orNull, guild_id: orNull, application_id: orNull })
  .transform((read) => ({
    name: read.name ?? '',
    channelId: read.channel_id,
    guildId: read.guild_id,
    /** Null: a person made it. */
    applicationId: read.application_id,
  }))

/** With the thread that its URL names. */
export type WebhookFacts = z.output<typeof webhook> & { threadId: string | null }

/** What it is, or why that is not known; `code` is Discord's own. */
export type AskedWebhook =
  | { ok: true; value: WebhookFacts }
  | { ok: false; status: number | null; code: number | null; reason: string }

export async function askWebhook(send: Send, url: string): Promise<AskedWebhook> {
  try {
    const { status, body } = await send({ method: 'GET', url: webhookUrl(url, null) })
    if (status !== 200) {
      const { code = null, message } = discordError(body) ?? {}
      return { ok: false, status, code, reason: message ? `${status} ${message}` : String(status) }
    }
    const value = webhook.safeParse(body).data
    return value
      ? { ok: true, value: { ...value, threadId: new URL(url).searchParams.get('thread_id') } }
      : { ok: false, status, code: null, reason: 'the answer is not that of a webhook' }
  } catch (error) {
    return { ok: false, status: null, code: null, reason: messageOf(error) }
  }
}

/**
 * The id of its server; null where Discord says that the webhook is gone, or tells none.
 * @throws when it cannot be asked now
 */
export async function webhookGuild(url: string, timeoutMs = 10_000): Promise<string | null> {
  const { send, close } = createSend(timeoutMs)
  const asked = await askWebhook(send, url).finally(close)
  if (asked.ok) return asked.value.guildId
  if (asked.code !== null && isGone(asked.code)) return null
  throw new Error(asked.reason)
}
