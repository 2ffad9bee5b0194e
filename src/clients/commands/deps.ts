// What the command about one client is handed.
import type { AlertState } from '../../alerts/types.ts'
import type { Directory } from '../../chains/directory.ts'
import type { KnownBlock } from '../../cosmos/endpoint-health.ts'
import type { ChainStatus } from '../chain-status.ts'
import type { ClientStore } from '../store.ts'

export interface ClientCommandDeps {
  store: Pick<ClientStore, 'client' | 'clients' | 'history' | 'answered'>
  directory: Directory
  /** What is open, the oldest first. */
  openAlerts: () => { identity: string; state: AlertState }[]
  chainStatus: (chainId: string) => ChainStatus
  /** The last block of a chain from before a moment (Unix nanoseconds) that was seen. */
  blockBefore: (chainId: string, ns: bigint) => KnownBlock | null
  /** ibc-go's major version on a chain; null where it cannot be told. May reject. */
  ibcGoMajor: (chainId: string) => Promise<number | null>
}
