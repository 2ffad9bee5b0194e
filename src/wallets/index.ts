// The wallets: builds their store, settler, watch and commands from what the app hands in.

import { registryAssets } from '../chains/registry-assets.ts'
import type { Command } from '../discord/command.ts'
import { formatAmount } from '../kernel/amount.ts'
import { deregisterCommand } from './commands/deregister.ts'
import { myWalletsCommand, walletCommand, walletsCommand } from './commands/lists.ts'
import { registerCommand } from './commands/register.ts'
import { createWalletSettler, dueWallets, type WalletSettleDeps } from './settle.ts'
import { walletStore } from './store.ts'
import { createTokens } from './tokens.ts'
import { readWalletIdentity, type Watched } from './types.ts'
import { createWatch, type WatchDeps } from './watch.ts'
import { shortAddress } from './words.ts'

export type WalletsDeps = Omit<WalletSettleDeps, 'store' | 'tokens' | 'chainOf'> &
  Pick<WatchDeps, 'pools' | 'clock' | 'logger' | 'adopt'>

export type Wallets = ReturnType<typeof createWallets>

export function createWallets(deps: WalletsDeps) {
  const { directory, pools, database } = deps
  const store = walletStore(database)
  const tokens = createTokens({ directory, pools, store, registryAssets })
  // A chain may leave the configuration while alerts are open about its wallets.
  const chainOf = (chainId: string) =>
    directory.getKnown(chainId) ?? { chainId, alerts: deps.settings.defaults.alerts }
  const settler = createWalletSettler({ ...deps, store, tokens, chainOf })
  const watch = createWatch({ ...deps, store, tokens, settler, chainOf })
  const forCommands = { directory, pools, store, tokens, settler, watch }
  return {
    commands: [registerCommand, deregisterCommand, walletsCommand, myWalletsCommand, walletCommand].map(
      (make): Command => make(forCommands),
    ),
    check: watch.check,
    /** Reads again the wallets about which something is due to be told. */
    async checkDue(): Promise<void> {
      const due = dueWallets(deps, deps.clock.now())
      if (due.length > 0) await watch.readNow(due)
    },
    /** Every watched balance as it was read last, in units of its token; the highest threshold for it comes last. */
    measured: () =>
      [...watch.lastWatched()].sort(byThreshold).map(({ chainId, address, denom, thresholdBase }) => {
        const { symbol, decimals } = tokens.of(chainId, denom)
        const amount = (base: bigint) => Number(formatAmount(base, decimals))
        const balance = store.balance(chainId, address, denom)
        return {
          labels: { chain_id: chainId, address, denom, symbol },
          balance: balance && amount(balance.base),
          threshold: amount(thresholdBase),
          readMs: balance?.readMs ?? null,
          isReadable: store.unseen(chainId, address) === null,
        }
      }),
    stop: watch.stop,
    /** The chain that an alert about a wallet is about; null for one of another feature. */
    chainOf: (identity: string): string | null => readWalletIdentity(identity)?.chainId ?? null,
    /** What an alert about a wallet is about, for people; null for one of another feature. */
    describe(identity: string): string | null {
      const wallet = readWalletIdentity(identity)
      if (!wallet) return null
      const { chainId, address } = wallet
      const note = wallet.kind === 'low' ? tokens.note(chainId, wallet.denom) : ''
      return `wallet ${shortAddress(address)} on ${directory.label(chainId)}${note && `, ${note}`}`
    },
  }
}

const byThreshold = (a: Watched, b: Watched): number => (a.thresholdBase < b.thresholdBase ? -1 : 1)
