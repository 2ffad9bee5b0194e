// Asks a webhook which server it writes into.
import { z } from 'zod'
import { createSend, webhookUrl } from './outbox/send.ts'
import { judgeAnswer } from './outbox/verdict.ts'

const webhookSchema = z.object({ id: z.string(), guild_id: z.string().nullish() })

/**
 * The id of the server; null where Discord says that the webhook is gone, or tells none.
 * @throws when it cannot be asked now
 */
export async function webhookGuild(url: string, timeoutMs = 10_000): Promise<string | null> {
  const { send, close } = createSend(timeoutMs)
  try {
    const answer = await send({ method: 'GET', url: webhookUrl(url, null) })
    const webhook = answer.status === 200 ? webhookSchema.safeParse(answer.body).data : undefined
    if (webhook) return webhook.guild_id ?? null
    const verdict = judgeAnswer(answer)
    if (verdict.kind === 'gone') return null
    throw new Error('reason' in verdict ? verdict.reason : `it answered ${answer.status}`)
  } finally {
    await close()
  }
}
