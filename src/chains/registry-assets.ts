// The tokens that the chain registry lists for a chain, those that came over IBC included.
import { type ListedAsset, type RegistryToken, readEntry } from './registry.ts'

/** `contract`: the standard (`cw20`) of a token that a contract keeps, whose balances the bank does not know. */
export interface RegistryAsset extends RegistryToken {
  contract?: string
}

/**
 * The asset on a chain that somebody typed: a denom as it is, or a symbol in upper or lower case. Of tokens with one
 * symbol those of the bank come first. Null when the registry does not know the chain or the asset, or not how it is
 * shown.
 */
export async function registryAsset(chainId: string, typed: string): Promise<RegistryAsset | null> {
  const assets = readEntry(chainId)?.assets ?? []
  const ofSymbol = (listed: readonly ListedAsset[]) =>
    listed.find(({ symbol }) => symbol === typed) ??
    listed.find(({ symbol }) => symbol.toLowerCase() === typed.toLowerCase())
  const found =
    assets.find(({ denom }) => denom === typed) ??
    ofSymbol(assets.filter(({ contract }) => !contract)) ??
    ofSymbol(assets)
  return found && found.decimals !== null ? { ...found, decimals: found.decimals } : null
}

/** Whether the registry lists a denom on a chain; null where it does not know the chain. */
export async function registryHasDenom(chainId: string, denom: string): Promise<boolean | null> {
  const entry = readEntry(chainId)
  if (!entry) return null
  return entry.otherDenoms.includes(denom) || entry.assets.some((asset) => asset.denom === denom)
}
