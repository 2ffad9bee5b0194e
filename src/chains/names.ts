// Which chain a word means, in one order everywhere, and how chains are told apart that share a name (pure).
import { squeezed } from '../kernel/nearest.ts'
import { label } from '../words/text.ts'

/** What a chain is called. */
export interface Named {
  chainId: string
  /** For people: "Cosmos Hub". */
  name: string
  /** Its name in the chain registry; null where it has none there. */
  registryName: string | null
}

/** As it is written before upper or lower case, and that before what is forgiven. */
const READINGS = [(text: string) => text.trim(), (text: string) => text.trim().toLowerCase(), squeezed]

/**
 * The chains that a word means: chain id before registry name before display name. Several where several are called so;
 * then it is to be asked. Empty: none is.
 */
export function chainsMeant<T extends Named>(chains: readonly T[], typed: string): T[] {
  for (const read of READINGS) {
    const wanted = read(typed)
    if (wanted === '') return []
    for (const key of ['chainId', 'registryName', 'name'] as const) {
      const found = chains.filter(({ [key]: name }) => name !== null && read(name) === wanted)
      if (found.length > 0) return found
    }
  }
  return []
}

/** "Noble (grand-1)" */
const withId = (name: string, chainId: string) => `${name} (${label(chainId, 64)})`

/**
 * A label for each of the chains by its id, harmless in a message: its name, with the chain id beside it where another
 * one looks the same. `of` an id that is none of theirs is the id, never one of their names.
 */
export function chainLabels(chains: readonly Named[]): { of(chainId: string): string } {
  const looks = (name: string) => label(name).toLowerCase()
  const times = new Map<string, number>()
  for (const { name } of chains) times.set(looks(name), (times.get(looks(name)) ?? 0) + 1)
  const labels = new Map(
    chains.map(({ chainId, name }) => {
      const isShared = times.get(looks(name))! > 1 && name !== chainId
      return [chainId, isShared ? withId(label(name), chainId) : label(name)]
    }),
  )
  return {
    of: (chainId) =>
      labels.get(chainId) ?? (times.has(looks(chainId)) ? `${label(chainId)} (not known)` : label(chainId)),
  }
}

/** The chains in one line: "Cosmos Hub, Noble (noble-1), Noble (grand-1)". */
export function chainNames({ chains }: { chains: readonly Named[] }): string {
  const labels = chainLabels(chains)
  return chains.map(({ chainId }) => labels.of(chainId)).join(', ')
}
