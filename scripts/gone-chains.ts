// Which chains of an older copy of the registry a newer one lacks (pure): they stay, marked with the day of the newer copy.
import type { RegistryFile } from '../src/chains/registry.ts'

type Entry = RegistryFile['chains'][number]

/**
 * What is known of the chains of `before` that are not among `now`, by their chain ids: a chain that only has another
 * name now has not gone. `date` is the day of the newer copy, such as `2026-08-16`; what was gone before keeps its day.
 * Nobody is asked through what was last written of a chain's endpoints.
 */
export function goneChains(before: readonly Entry[], now: readonly Entry[], date: string): Entry[] {
  const ids = new Set(now.map(({ chain }) => chain.chainId))
  return before
    .filter(({ chain }) => !ids.has(chain.chainId))
    .map(({ chain, ...rest }) => {
      const goneSince = chain.goneSince ?? date
      return { ...rest, chain: { ...chain, rest: [], explorers: [], status: 'killed', goneSince } }
    })
}
