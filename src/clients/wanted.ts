// What is wanted of far-end chains, over a start too: recalled from the database, and whether all of it is known.
import type { ChainSettings } from '../chains/settings.ts'
import type { FarEnds } from './far-ends.ts'
import type { WatchParts } from './watch-deps.ts'

export type Wanted = ReturnType<typeof createWanted>

export function createWanted(deps: WatchParts & { farEnds: FarEnds }) {
  const { directory, store, states, farEnds } = deps
  /** Chains that are named, not watched, and known from before; null: the far ends are not recalled yet. */
  let recalled: readonly string[] | null = null
  return {
    /** After a start: the far ends are known although the chain that names them may not be readable now. Once. */
    recall(): void {
      recalled ??= farEnds.recall(directory.all(), store, directory.isGone)
    },
    /** Whether what is wanted of a far-end chain is all that the others name: they could be read whole. */
    namesAreWhole: ({ connections }: ChainSettings): boolean =>
      connections !== 'none' ||
      (directory.all().every((one) => one.connections === 'none' || states.of(one.chainId).surveyedWhole) &&
        (recalled ?? []).every((chainId) => directory.get(chainId) !== null || directory.isGone(chainId))),
    /** Whether it is known of each watched chain, from now or from before, which others its connections end at. */
    isAllNamed: (): boolean =>
      directory
        .all()
        .every(
          ({ chainId, connections }) =>
            connections === 'none' || states.of(chainId).surveyedWhole || store.clients(chainId).length > 0,
        ),
    /** Whether there is no client to sweep on a chain; false as long as that is not known. */
    isNothing: (chain: ChainSettings): boolean =>
      recalled !== null &&
      chain.connections === 'none' &&
      chain.mine.length === 0 &&
      farEnds.wantedOf(chain).length === 0,
  }
}
