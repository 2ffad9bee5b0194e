// The composition root: the one place that builds things, starts them, and closes them in reverse.
import { createDelivery, type Delivery } from './alerts/outbox/deliver.ts'
import { besidePagers } from './alerts/pagers/index.ts'
import { DEFAULT_WEBHOOK } from './alerts/settings.ts'
import { createStandby } from './alerts/standby/watch.ts'
import { createAlertStore } from './alerts/store.ts'
import { webhookGuild } from './alerts/webhook-guild.ts'
import { type Chains, type ChainsDeps, createChains } from './chains/index.ts'
import { createClients } from './clients/index.ts'
import { clientStore } from './clients/store.ts'
import { refuseNothingToDo, type Settings } from './config/index.ts'
import { withStartSecrets } from './config/start-secrets.ts'
import { createDiscord, type DiscordDoor } from './discord/gateway.ts'
import { createGuildStore } from './discord/guild-store.ts'
import { createRegistry } from './discord/registry.ts'
import { faucetRoute } from './faucet/alert.ts'
import { createFaucet } from './faucet/index.ts'
import { type Clock, guarded, systemClock } from './kernel/clock.ts'
import type { LineSink } from './kernel/line-sink.ts'
import type { Logger } from './kernel/logger.ts'
import type { Secrets } from './kernel/secrets.ts'
import { type App, lifeOf } from './life.ts'
import { createLiveness } from './ops/liveness.ts'
import { createLogWatch } from './ops/log-watch.ts'
import { createOwnTroubles, problemsOf } from './ops/own-trouble.ts'
import { createSayOnce } from './ops/say-once.ts'
import { statusLine } from './ops/status-line.ts'
import { createStorageWatch } from './ops/storage-watch.ts'
import { viaChannels } from './ops/via-channels.ts'
import { createOverviews } from './report/index.ts'
import { createMachines } from './report/machines.ts'
import { type Database, openDatabase } from './storage/database.ts'
import { logBug } from './storage/explain.ts'
import { databaseSize } from './storage/inspect.ts'
import { VERSION } from './version.ts'
import { createWallets } from './wallets/index.ts'

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
  /** That of the one in this process which it takes over from; left out: it is opened. */
  database?: Database
  /** The chain registry; left out: src/chains/registry.json. */
  registry?: ChainsDeps['registry']
}

export type { App } from './life.ts'

/**
 * Builds the bot.
 * @throws {UsageError} for missing or malformed secrets
 * @throws {FatalError} when the database cannot be opened
 */
export function createApp(options: AppOptions): App {
  const { logger } = options
  const clock = guarded(options.clock ?? systemClock, (error) => logBug(logger, error, 'a timer failed', {}))
  const known = withStartSecrets(options)
  const database =
    options.database?.share() ?? openDatabase(options.dataDirectory, { logger, nowMs: clock.now(), clock })
  try {
    return build(options, known, database, clock)
  } catch (error) {
    database.close()
    throw error
  }
}

function build(
  options: AppOptions,
  { settings, webhooks, pagers, around, own, token }: ReturnType<typeof withStartSecrets>,
  database: Database,
  clock: Clock,
): App {
  const { secrets, logger, registry, wireClock } = options
  const startedMs = clock.now()
  const store = clientStore(database, logger)
  const alerts = createAlertStore(database, logger)
  const firstStart = !options.database && store.chainIds().length === 0
  const channel = settings.alerts.channels[DEFAULT_WEBHOOK]
  const shared = { settings, database, alerts, committed: () => delivery.kick(), clock, wireClock, logger }
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
  const storageWatch = createStorageWatch(database, clock)
  const ownParts = () => [storageWatch, ...delivery.pagers]
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
      ownProblems: [logWatch.problem() || [], problemsOf(ownParts()), machines.problems()].flat(),
      database: databaseSize(options.dataDirectory),
      doubts: chains.doubts(),
      ...(standby && { standby: { heardMs: standby.heardMs() } }),
    }),
  })
  const faucet =
    settings.faucets.length === 0 || settings.standby
      ? null
      : createFaucet({
          ...shared,
          settings: settings.faucets,
          secrets,
          speak: {
            dm: (...args) => discord.dm(...args),
            sayInChannel: (...args) => discord.sayInChannel(...args),
          },
          alerts: { ...shared, route: faucetRoute(settings) },
        })
  const allCommands = [overviews, wallets, chains, faucet].flatMap((one) => one?.commands ?? [])
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
    registry: createRegistry(settings.standby ? [overviews.status] : allCommands, !settings.standby),
  })
  const { readChannel, sayInChannel } = discord
  const through = viaChannels({ ...own, around, clock, sayOnce, logger })
  const standby = createStandby({ ...shared, readChannel, sayOnce, delivery: (): Delivery => delivery })
  const liveness = createLiveness(shared)
  const sending = { ...shared, webhooks, pagers, standby, liveness, guild: createGuildStore(database).get }
  const delivery = besidePagers(createDelivery({ ...sending, through, readChannel, sayInChannel }), sending)
  const { tell } = delivery
  const troubles = createOwnTroubles({ ...shared, parts: [logWatch, ...ownParts()], tell, sayOnce })
  const parts = {
    clients,
    overviews,
    alerts,
    wallets,
    delivery,
    discord,
    faucet,
    database,
    liveness,
    sayOnce,
    standby,
  }
  const machines = createMachines({ ...options, ...shared, ...parts, directory, startedMs })
  return {
    ...parts,
    status: () => statusOf(directory, parts),
    ...lifeOf({ ...shared, ...parts, chains, troubles, machines, firstStart }),
  }
}

function statusOf(directory: Chains['directory'], app: Pick<App, 'clients' | 'alerts' | 'delivery'>): string {
  const named = directory.all().filter(({ origin }) => origin !== 'registry')
  return statusLine(
    named.map(({ chainId, name }) => ({ name, ...app.clients.chainStatus(chainId) })),
    app.alerts.openAlerts().length,
    app.delivery.status().waiting,
  )
}
