// What is said over all features together: their commands, and the digest.

import type { AlertStore } from '../alerts/store.ts'
import { readChainIdentity } from '../chains/identity.ts'
import type { ChainsSettings } from '../chains/settings.ts'
import { readClientIdentity } from '../clients/identity.ts'
import type { Command } from '../discord/command.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../storage/database.ts'
import { type OverviewDeps, reportCommands } from './commands/index.ts'
import { sendDigest } from './send-digest.ts'

export interface OverviewsDeps extends Omit<OverviewDeps, 'openAlerts' | 'chainOf'> {
  settings: ChainsSettings
  database: Database
  alerts: AlertStore
  /** The chain that an alert of a feature that is not about clients is about; null: not known, or none. */
  chainOf: (identity: string) => string | null
  /** The commands about one client, which stand among those over all. */
  clientCommands: readonly Command[]
  /** Something was put into the outbox. */
  committed: () => void
  clock: Clock
}

export interface Overviews {
  commands: Command[]
  /** Puts the digest into the outbox. */
  sendDigest(): void
}

export function createOverviews(deps: OverviewsDeps): Overviews {
  const common = {
    ...deps,
    openAlerts: () => deps.alerts.openAlerts(),
    chainOf(identity: string) {
      const of = readClientIdentity(identity) ?? readChainIdentity(identity)
      if (!of) return deps.chainOf(identity)
      return 'chainId' in of ? of.chainId : null
    },
  }
  return {
    commands: reportCommands(common, deps.clientCommands),
    sendDigest: () => sendDigest(common, deps.clock.now()),
  }
}
