// Sends what is in the outbox through the webhooks: posts and edits in lanes of their own, until Discord accepts them.
import type { SayInChannel } from '../../discord/command.ts'
import { atMost, type Clock } from '../../kernel/clock.ts'
import { DAY_MS, MINUTE_MS } from '../../kernel/duration.ts'
import type { Logger } from '../../kernel/logger.ts'
import { backoff } from '../../net/backoff.ts'
import type { Database } from '../../storage/database.ts'
import { isWebhook, STANDBY_LANE } from '../pagers/names.ts'
import { type AlertRouting, DEFAULT_WEBHOOK } from '../settings.ts'
import { createAlertStore } from '../store.ts'
import { createAttempt } from './attempt.ts'
import { createFallback, type Fallback } from './fallback.ts'
import { createLookFor } from './find.ts'
import { createLane, type Lane, type LaneDeps, type Way } from './lane.ts'
import type { FirstWatcher } from './parts.ts'
import type { ReadChannel } from './seen.ts'
import { createSend, type Send } from './send.ts'
import { type DeliveryStatus, deliveryStatus, silentWays } from './status.ts'
import { createOutbox, createWebhookStore, type Outbox, type OutboxRow } from './store.ts'
import { createWebhookWatch } from './webhook.ts'

export interface DeliveryDeps {
  database: Database
  clock: Clock
  logger: Logger
  /** URLs by the name of their secret. */
  webhooks: Readonly<Record<string, string>>
  /** In place of undici, for tests. */
  send?: Send
  /** What turns addresses among `webhooks` into those of webhooks (see `throughChannels`). */
  through?: (send: Send) => Send
  readChannel?: ReadChannel
  sayInChannel?: SayInChannel
  /** The time of the wire, for time-outs; left out: the machine's. */
  wireClock?: Clock
  settings?: { alerts: Pick<AlertRouting, 'fallbackChannel'> }
  /** Whether it has been away a while ago: a second watcher may have spoken. */
  liveness?: { isBack: () => boolean }
  /** Null unless this is a second watcher. */
  standby?: FirstWatcher | null
  /** Time-out of one request, ms. */
  timeoutMs?: number
  /** From 0 to 1, for the jitter of waits. */
  random?: () => number
}

export type Delivery = ReturnType<typeof createDelivery>

const BACKOFF = { firstMs: 1000, mostMs: 5 * MINUTE_MS }
/** A channel takes 30 messages and edits in a minute through webhooks (facts of Discord): half of them is for posts. */
const EDITS_PER_MINUTE = 15
/** For how long what was settled is kept; longer where an open alert needs it. */
const KEEP_MS = 90 * DAY_MS

/** The delivery of a database's outbox. Nothing happens before `start` or `flush`. */
export function createDelivery(deps: DeliveryDeps) {
  const { database, clock, logger, random = Math.random } = deps
  const { readChannel, sayInChannel: say, standby = null } = deps
  const outbox = createOutbox(database, logger)
  const known = createWebhookStore(database)
  const own = deps.send ? null : createSend(deps.timeoutMs ?? 10_000, deps.wireClock)
  const plain = deps.send ?? own!.send
  const send = deps.through?.(plain) ?? plain
  const abort = new AbortController()
  const { later, cancelAll } = createTimers(clock)
  let stopped = false
  const alerts = createAlertStore(database, logger)
  const names = Object.keys(deps.webhooks)
  const waiting = (name: string) => [...outbox.waiting(name, 'post')].length
  const shared = { database, outbox, alerts, known, clock, logger, send, signal: abort.signal, later }
  const { fallbackChannel = null } = deps.settings?.alerts ?? {}
  const watch = createWebhookWatch({ ...shared, say, fallbackChannel, names, waiting, standby })
  const tries = { ...shared, watch, standby, stopped: () => stopped }
  const lookFor = createLookFor({ ...tries, readChannel, fallbackChannel, isBack: deps.liveness?.isBack })
  const attempt = createAttempt({ ...tries, lookFor })
  const ways = Object.entries(deps.webhooks).map(([name, url]) => wayOf(name, url))
  const lanes: Lane[] = ways.flatMap(({ posts, edits }) => [posts, edits])

  function wayOf(name: string, url: string) {
    const laneOf = (kind: OutboxRow['kind'], more: Pick<LaneDeps, 'attempt' | 'busy' | 'ended'>) =>
      createLane({
        waiting: () => outbox.waiting(name, kind),
        inOrder: kind === 'post',
        backoffMs: (failures) => Math.ceil(backoff(failures, { ...BACKOFF, random })),
        now: () => clock.now(),
        later,
        onError: (error) =>
          logger.error({ webhook: name, err: error }, 'the outbox could not be worked on; trying again'),
        ...more,
      })
    let editsLeft = EDITS_PER_MINUTE
    const posts = laneOf('post', {
      attempt: (id) => attempt(way, posts, id),
      busy: () => stopped || way.fallback.holds(),
      ended: () => {
        edits.pump()
        way.fallback.relieve()
      },
    })
    const edits = laneOf('edit', {
      attempt: async (id) => {
        // One that is only set aside costs nothing of the channel's pace.
        if (!(await attempt(way, edits, id))) return
        editsLeft--
        later(MINUTE_MS, () => {
          editsLeft++
          edits.pump()
        })
      },
      busy: () => stopped || posts.running !== null || editsLeft <= 0,
      ended: () => {},
    })
    const way = { name, url, posts, edits } as Way & { fallback: Fallback }
    way.fallback = createFallback(way, { ...tries, lookFor, speaks: say !== undefined })
    way.sayAlone = way.fallback.sayAlone
    return way
  }

  function forget(): void {
    later(DAY_MS, forget)
    try {
      outbox.prune(clock.now() - KEEP_MS)
    } catch (error) {
      logger.warn({ err: error }, 'old rows of the outbox could not be deleted')
    }
  }

  const kick = () => {
    for (const lane of lanes) lane.pump()
    for (const { fallback } of ways) fallback.relieve()
  }
  const idle = () => idleOf(lanes, ways)

  return {
    /** What is added, made of `parts`, is worked on with the webhooks' own, and ends with them. */
    lanes,
    parts: { ...tries, send: plain },
    /** Begins to send; asks each webhook which channel it belongs to. */
    start(): void {
      forget()
      rerouteLeft(deps, outbox)
      for (const way of ways) void watch.locate(way).catch(() => {})
      kick()
    },
    /** To be called after a commit that put something into the outbox. */
    kick,
    /** Sends what can be sent now; resolves when every queue is empty or waits. `idle` begins nothing. */
    async flush(): Promise<void> {
      kick()
      await idle()
    },
    idle,
    /** Says something about the bot where alerts go, by its own account; false where it could not be said. */
    tell: async (text: string, how?: Parameters<SayInChannel>[2]): Promise<boolean> =>
      ways[0] !== undefined && watch.tell(ways[0], text, how),
    silent: silentWays.bind(null, { ...shared, ways, readChannel, fallbackChannel }),
    status: (): DeliveryStatus => deliveryStatus(outbox, known, names, watch.failsSince),
    /** Ends: what is in flight gets `withinMs` to be answered. What is left is sent after the next start. */
    async stop(withinMs: number = 5000): Promise<void> {
      stopped = true
      cancelAll()
      await atMost(clock, withinMs, idle())
      abort.abort()
      await Promise.all(lanes.map((lane) => lane.running))
      await watch.idle()
      await own?.close()
    },
  }
}

/** Resolves when nothing is under way. */
async function idleOf(lanes: readonly Lane[], ways: readonly { fallback: Fallback }[]): Promise<void> {
  for (;;) {
    const all = [...lanes.map(({ running }) => running), ...ways.map(({ fallback }) => fallback.running())]
    const running = all.filter(Boolean)
    if (running.length === 0) return
    await Promise.all(running)
  }
}

/** What waits for a webhook that left the configuration goes to the default one. */
function rerouteLeft({ webhooks, standby, clock, logger }: DeliveryDeps, outbox: Outbox): void {
  for (const { webhook, waiting } of outbox.queues()) {
    if (webhook in webhooks || isOthers(webhook, standby)) continue
    const to = DEFAULT_WEBHOOK in webhooks ? DEFAULT_WEBHOOK : undefined
    if (to !== undefined) outbox.reroute(webhook, to, clock.now())
    logger.error(
      { webhook, waiting, to },
      'what waits for a webhook that is not configured goes to the default',
    )
  }
}

/** Whether a pager, or a second watcher, sees to a lane. Where there is none any more, what waits is told like all else. */
const isOthers = (lane: string, standby: DeliveryDeps['standby']) =>
  lane === STANDBY_LANE ? standby != null : !isWebhook(lane)

/** Timers that end together. */
export function createTimers(clock: Clock) {
  const timers = new Set<() => void>()
  let ended = false
  return {
    /** Calls `run` after `ms`, unless that is cancelled. */
    later(ms: number, run: () => void): () => void {
      if (ended) return () => {}
      const forgotten = clock.at(clock.now() + ms, () => {
        timers.delete(cancel)
        run()
      })
      const cancel = () => {
        timers.delete(cancel)
        forgotten()
      }
      timers.add(cancel)
      return cancel
    },
    cancelAll(): void {
      ended = true
      for (const cancel of timers) cancel()
    },
  }
}
