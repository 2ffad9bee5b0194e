// The tokens that the chain registry lists for a chain, those that came over IBC included.
import { type ListedAsset, readEntry } from './registry.ts'

/**
 * The assets on a chain that somebody may mean: the one with the typed denom, else all with the typed symbol, in upper
 * or lower case. Those that a contract keeps only where the bank has none of that symbol. Empty where the registry
 * does not know the chain or the asset.
 */
export async function registryAssets(chainId: string, typed: string): Promise<ListedAsset[]> {
  const assets = readEntry(chainId)?.assets ?? []
  const exact = assets.find(({ denom }) => denom === typed)
  if (exact) return [exact]
  const called = assets.filter(({ symbol }) => symbol.toLowerCase() === typed.toLowerCase())
  const ofBank = called.filter(({ contract }) => !contract)
  return ofBank.length > 0 ? ofBank : called
}

/** The first of them, that with the symbol as it is typed before others; null where there is none. */
export async function registryAsset(chainId: string, typed: string): Promise<ListedAsset | null> {
  const assets = await registryAssets(chainId, typed)
  return assets.find(({ symbol }) => symbol === typed) ?? assets[0] ?? null
}

/** Whether the registry lists a denom on a chain; null where it does not know the chain. */
export async function registryHasDenom(chainId: string, denom: string): Promise<boolean | null> {
  const entry = readEntry(chainId)
  if (!entry) return null
  return entry.otherDenoms.includes(denom) || entry.assets.some((asset) => asset.denom === denom)
}
