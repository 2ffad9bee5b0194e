// What the watch over the chains is handed, and its parts with it.
import type { AlertStore } from '../alerts/store.ts'
import type { Directory } from '../chains/directory.ts'
import type { HealthWatch } from '../chains/health/health.ts'
import type { ChainSettings } from '../chains/settings.ts'
import type { ChainPool } from '../cosmos/types.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import type { ChainStates } from './chain-state.ts'
import type { ClientSettler } from './settle.ts'
import type { ClientStore } from './store.ts'

export interface ClientWatchDeps {
  directory: Directory
  pools: ReadonlyMap<string, ChainPool>
  store: ClientStore
  alerts: AlertStore
  settler: ClientSettler
  health: HealthWatch
  /** Takes chains that are not known from the chain registry, where that is wanted; returns the new ones. */
  adopt: (chainIds: readonly string[]) => Promise<readonly ChainSettings[]>
  /** Called at the start and with every pulse: asks which chains those are of which that is not known yet; returns the new ones. */
  decide: () => Promise<readonly ChainSettings[]>
  clock: Clock
  logger: Logger
  /** A sweep of a chain that can be read begins. */
  sweepBegins: (chainId: string) => void
}

/** The same for its parts, which share what is known of each chain. */
export interface WatchParts extends ClientWatchDeps {
  states: ChainStates
  /** Aborts when the watch is stopped. */
  signal: AbortSignal
}
