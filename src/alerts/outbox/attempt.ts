// One try to settle a row of the outbox: looked for where it may have arrived, made anew, sent, and noted.
import { DAY_MS, MINUTE_MS } from '../../kernel/duration.ts'
import { messageOf } from '../../kernel/errors.ts'
import type { Payload } from '../payload.ts'
import type { Message } from '../types.ts'
import type { LookFor } from './find.ts'
import type { Lane, Way } from './lane.ts'
import type { DeliveryParts } from './parts.ts'
import { prepareEdit, preparePost, simpler } from './prepare.ts'
import { SendError, webhookUrl } from './send.ts'
import type { OutboxRow } from './store.ts'
import { judgeAnswer, type WebhookVerdict } from './verdict.ts'

export interface AttemptDeps extends DeliveryParts {
  lookFor: LookFor
}

/** What came of a request. `unreachable`: it certainly never reached the server; `lateMs`: for so long it may still. */
type Asked =
  | Exclude<WebhookVerdict, { kind: 'uncertain' }>
  | { kind: 'unreachable' | 'uncertain'; reason: string; lateMs?: number }

const GONE_RETRY_MS = 10 * MINUTE_MS
/** A post that failed so often while others were accepted was refused with its first line alone, too. */
const ALONE_MAX = 3
/** The line that says it too has been posted long ago. */
const EDIT_MAX_MS = DAY_MS

/**
 * Makes the function that tries to settle the row `id` of one of a webhook's lanes, and tells the lane what came of it.
 * It gives whether the webhook was asked for it.
 */
export function createAttempt(deps: AttemptDeps): (way: Way, lane: Lane, id: number) => Promise<boolean> {
  const { database, outbox, alerts, known, watch, clock, logger, lookFor, stopped } = deps

  /** One try to settle a row. */
  async function attempt(way: Way, lane: Lane, id: number): Promise<boolean> {
    const row = outbox.row(id)
    if (!row) return setAside(lane, id, 'cannot be understood')
    if (row.kind === 'edit' && row.attempts > 0 && clock.now() - row.createdMs > EDIT_MAX_MS)
      return setAside(lane, id, `given up after a day: ${row.lastError}`)
    let doubt = false
    if (row.kind === 'post') {
      const looked = await lookFor(way, row)
      if (stopped() || looked === 'wait') return false
      doubt = looked === 'in doubt'
    }
    if (row.kind === 'post' && lane.alone(id) >= ALONE_MAX && (await way.sayAlone(row, doubt))) return false
    const lastId = outbox.lastId()
    const prepared =
      row.kind === 'post' ? preparePost(row, outbox, alerts, clock.now()) : prepareEdit(row, outbox, alerts)
    if ('drop' in prepared) return setAside(lane, id, prepared.drop, lastId)
    const { messages, messageId } = prepared
    let { payload } = prepared
    const many = row.kind === 'post' && messages.length > 1
    // Refused although others are accepted: most likely for what is in it.
    if (lane.alone(id) > 0 && row.kind === 'post') payload = simpler(payload) ?? payload
    if (many && !doubt && lane.alone(id) > 1) return inHalves(lane, row, messages)
    for (;;) {
      database.flushed(() => outbox.markSending(id, messages, payload, clock.now()))
      const asked = await ask(deps, way, messageId, payload)
      if (asked.kind === 'refused' && asked.reason !== row.lastError) {
        logger.error(
          { webhook: way.name, row: id, reason: asked.reason, payload },
          'Discord refuses this message: a bug of ibc-monitor, please report it',
        )
      }
      // An edit with less in it would take away what the message still has to say.
      const isRefused = asked.kind === 'refused' && row.kind === 'post'
      const rest = isRefused ? simpler(payload) : null
      if (!rest && isRefused && many && !doubt) return !inHalves(lane, row, messages)
      if (!rest) {
        settle(way, lane, row, asked, lastId)
        // Certainly not accepted this time; the time before is still unknown, and looked for again.
        const again = !['accepted', 'uncertain'].includes(asked.kind)
        if (doubt && again) outbox.markSending(id, row.messages, row.payload!, row.sendingMs!)
        return true
      }
      payload = rest
    }
  }

  /** Each half waits like any post of its storm, as old as the whole was. */
  function inHalves(lane: Lane, row: OutboxRow, messages: readonly Message[]): false {
    const { id, webhook, stormId, createdMs } = row
    const middle = Math.ceil(messages.length / 2)
    database.tx(() => {
      for (const part of [messages.slice(0, middle), messages.slice(middle)])
        outbox.enqueueStorm(webhook, [part], createdMs, stormId)
      setAside(lane, id, 'told in two parts')
    })
    return false
  }

  function setAside(lane: Lane, id: number, reason: string, lastId = id): false {
    outbox.markEditsSaid(id, lastId, clock.now())
    outbox.markSuperseded(id, reason, clock.now())
    lane.settled(id)
    return false
  }

  function settle(way: Way, lane: Lane, row: OutboxRow, asked: Asked, lastId: number): void {
    const { id } = row
    const post = row.kind === 'post'
    if (asked.kind === 'accepted') {
      database.flushed(() => {
        outbox.markEditsSaid(id, lastId, clock.now())
        outbox.markDelivered(id, post ? asked.messageId : null, clock.now())
        // An edit that works says nothing of posts that do not.
        const wasGone = known.get(way.name).goneSinceMs !== null
        if (post || wasGone) watch.works(way, asked.channelId)
        if (wasGone && !post) way.posts.pause(0)
      })
      lane.passed(id)
      if (asked.pauseMs > 0) lane.pause(asked.pauseMs)
      return
    }
    const { kind, reason } = asked
    // What an earlier process tried has waited since then, or since something was accepted; what is refused, for itself.
    const isOld = row.attempts > 0 && kind !== 'refused'
    const sinceMs = isOld ? Math.max(row.createdMs, known.get(way.name).lastOkMs ?? 0) : clock.now()
    // The over-line says it too. A post is never given up: what is refused today may be taken tomorrow.
    if (!post && (kind === 'no-message' || kind === 'refused')) return void setAside(lane, id, reason)
    // An edit that comes twice does no harm.
    if (post && kind === 'uncertain') outbox.markUncertain(id, reason)
    else outbox.markRefused(id, reason)
    if (stopped()) return
    if (kind === 'gone') {
      watch.fails(way, reason, true, sinceMs)
      lane.pause(GONE_RETRY_MS)
      return
    }
    // What closes the way for all says nothing of this row; undefined: for how long is not said.
    const asAllMs = kind === 'unreachable' ? undefined : kind === 'wait' ? asked.waitMs : null
    // The first watcher, which may pause now, has its turn before a second one tries again.
    const pauseMs = (post && kind !== 'refused' && !asAllMs && deps.standby?.turnMs) || asAllMs
    const waitMs =
      pauseMs !== null
        ? lane.pause(pauseMs)
        : lane.failed(id, kind === 'uncertain' ? { lateMs: asked.lateMs } : { itself: kind === 'refused' })
    logger.warn(
      { webhook: way.name, row: id, reason, waitMs },
      kind === 'uncertain' ? 'not delivered, as far as is known' : 'not delivered yet',
    )
    const failsAlone = lane.alone(id) > 0
    if (post && (pauseMs !== null || !failsAlone))
      watch.fails(way, reason, false, failsAlone ? clock.now() : sinceMs)
  }

  return attempt
}

async function ask(
  { send, signal }: Pick<AttemptDeps, 'send' | 'signal'>,
  way: Way,
  messageId: string | null,
  payload: Payload,
): Promise<Asked> {
  const url = webhookUrl(way.url, messageId, messageId === null ? { wait: 'true' } : {})
  try {
    const method = messageId === null ? 'POST' : 'PATCH'
    return judgeAnswer(await send({ method, url, body: payload, signal }))
  } catch (error) {
    const reason = messageOf(error)
    if (!(error instanceof SendError)) return { kind: 'uncertain', reason }
    return { kind: error.arrived === 'no' ? 'unreachable' : 'uncertain', reason, lateMs: error.lateMs }
  }
}
