// A database in memory with its delivery to a webhook server and its pagers, on a clock moved by hand.
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { type PagerServer, startPagerServer } from '../../sandbox/pagers/server.ts'
import { step } from '../../src/alerts/life.ts'
import { commitNotices } from '../../src/alerts/outbox/commit.ts'
import { createDelivery } from '../../src/alerts/outbox/deliver.ts'
import { besidePagers } from '../../src/alerts/pagers/index.ts'
import { type PagerName, pagersSchema, withPagers } from '../../src/alerts/pagers/settings.ts'
import { pagerTargets } from '../../src/alerts/pagers/targets.ts'
import { createAlertStore } from '../../src/alerts/store.ts'
import type { Observation } from '../../src/alerts/types.ts'
import { DAY_MS } from '../../src/kernel/duration.ts'
import { createLogger, type Logger } from '../../src/kernel/logger.ts'
import { type Database, openDatabase } from '../../src/storage/database.ts'
import { seen, T0 } from './alerts.ts'
import { MAIN, worded } from './alerts-delivery.ts'
import { startWebhookServer } from './webhook-server.ts'

type Thing = readonly [thing: number, level: Observation['level'], more?: Partial<Observation>]

export async function startPaging(kinds: readonly PagerName[], { from = 'critical', timeoutMs = 5000 } = {}) {
  const server: PagerServer = await startPagerServer()
  const discord = await startWebhookServer()
  const clock = new ManualClock(T0)
  const database: Database = openDatabase(':memory:', { nowMs: T0 })
  const alerts = createAlertStore(database)
  const lines: string[] = []
  const logger: Logger = createLogger('debug', Object.values(server.secrets), {
    write: (line) => void lines.push(line),
  })
  const secrets = Object.fromEntries(kinds.map((kind) => [kind.toUpperCase(), server.secrets[kind]]))
  const settingsOf = (of: readonly PagerName[]) =>
    pagersSchema.parse(of.map((kind) => ({ kind, secret: kind.toUpperCase(), from })))
  const pagers = settingsOf(kinds)
  const webhooks = { [MAIN]: discord.url() }
  const make = (of: readonly PagerName[] = kinds) => {
    const deps = { database, clock, logger, webhooks, random: () => 1, timeoutMs }
    return besidePagers(createDelivery(deps), {
      ...deps,
      alerts,
      pagers: pagerTargets({ alerts: { pagers: settingsOf(of) } }, secrets).pagers,
      guild: () => ({ guildId: '42' }),
    })
  }
  let delivery = make()
  delivery.start()

  const observe = (...things: Thing[]) =>
    database.tx(() => {
      const messages = things.flatMap(([thing, level, more]) => {
        const identity = `ibc:osmosis-1/07-tendermint-${thing}`
        const before = alerts.loadState(identity)
        const policy = { remindEveryMs: DAY_MS }
        const { after, notices } = step(before, seen(level, more), policy, clock.now(), alerts.allocateId)
        alerts.saveState(identity, after, clock.now())
        return notices.map((notice) => worded(thing, notice, {}))
      })
      const route = { alerts: { mention: [], routes: [], pagers } }
      commitNotices(
        database,
        messages,
        ({ mention }) => withPagers(route, 'osmosis-1', [{ webhook: MAIN, mention }]),
        clock.now(),
      )
    })

  return {
    server,
    discord,
    clock,
    database,
    alerts,
    lines,
    get delivery() {
      return delivery
    },
    /** What a sweep sees of things, in one transaction. */
    observe,
    /** The same, and what can be sent is sent. */
    async see(...things: Thing[]) {
      observe(...things)
      await delivery.flush()
    },
    /** Lets time pass, and waits for what does not wait for the clock. */
    async passing(ms: number) {
      await clock.advance(ms)
      await delivery.flush()
    },
    /** Another process on the same database; what the last one had in flight is lost with it. */
    async restart(changed?: readonly PagerName[]) {
      const stopped = delivery.stop(0)
      await clock.advance(0)
      await stopped
      delivery = make(changed)
      delivery.start()
      await delivery.flush()
    },
    /** PagerDuty's incidents: "critical triggered: trigger". */
    incidents: () =>
      server.pagerduty.incidents.map(
        ({ key, status, log }) => `${key.split('/').slice(3).join('/')} ${status}: ${log.join(' ')}`,
      ),
    async close() {
      const stopped = delivery.stop(0)
      await clock.advance(0)
      await stopped
      database.close()
      await Promise.all([server.close(), discord.close()])
    },
  }
}

export type PagingWorld = Awaited<ReturnType<typeof startPaging>>
