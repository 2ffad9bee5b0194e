// What is known of each webhook: its channel, and whether it is gone, which is said once by the bot's own account.
import { z } from 'zod'
import type { Clock } from '../../kernel/clock.ts'
import type { Logger } from '../../kernel/logger.ts'
import { type Send, webhookUrl } from './send.ts'
import type { createWebhookStore, WebhookRow } from './store.ts'

const UNKNOWN_WEBHOOK = 10015

const webhookSchema = z.looseObject({
  id: z.string(),
  channel_id: z.string().nullish(),
  application_id: z.string().nullish(),
})
const errorSchema = z.looseObject({ code: z.number().optional(), message: z.string().optional() })

interface Named {
  name: string
  url: string
}

export interface WebhookWatch {
  /**
   * What is known of it, after asking the webhook itself, once, where it belongs.
   * @throws when it cannot be asked now and its channel is not known from before
   */
  locate(webhook: Named): Promise<WebhookRow>
  /** It accepted something. */
  works(webhook: Named, channelId: string | null): void
  /** It refused for good. Said in the log and in the channel once per change; in the channel until that works. */
  gone(webhook: Named, reason: string): void
  /** Resolves when no webhook is being asked any more. */
  idle(): Promise<void>
}

export function createWebhookWatch(deps: {
  known: ReturnType<typeof createWebhookStore>
  clock: Clock
  logger: Logger
  send: Send
  signal: AbortSignal
  say?: (channelId: string, text: string) => Promise<boolean>
}): WebhookWatch {
  const { known, clock, logger, send, signal, say } = deps
  const located = new Map<string, Promise<void>>()
  const saying = new Set<string>()

  async function ask({ name, url }: Named): Promise<void> {
    const { status, body } = await send({ method: 'GET', url: webhookUrl(url, null), signal })
    if (status === 429 || status >= 500) throw new Error(`${name} answered ${status}`)
    const webhook = status === 200 ? webhookSchema.safeParse(body).data : undefined
    if (webhook) {
      const change = { webhookId: webhook.id, applicationId: webhook.application_id ?? null }
      known.update(name, webhook.channel_id ? { ...change, channelId: webhook.channel_id } : change)
    }
    const error = errorSchema.safeParse(body).data ?? {}
    if (status === 401 || (status === 404 && error.code === UNKNOWN_WEBHOOK)) {
      gone({ name, url }, `${status} ${error.message ?? ''}`.trim())
    }
  }

  function gone({ name }: Named, reason: string): void {
    let row = known.get(name)
    if (row.goneSinceMs === null) {
      row = known.update(name, { goneSinceMs: clock.now(), goneReason: reason, goneSaidMs: null })
      logger.error(
        { webhook: name, reason },
        `the webhook does not work any more: alerts wait, none is lost. Make a new one, set ${name} to its URL and restart`,
      )
    }
    if (!say || row.goneSaidMs !== null || row.channelId === null || saying.has(name)) return
    const text =
      `⚠️ The webhook that I alert through (\`${name}\`) does not work any more: ${reason}. My alerts wait, none is ` +
      `lost. Make a new webhook for this channel, set \`${name}\` to its URL and restart me.`
    saying.add(name)
    void say(row.channelId, text)
      .then((said) => {
        if (said && !signal.aborted) known.update(name, { goneSaidMs: clock.now() })
      })
      .catch((error) => logger.warn({ webhook: name, err: error }, 'the channel could not be told'))
      .finally(() => saying.delete(name))
  }

  return {
    gone,
    async locate(webhook) {
      const { name, url } = webhook
      // Another URL under the same name is another webhook, with another channel.
      const id = /\/webhooks\/(\d+)\//.exec(url)?.[1] ?? null
      const before = known.get(name)
      if (id !== null && before.webhookId !== id) {
        known.update(name, {
          webhookId: id,
          channelId: null,
          applicationId: null,
          goneSinceMs: null,
          goneReason: null,
          goneSaidMs: null,
        })
      }
      const asked = located.get(name) ?? ask(webhook)
      located.set(name, asked)
      try {
        await asked
      } catch (error) {
        located.delete(name)
        if (signal.aborted || known.get(name).channelId === null) throw error
      }
      return known.get(name)
    },
    async idle() {
      await Promise.allSettled([...located.values()])
    },
    works({ name }, channelId) {
      const before = known.get(name)
      if (before.goneSinceMs !== null) logger.info({ webhook: name }, 'the webhook works again')
      const works = { lastOkMs: clock.now(), goneSinceMs: null, goneReason: null, goneSaidMs: null }
      known.update(name, channelId === null ? works : { ...works, channelId })
    },
  }
}
