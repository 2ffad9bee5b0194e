// What the commands over all features are handed: the store, the directory, what is open, and the bot's own state.
import type { DeliveryStatus } from '../../alerts/outbox/status.ts'
import type { AlertState } from '../../alerts/types.ts'
import type { Directory } from '../../chains/directory.ts'
import type { Doubt } from '../../chains/settings.ts'
import type { ChainStatus } from '../../clients/chain-status.ts'
import type { ClientStore } from '../../clients/store.ts'

/** The bot itself, for `$status`. */
export interface BotStatus {
  version: string
  startedMs: number
  /** A queue for each webhook, by the name of its secret. */
  webhooks: readonly Omit<DeliveryStatus['webhooks'][number], 'channelId' | 'lastOkMs' | 'failsSinceMs'>[]
  /** What is wrong on Discord's side and how to mend it; null: nothing. */
  discordProblem: string | null
  /** What is wrong with the log and the database. */
  ownProblems: readonly string[]
  /** Of a second watcher: when it heard the first one last, Unix ms (null: never yet); left out: it is none. */
  standby?: { heardMs: number | null }
  /** Size of the file; null: not known. */
  database: { path: string; bytes: number | null }
  /** What is not as it seems in the configuration; left out: nothing. */
  doubts?: readonly Doubt[]
}

export interface OverviewDeps {
  store: Pick<ClientStore, 'client' | 'clients' | 'turns'>
  directory: Directory
  /** What is open, the oldest first. */
  openAlerts: () => { identity: string; state: AlertState }[]
  /** What an alert of a feature that is not about clients is about, for people; null where it is not known. */
  describe?: (identity: string) => string | null
  /** The chain that an alert of any feature is about; null: none in particular. */
  chainOf: (identity: string) => string | null
  chainStatus: (chainId: string) => ChainStatus
  botStatus: () => BotStatus
}
