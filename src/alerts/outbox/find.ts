// After an attempt with an unknown outcome: looks in the channel whether the message stands there already.
import { atMost } from '../../kernel/clock.ts'
import { MINUTE_MS } from '../../kernel/duration.ts'
import { messageOf } from '../../kernel/errors.ts'
import { calledByStandby, readSince } from '../standby/decide.ts'
import type { Way } from './lane.ts'
import type { DeliveryParts } from './parts.ts'
import { noteSaid } from './said.ts'
import type { ReadChannel, SeenMessage } from './seen.ts'
import type { OutboxRow, WebhookRow } from './store.ts'

/** How far Discord's clock and ours may be apart. Messages that are known already are left out anyway. */
const CLOCK_SKEW_MS = 10 * MINUTE_MS

/** For how long a message that may have been accepted waits for its channel to be readable. */
const UNREAD_MAX_MS = 10 * MINUTE_MS
/** For how long one look into a channel may take. */
const LOOK_MAX_MS = MINUTE_MS
/** For no longer is a call held up by a look for another one. */
const HUSH_MAX_MS = 15_000
/** What has waited for so long a second watcher may have told. */
const WAITED_MS = 2 * MINUTE_MS

/**
 * After an attempt whose outcome is not known; in a second watcher also for the first one's message. `wait`: found and
 * settled, or to be looked for again later.
 */
export type LookFor = (
  way: Way,
  row: OutboxRow,
  unreadMaxMs?: number,
) => Promise<'wait' | 'absent' | 'in doubt'>

export function createLookFor(
  deps: DeliveryParts & {
    readChannel: ReadChannel | undefined
    fallbackChannel: string | null
    isBack?: (() => boolean) | undefined
  },
): LookFor {
  const { database, outbox, known, watch, readChannel, fallbackChannel, standby } = deps
  const { clock, logger, signal, stopped } = deps
  /** What stands where a webhook posts since `sinceMs` (Unix ms), or the bot's own account in its place. */
  const read = async (way: Way, sinceMs: number, maxMs: number) => {
    const looking = watch.locate(way).then(({ channelId, parentId }) => {
      const ids = new Set([fallbackChannel, channelId, parentId])
      return Promise.all([...ids].map((id) => (id === null ? null : (readChannel?.(id, sinceMs) ?? null))))
    })
    const looked = await atMost(clock, maxMs, looking, signal)
    if (!looked) throw new Error(`no answer within ${maxMs / 1000} s`)
    return looked.flatMap((one) => one ?? [])
  }
  /** What a second watcher has called for, while this one could not, calls nobody once more. */
  const hush = async (way: Way, row: OutboxRow) => {
    const isLate = Math.abs(clock.now() - row.createdMs) > WAITED_MS || deps.isBack?.()
    const storm = outbox.stormRows(row.stormId ?? row.id).filter(({ deliveredMs }) => deliveredMs === null)
    const calls = storm.flatMap(({ messages }) => messages).filter(({ mention }) => mention.length > 0)
    // What a sweep alone shows the second one may have seen long before.
    const isRead = calls.some(({ notice }) => notice.level === 'frozen')
    if (!readChannel || calls.length === 0 || !(isLate || isRead)) return
    const seen = await read(way, Math.min(...calls.map(readSince)), HUSH_MAX_MS).catch(() => [])
    for (const one of storm) {
      const messages = one.messages.map((each) =>
        calledByStandby(each, one.createdMs, seen) ? { ...each, mention: [] } : each,
      )
      outbox.setMessages(one.id, messages)
      if (one.id === row.id) row.messages = messages
    }
  }
  const lookForOwn = async (way: Way, row: OutboxRow, sendingMs: number, unreadMaxMs: number) => {
    if (!readChannel) return 'absent'
    const at = { webhook: way.name, row: row.id }
    try {
      const seen = await read(way, sendingMs - CLOCK_SKEW_MS, LOOK_MAX_MS)
      const found = seen.find(
        (one) => isSent(one, row, known.get(way.name)) && !outbox.isKnownMessage(one.id),
      )
      if (!found) return 'absent'
      logger.info(at, 'it had been delivered: found in the channel')
      if (found.isOwn) {
        noteSaid(database, row, clock.now())
        way.posts.settled(row.id)
        return 'wait'
      }
      outbox.markDelivered(row.id, found.id, clock.now())
      if (known.get(way.name).goneSinceMs === null) watch.works(way, null)
      way.posts.passed(row.id)
    } catch (error) {
      // The same outage as before, most likely: sending blindly into it is how an alert comes twice.
      if (Math.abs(clock.now() - sendingMs) > unreadMaxMs) return 'in doubt'
      if (stopped()) return 'wait'
      const waitMs = way.posts.failed(row.id)
      logger.warn({ ...at, reason: messageOf(error), waitMs }, 'the channel was not read')
    }
    return 'wait'
  }
  return async (way, row, unreadMaxMs = UNREAD_MAX_MS) => {
    const { sendingMs } = row
    const looked = sendingMs === null ? 'absent' : await lookForOwn(way, row, sendingMs, unreadMaxMs)
    if (looked === 'absent' && !standby) await hush(way, row)
    if (looked === 'wait' || !standby || !(await standby.isTold(row))) return looked
    outbox.markSuperseded(row.id, 'told by the first one', clock.now())
    way.posts.settled(row.id)
    return 'wait'
  }
}

/** Whether a webhook's row may have become this message, give or take the white space that Discord trims. */
function isSent(seen: SeenMessage, { payload }: OutboxRow, { webhookId }: WebhookRow): boolean {
  const isOurs =
    seen.isOwn ||
    (seen.webhookId !== null && (webhookId === null ? !seen.isForeign : seen.webhookId === webhookId))
  if (!isOurs || payload === null) return false
  const same = (a: string | undefined, b: string | undefined) => (a ?? '').trim() === (b ?? '').trim()
  const [had, has] = [payload.embeds[0], seen.embeds[0]]
  return (
    same(seen.content, payload.content) &&
    same(had?.title, has?.title) &&
    same(had?.description, has?.description)
  )
}
