// What is really sent of a page when its turn comes (over what it is handed): nothing wakes anybody for what is over.
import { createHash } from 'node:crypto'
import { oneLine } from '../../words/text.ts'
import { unmarked } from '../../words/unmarked.ts'
import { composePost } from '../compose.ts'
import { holderText } from '../mark.ts'
import type { DeliveryParts } from '../outbox/parts.ts'
import { isStillTrue } from '../outbox/prepare.ts'
import type { OutboxRow } from '../outbox/store.ts'
import type { AlertState, Message } from '../types.ts'
import type { createPageStore } from './store.ts'
import type { PageToSend } from './types.ts'

const KEY_MAX = 255
/** So many alerts of a storm are listed. */
const LINES_MAX = 10

export interface PageParts extends Pick<DeliveryParts, 'outbox' | 'alerts' | 'clock'> {
  store: ReturnType<typeof createPageStore>
  /** What this installation is known by: where its alerts go. */
  place: string
  /** Where they stand in Discord; null: not known. */
  link: () => string | null
}

/** The page for a row whose turn has come, and the messages that stand in it; or why there is nothing to say any more. */
export function preparePage(
  row: OutboxRow,
  parts: PageParts,
): { page: PageToSend; messages: Message[] } | { drop: string } {
  const { outbox, alerts, clock, link } = parts
  const nowMs = clock.now()
  const posts = outbox.stormRows(row.stormId ?? row.id).filter(({ kind }) => kind === 'post')
  const about = (messages: readonly Message[]) => ({
    key: keyOf(row, posts, parts),
    level: messages[0]!.notice.level,
    url: link(),
    alerts: alertsOf(messages, nowMs),
  })
  if (row.kind === 'post') {
    const isTrue = (one: Message) => {
      const state = alerts.loadState(one.identity)
      const alarms = outbox.alarms(one.notice.alertId, row.webhook)
      return isStillTrue(one, row.id, state, alarms) && !isHeld(state, nowMs)
    }
    const shown = row.messages.filter(isTrue)
    if (shown.length === 0) return { drop: 'over before it was sent' }
    const atMs = row.createdMs
    return {
      page: { ...about(shown), action: 'trigger', ...triggerTexts(shown, nowMs), atMs },
      messages: shown,
    }
  }
  const told = posts.findLast(({ deliveredMs }) => deliveredMs !== null)
  if (!told) return { drop: 'its page was never sent' }
  const messages = posts.flatMap((one) => one.messages)
  const states = messages.map(({ identity }) => alerts.loadState(identity))
  const action = row.targetId === null ? 'resolve' : 'acknowledge'
  const summary = action === 'resolve' ? overText(states, told) : heldText(states, nowMs)
  if (summary === null) return { drop: 'nobody has it any more' }
  return { page: { ...about(messages), action, summary, details: '', atMs: nowMs }, messages: row.messages }
}

function triggerTexts(shown: readonly Message[], nowMs: number): Pick<PageToSend, 'summary' | 'details'> {
  const lines = shown.slice(0, LINES_MAX).map((one) => ({ ...one, embed: null }))
  const { content } = composePost(lines, { storm: shown, tags: [], continued: false }, nowMs)
  const [summary = '', ...more] = content.split('\n')
  if (shown.length > lines.length) more.push(`… and ${shown.length - lines.length} more`)
  const { description = '', fields = [] } = (shown.length === 1 && shown[0]!.embed) || {}
  const embed = [description, ...fields.map(({ name, value }) => `${name}: ${value}`)]
  const details = [...more, ...embed].filter((line) => line.trim() !== '').join('\n')
  return { summary: unmarked(summary, nowMs) || shown[0]!.notice.level, details: unmarked(details, nowMs) }
}

/** Each alert once, as it was told last. */
const alertsOf = (messages: readonly Message[], nowMs: number): PageToSend['alerts'] =>
  [...new Map(messages.map((one) => [one.notice.alertId, one])).values()].map(
    ({ notice, identity, headline, deadlineMs = null }) => ({
      number: notice.alertId,
      identity,
      level: notice.level,
      headline: unmarked(oneLine(headline), nowMs),
      deadlineMs,
    }),
  )

/** As it was told before, or tried; else by what it is about, with a number only where that would be another incident's. */
function keyOf(row: OutboxRow, posts: readonly OutboxRow[], { place, store }: PageParts): string {
  const told = posts.find(({ messageId }) => messageId !== null)?.messageId
  if (told != null) return told
  const { identity, notice } = (posts[0] ?? row).messages[0]!
  const whole = `ibc-monitor/${place}/${identity}/${notice.level}`
  const hash = createHash('sha256').update(whole).digest('hex')
  const key = whole.length < KEY_MAX - 20 ? whole : `ibc-monitor/${place}/${hash}`
  const incident = row.stormId ?? row.id
  return store.isTaken(row.webhook, incident, key) ? `${key}/${incident}` : key
}

type States = readonly (AlertState | null)[]

/** The same marks as those of a message in Discord that is over, or that alerts are not about any more. */
function overText(states: States, told: OutboxRow): string {
  const isOver = states.some((state) => state === null || state.level === 'ok' || state.alertId !== null)
  const [first = ''] = told.payload?.content.split('\n') ?? []
  return `${isOver ? '🟢 over' : '⚪ withdrawn'}: ${first}`
}

function heldText(states: States, nowMs: number): string | null {
  const ack = states.find((state) => isHeld(state, nowMs))?.ack
  return ack ? unmarked(holderText({ ...ack, name: ack.name ?? 'Somebody' }), nowMs) : null
}

/** Somebody has it at this moment; what gets worse takes that away (see life.ts). */
const isHeld = (state: AlertState | null, nowMs: number): boolean =>
  state?.ack != null && state.ack.untilMs > nowMs
