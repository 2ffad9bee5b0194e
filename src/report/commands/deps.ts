// What the commands about clients are handed: the store, the directory, what is open, and the bot's own state.
import type { AlertState } from '../../alerts/types.ts'
import type { Directory } from '../../chains/directory.ts'
import type { ClientStore } from '../../clients/store.ts'
import type { Doubt } from '../../config/index.ts'
import type { EndpointStatus } from '../../cosmos/types.ts'

/** How a chain can be seen at present. All moments are Unix ms. */
export interface ChainStatus {
  /** `unread`: its clients cannot be read, the chain can. `not-read`: no sweep of it has ended yet. */
  state: 'ok' | 'halted' | 'blind' | 'unread' | 'not-read'
  /** Since when it is halted, blind or unread; null otherwise. */
  sinceMs: number | null
  /** Why it is blind or unread, in words of an upstream. */
  reason: string | null
  /** Its newest known block; left out: none is known. */
  block?: { height: bigint; timeNs: bigint; readMs: number } | null
  /** When its clients were last read whole; null: not yet. */
  readMs: number | null
  /** The last sweep: null before the first one. */
  sweep: {
    startedMs: number
    /** Null while it runs. */
    finishedMs: number | null
    clients: number
    unreadable: number
    requests: number
    /** What could not be listed, in words. */
    gaps: readonly string[]
    error: string | null
  } | null
  endpoints: readonly EndpointStatus[]
}

/** The bot itself, for `$status`. */
export interface BotStatus {
  version: string
  startedMs: number
  /** A queue for each webhook, by the name of its secret. */
  webhooks: readonly {
    name: string
    waiting: number
    oldestMs: number | null
    goneSinceMs: number | null
    goneReason: string | null
    lastError: string | null
  }[]
  /** What is wrong on Discord's side and how to mend it; null: nothing. */
  discordProblem: string | null
  /** What is wrong with the log; null: nothing. */
  logProblem: string | null
  /** Size of the file; null: not known. */
  database: { path: string; bytes: number | null }
  /** What is not as it seems in the configuration; left out: nothing. */
  doubts?: readonly Doubt[]
}

export interface IbcCommandDeps {
  store: Pick<ClientStore, 'client' | 'clients' | 'history' | 'turns'>
  directory: Directory
  /** What is open, the oldest first. */
  openAlerts: () => { identity: string; state: AlertState }[]
  /** What an alert of another room is about, for people; null where it is not known. */
  describe?: (identity: string) => string | null
  /** The chain that an alert of any room is about; null: none in particular. */
  chainOf: (identity: string) => string | null
  chainStatus: (chainId: string) => ChainStatus
  botStatus: () => BotStatus
  /** ibc-go's major version on a chain; null where it cannot be told. May throw. */
  ibcGoMajor?: (chainId: string) => Promise<number | null>
}
