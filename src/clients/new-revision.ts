// A chain that goes on under the next revision of its id (`alpha-1` → `alpha-2`): its clients are still the ones that are known.
import type { AlertStore } from '../alerts/store.ts'
import type { Directory } from '../chains/directory.ts'
import type { ChainsSettings } from '../chains/settings.ts'
import type { Database } from '../storage/database.ts'
import { clientIdentity, unseenIdentity } from './identity.ts'
import type { ClientStore } from './store.ts'

/** A chain id by IBC's rule: a name and a revision; an id without one is all name, of revision 0. */
export function revisionOf(chainId: string): { name: string; revision: bigint } {
  const [, name, number] = /^(.*[^\n-])-([1-9]\d*)$/.exec(chainId) ?? []
  return name === undefined ? { name: chainId, revision: 0n } : { name, revision: BigInt(number!) }
}

/**
 * What is known of clients on a chain that nobody names any more is known of those on its next revision, where that is
 * named now and was never read; as after a restart under the same id, they are read anew and their alerts go on. A mainnet
 * and its testnet may differ by this number alone: two that the registry lists (`isListed`) are two chains, and one that
 * it lists comes again as a far end where these are taken from there.
 */
export function followRevisions(
  {
    database,
    store,
    alerts,
    directory,
    settings,
  }: {
    database: Database
    store: ClientStore
    alerts: AlertStore
    directory: Directory
    settings: Pick<ChainsSettings, 'counterparties'>
  },
  isListed: (chainId: string) => boolean,
  nowMs: number,
): void {
  const gone = store.chainIds().filter(directory.isGone)
  const isUnknown = (chainId: string) => !store.chainIds().includes(chainId)
  for (const { chainId } of directory.all().filter((one) => isUnknown(one.chainId))) {
    const { name, revision } = revisionOf(chainId)
    const isTwo = (id: string) =>
      isListed(id) && (settings.counterparties === 'registry' || isListed(chainId))
    const [before] = gone
      .filter((id) => !isTwo(id))
      .map((id) => ({ id, ...revisionOf(id) }))
      .filter((one) => one.name === name && one.revision > 0n && one.revision < revision)
      .sort((a, b) => (a.revision < b.revision ? 1 : -1))
    if (!before) continue
    database.tx(() => {
      store.goOnAs(before.id, chainId, nowMs)
      for (const identity of [clientIdentity, unseenIdentity])
        alerts.rename(identity(before.id, ''), identity(chainId, ''))
    })
  }
}
