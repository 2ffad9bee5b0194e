// What is known of each webhook: its channel, and whether it takes what is sent; where not, the bot's own account says so.
import { z } from 'zod'
import type { SayInChannel } from '../../discord/command.ts'
import type { Clock } from '../../kernel/clock.ts'
import { MINUTE_MS } from '../../kernel/duration.ts'
import type { Logger } from '../../kernel/logger.ts'
import { FROM_STANDBY } from '../payload.ts'
import { channelIdOf } from './channels.ts'
import { type Send, webhookUrl } from './send.ts'
import { type createWebhookStore, type WebhookRow, WORKS } from './store.ts'
import { judgeAnswer } from './verdict.ts'

const webhookSchema = z.looseObject({
  id: z.string(),
  channel_id: z.string().nullish(),
})

interface Named {
  name: string
  url: string
}

/** `isAbsent`: what was said under this nonce before was looked for since, and does not stand where it may. */
type Said = Parameters<SayInChannel>[2] & { isAbsent?: boolean }

export interface WebhookWatch {
  /**
   * What is known of it, after asking the webhook itself, once, where it belongs; its channel, too, where its messages
   * stand in a thread.
   * @throws when it cannot be asked now and its channel is not known from before
   */
  locate(webhook: Named): Promise<WebhookRow & { parentId: string | null }>
  /** It accepted something. */
  works(webhook: Named, channelId: string | null): void
  /**
   * It did not accept something: for good (`gone`), or this time, and nothing since `sinceMs` (Unix ms). Said in the log
   * and in the channel once per change, at once when it is gone, else when that `lasts`; in the channel until it works.
   */
  fails(webhook: Named, reason: string, gone: boolean, sinceMs: number): void
  /** Since when it has accepted nothing, Unix ms; null: it works, or was not tried yet. */
  failsSince(name: string): number | null
  /** Nothing waits for it: whether it works is not known. */
  isUntried(webhook: Named): void
  /** It has failed for long: that is said. */
  lasts(webhook: Named): Promise<void>
  /**
   * Says something by the bot's own account: in `fallbackChannel`, where the webhook's messages stand, in its channel, or,
   * tagging nobody, in another webhook's. False where it could not be said, or nobody knows.
   */
  tell(webhook: Named, text: string, how?: Said): Promise<boolean>
  /** Resolves when no webhook is being asked any more. */
  idle(): Promise<void>
}

export function createWebhookWatch(
  deps: TellDeps & {
    send: Send
    signal: AbortSignal
    /** How many posts wait for a webhook. */
    waiting: (name: string) => number
  },
): WebhookWatch {
  const { known, clock, logger, send, signal } = deps
  const tell = createTell({ ...deps, locate })
  const located = new Map<string, Promise<void>>()
  const parents = new Map<string, string>()
  const failing = new Map<string, { sinceMs: number; reason: string; lasts: boolean }>()
  const saying = new Set<string>()

  async function ask({ name, url }: Named): Promise<void> {
    const ownChannelId = channelIdOf(url)
    // Which webhook it is there may change while we run.
    if (ownChannelId !== null) return void known.update(name, { webhookId: null, channelId: ownChannelId })
    const answer = await send({ method: 'GET', url: webhookUrl(url, null), signal })
    const verdict = judgeAnswer(answer)
    const webhook = answer.status === 200 ? webhookSchema.safeParse(answer.body).data : undefined
    if (webhook) {
      // Its messages stand in the thread that the URL names.
      const channelId = new URL(url).searchParams.get('thread_id') ?? webhook.channel_id
      if (webhook.channel_id) parents.set(name, webhook.channel_id)
      known.update(name, { webhookId: webhook.id, ...(channelId && { channelId }) })
    } else if (verdict.kind === 'gone') fails({ name, url }, verdict.reason, true, clock.now())
    else throw new Error(`${name} answered ${answer.status}`)
  }

  async function locate(webhook: Named): ReturnType<WebhookWatch['locate']> {
    const { name, url } = webhook
    // Another URL under the same name is another webhook, with another channel.
    const id = /\/webhooks\/(\d+)\//.exec(url)?.[1] ?? null
    const before = known.get(name)
    if (id !== null && before.webhookId !== id)
      known.update(name, { webhookId: id, channelId: null, ...WORKS })
    const asked = located.get(name) ?? ask(webhook)
    located.set(name, asked)
    try {
      await asked
    } catch (error) {
      located.delete(name)
      if (signal.aborted || known.get(name).channelId === null) throw error
    }
    return { ...known.get(name), parentId: parents.get(name) ?? null }
  }

  function fails(webhook: Named, reason: string, gone: boolean, sinceMs: number): void {
    const { name } = webhook
    const { goneSinceMs } = known.get(name)
    if (gone && goneSinceMs === null) {
      known.update(name, { goneSinceMs: clock.now(), goneReason: reason, saidMs: null })
      logger.error(
        { webhook: name, reason },
        `the webhook does not work any more: alerts wait, none is lost. Make a new one, set ${name} to its URL and restart`,
      )
    }
    const one = failing.get(name) ?? { sinceMs: goneSinceMs ?? sinceMs, lasts: false }
    failing.set(name, { ...one, reason })
    if (gone || goneSinceMs !== null || one.lasts) void announce(webhook)
  }

  async function lasts(webhook: Named): Promise<void> {
    const { name } = webhook
    const one = failing.get(name)!
    if (!one.lasts && known.get(name).goneSinceMs === null) {
      logger.error(
        { webhook: name, reason: one.reason },
        'the webhook takes nothing: alerts wait, none is lost, and they are tried again',
      )
    }
    one.lasts = true
    await announce(webhook)
  }

  /** Says what is wrong with a webhook, unless that was said. */
  async function announce(webhook: Named): Promise<void> {
    const { name } = webhook
    if (saying.has(name)) return
    saying.add(name)
    try {
      const row = known.get(name)
      if (row.saidMs !== null) return
      const text = outageText(webhook, row, failing.get(name)?.reason ?? null, deps.waiting(name))
      if ((await tell(webhook, text)) && !signal.aborted) known.update(name, { saidMs: clock.now() })
    } catch (error) {
      logger.warn({ webhook: name, err: error }, 'that it was said could not be noted')
    } finally {
      saying.delete(name)
    }
  }

  return {
    fails,
    lasts,
    failsSince(name) {
      const one = failing.get(name)
      // A clock that went back puts nothing off.
      if (one) one.sinceMs = Math.min(one.sinceMs, clock.now())
      return one?.sinceMs ?? null
    },
    isUntried: ({ name }) => void failing.delete(name),
    tell,
    locate,
    idle: async () => void (await Promise.allSettled([...located.values()])),
    works(webhook, channelId) {
      const { name } = webhook
      const row = known.get(name)
      if (row.goneSinceMs !== null || failing.get(name)?.lasts)
        logger.info({ webhook: name }, 'the webhook works again')
      failing.delete(name)
      known.update(name, { channelId: channelId ?? row.channelId, lastOkMs: clock.now(), ...WORKS })
      if (row.saidMs !== null) void tell(webhook, `🟢 ${callOf(webhook)} works again.`)
    },
  }
}

/** How a webhook is called in its channel. */
const callOf = ({ name, url }: Named) =>
  channelIdOf(url) === null
    ? `The webhook that I alert through (\`${name}\`)`
    : 'The webhook of my own that I alert through'

/** What is wrong with a webhook, for its channel; `reason` where it is not gone. */
function outageText(
  webhook: Named,
  { goneSinceMs, goneReason }: WebhookRow,
  reason: string | null,
  waiting: number,
): string {
  const wrong =
    goneSinceMs === null
      ? `takes nothing at the moment: ${reason}. I go on trying`
      : `does not work any more: ${goneReason}. Make a new webhook for this channel, set \`${webhook.name}\` to its URL and restart me`
  const held = `${waiting} ${waiting === 1 ? 'message waits' : 'messages wait'}, none is lost`
  return `⚠️ ${callOf(webhook)} ${wrong}. ${held}: what waits for long I say here myself, in lines.`
}

interface TellDeps {
  clock: Clock
  known: ReturnType<typeof createWebhookStore>
  logger: Logger
  say?: SayInChannel
  /** Where the bot's own account speaks before all. */
  fallbackChannel: string | null
  /** The names of all webhooks. */
  names: readonly string[]
  /** Null unless this is a second watcher. */
  standby: object | null
}

function createTell(deps: TellDeps & { locate: WebhookWatch['locate'] }): WebhookWatch['tell'] {
  const { known, clock, logger, names, fallbackChannel, locate } = deps
  const say = deps.say ?? (async () => false)

  /** Where it may be said, the best first, and whether people are tagged there. */
  async function* places(webhook: Named): AsyncGenerator<[string | null | undefined, boolean]> {
    yield [fallbackChannel, true]
    yield [channelIdOf(webhook.url) ?? known.get(webhook.name).channelId, true]
    const located = await locate(webhook).catch(() => null)
    yield [located?.channelId, true]
    yield [located?.parentId, true]
    for (const name of names) yield [known.get(name).channelId, false]
  }

  /** Where nobody knows whether something was said, by its nonce. */
  const lost = new Map<string, { channelId: string; atMs: number }>()

  return async (webhook, text, { isAbsent, ...how } = {}) => {
    const { mentions: _, ...tagsNobody } = how
    const { nonce = '' } = how
    const before = lost.get(nonce)
    // What is answered by nothing again and again is said in the next place; the time after that here again.
    const isLost = isAbsent && before && Math.abs(clock.now() - before.atMs) >= MINUTE_MS
    lost.delete(nonce)
    const words = deps.standby && !text.startsWith(FROM_STANDBY) ? FROM_STANDBY + text : text
    const asked = new Set(isLost ? [before.channelId] : [])
    try {
      for await (const [channelId, tags] of places(webhook)) {
        if (!channelId || asked.has(channelId)) continue
        asked.add(channelId)
        const said = await say(channelId, words, tags ? how : tagsNobody)
        // Where it may stand it is said again, if need be: elsewhere it would come twice.
        if (said === null && tags) lost.set(nonce, { channelId, atMs: clock.now() })
        if (said !== false) return said === true
      }
    } catch (error) {
      logger.warn({ webhook: webhook.name, err: error }, 'the channel could not be told')
    }
    return false
  }
}
