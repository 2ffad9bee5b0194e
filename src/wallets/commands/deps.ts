// What the commands about wallets are handed.
import type { Directory } from '../../chains/directory.ts'
import type { ChainPool } from '../../cosmos/types.ts'
import type { WalletSettler } from '../settle.ts'
import type { WalletStore } from '../store.ts'
import type { Tokens } from '../tokens.ts'
import type { Watch } from '../watch.ts'

export interface WalletCommandDeps {
  directory: Directory
  pools: ReadonlyMap<string, ChainPool>
  store: WalletStore
  tokens: Tokens
  settler: WalletSettler
  watch: Pick<Watch, 'readNow' | 'watched' | 'misunderstood'>
}
