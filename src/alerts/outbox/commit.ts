// Puts what is to be told into the outbox, inside the transaction that keeps the change which it tells of.
import type { Embed } from '../../discord/command.ts'
import type { Database } from '../../storage/database.ts'
import { arrange, whomOf } from '../compose.ts'
import { isAlarm } from '../life.ts'
import { enqueuePages, isPaged } from '../pagers/enqueue.ts'
import type { AlertStore } from '../store.ts'
import type { Level, Message, Notice } from '../types.ts'
import { type Alarm, createOutbox, type Outbox, type OutboxRow } from './store.ts'

/** Of an alert with many reminders the first and so many of the last messages are edited when it is over. */
const EDITS_MAX = 4

/** Where one message goes: the name of a webhook's secret or a pager's lane, and whom to tag there (`<@&id>`, `<@id>`). */
export interface Destination {
  webhook: string
  mention: string[]
  /** Only of a pager's lane: the level from which on it is called. */
  from?: Level
}

/**
 * Enqueues the messages of one transaction, at its time `nowMs` (Unix ms), for every destination that `route` names:
 * grouped into storms, and, for what is over or seen now, with the edits of the messages about it. `mention` of the route
 * takes the place of the message's own, and tags nobody where the notice says so. Kick the delivery after the commit.
 */
export function commitNotices(
  database: Database,
  messages: readonly Message[],
  route: (message: Message) => Destination[],
  nowMs: number,
): void {
  if (messages.length === 0) return
  const outbox = createOutbox(database)
  const rows = new Map<number, OutboxRow | null>()
  /** A thousand may wait in one row: it is read once. */
  const row = (id: number) => {
    if (!rows.has(id)) rows.set(id, outbox.row(id))
    return rows.get(id)!
  }
  const outboxOnce = { ...outbox, row }
  const queues = new Map<string, Message[]>()
  const pages = new Map<string, Message[]>()
  for (const message of messages) {
    const { mention: calls, kind } = message.notice
    for (const { webhook, mention, from } of route(message)) {
      if (from !== undefined && !isPaged(message, from)) continue
      const of = from === undefined ? queues : pages
      const queue = of.get(webhook) ?? []
      const own = kind === 'escalated' ? message.mention : mention
      queue.push(withUntagged(outboxOnce, { ...message, mention: calls ? own : [] }, webhook))
      of.set(webhook, queue)
    }
  }
  for (const [lane, paged] of pages) enqueuePages(database, lane, paged, nowMs)
  for (const [webhook, queue] of queues) {
    const edits = new Map<number, Message[]>()
    for (const message of queue.filter(changesWhatWasSaid)) {
      // Nothing red may stay red: the newest alarms about it say so too, not only the first.
      const { alertId, kind } = message.notice
      const alarms = outbox.alarms(alertId, webhook)
      for (const target of firstAndLast(alarms)) {
        // What had been seen when it was told stays as it is; the last one is from where the news comes.
        if (kind === 'confirmed' && target !== alarms.at(-1)?.rowId && !wasUnsure(row(target), alertId))
          continue
        edits.set(target, [...(edits.get(target) ?? []), message])
      }
    }
    for (const storm of arrange(queue.filter(({ editsOnly }) => !editsOnly)))
      outbox.enqueueStorm(webhook, storm, nowMs)
    for (const [target, over] of edits) outbox.enqueueEdit(webhook, target, over, nowMs)
  }
}

/** With those whom the alarms about it tag that wait: they give way to it, whether it calls anybody itself or not. */
export function withUntagged<T extends Message>(outbox: Outbox, message: T, webhook: string): T {
  const { notice, mention } = message
  const waiting = isAlarm(notice)
    ? outbox.alarms(notice.alertId, webhook).filter((one) => !one.delivered)
    : []
  const untagged = waiting
    .flatMap(({ rowId }) => outbox.row(rowId)?.messages ?? [])
    .filter((one) => one.notice.alertId === notice.alertId)
    .flatMap(whomOf)
  const calls = notice.mention || untagged.length > 0
  return {
    ...message,
    notice: { ...notice, mention: calls },
    mention: [...new Set([...mention, ...untagged])],
  }
}

/** Enqueues the edits that say, in the messages about an alert, who has it when they are made. */
export function commitHolder(
  { database, alerts }: { database: Database; alerts: AlertStore },
  alertId: number,
  nowMs: number,
): void {
  const outbox = createOutbox(database)
  for (const webhook of alerts.webhooksOf(alertId)) {
    for (const target of firstAndLast(outbox.alarms(alertId, webhook)))
      outbox.enqueueEdit(webhook, target, [], nowMs)
  }
}

/** Of those that were told; what waits may have arrived. */
function firstAndLast(alarms: readonly Alarm[]): Set<number> {
  const told = alarms.filter(({ delivered }) => delivered)
  const waiting = alarms.filter(({ delivered }) => !delivered)
  const targets = [...told.slice(0, 1), ...told.slice(-EDITS_MAX), ...waiting]
  return new Set(targets.map(({ rowId }) => rowId))
}

/** Whether a post told of an alert from memory, or by the clock. */
function wasUnsure(row: OutboxRow | null, alertId: number): boolean {
  const basis = row?.messages.find(({ notice }) => notice.alertId === alertId)?.notice.basis
  return basis === 'memory' || basis === 'clock'
}

/** It is over, or what was told from memory was seen. */
function changesWhatWasSaid({ notice: { kind } }: Message): boolean {
  return kind === 'resolved' || kind === 'recovered' || kind === 'withdrawn' || kind === 'confirmed'
}

/** A message of one line: it stands in no storm, has no embed and tags nobody. */
export const oneLiner = (identity: string, notice: Notice, headline: string): Message => ({
  identity,
  notice,
  headline,
  group: null,
  embed: null,
  mention: [],
})

/** A message about no alert, for nobody in particular: a digest, or a word about the bot itself. */
export function bulletin(identity: string, headline: string, embed: Embed | null, nowMs: number): Message {
  const of = { alertId: 0, mention: false, ackedBy: null, raisedMs: nowMs }
  return { ...oneLiner(identity, { kind: 'digest', level: 'ok', from: 'ok', ...of }, headline), embed }
}
