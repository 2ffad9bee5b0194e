// The composition root: the one place that builds things, starts them, and closes them in reverse.
import { createDelivery, type Delivery } from './alerts/outbox/deliver.ts'
import { destinations } from './alerts/routes.ts'
import { DEFAULT_WEBHOOK } from './alerts/settings.ts'
import { type AlertStore, createAlertStore } from './alerts/store.ts'
import { webhookGuild } from './alerts/webhook-guild.ts'
import { mineAloneText } from './chains/called.ts'
import { type Chains, type ChainsDeps, createChains } from './chains/index.ts'
import { type Clients, createClients } from './clients/index.ts'
import { clientStore } from './clients/store.ts'
import { refuseNothingToDo, type Settings } from './config/index.ts'
import { withStartSecrets } from './config/start-secrets.ts'
import { createDiscord, type DiscordDoor, TokenRefused } from './discord/gateway.ts'
import { createRegistry } from './discord/registry.ts'
import { createFaucet, type Faucets } from './faucet/index.ts'
import { atMost, type Clock, guarded, systemClock } from './kernel/clock.ts'
import { messageOf } from './kernel/errors.ts'
import type { LineSink } from './kernel/line-sink.ts'
import type { Logger } from './kernel/logger.ts'
import type { Secrets } from './kernel/secrets.ts'
import { createLiveness, type Liveness } from './ops/liveness.ts'
import { createLogWatch } from './ops/log-watch.ts'
import { createOwnTroubles } from './ops/own-trouble.ts'
import { createSayOnce, type SayOnce, sayChange } from './ops/say-once.ts'
import { createStorageWatch } from './ops/storage-watch.ts'
import { viaChannels } from './ops/via-channels.ts'
import { createOverviews, type Overviews } from './report/index.ts'
import { createMachines } from './report/machines.ts'
import { type Database, openDatabase } from './storage/database.ts'
import { logBug } from './storage/explain.ts'
import { databaseSize } from './storage/inspect.ts'
import { VERSION } from './version.ts'
import { createWallets, type Wallets } from './wallets/index.ts'
import { cronJob, startSchedule } from './watch/schedule.ts'

export interface AppOptions {
  settings: Settings
  secrets: Secrets
  /** Directory of the database, or `:memory:`. */
  dataDirectory: string
  /** Base of Discord's API, without a version. */
  discordApiBase: string
  logger: Logger
  /** Where the logger writes to. */
  log?: Pick<LineSink, 'status'>
  /** The time of the world; tests and the demo hand in one that can be moved. */
  clock?: Clock
  /** The time of the wire: pace, pauses and time-outs of requests to chains and webhooks; left out: the machine's. */
  wireClock?: Clock
  /** The chain registry; left out: src/chains/registry.json. */
  registry?: ChainsDeps['registry']
}

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
}

/** How long the parts get to finish, in milliseconds; together below the 10 s that a stop may take. */
const STOP_WATCH_MS = 4000
const STOP_DELIVERY_MS = 3000

/**
 * Builds the bot.
 * @throws {UsageError} for missing or malformed secrets
 * @throws {FatalError} when the database cannot be opened
 */
export function createApp(options: AppOptions): App {
  const { secrets, logger, registry, wireClock } = options
  const clock = guarded(options.clock ?? systemClock, (error) => logBug(logger, error, 'a timer failed', {}))
  const { settings, webhooks, around, own, token } = withStartSecrets(options)
  const database = openDatabase(options.dataDirectory, { logger, nowMs: clock.now(), clock })
  const startedMs = clock.now()
  const store = clientStore(database, logger)
  const alerts = createAlertStore(database, logger)
  const firstStart = store.chainIds().length === 0
  const committed = () => delivery.kick()
  const channel = settings.alerts.channels[DEFAULT_WEBHOOK]
  const shared = { settings, database, alerts, committed, clock, wireClock, logger }
  const chains = createChains({ ...shared, states: store, registry })
  const { directory, pools, health } = chains
  refuseNothingToDo(settings, directory.all().length)
  const clients = createClients({
    ...shared,
    directory,
    pools,
    health,
    store,
    adopt: chains.adopt,
    async decide() {
      const found = await chains.decide()
      if (found && found.length > 0) void wallets.check()
      return found
    },
  })
  const wallets = createWallets({
    ...shared,
    directory,
    pools,
    isChainTold: (chainId) =>
      directory.get(chainId) === null
        ? directory.getKnown(chainId) !== null
        : directory.get(chainId)?.origin !== 'registry' && (store.chain(chainId)?.unseen ?? null) !== null,
    adopt: chains.adopt,
  })
  const sayOnce = createSayOnce(shared)
  const storageWatch = createStorageWatch(database)
  const logWatch = createLogWatch(options.log, clock, logger)
  const overviews = createOverviews({
    ...shared,
    directory,
    store,
    describe: wallets.describe,
    chainOf: wallets.chainOf,
    chainStatus: clients.chainStatus,
    clientCommands: clients.commands,
    botStatus: () => ({
      version: VERSION,
      startedMs,
      webhooks: delivery.status().webhooks,
      discordProblem: discord.status().problem,
      ownProblems: [logWatch.problem() || [], storageWatch.trouble()?.text ?? [], machines.problems()].flat(),
      database: databaseSize(options.dataDirectory),
      doubts: chains.doubts(),
    }),
  })
  const faucet =
    settings.faucets.length === 0
      ? null
      : createFaucet({
          ...shared,
          settings: settings.faucets,
          secrets,
          speak: {
            dm: (...args) => discord.dm(...args),
            sayInChannel: (...args) => discord.sayInChannel(...args),
          },
          alerts: { ...shared, route: () => destinations(settings, null, settings.alerts.mention) },
        })
  const discord: DiscordDoor = createDiscord({
    ...shared,
    token,
    apiBase: options.discordApiBase,
    guildId: settings.discord.guildId ?? undefined,
    managesWebhooks: Object.keys(settings.alerts.channels).length > 0,
    webhookGuild: () => (channel ? own.guildOf(channel.id) : webhookGuild(webhooks[DEFAULT_WEBHOOK]!)),
    sayOnce,
    answeredElsewhere: (userId, proof) => faucet?.answeredElsewhere(userId, proof),
    prefix: settings.discord.prefix,
    commandChannels: settings.discord.commandChannels ?? undefined,
    adminRoles: settings.discord.adminRoles ?? undefined,
    moderatorRoles: faucet?.moderatorRoles,
    registry: createRegistry([overviews, wallets, chains, faucet].flatMap((one) => one?.commands ?? [])),
  })
  const delivery = createDelivery({
    ...shared,
    webhooks,
    through: viaChannels({ ...own, around, clock, sayOnce, logger }),
    readChannel: discord.readChannel,
    sayInChannel: discord.sayInChannel,
  })
  const { tell } = delivery
  const troubles = createOwnTroubles({ ...shared, parts: [logWatch, storageWatch], tell, sayOnce })
  const liveness = createLiveness(shared)
  const parts = { clients, overviews, alerts, wallets, delivery, discord, faucet, database, liveness }
  const machines = createMachines({ ...options, ...shared, ...parts, directory, startedMs })
  return { ...parts, ...lifeOf({ ...shared, ...parts, chains, troubles, sayOnce, machines, firstStart }) }
}

type Parts = Omit<App, 'start' | 'stop'> & {
  chains: Chains
  troubles: ReturnType<typeof createOwnTroubles>
  sayOnce: SayOnce
  machines: ReturnType<typeof createMachines>
  /** Nothing was ever watched over this database. */
  firstStart: boolean
  settings: Settings
  clock: Clock
  logger: Logger
}

/** Starts the parts, and stops them in reverse. */
function lifeOf(parts: Parts): Pick<App, 'start' | 'stop'> {
  const { chains, clients, overviews, wallets, delivery, discord, faucet, database, liveness } = parts
  const { troubles, sayOnce, machines, settings, clock, logger } = parts
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
      clients.watch.start()
      troubles.start()
      void machines.start()
      const swept = clients.watch.sweepAll()
      void wallets.check()
      begin('change', () => {
        const mineAlone = mineAloneText(chains.directory.all())
        if (mineAlone !== null) logger.info(mineAlone)
        sayChange(database, sayOnce, 'mine-alone', mineAlone && `⚠️ From now on, ${mineAlone}.`)
      })
      begin('faucet', () => faucet?.start())
      const nowMs = clock.now()
      const digest = begin('digest', () => overviews.digestJob(swept))
      stopSchedule = startSchedule(
        [
          // Not waited for: each chain is swept once at a time, and a slow one must not keep the others from their turn.
          cronJob('clients', settings.schedule.clients, nowMs, async () => void clients.watch.sweepAll()),
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
