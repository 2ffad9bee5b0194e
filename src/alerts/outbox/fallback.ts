// What a webhook does not take is said by the bot's own account: the lines of each message, with its mentions.
import { MINUTE_MS } from '../../kernel/duration.ts'
import type { LookFor } from './find.ts'
import type { Way } from './lane.ts'
import type { DeliveryParts } from './parts.ts'
import { preparePost } from './prepare.ts'
import { isCount, noteSaid } from './said.ts'
import { COUNT_LINE, type Outbox, type OutboxRow } from './store.ts'

/** A webhook that has not worked for so long is not waited for. */
const LASTS_MS = 5 * MINUTE_MS
/** So many messages are said in a row at most; then the webhook has its turn for a moment. */
const TURN = 20
const TURN_MS = 10_000
/** Where the bot's own account could not speak. */
const AGAIN_MS = MINUTE_MS

export type Fallback = ReturnType<typeof createFallback>

interface FallbackDeps extends DeliveryParts {
  lookFor: LookFor
  /** The bot's own account can be asked to say something. */
  speaks: boolean
}

/** For one webhook. */
export function createFallback(way: Way, deps: FallbackDeps) {
  const { database, outbox, alerts, watch, clock, logger, lookFor, later, stopped, signal, speaks } = deps
  const startedMs = clock.now()
  let running: Promise<void> | null = null
  /** Unix ms. */
  let notBeforeMs = 0
  let cancel = () => {}
  /** The rows that could not be said: again when all others have had their turn. */
  const unsaid = new Set<number>()

  /**
   * When the bot's own account speaks, if the webhook is `shut` then since `lastsMs`, Unix ms; null: it works, or
   * nothing is held that can be said.
   */
  function due(): { atMs: number; lastsMs: number; shut: () => boolean } | null {
    const sinceMs = watch.failsSince(way.name)
    if (!speaks || sinceMs === null || held(outbox, way, 1).length === 0) return null
    const longMs = sinceMs + LASTS_MS
    // After a quarter of the time that is left by then. Not looked for in vain: it costs much where many wait.
    const nearestMs = clock.now() < longMs ? outbox.nearestDeadline(way.name, clock.now()) : null
    const lastsMs = Math.min(longMs, sinceMs + Math.floor(((nearestMs ?? Infinity) - sinceMs) / 5))
    // A clock that went back puts nothing off.
    const atMs = notBeforeMs > clock.now() + AGAIN_MS ? lastsMs : Math.max(lastsMs, notBeforeMs)
    const shut = () => way.posts.isShut(lastsMs, () => canaryOf(outbox, way, sinceMs < startedMs))
    return { atMs, lastsMs, shut }
  }

  function holds(): boolean {
    if (running) return true
    const next = due()
    return next !== null && next.atMs <= clock.now() && next.shut()
  }

  function relieve(): void {
    if (stopped() || running || way.posts.running) return
    cancel()
    try {
      const [waiting] = outbox.waiting(way.name, 'post')
      // Nothing is tried any more: whether it works is seen with the next.
      if (waiting === undefined) watch.isUntried(way)
      const next = due()
      if (next === null) return
      const leftMs = next.atMs - clock.now()
      if (leftMs > 0) cancel = later(Math.min(leftMs, MINUTE_MS), relieve)
      // It has failed for long by the clock alone where that leapt: tried once more. When that ends, it comes back here.
      else if (next.shut() || !way.posts.hurry(next.lastsMs))
        running = sayAll()
          .catch(failed)
          .finally(() => {
            running = null
            way.posts.pump()
            relieve()
          })
    } catch (error) {
      failed(error)
      cancel = later(AGAIN_MS, relieve)
    }
  }

  function failed(error: unknown): void {
    logger.error({ webhook: way.name, err: error }, "the bot's own account could not say what waits")
    notBeforeMs = clock.now() + AGAIN_MS
  }

  async function sayAll(): Promise<void> {
    // Not what comes while that is said: it is tried first.
    const rows = held(outbox, way, TURN, unsaid)
    await watch.lasts(way)
    let some = false
    for (const row of rows) {
      if (stopped() || watch.failsSince(way.name) === null) return
      // It may still arrive.
      const rests = way.posts.rests(row.id)
      const looked = rests ? 'wait' : await lookFor(way, row, 0)
      if (stopped()) return
      if (rests || (looked !== 'wait' && (await say(row, looked === 'in doubt')))) some = true
      else unsaid.add(row.id)
    }
    notBeforeMs = clock.now() + (some ? TURN_MS : AGAIN_MS)
    if (rows.length < TURN) unsaid.clear()
  }

  /** Says one post, which counts as told then. False where it could not be said. */
  async function say(row: OutboxRow, doubt: boolean, note = ''): Promise<boolean> {
    const { id } = row
    const prepared = preparePost(row, outbox, alerts, clock.now(), 'in lines')
    if ('drop' in prepared) {
      outbox.markSuperseded(id, prepared.drop, clock.now())
      way.posts.settled(id)
      return true
    }
    const { messages } = prepared
    const payload = { ...prepared.payload, content: prepared.payload.content + note }
    const { roles, users } = payload.allowed_mentions
    // What may still arrive from the webhook is looked for again, unless this is said.
    if (!doubt) database.flushed(() => outbox.markSending(id, messages, payload, clock.now()))
    const said = await watch.tell(way, payload.content, {
      mentions: { roles, users },
      nonce: `${id}-${row.createdMs}`,
      isAbsent: !doubt,
    })
    if (!said || signal.aborted) return false
    if (doubt) outbox.markSending(id, messages, payload, clock.now())
    noteSaid(database, row, clock.now())
    way.posts.settled(id)
    return true
  }

  return {
    /** Says what is held, if it is time; else when it will be. */
    relieve,
    /** It is time: the webhook is not asked meanwhile. */
    holds,
    running: () => running,
    /** See `Way`. */
    sayAlone: async (row: OutboxRow, doubt: boolean): Promise<boolean> =>
      speaks && say(row, doubt, aloneText(way, row)),
  }
}

/** What fails for no fault of its own: the line for the webhook itself; what failed before this process began, too. */
function canaryOf(outbox: Outbox, { name }: Way, isOld: boolean): number | null {
  const [oldest = null] = outbox.waiting(name, 'post')
  return isOld ? oldest : outbox.waitsAbout(name, COUNT_LINE)
}

/** What waits and can be said in lines: not a digest, whose table would be lost, nor the line for the webhook itself. */
function held(
  outbox: Outbox,
  { name }: Way,
  most: number,
  without: ReadonlySet<number> = new Set(),
): OutboxRow[] {
  const rows: OutboxRow[] = []
  const keeps = ({ notice, embed }: OutboxRow['messages'][number]) =>
    notice.kind === 'digest' && embed !== null
  for (const id of outbox.waiting(name, 'post')) {
    const row = without.has(id) ? null : outbox.row(id)
    if (row && !isCount(row) && !row.messages.some(keeps)) rows.push(row)
    if (rows.length === most) break
  }
  return rows
}

const aloneText = ({ name }: Way, { lastError }: OutboxRow) =>
  `\n⚠️ The webhook \`${name}\` does not take this message (${lastError}), others it does: so I say it myself, once.`
