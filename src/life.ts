// The bot's life: starts its parts, and stops them in reverse.
import type { Delivery } from './alerts/outbox/deliver.ts'
import type { Standby } from './alerts/standby/watch.ts'
import type { AlertStore } from './alerts/store.ts'
import { mineAloneText } from './chains/called.ts'
import type { Chains } from './chains/index.ts'
import type { Clients } from './clients/index.ts'
import type { Settings } from './config/index.ts'
import { type DiscordDoor, TokenRefused } from './discord/gateway.ts'
import type { Faucets } from './faucet/index.ts'
import { atMost, type Clock, systemClock } from './kernel/clock.ts'
import { messageOf } from './kernel/errors.ts'
import type { Logger } from './kernel/logger.ts'
import type { Liveness } from './ops/liveness.ts'
import type { createOwnTroubles } from './ops/own-trouble.ts'
import { type SayOnce, sayChange } from './ops/say-once.ts'
import type { Overviews } from './report/index.ts'
import type { createMachines } from './report/machines.ts'
import type { Database } from './storage/database.ts'
import { logBug } from './storage/explain.ts'
import type { Wallets } from './wallets/index.ts'
import { cronJob, startSchedule } from './watch/schedule.ts'

export interface App {
  /**
   * Starts watching at once; resolves when the bot's own connection was made, or has failed for now.
   * @throws {UsageError} for a token that Discord refuses at the first start; the watch runs until `stop` all the same
   */
  start(): Promise<void>
  /** Finishes what is in flight and closes everything, within 10 s. */
  stop(): Promise<void>
  readonly clients: Clients
  readonly overviews: Overviews
  readonly alerts: AlertStore
  readonly wallets: Wallets
  readonly delivery: Delivery
  readonly discord: DiscordDoor
  /** Null where no faucet is configured. */
  readonly faucet: Faucets | null
  readonly database: Database
  readonly liveness: Liveness
  readonly sayOnce: SayOnce
  /** Null unless this is a second watcher. */
  readonly standby: Standby | null
  /** How it is, in a sentence without markup. */
  status(): string
}

/** How long the parts get to finish, in milliseconds; together below the 10 s that a stop may take. */
const STOP_WATCH_MS = 4000
const STOP_DELIVERY_MS = 3000

/** What has a life. */
export type Parts = Omit<App, 'start' | 'stop' | 'status'> & {
  chains: Chains
  troubles: ReturnType<typeof createOwnTroubles>
  machines: ReturnType<typeof createMachines>
  /** Nothing was ever watched over this database. */
  firstStart: boolean
  settings: Settings
  clock: Clock
  logger: Logger
}

/** Starts the parts, and stops them in reverse. */
export function lifeOf(parts: Parts): Pick<App, 'start' | 'stop'> {
  const { chains, clients, overviews, wallets, delivery, discord, faucet, database, liveness } = parts
  const { troubles, sayOnce, machines, standby, settings, clock, logger } = parts
  let stopSchedule = () => {}
  let stopped: Promise<void> | null = null

  const login = async () => {
    try {
      await discord.start()
    } catch (error) {
      if (!(error instanceof TokenRefused)) return logBug(logger, error, 'Discord could not be connected', {})
      // Whoever starts it for the first time looks on. Later the watch must not end because of it.
      if (parts.firstStart) throw error
      logger.error(
        { problem: messageOf(error) },
        'Discord refuses the token: watching and alerting go on without commands',
      )
    }
  }

  /** What fails here is one part: the watch goes on. */
  const begin = <T>(part: string, work: () => T): T | null => {
    try {
      return work()
    } catch (error) {
      logBug(logger, error, `the ${part} could not be begun`, { part })
      sayOnce(`part:${part}`, `⚠️ My ${part} could not be begun: see my log. The watch and its alarms go on.`)
      return null
    }
  }

  return {
    async start() {
      liveness.start()
      delivery.start()
      standby?.start()
      clients.watch.start()
      troubles.start()
      void machines.start()
      const swept = clients.watch.sweepAll()
      void wallets.check()
      // What is the first one's to say.
      const only = <T>(part: string, work: () => T) => (standby ? null : begin(part, work))
      only('change', () => {
        const mineAlone = mineAloneText(chains.directory.all())
        if (mineAlone !== null) logger.info(mineAlone)
        sayChange(database, sayOnce, 'mine-alone', mineAlone && `⚠️ From now on, ${mineAlone}.`)
      })
      begin('faucet', () => faucet?.start())
      const nowMs = clock.now()
      const digest = only('digest', () => overviews.digestJob(swept))
      stopSchedule = startSchedule(
        [
          // Not waited for: each chain is swept once at a time, and a slow one must not keep the others from their turn.
          cronJob('clients', settings.schedule.clients, nowMs, async () => void clients.watch.sweepAll()),
          cronJob('due wallets', '* * * * *', nowMs, () => wallets.checkDue()),
          cronJob('wallets', settings.schedule.wallets, nowMs, () => wallets.check()),
          ...(digest ? [digest] : []),
        ],
        clock,
        logger,
      )
      // Last: neither the watch nor its alarms, which go through the webhook, need the bot's own connection.
      await login()
    },
    stop() {
      stopped ??= (async () => {
        stopSchedule()
        liveness.stop()
        troubles.stop()
        await within(1000, machines.stop())
        // Calls to a faucet that are broken off become unknown: their answer is looked up after the next start.
        await within(
          STOP_WATCH_MS + 500,
          Promise.all([clients.watch.stop(), wallets.stop(), faucet?.stop(STOP_WATCH_MS)]),
        )
        if (standby) await within(1000, standby.stop())
        await Promise.all([delivery.stop(STOP_DELIVERY_MS), within(STOP_DELIVERY_MS, discord.stop())])
        await within(1000, chains.close())
        database.close()
      })()
      return stopped
    },
  }
}

/** Waits for `work`, however it ends, but not longer than `ms` milliseconds of the machine's time. */
const within = (ms: number, work: Promise<unknown>) =>
  atMost(
    systemClock,
    ms,
    work.catch(() => {}),
  )
