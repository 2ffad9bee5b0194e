// The faucet as the rest of the program sees it: made from settings, with its commands, started and stopped.

import { UsageError } from '../kernel/errors.ts'
import { secretCutter } from '../kernel/logger.ts'
import { secretProblemLine } from '../kernel/secrets.ts'
import { createFaucetWatch } from './alert.ts'
import { faucetCommands } from './commands.ts'
import type { FaucetAtWork, FaucetDeps, FaucetParts } from './deps.ts'
import { createDms } from './dm.ts'
import { createDripper } from './drip.ts'
import { createElsewhere } from './elsewhere.ts'
import { banningCommands } from './moderation/banning.ts'
import { moderationCommands } from './moderation/drips.ts'
import { createQueue } from './queue.ts'
import { createResolver } from './resolve.ts'
import { secretProblems } from './secrets.ts'
import { createSender } from './senders/index.ts'
import { createDripSettler } from './settle.ts'
import { createStore } from './store.ts'

export type { FaucetDeps } from './deps.ts'

export type Faucets = ReturnType<typeof createFaucet>

/**
 * Makes the faucets of the configuration.
 * @throws {UsageError} with every secret that is missing or cannot be sent, by name
 */
export function createFaucet(deps: FaucetDeps) {
  const { database, clock, logger, secrets, speak } = deps
  const problems = secretProblems(deps.settings, secrets).map(secretProblemLine)
  if (problems.length > 0) throw new UsageError([...new Set(problems)].join('\n'))
  const store = createStore(database)
  const look = deps.alerts && createFaucetWatch({ store, telling: deps.alerts })
  const parts: FaucetParts = {
    clock,
    logger,
    speak,
    faucets: deps.settings.map((settings) => ({
      settings,
      sender: createSender({
        settings: settings.sender,
        token: settings.sender.token === null ? null : secrets[settings.sender.token]!,
        clock,
      }),
      queue: createQueue(settings.queue, clock),
    })),
    store,
    dms: createDms({ store, clock, logger, dm: speak.dm }),
    elsewhere: createElsewhere({ settings: deps.settings, clock, say: speak.sayInChannel }),
    cut: secretCutter(Object.values(secrets)),
    watch: ({ settings }, seenDry) => look?.(settings, clock.now(), seenDry),
  }
  const settler = createDripSettler(parts)
  const dripper = createDripper(parts, settler)
  const resolver = createResolver(parts, settler, dripper)
  const moderatorRoles = [...new Set(deps.settings.flatMap((one) => one.moderatorRoles))]
  let state: 'new' | 'running' | 'stopped' = 'new'
  const atWork: FaucetAtWork = {
    ...parts,
    drip: dripper.drip,
    tell: resolver.tell,
    isOpen: () => state === 'running',
  }

  return {
    commands:
      parts.faucets.length === 0
        ? []
        : [...faucetCommands(atWork), ...moderationCommands(atWork), ...banningCommands(atWork)],
    /** Roles that moderate any of the faucets; undefined where none names one: the bot's admins do. */
    moderatorRoles: moderatorRoles.length === 0 ? undefined : moderatorRoles,
    /** What a dead process left becomes unknown; the job begins. Until then every request is refused. */
    start(): void {
      resolver.start()
      state = 'running'
    },
    /** Nobody new; calls in flight have `graceMs`, then they are broken off and become unknown. */
    async stop(graceMs = 8000): Promise<void> {
      state = 'stopped'
      for (const { queue } of parts.faucets) queue.stop()
      await Promise.all([dripper.stop(graceMs), resolver.stop()])
    },
    /**
     * Discord says that another process with the same token answered an interaction of this user, and so may be paying
     * them; `proof`: a sentence where it is not the first time lately: nothing is paid any more until the restart.
     */
    answeredElsewhere: parts.elsewhere.seen,
    /** How many drips there were so far, by what became of them, and which faucets are paused. */
    measured() {
      const chains = parts.faucets.map(({ settings: { chain } }) => chain)
      const none = chains.map((chain) => ({ chain, status: 'sent', count: 0 }))
      return {
        drips: [...none, ...store.counts()].map(({ count, ...labels }) => ({ labels, count })),
        paused: chains.map((chain) => ({ labels: { chain }, paused: store.pauseOf(chain) !== null })),
      }
    },
    /** One round of the job now, with what it tells; for tests and the demo. */
    async tick(): Promise<void> {
      await resolver.tick()
      await resolver.tell()
    },
  }
}
