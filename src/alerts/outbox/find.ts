// After an attempt with an unknown outcome: looks in the channel whether the message stands there already.
import type { Embed } from '../../discord/command.ts'
import type { Clock } from '../../kernel/clock.ts'
import { MINUTE_MS } from '../../kernel/duration.ts'
import type { Outbox, OutboxRow, WebhookRow } from './store.ts'

/** A message that stands in a channel, as far as it is needed to know it again. */
export interface SeenMessage {
  id: string
  content: string
  embeds: readonly Pick<Embed, 'title' | 'description'>[]
  webhookId: string | null
}

/**
 * The channel's messages since a moment (Unix ms), by the bot's own account. Null where it may not read them; throws
 * where it could not this time.
 */
export type ReadChannel = (channelId: string, sinceMs: number) => Promise<SeenMessage[] | null>

/** How far Discord's clock and ours may be apart. Messages that are known already are left out anyway. */
const CLOCK_SKEW_MS = 10 * MINUTE_MS

export type Found = { kind: 'found'; messageId: string } | { kind: 'absent' | 'unreadable' }

/**
 * Looks for the message of a row whose last attempt may have been accepted.
 * @throws what `readChannel` throws
 */
export async function findInChannel(
  row: OutboxRow,
  { channelId, webhookId }: WebhookRow,
  outbox: Outbox,
  readChannel: ReadChannel,
): Promise<Found> {
  const { payload, sendingMs } = row
  if (channelId === null || payload === null || sendingMs === null) return { kind: 'unreadable' }
  const messages = await readChannel(channelId, sendingMs - CLOCK_SKEW_MS)
  if (messages === null) return { kind: 'unreadable' }
  const same = messages.find(
    (message) =>
      message.webhookId !== null &&
      (webhookId === null || message.webhookId === webhookId) &&
      looksLike(message, payload) &&
      !outbox.isKnownMessage(message.id),
  )
  return same ? { kind: 'found', messageId: same.id } : { kind: 'absent' }
}

/** The same message, give or take the white space that Discord trims. */
function looksLike(seen: SeenMessage, sent: NonNullable<OutboxRow['payload']>): boolean {
  const same = (a: string | undefined, b: string | undefined) => (a ?? '').trim() === (b ?? '').trim()
  const [had, has] = [sent.embeds[0], seen.embeds[0]]
  return (
    same(seen.content, sent.content) &&
    same(had?.title, has?.title) &&
    same(had?.description, has?.description)
  )
}

/**
 * What `work` gives, unless it takes longer than `ms` or `signal` aborts.
 * @throws what `work` throws, or that there was no answer
 */
export async function within<T>(work: Promise<T>, ms: number, clock: Clock, signal: AbortSignal): Promise<T> {
  const ended = new AbortController()
  const late = clock.sleep(ms, AbortSignal.any([signal, ended.signal])).then(() => null)
  try {
    const result = await Promise.race([work.then((value) => ({ value })), late])
    if (!result) throw new Error(`no answer within ${ms / 1000} s`)
    return result.value
  } finally {
    ended.abort()
  }
}
