// Sends what is in the outbox through the webhooks: a queue for each, strictly in order, until Discord accepts it.
import type { Clock } from '../../kernel/clock.ts'
import { DAY_MS, MINUTE_MS } from '../../kernel/duration.ts'
import { messageOf } from '../../kernel/errors.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Database } from '../../storage/database.ts'
import { createAlertStore } from '../store.ts'
import { findInChannel, type ReadChannel, within } from './find.ts'
import { prepareEdit, preparePost } from './prepare.ts'
import { createSend, type Send, SendError, webhookUrl } from './send.ts'
import { type DeliveryStatus, deliveryStatus } from './status.ts'
import { createOutbox, createWebhookStore, type OutboxRow } from './store.ts'
import { judge, type Verdict } from './verdict.ts'
import { createWebhookWatch } from './webhook.ts'

export interface DeliveryDeps {
  database: Database
  clock: Clock
  logger: Logger
  /** URLs by the name of their secret. */
  webhooks: Readonly<Record<string, string>>
  /** In place of undici, for tests. */
  send?: Send
  readChannel?: ReadChannel
  /** Says something by the bot's own account; false where it cannot. */
  sayInChannel?: (channelId: string, text: string) => Promise<boolean>
  /** Time-out of one request, ms. */
  timeoutMs?: number
  /** From 0 to 1, for the jitter of waits. */
  random?: () => number
}

export interface Delivery {
  /** Begins to send; asks each webhook which channel it belongs to. */
  start(): void
  /** To be called after a commit that put something into the outbox. */
  kick(): void
  /** Sends what can be sent now; resolves when every queue is empty or waits. */
  flush(): Promise<void>
  status(): DeliveryStatus
  /** Ends: what is in flight gets `withinMs` to be answered. What is left is sent after the next start. */
  stop(withinMs?: number): Promise<void>
}

interface Queue {
  name: string
  url: string
  running: Promise<void> | null
  /** Kicked while it was running. */
  again: boolean
  /** Cancels the wait that it is in. */
  waiting: (() => void) | null
  /** Failures in a row, for the growing wait. */
  failures: number
}

const BACKOFF_MS = 1000
const BACKOFF_MAX_MS = 5 * MINUTE_MS
const GONE_RETRY_MS = 10 * MINUTE_MS
/** For how long a message that may have been accepted waits for its channel to be readable. */
const UNREAD_MAX_MS = 10 * MINUTE_MS
/** For how long one look into a channel may take. */
const LOOK_MAX_MS = MINUTE_MS
/** For how long what was settled is kept; longer where an open alert needs it. */
const KEEP_MS = 90 * DAY_MS

/** The delivery of a database's outbox. Nothing happens before `start` or `flush`. */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { database, clock, logger, random = Math.random } = deps
  const outbox = createOutbox(database, logger)
  const alerts = createAlertStore(database, logger)
  const known = createWebhookStore(database)
  const own = deps.send ? null : createSend(deps.timeoutMs ?? 10_000)
  const send = deps.send ?? own!.send
  const abort = new AbortController()
  let stopped = false
  let cancelForget = () => {}
  const watch = createWebhookWatch({
    known,
    clock,
    logger,
    send,
    signal: abort.signal,
    say: deps.sayInChannel,
  })
  const queues: Queue[] = Object.entries(deps.webhooks).map(([name, url]) => ({
    name,
    url,
    running: null,
    again: false,
    waiting: null,
    failures: 0,
  }))

  function pump(queue: Queue): void {
    if (stopped || queue.waiting) return
    if (queue.running) {
      queue.again = true
      return
    }
    queue.again = false
    queue.running = work(queue).finally(() => {
      queue.running = null
      if (queue.again) pump(queue)
    })
  }

  async function work(queue: Queue): Promise<void> {
    try {
      while (!stopped && !queue.waiting) {
        const row = outbox.nextDue(queue.name, clock.now())
        if (!row) return
        const waitMs = await attempt(queue, row)
        if (waitMs > 0) wait(queue, waitMs)
      }
    } catch (error) {
      // A full or locked database, or a bug: nothing is marked that was not done, so it is safe to go on later.
      logger.error({ webhook: queue.name, err: error }, 'the outbox could not be worked on; trying again')
      wait(queue, backoffMs(queue))
    }
  }

  function wait(queue: Queue, ms: number): void {
    if (stopped) return
    queue.waiting = clock.at(clock.now() + ms, () => {
      queue.waiting = null
      pump(queue)
    })
  }

  function backoffMs(queue: Queue): number {
    const grown = Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** Math.min(queue.failures++, 20))
    return Math.ceil(grown * (0.5 + random() / 2))
  }

  /** One try to settle a row. Returns how long the queue is to wait, ms. */
  async function attempt(queue: Queue, row: OutboxRow): Promise<number> {
    let doubt = false
    if (row.kind === 'post' && row.sendingMs !== null) {
      const looked = await lookFor(queue, row, row.sendingMs)
      if (typeof looked === 'number' || stopped) return Number(looked) || 0
      doubt = looked === 'in doubt'
    }
    const prepared =
      row.kind === 'post' ? preparePost(row, outbox, alerts, clock.now()) : prepareEdit(row, outbox)
    if ('drop' in prepared) {
      outbox.markSuperseded(row.id, prepared.drop, clock.now())
      return 0
    }
    const { messages, messageId } = prepared
    let { payload } = prepared
    for (;;) {
      database.transaction(() => outbox.markSending(row.id, messages, payload, clock.now()))
      const verdict = await ask(queue, messageId, payload)
      if (verdict.kind !== 'refused') {
        const waitMs = settle(queue, row, verdict, payload)
        // Certainly not accepted this time; the time before is still unknown, and looked for again.
        const again = verdict.kind === 'wait' || verdict.kind === 'gone'
        if (doubt && again) outbox.markSending(row.id, row.messages, row.payload!, row.sendingMs!)
        return waitMs
      }
      logger.error(
        { webhook: queue.name, row: row.id, reason: verdict.reason, payload },
        'Discord refuses this message: a bug of ibc-monitor, please report it',
      )
      if (row.kind === 'edit' || payload.embeds.length === 0) {
        outbox.markSuperseded(row.id, `refused: ${verdict.reason}`, clock.now())
        return 0
      }
      // The first line carries everything: better said without its details than not at all.
      outbox.markRefused(row.id, verdict.reason)
      payload = { ...payload, embeds: [] }
    }
  }

  async function ask(queue: Queue, messageId: string | null, payload: unknown): Promise<Verdict> {
    const url = webhookUrl(queue.url, messageId, messageId === null ? { wait: 'true' } : {})
    try {
      const method = messageId === null ? 'POST' : 'PATCH'
      return judge(await send({ method, url, body: payload, signal: abort.signal }))
    } catch (error) {
      const reason = messageOf(error)
      const never = error instanceof SendError && error.arrived === 'no'
      return never ? { kind: 'wait', waitMs: backoffMs(queue), reason } : { kind: 'uncertain', reason }
    }
  }

  function settle(
    queue: Queue,
    row: OutboxRow,
    verdict: Exclude<Verdict, { kind: 'refused' }>,
    payload: NonNullable<OutboxRow['payload']>,
  ): number {
    const nowMs = clock.now()
    const at = { webhook: queue.name, row: row.id }
    switch (verdict.kind) {
      case 'accepted':
        queue.failures = 0
        database.transaction(() => {
          outbox.markDelivered(row.id, row.kind === 'post' ? verdict.messageId : null, nowMs)
          if (row.targetId !== null) outbox.setPayload(row.targetId, payload)
          watch.works(queue, verdict.channelId)
        })
        return verdict.pauseMs
      case 'no-message':
        outbox.markSuperseded(row.id, verdict.reason, nowMs)
        return 0
      case 'gone':
        outbox.markRefused(row.id, verdict.reason)
        watch.gone(queue, verdict.reason)
        return GONE_RETRY_MS
      case 'wait':
        outbox.markRefused(row.id, verdict.reason)
        logger.warn({ ...at, reason: verdict.reason, waitMs: verdict.waitMs }, 'not delivered yet')
        return verdict.waitMs
      case 'uncertain': {
        outbox.markUncertain(row.id, verdict.reason)
        const waitMs = backoffMs(queue)
        if (!stopped)
          logger.warn({ ...at, reason: verdict.reason, waitMs }, 'not delivered, as far as is known')
        return waitMs
      }
    }
  }

  /**
   * After an attempt whose outcome is not known: how long to wait (0: it was found and is settled), or to send it
   * again, perhaps while in doubt about that attempt.
   */
  async function lookFor(
    queue: Queue,
    row: OutboxRow,
    sendingMs: number,
  ): Promise<number | 'absent' | 'in doubt'> {
    if (!deps.readChannel) return 'absent'
    try {
      const { readChannel } = deps
      const looking = watch.locate(queue).then((webhook) => findInChannel(row, webhook, outbox, readChannel))
      const found = await within(looking, LOOK_MAX_MS, clock, abort.signal)
      if (found.kind !== 'found') return 'absent'
      logger.info({ webhook: queue.name, row: row.id }, 'it had been delivered: found in the channel')
      outbox.markDelivered(row.id, found.messageId, clock.now())
      queue.failures = 0
      return 0
    } catch (error) {
      // The same outage as before, most likely: sending blindly into it is how an alert comes twice.
      if (Math.abs(clock.now() - sendingMs) > UNREAD_MAX_MS) return 'in doubt'
      const waitMs = backoffMs(queue)
      logger.warn(
        { webhook: queue.name, row: row.id, reason: messageOf(error), waitMs },
        'the channel was not read',
      )
      return waitMs
    }
  }

  function forget(): void {
    cancelForget = clock.at(clock.now() + DAY_MS, forget)
    try {
      outbox.prune(clock.now() - KEEP_MS)
    } catch (error) {
      logger.warn({ err: error }, 'old rows of the outbox could not be deleted')
    }
  }

  return {
    start() {
      forget()
      for (const { webhook, waiting } of outbox.queues()) {
        if (queues.some(({ name }) => name === webhook)) continue
        logger.error(
          { webhook, waiting },
          'notices wait for a webhook that is not in the configuration any more',
        )
      }
      for (const queue of queues) {
        void watch.locate(queue).catch(() => {})
        pump(queue)
      }
    },
    kick() {
      for (const queue of queues) pump(queue)
    },
    async flush() {
      for (const queue of queues) pump(queue)
      while (queues.some(({ running }) => running)) await Promise.all(queues.map(({ running }) => running))
    },
    status: () => deliveryStatus(outbox, known, Object.keys(deps.webhooks)),
    async stop(withinMs = 5000) {
      stopped = true
      cancelForget()
      for (const queue of queues) queue.waiting?.()
      const ended = Promise.all(queues.map(({ running }) => running))
      const bound = new AbortController()
      await Promise.race([ended, clock.sleep(withinMs, bound.signal)])
      bound.abort()
      abort.abort()
      await ended
      await watch.idle()
      await own?.close()
    },
  }
}
