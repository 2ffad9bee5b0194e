// What the commands about wallets are handed.
import type { Watch, WatchDeps } from '../watch.ts'

export interface WalletCommandDeps
  extends Pick<WatchDeps, 'directory' | 'pools' | 'store' | 'tokens' | 'settler'> {
  watch: Pick<Watch, 'readNow' | 'watched' | 'misunderstood'>
}
