// One pager's lane: what the outbox holds for it, sent in order, at least once, whatever Discord does meanwhile.
import type { Clock } from '../../kernel/clock.ts'
import { DAY_MS, MINUTE_MS } from '../../kernel/duration.ts'
import { messageOf } from '../../kernel/errors.ts'
import type { Logger } from '../../kernel/logger.ts'
import { backoff } from '../../net/backoff.ts'
import type { Database } from '../../storage/database.ts'
import { VERSION } from '../../version.ts'
import { createLane, type Lane } from '../outbox/lane.ts'
import { isStillTrue } from '../outbox/prepare.ts'
import { type Request, type Send, SendError } from '../outbox/send.ts'
import { createOutbox, type OutboxRow } from '../outbox/store.ts'
import { payload } from '../payload.ts'
import { createAlertStore } from '../store.ts'
import { type PreparedPage, preparePage } from './page.ts'
import { createPageStore } from './store.ts'
import type { NamedPager } from './targets.ts'
import type { PagerKind, PageToSend, PageVerdict } from './types.ts'

export interface PagerLaneDeps {
  database: Database
  clock: Clock
  logger: Logger
  /** What this installation is known by: where its alerts go. */
  place: string
  /** Where they stand in Discord; null: not known. */
  link: () => string | null
  send: Send
  random?: () => number
  /** Calls `run` after `ms`. */
  later: (ms: number, run: () => void) => () => void
  stopped: () => boolean
  signal: AbortSignal
}

const BACKOFF = { firstMs: 1000, mostMs: MINUTE_MS }
/** A wait that is asked for is obeyed up to this. */
const WAIT_MAX_MS = 10 * MINUTE_MS
/** Who has it, and that it is over, is not worth more tries than in a day. */
const EDIT_MAX_MS = DAY_MS

/** `none`: there was no answer; for `lateMs` more it may still be acted upon. */
type Tried = PageVerdict | { kind: 'none'; arrived: 'no' | 'perhaps'; reason: string; lateMs: number }

export function createPagerLane(pager: NamedPager, kind: PagerKind, deps: PagerLaneDeps) {
  const { database, clock, logger, send, signal, random = Math.random } = deps
  const outbox = createOutbox(database, logger)
  const alerts = createAlertStore(database, logger)
  const store = createPageStore(database)
  const { lane: name } = pager
  let { target } = pager
  let failing: { sinceMs: number; reason: string } | null = null

  function prepare(row: OutboxRow): PreparedPage {
    const incident = row.stormId ?? row.id
    return preparePage({
      row,
      posts: outbox.stormRows(incident).filter(({ kind }) => kind === 'post'),
      isTrue: (one) =>
        isStillTrue(one, row.id, alerts.loadState(one.identity), outbox.alarms(one.notice.alertId, name)),
      stateOf: alerts.loadState,
      isTaken: (key) => store.isTaken(name, incident, key),
      place: deps.place,
      url: deps.link(),
      nowMs: clock.now(),
    })
  }

  async function tell(page: PageToSend): Promise<Tried> {
    const verdict = await asked(send, kind.request(target, page), kind, signal)
    if (verdict.kind !== 'refused' || verdict.to === undefined || verdict.to === target.to) return verdict
    logger.warn({ pager: pager.name, to: verdict.to }, 'the chat has another id now: put it into the secret')
    target = { ...target, to: verdict.to }
    return asked(send, kind.request(target, page), kind, signal)
  }

  async function attempt(id: number): Promise<void> {
    const row = outbox.row(id)
    const isOld = row?.kind === 'edit' && row.attempts > 0 && clock.now() - row.createdMs > EDIT_MAX_MS
    const prepared = !row || isOld ? { drop: 'given up', perhaps: false } : prepare(row)
    if ('drop' in prepared) {
      if (prepared.perhaps) outbox.markDelivered(id, null, clock.now())
      else outbox.markSuperseded(id, prepared.drop, clock.now())
      return lane.settled(id)
    }
    const { page, messages } = prepared
    database.flushed(() => outbox.markSending(id, messages, payload(page.summary, [], []), clock.now()))
    const verdict = await tell(page)
    if (verdict.kind === 'accepted') {
      database.flushed(() => outbox.markDelivered(id, page.key, clock.now()))
      failing = null
      return lane.passed(id)
    }
    failed(row!, verdict)
  }

  function failed(
    { id, sendingMs, attempts, createdMs }: OutboxRow,
    verdict: Exclude<Tried, { kind: 'accepted' }>,
  ) {
    const { reason } = verdict
    const isCertain = verdict.kind === 'refused' || (verdict.kind === 'none' && verdict.arrived === 'no')
    // The time before is unknown all the same.
    if (isCertain && sendingMs === null) outbox.markRefused(id, reason)
    else outbox.markUncertain(id, reason)
    if (deps.stopped()) return
    failing = { sinceMs: failing?.sinceMs ?? (attempts > 0 ? createdMs : clock.now()), reason }
    const lateMs = verdict.kind === 'none' ? verdict.lateMs : 0
    const waitMs =
      verdict.kind === 'wait' && verdict.waitMs !== null
        ? lane.pause(Math.min(Math.max(verdict.waitMs, BACKOFF.firstMs), WAIT_MAX_MS))
        : lane.failed(id, { itself: verdict.kind === 'refused', lateMs })
    logger.warn({ pager: pager.name, row: id, reason, waitMs }, 'a page was not taken')
  }

  const lane: Lane = createLane({
    waiting: () => store.due(name),
    attempt,
    busy: deps.stopped,
    inOrder: true,
    backoffMs: (failures) => Math.ceil(backoff(failures, { ...BACKOFF, random })),
    later: deps.later,
    now: () => clock.now(),
    ended: () => {},
    onError: (error) =>
      logger.error({ pager: pager.name, err: error }, 'the pages could not be worked on; trying again'),
  })

  return {
    name: pager.name,
    /** What is wrong with it while something is to be sent, since when (Unix ms). */
    trouble: () => (failing !== null && store.isDue(name) ? failing : null),
    get running() {
      return lane.running
    },
    look(): void {
      store.acknowledge(name, clock.now())
      lane.pump()
    },
  }
}

/** Asks a pager, and what its answer means. */
export async function asked(
  send: Send,
  request: Request,
  { verdict }: Pick<PagerKind, 'verdict'>,
  signal?: AbortSignal,
): Promise<Tried> {
  const headers = { 'user-agent': `ibc-monitor/${VERSION}`, ...request.headers }
  try {
    return verdict(await send({ ...request, headers, signal }))
  } catch (error) {
    const reason = messageOf(error)
    if (!(error instanceof SendError)) return { kind: 'wait', waitMs: null, reason }
    return { kind: 'none', reason, arrived: error.arrived, lateMs: error.lateMs }
  }
}
