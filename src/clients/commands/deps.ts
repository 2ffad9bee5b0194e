// What the command about one client is handed.
import type { AlertState } from '../../alerts/types.ts'
import type { Directory } from '../../chains/directory.ts'
import type { ChainStatus } from '../chain-status.ts'
import type { ClientStore } from '../store.ts'

export interface ClientCommandDeps {
  store: Pick<ClientStore, 'client' | 'clients' | 'history' | 'answered'>
  directory: Directory
  /** What is open, the oldest first. */
  openAlerts: () => { identity: string; state: AlertState }[]
  chainStatus: (chainId: string) => ChainStatus
  /** ibc-go's major version on a chain; null where it cannot be told. May throw. */
  ibcGoMajor?: (chainId: string) => Promise<number | null>
}
