// After an attempt with an unknown outcome: looks in the channel whether the message stands there already.
import { atMost } from '../../kernel/clock.ts'
import { MINUTE_MS } from '../../kernel/duration.ts'
import { messageOf } from '../../kernel/errors.ts'
import { calledByStandby, readSince } from '../standby/decide.ts'
import type { Message } from '../types.ts'
import type { Way } from './lane.ts'
import type { DeliveryParts } from './parts.ts'
import { noteSaid } from './said.ts'
import type { ReadChannel, SeenMessage } from './seen.ts'
import type { Outbox, OutboxRow, WebhookRow } from './store.ts'

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
  const channelsOf = async (way: Way) => {
    const { channelId, parentId } = await watch.locate(way)
    return [...new Set([fallbackChannel, channelId, parentId])].filter((id) => id !== null)
  }
  /** What a second watcher has called for, while this one could not, calls nobody once more. */
  const hush = async (way: Way, row: OutboxRow) => {
    const isLate = Math.abs(clock.now() - row.createdMs) > WAITED_MS || deps.isBack?.()
    const storm = outbox.stormRows(row.stormId ?? row.id).filter(({ deliveredMs }) => deliveredMs === null)
    const calls = storm.flatMap(({ messages }) => messages).filter(({ mention }) => mention.length > 0)
    // What a sweep alone shows the second one may have seen long before.
    const isRead = calls.some(({ notice }) => notice.level === 'frozen')
    if (!readChannel || calls.length === 0 || !(isLate || isRead)) return
    const sinceMs = Math.min(...calls.map(readSince))
    const looking = channelsOf(way).then((ids) => Promise.all(ids.map((id) => readChannel(id, sinceMs))))
    const looked = await atMost(clock, HUSH_MAX_MS, looking, signal).catch(() => [])
    const seen = (looked ?? []).flatMap((one) => one ?? [])
    for (const one of storm) {
      const isCalled = (message: Message) => calledByStandby(message, one.createdMs, seen)
      if (!one.messages.some(isCalled)) continue
      const messages = one.messages.map((each) => (isCalled(each) ? { ...each, mention: [] } : each))
      outbox.setMessages(one.id, messages)
      if (one.id === row.id) row.messages = messages
    }
  }
  const lookForOwn = async (way: Way, row: OutboxRow, sendingMs: number, unreadMaxMs: number) => {
    if (!readChannel) return 'absent'
    const at = { webhook: way.name, row: row.id }
    try {
      const looking = watch.locate(way).then(async (webhook) => {
        for (const channelId of await channelsOf(way)) {
          const found = await findInChannel(channelId, row, webhook, outbox, readChannel)
          if (found.length > 0) return found
        }
        return []
      })
      const looked = await atMost(clock, LOOK_MAX_MS, looking, signal)
      if (!looked) throw new Error(`no answer within ${LOOK_MAX_MS / 1000} s`)
      const [found] = looked
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

/**
 * The message of a row whose last attempt may have been accepted; none where it is not there, or cannot be read.
 * @throws what `readChannel` throws
 */
async function findInChannel(
  channelId: string | null,
  { payload, sendingMs }: OutboxRow,
  { webhookId }: WebhookRow,
  outbox: Outbox,
  readChannel: ReadChannel,
): Promise<SeenMessage[]> {
  if (channelId === null || payload === null || sendingMs === null) return []
  const messages = (await readChannel(channelId, sendingMs - CLOCK_SKEW_MS)) ?? []
  const isOurs = (message: SeenMessage) =>
    message.isOwn ||
    (message.webhookId !== null &&
      (webhookId === null ? !message.isForeign : message.webhookId === webhookId))
  return messages.filter(
    (message) => isOurs(message) && looksLike(message, payload) && !outbox.isKnownMessage(message.id),
  )
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
