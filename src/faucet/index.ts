// The faucet as the rest of the program sees it: made from settings, with its commands, started and stopped.
import type { Command, Reply } from '../discord/command.ts'
import type { Clock } from '../kernel/clock.ts'
import { UsageError } from '../kernel/errors.ts'
import { type Logger, secretCutter } from '../kernel/logger.ts'
import type { Database } from '../storage/database.ts'
import { createFaucetWatch, type FaucetAlerts } from './alert.ts'
import { faucetCommands } from './commands.ts'
import { createDms } from './dm.ts'
import { createDripper } from './drip.ts'
import { createElsewhere } from './elsewhere.ts'
import { createAudit } from './moderation/audit.ts'
import { banningCommands } from './moderation/banning.ts'
import { moderationCommands } from './moderation/drips.ts'
import { createModerationStore } from './moderation/store.ts'
import { createQueue } from './queue.ts'
import { createResolver } from './resolve.ts'
import type { FaucetSettings } from './schema.ts'
import { secretProblems } from './secrets.ts'
import { createSender } from './senders/index.ts'
import { createSettler, type Faucet } from './settle.ts'
import { createStore } from './store.ts'

export interface FaucetDeps {
  settings: readonly FaucetSettings[]
  /** Secrets by their environment name. */
  secrets: Readonly<Record<string, string>>
  database: Database
  clock: Clock
  logger: Logger
  /** Speaks without a call: after a restart, or when an answer can no longer be changed. */
  speak: {
    /**
     * A direct message; false when it can never be delivered.
     * @throws when it cannot be sent now
     */
    dm(userId: string, reply: Reply, signal: AbortSignal): Promise<boolean>
    /** A message in a channel that pings nobody; false when it could not be sent. */
    sayInChannel(channelId: string, text: string): Promise<boolean>
  }
  /** Left out: trouble stands in the log and the history only. */
  alerts?: FaucetAlerts
}

export interface FaucetRoom {
  commands: Command[]
  /** Roles that moderate any of the faucets; undefined where none names one: the bot's admins do. */
  moderatorRoles: string[] | undefined
  /** What a dead process left becomes unknown; the job begins. Until then every request is refused. */
  start(): void
  /** Nobody new; calls in flight have `graceMs` (default 8 s), then they are broken off and become unknown. */
  stop(graceMs?: number): Promise<void>
  /**
   * Discord says that another process with the same token answered an interaction of this user, and so may be paying
   * them; `proof`: a sentence where it is not the first time lately: nothing is paid any more until the restart.
   */
  answeredElsewhere(userId: string, proof: string | null): void
  /** One round of the job now, with what it tells; for tests and the demo. */
  tick(): Promise<void>
}

/**
 * Makes the faucets of the configuration.
 * @throws {UsageError} with every secret that is missing or cannot be sent, by name
 */
export function createFaucet(deps: FaucetDeps): FaucetRoom {
  const { database, clock, logger, secrets } = deps
  const problems = secretProblems(deps.settings, secrets).map(({ path, text }) => `${path}: ${text}`)
  if (problems.length > 0) throw new UsageError([...new Set(problems)].join('\n'))
  const moderation = createModerationStore(database)
  const store = createStore(database, moderation)
  const audit = createAudit(moderation, logger)
  const dms = createDms({ store, clock, logger, dm: deps.speak.dm })
  const faucets: Faucet[] = deps.settings.map((settings) => ({
    settings,
    sender: createSender({
      settings: settings.sender,
      token: settings.sender.token === null ? null : secrets[settings.sender.token]!,
      clock,
    }),
    queue: createQueue(settings.queue, clock),
  }))
  const look = deps.alerts && createFaucetWatch({ store, telling: deps.alerts })
  const watch = (faucet: Faucet, seenDry?: boolean) => look?.(faucet.settings, clock.now(), seenDry)
  const cut = secretCutter(Object.values(secrets))
  const settler = createSettler({ store, audit, clock, logger, cut, settled: watch })
  const elsewhere = createElsewhere({ settings: deps.settings, clock, say: deps.speak.sayInChannel })
  const dripper = createDripper({ elsewhere, store, audit, dms, settler, clock, logger })
  const resolver = createResolver({ faucets, store, dms, settler, dripper, clock, logger, watch })
  const moderatorRoles = [...new Set(deps.settings.flatMap((one) => one.moderatorRoles))]
  let state: 'new' | 'running' | 'stopped' = 'new'
  const room = {
    faucets,
    store,
    moderation,
    audit,
    dripper,
    resolver,
    elsewhere,
    clock,
    logger,
    speak: deps.speak,
    isOpen: () => state === 'running',
  }

  return {
    commands:
      faucets.length === 0
        ? []
        : [...faucetCommands(room), ...moderationCommands(room), ...banningCommands(room)],
    moderatorRoles: moderatorRoles.length === 0 ? undefined : moderatorRoles,
    start() {
      resolver.start()
      state = 'running'
    },
    async stop(graceMs = 8000) {
      state = 'stopped'
      for (const { queue } of faucets) queue.stop()
      await Promise.all([dripper.stop(graceMs), resolver.stop()])
    },
    answeredElsewhere: elsewhere.seen,
    async tick() {
      await resolver.tick()
      await resolver.tell()
    },
  }
}
