// The directory of chains: those of the configuration, found by chain id, name or registry name.
import type { ChainSettings } from '../config.ts'

export interface Directory {
  all(): readonly ChainSettings[]
  get(chainId: string): ChainSettings | null
  /** Finds a chain by what a person types: chain id, name or registry name, upper or lower case. */
  find(typed: string): ChainSettings | null
  /** The chain's name for people; its id where it is not known. */
  name(chainId: string): string
}

export function createDirectory(chains: readonly ChainSettings[]): Directory {
  const byId = new Map(chains.map((chain) => [chain.chainId, chain]))
  return {
    all: () => chains,
    get: (chainId) => byId.get(chainId) ?? null,
    find(typed) {
      const wanted = typed.trim().toLowerCase()
      const exact = byId.get(typed.trim())
      if (exact) return exact
      return (
        chains.find((chain) =>
          [chain.chainId, chain.name, chain.registryName].some((word) => word?.toLowerCase() === wanted),
        ) ?? null
      )
    },
    name: (chainId) => byId.get(chainId)?.name ?? chainId,
  }
}
