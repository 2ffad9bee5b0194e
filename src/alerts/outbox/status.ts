// What the bot says of its own delivery: how much waits, since when, and which webhook does not work.
import { isWebhook } from '../pagers/names.ts'
import type { DeliveryParts } from './parts.ts'
import type { ReadChannel } from './seen.ts'
import { webhookUrl } from './send.ts'
import type { createWebhookStore, Outbox } from './store.ts'

export type DeliveryStatus = ReturnType<typeof deliveryStatus>

/**
 * The state of the queues of `names` (the webhooks of the configuration), and of any other that has rows. `waiting`:
 * rows. Of each webhook: when the oldest of them was made, Unix ms (`oldestMs`); where its messages stand (`channelId`;
 * null: not known yet); since when it is refused for good (null: it works as far as is known); why the first row that was
 * tried is not accepted yet, posts before edits (`lastError`; null: nothing went wrong).
 */
export function deliveryStatus(
  outbox: Outbox,
  known: ReturnType<typeof createWebhookStore>,
  names: readonly string[],
  failsSince: (name: string) => number | null,
) {
  const lanes = outbox.queues()
  const queues = lanes.filter(({ webhook }) => isWebhook(webhook))
  const all = new Set([...names, ...queues.map(({ webhook }) => webhook)])
  const webhooks = [...all].map((name) => {
    const queue = queues.find(({ webhook }) => webhook === name)
    const { channelId, lastOkMs, goneSinceMs, goneReason } = known.get(name)
    // Since when it has accepted nothing, as far as that was tried.
    const failsSinceMs = failsSince(name) ?? goneSinceMs
    const lastError = names.includes(name) ? outbox.lastError(name) : 'not in the configuration'
    const counts = { waiting: queue?.waiting ?? 0, oldestMs: queue?.oldestMs ?? null }
    return { name, channelId, ...counts, lastOkMs, failsSinceMs, goneSinceMs, goneReason, lastError }
  })
  return {
    waiting: queues.reduce((sum, { waiting }) => sum + waiting, 0),
    /** What waits in each lane, pagers' too: edits not counted, which have a pace of their own or wait for an alert's end. */
    lanes: [...new Set([...names, ...lanes.map(({ webhook }) => webhook)])].map((name) => {
      const { posts = 0, oldestPostMs = null } = lanes.find(({ webhook }) => webhook === name) ?? {}
      return { name, posts, oldestPostMs }
    }),
    /** Rows that were ever added. */
    everQueued: outbox.lastId(),
    webhooks,
  }
}

/**
 * The names of the webhooks through which nothing can be said: they do not answer a question that posts nothing. Where
 * the bot's own account reaches the place in which it would speak for one, and may write there, that is a way too.
 */
export async function silentWays(
  deps: Pick<DeliveryParts, 'known' | 'send' | 'signal' | 'clock'> & {
    ways: readonly { name: string; url: string }[]
    fallbackChannel: string | null
    readChannel?: ReadChannel
  },
  mayWriteIn: (channelId: string) => boolean,
): Promise<string[]> {
  const { ways, known, fallbackChannel, readChannel, send, signal, clock } = deps
  const answers = async (url: string) =>
    (await send({ method: 'GET', url: webhookUrl(url, null), signal })).status === 200
  const reaches = async (id: string | null) =>
    id !== null && mayWriteIn(id) && (await readChannel?.(id, clock.now())) != null
  const no = () => false
  const asked = ways.map(async ({ name, url }) => {
    if (await answers(url).catch(no)) return []
    // In the order in which it would speak there.
    for (const id of [fallbackChannel, known.get(name).channelId]) if (await reaches(id).catch(no)) return []
    return [name]
  })
  return (await Promise.all(asked)).flat()
}
