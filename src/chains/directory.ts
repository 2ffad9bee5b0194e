// The directory of chains: those of the configuration, and those that were added while running, each with its label.

import { chainLabels } from './names.ts'
import type { ChainSettings, Unwatched } from './settings.ts'

export type Directory = ReturnType<typeof createDirectory>

/** Who wins: the lower number. */
const rank = ({ origin }: ChainSettings) => (origin === undefined ? 0 : origin === 'channel' ? 1 : 2)

export function createDirectory(
  configured: readonly ChainSettings[],
  unwatched: () => readonly Unwatched[] = () => [],
) {
  let chains: readonly ChainSettings[] = configured
  let byId = new Map(chains.map((chain) => [chain.chainId, chain]))
  let labels = chainLabels(chains)
  const get = (chainId: string) => byId.get(chainId) ?? null
  const known = () => [
    ...chains,
    ...unwatched().flatMap(({ isKnown, settings }) =>
      isKnown && get(settings.chainId) === null ? settings : [],
    ),
  ]
  const getKnown = (chainId: string) =>
    get(chainId) ?? known().find((chain) => chain.chainId === chainId) ?? null
  return {
    /** The chains of the configuration first, then those from the channel, then those from the registry. */
    all: (): readonly ChainSettings[] => chains,
    get,
    /** What is named and not watched. */
    unwatched,
    /** `all`, and those that are named, not watched, and known from before. */
    known,
    /** One of `known`. */
    getKnown,
    /** Whether nobody names a chain any more. What is named and not watched may be it, where it is not known which it was. */
    isGone: (chainId: string): boolean =>
      getKnown(chainId) === null && unwatched().every(({ isKnown }) => isKnown),
    /**
     * The chain's name for people, harmless in a message, with its id beside it where another chain is called the same;
     * the id alone where it is not known.
     */
    label: (chainId: string): string => labels.of(chainId),
    /**
     * Adds a chain, or takes the place of the one with its id. A chain of the configuration wins over one from the
     * channel, and that over one from the registry: false, and nothing changed, where one that wins is there.
     */
    add(chain: ChainSettings): boolean {
      const there = byId.get(chain.chainId)
      if (there && rank(there) < rank(chain)) return false
      // A new list: whoever walks over the old one is not disturbed.
      const others = chains.filter((one) => one !== there)
      chains = [...others, chain].sort((a, b) => rank(a) - rank(b))
      byId = new Map(chains.map((one) => [one.chainId, one]))
      labels = chainLabels(chains)
      return true
    },
  }
}
