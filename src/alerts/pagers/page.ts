// What is really sent of a page when its turn comes (pure, over what it is handed): nothing wakes anybody for what is over.
import { createHash } from 'node:crypto'
import { oneLine, shorten } from '../../words/text.ts'
import { clockUtc } from '../../words/time.ts'
import { unmarked } from '../../words/unmarked.ts'
import { composePost } from '../compose.ts'
import type { OutboxRow } from '../outbox/store.ts'
import type { AlertState, Message } from '../types.ts'
import type { PageToSend } from './types.ts'

const KEY_MAX = 255
/** So many alerts of a storm are listed. */
const LINES_MAX = 10

export interface PageParts {
  row: OutboxRow
  /** The alarms of its incident, without those that were set aside. */
  posts: readonly OutboxRow[]
  /** Whether a message of `row` still tells the truth. */
  isTrue: (message: Message) => boolean
  stateOf: (identity: string) => AlertState | null
  /** Whether another open incident has this key. */
  isTaken: (key: string) => boolean
  /** What this installation is known by: where its alerts go. */
  place: string
  url: string | null
  nowMs: number
}

/** `drop`: why there is nothing to say; `perhaps`: it may have been said. */
export type PreparedPage = { page: PageToSend; messages: Message[] } | { drop: string; perhaps: boolean }

export function preparePage(parts: PageParts): PreparedPage {
  const { row, posts, nowMs } = parts
  if (row.kind === 'post') return trigger(parts)
  const told = posts.findLast(({ deliveredMs }) => deliveredMs !== null)
  if (!told) return { drop: 'its page was never sent', perhaps: false }
  const summary = row.targetId === null ? overText(parts, told) : heldText(parts)
  if (summary === null) return { drop: 'nobody has it any more', perhaps: false }
  const page: PageToSend = {
    ...commonOf(
      parts,
      posts.flatMap(({ messages }) => messages),
    ),
    action: row.targetId === null ? 'resolve' : 'acknowledge',
    summary,
    details: '',
    atMs: nowMs,
  }
  return { page, messages: row.messages }
}

function trigger(parts: PageParts): PreparedPage {
  const { row, stateOf, isTrue, nowMs } = parts
  const shown = row.messages.filter((one) => isTrue(one) && !isHeld(stateOf(one.identity), nowMs))
  if (shown.length === 0) return { drop: 'over before it was sent', perhaps: row.sendingMs !== null }
  const lines = shown.slice(0, LINES_MAX).map((one) => ({ ...one, embed: null }))
  const { content } = composePost(lines, { storm: shown, tags: [], continued: false }, nowMs)
  const [summary = '', ...more] = content.split('\n')
  if (shown.length > lines.length) more.push(`… and ${shown.length - lines.length} more`)
  const { description = '', fields = [] } = (shown.length === 1 && shown[0]!.embed) || {}
  const embed = [description, ...fields.map(({ name, value }) => `${name}: ${value}`)]
  const details = unmarked([...more, ...embed].filter((line) => line.trim() !== '').join('\n'), nowMs)
  const page: PageToSend = {
    ...commonOf(parts, shown),
    action: 'trigger',
    summary: unmarked(summary, nowMs) || shown[0]!.notice.level,
    details,
    atMs: row.createdMs,
  }
  return { page, messages: shown }
}

function commonOf(parts: PageParts, messages: readonly Message[]) {
  const alerts = new Map(messages.map((one) => [one.notice.alertId, one]))
  return {
    key: keyOf(parts),
    level: messages[0]!.notice.level,
    url: parts.url,
    alerts: [...alerts.values()].map(({ notice, identity, headline, deadlineMs = null }) => ({
      number: notice.alertId,
      identity,
      level: notice.level,
      headline: unmarked(oneLine(headline), parts.nowMs),
      deadlineMs,
    })),
  }
}

/** As it was told before; else by what it is about, and its number only where that would be another incident's. */
function keyOf({ row, posts, place, isTaken }: PageParts): string {
  const told = posts.find(({ messageId }) => messageId !== null)?.messageId
  if (told != null) return told
  const { identity, notice } = (posts[0] ?? row).messages[0]!
  const whole = `ibc-monitor/${place}/${identity}/${notice.level}`
  const hash = createHash('sha256').update(whole).digest('hex')
  const key = whole.length < KEY_MAX - 20 ? whole : `ibc-monitor/${place}/${hash}`
  return isTaken(key) ? `${key}#${notice.alertId}` : key
}

/** The same marks as those of a message in Discord that is over, or that alerts are not about any more. */
function overText({ posts, stateOf }: PageParts, told: OutboxRow): string {
  const states = posts.flatMap(({ messages }) => messages).map(({ identity }) => stateOf(identity))
  const isOver = states.some((state) => state === null || state.level === 'ok' || state.alertId !== null)
  const [first = ''] = told.payload?.content.split('\n') ?? []
  return `${isOver ? '🟢 over' : '⚪ withdrawn'}: ${first}`
}

function heldText({ posts, stateOf, nowMs }: PageParts): string | null {
  const states = posts.flatMap(({ messages }) => messages).map(({ identity }) => stateOf(identity))
  const ack = states.find((state) => isHeld(state, nowMs))?.ack
  if (!ack) return null
  const until = ack.untilMs === null ? '' : ` until ${clockUtc(ack.untilMs, nowMs)}`
  return `👀 ${shorten(oneLine(ack.name ?? ''), 60) || 'Somebody'} has it${until}${ack.note === null ? '' : `: ${shorten(oneLine(ack.note), 300)}`}`
}

/** Somebody has it at this moment; what gets worse takes that away (see life.ts). */
const isHeld = (state: AlertState | null, nowMs: number): boolean =>
  state?.ack != null && (state.ack.untilMs === null || state.ack.untilMs > nowMs)
