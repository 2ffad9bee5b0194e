// What a webhook does not take is said by the bot's own account: the lines of each message, with its mentions.
import { MINUTE_MS } from '../../kernel/duration.ts'
import type { LookFor } from './find.ts'
import type { Way } from './lane.ts'
import type { DeliveryParts } from './parts.ts'
import { COUNT_LINE, preparePost } from './prepare.ts'
import { isCount, noteSaid } from './said.ts'
import type { Outbox, OutboxRow } from './store.ts'

/** A webhook that has not worked for so long is not waited for. */
const LASTS_MS = 5 * MINUTE_MS
/** So many messages are said in a row at most; then the webhook has its turn for a moment. */
const TURN = 20
const TURN_MS = 10_000
/** Where the bot's own account could not speak. */
const AGAIN_MS = MINUTE_MS

interface State {
  running: Promise<void> | null
  /** Not before this, Unix ms. */
  notBeforeMs: number
  cancel: () => void
  /** The rows that could not be said: again when all others have had their turn. */
  unsaid: Set<number>
}

export type Fallback = ReturnType<typeof createFallback>

interface FallbackDeps extends DeliveryParts {
  lookFor: LookFor
  /** The bot's own account can be asked to say something. */
  speaks: boolean
}

function createStates(): (way: Way) => State {
  const states = new Map<string, State>()
  return ({ name }) => {
    const state = states.get(name) ?? { running: null, notBeforeMs: 0, cancel: () => {}, unsaid: new Set() }
    states.set(name, state)
    return state
  }
}

export function createFallback(deps: FallbackDeps) {
  const { database, outbox, alerts, watch, clock, logger, lookFor, later, stopped, signal, speaks } = deps
  const stateOf = createStates()
  const startedMs = clock.now()

  /**
   * When the bot's own account speaks for a webhook, if it is `shut` then since `lastsMs`, Unix ms; null: it works, or
   * nothing is held that can be said.
   */
  function dueOf(way: Way): { atMs: number; lastsMs: number; shut: () => boolean } | null {
    const sinceMs = watch.failsSince(way.name)
    if (!speaks || sinceMs === null || held(outbox, way, 1).length === 0) return null
    const longMs = sinceMs + LASTS_MS
    // After a quarter of the time that is left by then. Not looked for in vain: it costs much where many wait.
    const nearestMs = clock.now() < longMs ? outbox.nearestDeadline(way.name, clock.now()) : null
    const lastsMs = Math.min(longMs, sinceMs + Math.floor(((nearestMs ?? Infinity) - sinceMs) / 5))
    const { notBeforeMs } = stateOf(way)
    // A clock that went back puts nothing off.
    const atMs = notBeforeMs > clock.now() + AGAIN_MS ? lastsMs : Math.max(lastsMs, notBeforeMs)
    const shut = () => way.posts.isShut(lastsMs, () => canaryOf(outbox, way, sinceMs < startedMs))
    return { atMs, lastsMs, shut }
  }

  function holds(way: Way): boolean {
    if (stateOf(way).running) return true
    const due = dueOf(way)
    return due !== null && due.atMs <= clock.now() && due.shut()
  }

  function relieve(way: Way): void {
    const state = stateOf(way)
    if (stopped() || state.running || way.posts.running) return
    state.cancel()
    const again = (ms: number) => later(ms, () => relieve(way))
    try {
      const [waiting] = outbox.waiting(way.name, 'post')
      // Nothing is tried any more: whether it works is seen with the next.
      if (waiting === undefined) watch.isUntried(way)
      const due = dueOf(way)
      if (due === null) return
      const leftMs = due.atMs - clock.now()
      if (leftMs > 0) state.cancel = again(Math.min(leftMs, MINUTE_MS))
      // It has failed for long by the clock alone where that leapt: tried once more. When that ends, it comes back here.
      else if (due.shut() || !way.posts.hurry(due.lastsMs))
        state.running = sayAll(way)
          .catch((error) => failed(way, error))
          .finally(() => {
            state.running = null
            way.posts.pump()
            relieve(way)
          })
    } catch (error) {
      failed(way, error)
      state.cancel = again(AGAIN_MS)
    }
  }

  function failed(way: Way, error: unknown): void {
    logger.error({ webhook: way.name, err: error }, "the bot's own account could not say what waits")
    stateOf(way).notBeforeMs = clock.now() + AGAIN_MS
  }

  async function sayAll(way: Way): Promise<void> {
    const state = stateOf(way)
    // Not what comes while that is said: it is tried first.
    const rows = held(outbox, way, TURN, state.unsaid)
    await watch.lasts(way)
    let some = false
    for (const row of rows) {
      if (stopped() || watch.failsSince(way.name) === null) return
      // It may still arrive.
      const rests = way.posts.rests(row.id)
      const looked = rests ? 'wait' : await lookFor(way, row, 0)
      if (stopped()) return
      if (rests || (looked !== 'wait' && (await say(way, row, looked === 'in doubt')))) some = true
      else state.unsaid.add(row.id)
    }
    state.notBeforeMs = clock.now() + (some ? TURN_MS : AGAIN_MS)
    if (rows.length < TURN) state.unsaid.clear()
  }

  /** Says one post, which counts as told then. False where it could not be said. */
  async function say(way: Way, row: OutboxRow, doubt: boolean, note = ''): Promise<boolean> {
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
    /** Says what is held for a webhook, if it is time; else when it will be. */
    relieve,
    /** It is time: the webhook is not asked meanwhile. */
    holds,
    running: (way: Way): Promise<void> | null => stateOf(way).running,
    /** Says one post that only itself is not taken; false where it could not be said. */
    sayAlone: async (way: Way, row: OutboxRow, doubt: boolean): Promise<boolean> =>
      speaks && say(way, row, doubt, aloneText(way, row)),
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
