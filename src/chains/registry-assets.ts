// The tokens that the chain registry lists for a chain, those that came over IBC included.
import { type Asset, isContract, type RegistryToken, readEntry, tokenOf } from './registry.ts'

/** `contract`: the standard (`cw20`) of a token that a contract keeps, whose balances the bank does not know. */
export interface RegistryAsset extends RegistryToken {
  contract?: string
}

/**
 * The asset on a chain that somebody typed: a denom as it is, or a symbol in upper or lower case. Of tokens with one
 * symbol those of the bank come first. Null when the registry does not know the chain or the asset.
 */
export async function registryAsset(chainId: string, typed: string): Promise<RegistryAsset | null> {
  const assets = (await readEntry(chainId))?.assetList?.assets ?? []
  const ofSymbol = (listed: readonly Asset[]) =>
    listed.find(({ symbol }) => symbol === typed) ??
    listed.find(({ symbol }) => symbol.toLowerCase() === typed.toLowerCase())
  const found =
    assets.find(({ base }) => base === typed) ??
    ofSymbol(assets.filter((asset) => !isContract(asset))) ??
    ofSymbol(assets)
  if (!found) return null
  if (isContract(found))
    return { denom: found.base, symbol: found.symbol, decimals: 0, contract: found.typeAsset }
  return tokenOf(found)
}

/** Whether the registry lists a denom on a chain; null where it does not know the chain. */
export async function registryHasDenom(chainId: string, denom: string): Promise<boolean | null> {
  const entry = await readEntry(chainId)
  if (!entry) return null
  const { chain, assetList } = entry
  const used = [...(chain.fees?.feeTokens ?? []), ...(chain.staking?.stakingTokens ?? [])]
  return [...(assetList?.assets ?? []).map(({ base }) => base), ...used.map((one) => one.denom)].includes(
    denom,
  )
}
