// The chain registry (npm package chain-registry): one chain by name or chain id, by one sub-path import.
import { readFileSync } from 'node:fs'

/** What is taken of a registry entry. */
export interface RegistryChain {
  /** Its name in the registry, such as `cosmoshub`. */
  registryName: string
  chainId: string
  /** For people: "Cosmos Hub". */
  name: string
  rest: string[]
  token: { symbol: string; denom: string; decimals: number } | null
  /** bech32 prefix of account addresses. */
  prefix: string | null
  daemonName: string | null
}

/** registry name and chain id → sub-path, made once by `npm run registry-index`. */
let index: Record<string, string> | null = null

/**
 * Looks a chain up by registry name or chain id. Loads only that chain's files, so that start-up time and memory
 * do not grow with the registry. Returns null when it is unknown.
 */
export async function registryChain(nameOrId: string): Promise<RegistryChain | null> {
  index ??= JSON.parse(readFileSync(new URL('./registry-index.json', import.meta.url), 'utf8')) as Record<
    string,
    string
  >
  const path = Object.hasOwn(index, nameOrId) ? index[nameOrId] : undefined
  if (!path) return null
  const { chain, assetList } = (await import(`chain-registry/${path}/index.js`)).default
  const denom: string | undefined =
    chain.staking?.stakingTokens?.[0]?.denom ?? chain.fees?.feeTokens?.[0]?.denom
  const asset = assetList?.assets?.find((one: { base: string }) => one.base === denom)
  const unit = asset?.denomUnits?.find((one: { denom: string }) => one.denom === asset.display)
  return {
    registryName: chain.chainName,
    chainId: chain.chainId,
    name: chain.prettyName ?? chain.chainName,
    rest: (chain.apis?.rest ?? []).map(({ address }: { address: string }) => address.replace(/\/+$/, '')),
    token: asset && unit ? { symbol: asset.symbol, denom: asset.base, decimals: unit.exponent } : null,
    prefix: chain.bech32Prefix ?? null,
    daemonName: chain.daemonName ?? null,
  }
}
