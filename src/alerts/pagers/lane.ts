// One pager's lane: what the outbox holds for it, sent in order, at least once, whatever Discord does meanwhile.
import { MINUTE_MS } from '../../kernel/duration.ts'
import { backoff } from '../../net/backoff.ts'
import { createLane, type Lane } from '../outbox/lane.ts'
import type { DeliveryParts } from '../outbox/parts.ts'
import type { OutboxRow } from '../outbox/store.ts'
import { payload } from '../payload.ts'
import { tellPager } from './ask.ts'
import { type PageParts, preparePage } from './page.ts'
import { createPageStore } from './store.ts'
import type { NamedPager } from './targets.ts'
import type { PagerTrouble, PageVerdict } from './types.ts'

export interface PagerLaneDeps
  extends Omit<DeliveryParts, 'known' | 'watch'>,
    Pick<PageParts, 'place' | 'link'> {
  random?: () => number
}

const BACKOFF = { firstMs: 1000, mostMs: MINUTE_MS }
/** A wait that is asked for is obeyed up to this: a pager that asks for a day is wrong, or of no use tonight. */
const WAIT_MAX_MS = 10 * MINUTE_MS

export function createPagerLane(configured: NamedPager, deps: PagerLaneDeps) {
  const { database, outbox, clock, logger, random } = deps
  const store = createPageStore(database)
  const { lane: name } = configured
  let pager = configured
  let failing: PagerTrouble | null = null

  async function attempt(id: number): Promise<void> {
    const row = outbox.row(id)
    const prepared = row ? preparePage(row, { ...deps, store }) : { drop: 'cannot be understood' }
    if ('drop' in prepared) {
      // An alarm that may have arrived is to be over there too.
      if (row?.kind === 'post' && row.sendingMs !== null) outbox.markDelivered(id, row.messageId, clock.now())
      else outbox.markSuperseded(id, prepared.drop, clock.now())
      return lane.settled(id)
    }
    const { page, messages } = prepared
    database.flushed(() => {
      outbox.markSending(id, messages, payload(page.summary, [], []), clock.now())
      store.keepKey(id, page.key)
    })
    const { answer, target } = await tellPager(deps.send, pager, page, deps.signal)
    if (target !== pager.target)
      logger.warn({ pager: pager.name, to: target.to }, 'the chat has another id now: put it into the secret')
    pager = { ...pager, target }
    if (answer.kind !== 'accepted') return failed(row!, answer)
    database.flushed(() => outbox.markDelivered(id, page.key, clock.now()))
    failing = null
    lane.passed(id)
  }

  function failed(
    { id, kind, sendingMs, attempts, createdMs }: OutboxRow,
    answer: Exclude<PageVerdict, { kind: 'accepted' }>,
  ): void {
    const { reason } = answer
    const { waitMs: askedMs = null, isCertain = true, lateMs = 0 } = answer.kind === 'wait' ? answer : {}
    // The time before is unknown all the same.
    if (isCertain && sendingMs === null) outbox.markRefused(id, reason)
    else outbox.markUncertain(id, reason)
    if (deps.stopped()) return
    // What an earlier process tried has waited since then; that it is over was put there when it began.
    const sinceMs = kind === 'post' && attempts > 0 ? createdMs : clock.now()
    failing = { sinceMs: failing?.sinceMs ?? sinceMs, reason }
    const waitMs =
      askedMs !== null
        ? lane.pause(Math.min(Math.max(askedMs, BACKOFF.firstMs), WAIT_MAX_MS))
        : lane.failed(id, { itself: answer.kind === 'refused', lateMs })
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

  return { name: pager.name, lane, trouble: () => (failing !== null && store.isDue(name) ? failing : null) }
}
