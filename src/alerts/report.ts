// Reports what was seen of things: loads each alert, takes it one step on, keeps it and tells, all in one transaction.
import { DAY_MS, formatDuration } from '../kernel/duration.ts'
import type { Database } from '../storage/database.ts'
import { isAgain, step } from './life.ts'
import { commitHolder, commitNotices, type Destination } from './outbox/commit.ts'
import type { AlertRouting } from './settings.ts'
import { stageNotices } from './standby/stage.ts'
import type { AlertStore } from './store.ts'
import type { AlertState, LifePolicy, Message, Notice, Observation } from './types.ts'

export interface ReportDeps {
  database: Database
  alerts: AlertStore
  route: (message: Message) => Destination[]
  /** `standby`: what is told waits until it is known whether the first watcher has told it. */
  settings: { standby?: boolean; alerts: Pick<AlertRouting, 'escalate'> }
  /** Called after a commit that put something into the outbox. */
  committed: () => void
}

/**
 * Takes the alert about `identity` one step on, keeps where it stands, and tells each notice in `words` (null: not).
 * `before` is where it stood, for those who have loaded it already.
 */
export type Report = (
  identity: string,
  observed: Observation,
  policy: LifePolicy,
  words: (notice: Notice) => Message | null,
  before?: AlertState | null,
) => void

/**
 * Makes the function that runs `work` and puts what it tells into the outbox, all in one transaction. No `await` inside
 * of it.
 */
export function createReports(deps: ReportDeps) {
  const { database, alerts, route, committed } = deps
  const {
    standby,
    alerts: { escalate },
  } = deps.settings
  const commit = standby ? stageNotices : commitNotices
  const usual = { escalateAfterMs: escalate?.afterMs }
  return (nowMs: number, work: (report: Report, tell: (message: Message) => void) => void): void => {
    const messages: Message[] = []
    const report: Report = (identity, observed, policy, words, before = alerts.loadState(identity)) => {
      const { after, notices } = step(before, observed, { ...usual, ...policy }, nowMs, () =>
        alerts.allocateId(),
      )
      if (after !== before) alerts.saveState(identity, after, nowMs)
      // Before its next messages: those that said so are the last.
      if (before?.ack && !after?.ack && after?.alertId === before.alertId)
        commitHolder(deps, after!.alertId!, nowMs)
      for (const notice of notices) {
        const message = words(notice)
        if (!message) continue
        const told = notice.kind === 'escalated' ? escalated(message, escalate!, nowMs) : message
        messages.push(standby ? withSince(told, before, nowMs) : told)
      }
    }
    database.tx(() => {
      // Done once more where the database's file fails.
      messages.length = 0
      work(report, (message) => messages.push(message))
      commit(database, messages, route, nowMs)
    })
    if (messages.length > 0) committed()
  }
}

/** With the times since when the first watcher may have told it; it may have known for long what is seen first here. */
const withSince = (message: Message, before: AlertState | null, nowMs: number): Message => ({
  ...message,
  openSinceMs: message.openSinceMs ?? (before ? null : nowMs - DAY_MS),
  ...(isAgain(message.notice) && { againSinceMs: before?.lastNoticeMs ?? nowMs }),
})

/** "🟠 still not updated, 9 min left: Osmosis …, expires … · nobody has #41 for 15 min" */
function escalated(
  message: Message,
  { mention, pagers }: NonNullable<AlertRouting['escalate']>,
  nowMs: number,
): Message {
  const { alertId, fromMs } = message.notice
  return {
    ...message,
    headline: `${message.headline} · nobody has #${alertId} for ${formatDuration(nowMs - fromMs!)}`,
    mention,
    notice: { ...message.notice, pages: pagers },
  }
}

/** An observation: of something that alerts are about and for which somebody is called, unless `but` says otherwise. */
export const seen = (level: Observation['level'], but: Partial<Observation> = {}): Observation => ({
  level,
  deadlineMs: null,
  first: false,
  about: true,
  mention: true,
  ...but,
})

/** What cannot be looked at goes on as it was: nobody may have acknowledged it, or their time may be over. */
export const asLastSeen = ({ level, mentioned }: Pick<AlertState, 'level' | 'mentioned'>): Observation =>
  seen(level, { mention: mentioned, basis: 'memory' })

/** What alerts are no longer about, however it stands. */
export const withdrawn = ({ level, basis }: Pick<AlertState, 'level' | 'basis'>): Observation => ({
  ...seen(level, { about: false, mention: false }),
  ...(basis === undefined ? {} : { basis }),
})
