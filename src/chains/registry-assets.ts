// The tokens that the chain registry lists for a chain, those that came over IBC included.
import { readEntry } from './registry.ts'

export interface RegistryAsset {
  denom: string
  symbol: string
  decimals: number
}

/**
 * The asset on a chain that somebody typed: a denom as it is, or a symbol in upper or lower case. Null when the
 * registry does not know the chain or the asset.
 */
export async function registryAsset(chainId: string, typed: string): Promise<RegistryAsset | null> {
  const entry = await readEntry(chainId)
  const assets = entry?.assetList?.assets ?? []
  const found =
    assets.find(({ base }) => base === typed) ??
    assets.find(({ symbol }) => symbol === typed) ??
    assets.find(({ symbol }) => symbol.toLowerCase() === typed.toLowerCase())
  const unit = found?.denomUnits?.find(({ denom }) => denom === found.display)
  if (!found || !unit || !Number.isInteger(unit.exponent) || unit.exponent < 0 || unit.exponent > 30)
    return null
  return { denom: found.base, symbol: found.symbol, decimals: unit.exponent }
}
