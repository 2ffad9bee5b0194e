// What is known of each webhook: its channel, and whether it takes what is sent; where not, the bot's own account says so.
import { z } from 'zod'
import type { SayInChannel } from '../../discord/command.ts'
import type { Clock } from '../../kernel/clock.ts'
import { MINUTE_MS } from '../../kernel/duration.ts'
import type { Logger } from '../../kernel/logger.ts'
import { channelIdOf } from './channels.ts'
import { type Send, webhookUrl } from './send.ts'
import type { createWebhookStore, WebhookRow } from './store.ts'
import { judgeAnswer } from './verdict.ts'

/** After so long without anything accepted it is said. */
const LASTS_MS = 5 * MINUTE_MS

const webhookSchema = z.looseObject({
  id: z.string(),
  channel_id: z.string().nullish(),
  application_id: z.string().nullish(),
})

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
  /**
   * It did not accept something: for good (`gone`), or this time. Said in the log and in the channel once per change,
   * at once when it is gone, else when that lasts; in the channel until that works.
   */
  fails(webhook: Named, reason: string, gone: boolean): void
  /** Says something in the webhook's channel, by the bot's own account; false where it could not be said. */
  tell(webhook: Named, text: string): Promise<boolean>
  /** Resolves when no webhook is being asked any more. */
  idle(): Promise<void>
}

export function createWebhookWatch(deps: {
  known: ReturnType<typeof createWebhookStore>
  clock: Clock
  logger: Logger
  send: Send
  signal: AbortSignal
  later: (ms: number, run: () => void) => () => void
  say?: SayInChannel
}): WebhookWatch {
  const { known, clock, logger, send, signal, later } = deps
  const say = deps.say ?? (async () => false)
  const located = new Map<string, Promise<void>>()
  const failing = new Map<string, { reason: string; lasts: boolean; cancel: () => void }>()
  const saying = new Set<string>()

  async function ask({ name, url }: Named): Promise<void> {
    const ownChannelId = channelIdOf(url)
    // Which webhook it is there may change while we run.
    if (ownChannelId !== null) return void known.update(name, { webhookId: null, channelId: ownChannelId })
    const answer = await send({ method: 'GET', url: webhookUrl(url, null), signal })
    const verdict = judgeAnswer(answer)
    const webhook = answer.status === 200 ? webhookSchema.safeParse(answer.body).data : undefined
    if (webhook) {
      const change = { webhookId: webhook.id, applicationId: webhook.application_id ?? null }
      // Its messages stand in the thread that the URL names.
      const channelId = new URL(url).searchParams.get('thread_id') ?? webhook.channel_id
      known.update(name, channelId ? { ...change, channelId } : change)
    } else if (verdict.kind === 'gone') fails({ name, url }, verdict.reason, true)
    else throw new Error(`${name} answered ${answer.status}`)
  }

  async function locate(webhook: Named): Promise<WebhookRow> {
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
        saidMs: null,
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
  }

  function fails(webhook: Named, reason: string, gone: boolean): void {
    const { name } = webhook
    const { goneSinceMs } = known.get(name)
    if (gone && goneSinceMs === null) {
      known.update(name, { goneSinceMs: clock.now(), goneReason: reason, saidMs: null })
      logger.error(
        { webhook: name, reason },
        `the webhook does not work any more: alerts wait, none is lost. Make a new one, set ${name} to its URL and restart`,
      )
    }
    const since = failing.get(name)
    if (gone || goneSinceMs !== null) {
      since?.cancel()
      failing.delete(name)
    } else if (since) since.reason = reason
    else failing.set(name, { reason, lasts: false, cancel: later(LASTS_MS, () => lasts(webhook)) })
    if (gone || goneSinceMs !== null || since?.lasts) announce(webhook)
  }

  function lasts(webhook: Named): void {
    const { name } = webhook
    const one = failing.get(name)!
    one.lasts = true
    logger.error(
      { webhook: name, reason: one.reason },
      'the webhook takes nothing: alerts wait, none is lost, and they are tried again',
    )
    announce(webhook)
  }

  /** Says what is wrong with a webhook, unless that was said. */
  function announce(webhook: Named): void {
    const { name } = webhook
    const row = known.get(name)
    if (row.saidMs !== null || saying.has(name)) return
    const text = outageText(webhook, row, failing.get(name)?.reason ?? null)
    saying.add(name)
    void tell(webhook, `⚠️ ${text}`)
      .then((said) => {
        if (said && !signal.aborted) known.update(name, { saidMs: clock.now() })
      })
      .catch((error) => logger.warn({ webhook: name, err: error }, 'that it was said could not be noted'))
      .finally(() => saying.delete(name))
  }

  async function tell(webhook: Named, text: string): Promise<boolean> {
    try {
      const channelId = known.get(webhook.name).channelId ?? (await locate(webhook)).channelId
      return channelId !== null && (await say(channelId, text))
    } catch (error) {
      logger.warn({ webhook: webhook.name, err: error }, 'the channel could not be told')
      return false
    }
  }

  return {
    fails,
    tell,
    locate,
    async idle() {
      await Promise.allSettled([...located.values()])
    },
    works({ name }, channelId) {
      const row = known.get(name)
      failing.get(name)?.cancel()
      if (row.goneSinceMs !== null || failing.get(name)?.lasts)
        logger.info({ webhook: name }, 'the webhook works again')
      failing.delete(name)
      known.update(name, {
        channelId: channelId ?? row.channelId,
        lastOkMs: clock.now(),
        goneSinceMs: null,
        goneReason: null,
        saidMs: null,
      })
    },
  }
}

/** What is wrong with a webhook, for its channel; `reason` where it is not gone. */
function outageText(
  { name, url }: Named,
  { goneSinceMs, goneReason }: WebhookRow,
  reason: string | null,
): string {
  const way =
    channelIdOf(url) === null
      ? `The webhook that I alert through (\`${name}\`)`
      : 'The webhook of my own that I alert through'
  return goneSinceMs === null
    ? `${way} takes nothing at the moment: ${reason}. My alerts wait, none is lost, and I go on trying.`
    : `${way} does not work any more: ${goneReason}. My alerts wait, none is lost. Make a new webhook for this channel, set \`${name}\` to its URL and restart me.`
}
