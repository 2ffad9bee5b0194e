// What is really sent of a row when its turn comes: what is over by then, or was told anew, is left out.
import { isDeepStrictEqual } from 'node:util'
import { RANK } from '../../words/levels.ts'
import { composePost, firstTags, tagsOf } from '../compose.ts'
import { isAgain, isAlarm } from '../life.ts'
import { holderText, markOf, render, type SentLine } from '../mark.ts'
import { FROM_STANDBY, type Payload } from '../payload.ts'
import type { AlertStore } from '../store.ts'
import type { AlertState, Message } from '../types.ts'
import { type Alarm, COUNT_LINE, type Outbox, type OutboxRow } from './store.ts'

export type PreparedPost =
  | { messages: Message[]; payload: Payload; messageId: string | null }
  | { drop: string }

/**
 * Whether row `rowId`, which waits, still tells the truth with `message`. `state` is how the alert stands now (null:
 * not known), `alarms` are all about it in this queue. Of those that wait, the last one at the present level is kept;
 * where there is none and the present level was told before, none; else the last one.
 */
export function isStillTrue(
  message: Message,
  rowId: number,
  state: AlertState | null,
  alarms: readonly Alarm[],
): boolean {
  const { alertId, kind } = message.notice
  if (!isAlarm(message.notice) && kind !== 'quiet') return true
  if (state && state.alertId !== alertId) return false
  if (kind === 'quiet') return true
  // Somebody has it by now, and the channel has heard of what is no better.
  const isHeard = alarms.some((one) => one.delivered && RANK[one.level] >= RANK[message.notice.level])
  if (isAgain(message.notice) && state?.ack && isHeard) return false
  const waiting = alarms.filter(({ delivered }) => !delivered)
  const present = alarms.filter(({ level }) => level === state?.level)
  const kept = present.findLast(({ delivered }) => !delivered) ?? (present.length > 0 ? null : waiting.at(-1))
  return kept?.rowId === rowId
}

/**
 * The message for a post whose turn has come at `nowMs` (Unix ms), or why there is nothing to say any more. `in lines`:
 * without its embeds.
 */
export function preparePost(
  row: OutboxRow,
  outbox: Outbox,
  alerts: AlertStore,
  nowMs: number,
  how: 'whole' | 'in lines' = 'whole',
): PreparedPost {
  const left = ({ id, webhook, messages }: OutboxRow) =>
    messages.filter((message) => {
      const state = alerts.loadState(message.identity)
      return isStillTrue(message, id, state, outbox.alarms(message.notice.alertId, webhook))
    })
  const shown = left(row)
  const storm = outbox.stormRows(row.stormId ?? row.id)
  const delivered = storm.filter(({ deliveredMs }) => deliveredMs !== null)
  const waiting = storm.filter(({ deliveredMs }) => deliveredMs === null).flatMap(left)
  const sent = delivered.flatMap(({ messages }) => messages)
  const tagged = new Set(delivered.flatMap(({ payload }) => (payload ? tagsIn(payload) : [])))
  const tags = tagsOf([...sent, ...waiting]).filter((tag) => !tagged.has(tag))
  if (shown.length === 0) {
    const laterHasRoom = delivered.length === 0 && firstTags(tags).length === tags.length
    if (tags.length === 0 || (laterHasRoom && row.messages.length > 0))
      return { drop: 'over before it was sent' }
  }
  const count = shown[0]?.identity === COUNT_LINE ? outbox.saidByItself(row.webhook, row.createdMs) : null
  // It was said in the place of a webhook that has left the configuration.
  if (count === 0) return { drop: 'nothing to count' }
  const around = { storm: waiting.length > 0 ? waiting : sent, tags, continued: delivered.length > 0 }
  const told = shown.map((message) => {
    if (count !== null) return { ...message, headline: countLine(count, row.createdMs) }
    return how === 'whole' ? message : { ...message, embed: null }
  })
  const payload = composePost(told, around, nowMs)
  if ([...sent, ...waiting].some(({ isStandbys }) => isStandbys))
    payload.content = FROM_STANDBY + payload.content
  return { messages: shown, payload, messageId: null }
}

function countLine(count: number, sinceMs: number): string {
  const messages = count === 1 ? '1 message was' : `${count} messages were`
  return `⚠️ ${messages} not taken here since <t:${Math.floor(sinceMs / 1000)}:f>: my own account said ${count === 1 ? 'it' : 'them'}, as lines. \`$alerts\` shows what is open.`
}

function tagsIn({ allowed_mentions: { roles, users } }: Payload): string[] {
  return [...roles.map((id) => `<@&${id}>`), ...users.map((id) => `<@${id}>`)]
}

/**
 * The edit of a post that was delivered, or why there is nothing to edit. It says all that became of its lines: what an
 * edit said that was given up, or is to say later, too.
 */
export function prepareEdit(row: OutboxRow, outbox: Outbox, alerts: AlertStore): PreparedPost {
  const target = row.targetId === null ? null : outbox.row(row.targetId)
  if (!target?.deliveredMs || !target.messageId || !target.payload)
    return { drop: 'its message was never sent' }
  const edits = outbox.edits(target.id)
  const news = new Map(edits.flatMap(({ messages }) => messages.map((one) => [one.notice.alertId, one])))
  const lines = target.messages.map((message): SentLine => {
    const { alertId } = message.notice
    const state = alerts.loadState(message.identity)
    const last = news.get(alertId)
    const isOpen = state === null || state.alertId === alertId
    const ack = state?.alertId === alertId ? state.ack : null
    return {
      message,
      as: last ? markOf(last.notice.kind) : isOpen ? null : state.level === 'ok' ? 'over' : 'withdrawn',
      title: last?.headline ?? null,
      held: ack && holderText(ack),
    }
  })
  const payload = render(target.payload, lines)
  // What was tried and not accepted may stand there all the same.
  const shown = edits.findLast(({ attempts }) => attempts > 0) ?? target
  const isSame =
    payload.content === shown.payload?.content && isDeepStrictEqual(payload.embeds, shown.payload.embeds)
  if (shown.deliveredMs !== null && isSame) return { drop: 'its message says so' }
  return { messages: row.messages, payload, messageId: target.messageId }
}

/** A post without its details, which still says what matters; null where it has none. */
export const simpler = (post: Payload): Payload | null =>
  post.embeds.length > 0 ? { ...post, embeds: [] } : null
