// Asks a webhook which server it writes into.
import { z } from 'zod'
import { createSend, webhookUrl } from './outbox/send.ts'

/** Answers of whatever stands between us and Discord, or that pass. */
const NOT_NOW = [403, 407, 408, 425, 429]

const webhook = z.object({ id: z.string(), guild_id: z.string().nullish() })

/**
 * The id of the server; null where the webhook is gone or tells none.
 * @throws when it cannot be asked now
 */
export async function webhookGuild(url: string, timeoutMs = 10_000): Promise<string | null> {
  const { send, close } = createSend(timeoutMs)
  try {
    const { status, body } = await send({ method: 'GET', url: webhookUrl(url, null) })
    if (NOT_NOW.includes(status) || status >= 500) throw new Error(`it answered ${status}`)
    if (status !== 200) return null
    const read = webhook.safeParse(body)
    if (!read.success) throw new Error('its answer is not that of a webhook')
    return read.data.guild_id ?? null
  } finally {
    await close()
  }
}
