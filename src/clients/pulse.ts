// The pulse of a chain between its sweeps: its newest block, and whether that is a reason to sweep it.

import type { ChainSettings } from '../chains/settings.ts'
import type { Head } from '../cosmos/types.ts'
import { messageOf } from '../kernel/errors.ts'
import type { SweepOne } from './sweeper.ts'
import type { Wanted } from './wanted.ts'
import type { WatchParts } from './watch-deps.ts'

/** Looks at a chain's newest block; one that can be read again, or has started again, is swept. */
export function createPulse(
  deps: WatchParts & { wanted: Wanted; sweep: SweepOne },
): (chain: ChainSettings) => Promise<void> {
  const { pools, states, store, settler, health, wanted, clock, signal } = deps

  const headOf = async (chain: ChainSettings): Promise<Head | null> => {
    let head: Head
    try {
      head = await pools.get(chain.chainId)!.head({ signal, patient: true })
    } catch (error) {
      if (!signal.aborted) health.unseen(chain, messageOf(error))
      return null
    }
    health.headSeen(chain, head)
    // Of a chain without clients to sweep there is nothing more to read.
    if (wanted.isNothing(chain)) {
      if (wanted.namesAreWhole(chain)) settler.unwatch(chain, new Set(), clock.now())
      store.chainSeen(chain.chainId, 'unread')
    }
    return head
  }

  return async (chain) => {
    const state = states.of(chain.chainId)
    const wasUnseen = Boolean(store.chain(chain.chainId)?.unseen)
    const head = await headOf(chain)
    // Never looked at, or forgotten: it has started again.
    const isNew = store.chain(chain.chainId)?.firstLookMs === null
    // The sweep tells when it is done, and knows more.
    if (head && (wasUnseen || isNew || state.isSweptSoon)) void deps.sweep(chain)
    else health.tell(chain)
  }
}
