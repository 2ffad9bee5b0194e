// Far ends: the clients on other chains at which the connections of a watched chain end.
import { type ChainSettings, namedMine } from '../chains/settings.ts'
import type { ClientStore } from './store.ts'
import type { Attention, ClientUse, WantedClient } from './types.ts'

export type FarEnds = ReturnType<typeof createFarEnds>

export function createFarEnds() {
  /** By the chain that wants them, then by the chain they are on. */
  const wants = new Map<string, Map<string, WantedClient[]>>()
  const farEnds = {
    /**
     * Takes what was stored of `chains`, and of those that are none of them and not gone: they are named and cannot be
     * watched now, and what they want of others is still wanted. Returns these.
     */
    recall(
      chains: readonly ChainSettings[],
      store: Pick<ClientStore, 'clients' | 'chainIds'>,
      isGone: (chainId: string) => boolean,
    ): string[] {
      for (const chain of chains) {
        const clients = chain.connections === 'none' ? [] : store.clients(chain.chainId)
        if (clients.length > 0) farEnds.surveyed(chain, clients)
      }
      const isThere = new Set(chains.map(({ chainId }) => chainId))
      const named = store.chainIds().filter((chainId) => !isThere.has(chainId) && !isGone(chainId))
      for (const chainId of named) {
        const clients = store.clients(chainId)
        const mine = clients.filter(({ attention }) => attention === 'mine').map(({ clientId }) => clientId)
        farEnds.surveyed({ chainId, connections: 'all', mine }, clients)
      }
      return named
    },
    /**
     * Takes the far ends of a chain's clients, from its newest survey or from what was stored of it, in place of those
     * from before.
     */
    surveyed(
      chain: Pick<ChainSettings, 'chainId' | 'connections' | 'mine'>,
      clients: readonly (ClientUse & { clientId: string })[],
    ): void {
      const { chainId } = chain
      const named = new Set(namedMine(chain))
      const byTarget = new Map<string, WantedClient[]>()
      for (const { clientId, connectionIds, attention, ignored, farEnds } of clients) {
        // What is mine only because another chain said so is not said back: it would never end to be mine.
        const isNamed = [clientId, ...connectionIds].some((id) => named.has(id))
        const own = attention === 'mine' && !isNamed ? 'live' : attention
        for (const end of farEnds) {
          const list = byTarget.get(end.chainId) ?? []
          byTarget.set(end.chainId, list)
          list.push({
            clientId: end.clientId,
            attention: ignored ? 'idle' : own,
            connectionId: end.connectionId,
            nearEnd: { chainId, clientId, connectionId: '' },
          })
        }
      }
      wants.set(chainId, byTarget)
    },
    /** Whether it is known what a chain wants of others. */
    isKnown: (chainId: string): boolean => wants.has(chainId),
    /** What other chains want of this one. */
    wantedOf(chain: ChainSettings): WantedClient[] {
      const all = [...wants.values()].flatMap((byTarget) => byTarget.get(chain.chainId) ?? [])
      // A chain that is watched by itself finds its clients; it only has to hear which of them are mine.
      return chain.connections === 'none' ? all : all.filter(({ attention }) => attention === 'mine')
    },
    /** Marks those of a chain's clients that others have said to be mine since it was surveyed. */
    markMine(chain: ChainSettings, subjects: readonly { clientId: string; attention: Attention }[]): void {
      const wanted = farEnds.wantedOf(chain).filter(({ attention }) => attention === 'mine')
      const mine = new Set(wanted.map(({ clientId }) => clientId))
      for (const subject of subjects) if (mine.has(subject.clientId)) subject.attention = 'mine'
    },
    /** Chains that are not known and hold far ends of clients that are in use or mine. */
    missing(isKnown: (chainId: string) => boolean): string[] {
      const inUse = [...wants.values()].flatMap((byTarget) =>
        [...byTarget].filter(([, list]) => list.some(({ attention }) => attention !== 'idle')),
      )
      return [...new Set(inUse.map(([chainId]) => chainId))].filter((chainId) => !isKnown(chainId))
    },
  }
  return farEnds
}
