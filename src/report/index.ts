// What is said over all features together: their commands, and the digest.

import { createActs } from '../alerts/acknowledge.ts'
import type { AlertStore } from '../alerts/store.ts'
import { readChainIdentity } from '../chains/identity.ts'
import type { ChainsSettings } from '../chains/settings.ts'
import { readClientIdentity } from '../clients/identity.ts'
import type { Command } from '../discord/command.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Database } from '../storage/database.ts'
import type { Job } from '../watch/schedule.ts'
import { type OverviewDeps, reportCommands } from './commands/index.ts'
import { statusCommand } from './commands/status.ts'
import { createDigestJob, type DigestSchedule } from './digest-job.ts'
import { sendDigest } from './send-digest.ts'
import { createDigestStore } from './store.ts'

export interface OverviewsDeps extends Omit<OverviewDeps, 'openAlerts' | 'chainOf'> {
  settings: ChainsSettings & { schedule: DigestSchedule }
  database: Database
  alerts: AlertStore
  /** The chain that an alert of a feature that is not about clients is about; null: not known, or none. */
  chainOf: (identity: string) => string | null
  /** The commands about one client, which stand among those over all. */
  clientCommands: readonly Command[]
  /** Something was put into the outbox. */
  committed: () => void
  clock: Clock
  logger: Logger
}

export type Overviews = ReturnType<typeof createOverviews>

export function createOverviews(deps: OverviewsDeps) {
  const { schedule } = deps.settings
  const store = createDigestStore(deps.database, `${schedule.digest} ${schedule.timezone}`)
  const common = {
    ...deps,
    sent: store.sent,
    openAlerts: () => deps.alerts.openAlerts(),
    acts: createActs(deps),
    escalateAfterMs: deps.settings.alerts.escalate?.afterMs,
    chainOf(identity: string) {
      const of = readClientIdentity(identity) ?? readChainIdentity(identity)
      if (!of) return deps.chainOf(identity)
      return 'chainId' in of ? of.chainId : null
    },
  }
  const send = () => sendDigest(common, deps.clock.now())
  return {
    commands: reportCommands(common, deps.clientCommands),
    status: statusCommand(common),
    /** Puts the digest into the outbox. */
    sendDigest: send,
    /** Sends it when it is due; null: it is not wanted. `swept`: the first sweep after the start. */
    digestJob: (swept: Promise<unknown>): Job | null =>
      createDigestJob({ ...deps, schedule, store, send }, swept),
  }
}
