// A delivery to a webhook server, of a database in memory, on a clock moved by hand; anew for each test.
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { step } from '../../src/alerts/life.ts'
import { commitNotices } from '../../src/alerts/outbox/commit.ts'
import { createDelivery, type Delivery, type DeliveryDeps } from '../../src/alerts/outbox/deliver.ts'
import { createAlertStore } from '../../src/alerts/store.ts'
import type { Message, Observation } from '../../src/alerts/types.ts'
import { DAY_MS } from '../../src/kernel/duration.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { type Database, openDatabase } from '../../src/storage/database.ts'
import { aMessage, seen, T0 } from './alerts.ts'
import { startWebhookServer } from './webhook-server.ts'

export let server: Awaited<ReturnType<typeof startWebhookServer>>
export let database: Database
export let clock: ManualClock
export let delivery: Delivery
export let log: { level: number; msg: string; [key: string]: unknown }[]
export const MAIN = 'DISCORD_WEBHOOK_URL'

export async function setUp() {
  server = await startWebhookServer()
  clock = new ManualClock(T0)
  database = openDatabase(':memory:', { nowMs: T0 })
  log = []
  delivery = deliver()
}

export async function tearDown() {
  await stop()
  database.close()
  await server.close()
}

export function deliver(more: Partial<DeliveryDeps> = {}): Delivery {
  const logger = createLogger('debug', [], { write: (line) => void log.push(JSON.parse(line)) })
  const webhooks = { [MAIN]: server.url() }
  return createDelivery({ database, clock, logger, webhooks, random: () => 1, ...more })
}

/** The delivery of a test from here on. */
export function deliverBy(more: Partial<DeliveryDeps> = {}) {
  delivery = deliver(more)
}

/** The database of a test from here on. */
export function openAt(directory: string) {
  database = openDatabase(directory, { nowMs: T0 })
}

/** Ends without waiting for what is in flight. */
export async function stop() {
  const stopped = delivery.stop(0)
  await clock.advance(0)
  await stopped
}

/** Another process on the same database: what the last one had in flight is lost with it. */
export async function restart(more: Partial<DeliveryDeps> = {}) {
  await stop()
  delivery = deliver(more)
  delivery.start()
  await delivery.flush()
}

/** One observation of one thing, as a sweep would make it: state and notices in one transaction. */
export function observe(
  thing: number,
  level: Observation['level'],
  more: Partial<Observation> = {},
  about: Partial<Message> = {},
) {
  const alerts = createAlertStore(database)
  const identity = `ibc:osmosis-1/07-tendermint-${thing}`
  database.tx(() => {
    const before = alerts.loadState(identity)
    const { after, notices } = step(
      before,
      seen(level, more),
      { remindEveryMs: DAY_MS },
      clock.now(),
      alerts.allocateId,
    )
    alerts.saveState(identity, after, clock.now())
    commit(notices.map((notice) => worded(thing, notice, about)))
  })
}

export function worded(thing: number, notice: Message['notice'], about: Partial<Message>): Message {
  const over = notice.kind === 'resolved' || notice.kind === 'recovered'
  return {
    ...aMessage(notice.alertId, notice, {
      identity: `ibc:osmosis-1/07-tendermint-${thing}`,
      headline: over ? `🟢 ${thing} is well` : `🟡 ${notice.level} ${thing}`,
      ...(over ? { embed: null } : {}),
    }),
    ...about,
    notice,
  }
}

export const commit = (messages: Message[]) =>
  database.tx(() =>
    commitNotices(database, messages, ({ mention }) => [{ webhook: MAIN, mention }], clock.now()),
  )
