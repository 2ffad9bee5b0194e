// The chain registry (npm package chain-registry): one chain by name or chain id, by one sub-path import.
import { readFileSync } from 'node:fs'
import { MOST_DECIMALS } from '../kernel/amount.ts'

/** What is taken of a registry entry. */
export interface RegistryChain {
  /** Its name in the registry, such as `cosmoshub`. */
  registryName: string
  chainId: string
  /** For people: "Cosmos Hub". */
  name: string
  rest: string[]
  /** What fees are paid in: its first fee token; where it names none, what is staked. */
  token: RegistryToken | null
  /** What is staked: wallets were watched for it before. */
  stakingToken: RegistryToken | null
  /** `mainnet`, `testnet`, `devnet`; null where it is not said. */
  networkType: string | null
  /** bech32 prefix of account addresses. */
  prefix: string | null
  daemonName: string | null
  /** `live`, `killed`, `upcoming`; null where it is not said. */
  status: string | null
  /** Block explorers, in the registry's order. */
  explorers: { name: string; url: string }[]
}

/** 1 `symbol` is 10^`decimals` of `denom`. */
export interface RegistryToken {
  denom: string
  symbol: string
  decimals: number
}

/** One connection between two chains as the registry knows it, seen from one of them. Ids go stale: verify them. */
export interface RegistryConnection {
  connectionId: string
  clientId: string
  channels: { channelId: string; portId: string }[]
  far: { registryName: string; chainId: string | null; connectionId: string; clientId: string }
}

/** The parts of an entry that are read; the package's own types are wider and not always true. */
interface Entry {
  chain: {
    chainName: string
    chainId: string
    prettyName?: string
    status?: string
    networkType?: string
    bech32Prefix?: string
    daemonName?: string
    apis?: { rest?: { address: string }[] }
    fees?: { feeTokens?: { denom: string }[] }
    staking?: { stakingTokens?: { denom: string }[] }
    explorers?: { kind?: string; url?: string }[]
  }
  assetList?: { assets?: Asset[] }
  ibcData?: { chain1: End; chain2: End; channels?: { chain1: ChannelEnd; chain2: ChannelEnd }[] }[]
}
export interface Asset {
  base: string
  /** `sdk.coin`, `ics20`, `cw20` … */
  typeAsset?: string
  symbol: string
  display: string
  denomUnits?: { denom: string; exponent: number }[]
}
interface End {
  chainName: string
  chainId?: string
  clientId?: string
  connectionId?: string
}
interface ChannelEnd {
  channelId: string
  portId: string
}

/** registry name and chain id → sub-path, made once by `npm run registry-index`. */
let index: Record<string, string> | null = null

/** Every registry name and chain id that is known; for suggestions. */
export function registryWords(): string[] {
  return Object.keys(readIndex())
}

/**
 * Looks a chain up by registry name or chain id. Loads only that chain's files, so that start-up time and memory
 * do not grow with the registry. Returns null when it is unknown.
 */
export async function registryChain(nameOrId: string): Promise<RegistryChain | null> {
  const entry = await readEntry(nameOrId)
  if (!entry) return null
  const { chain, assetList } = entry
  const staked = chain.staking?.stakingTokens?.[0]?.denom
  const paid = chain.fees?.feeTokens?.[0]?.denom
  const token = (denom: string | undefined) =>
    tokenOf(assetList?.assets?.find(({ base, typeAsset }) => base === denom && !isContract(typeAsset)))
  return {
    registryName: chain.chainName,
    chainId: chain.chainId,
    name: chain.prettyName ?? chain.chainName,
    rest: [...new Set((chain.apis?.rest ?? []).map(({ address }) => address.replace(/\/+$/, '')))],
    token: token(paid ?? staked),
    stakingToken: token(staked),
    networkType: chain.networkType ?? null,
    prefix: chain.bech32Prefix ?? null,
    daemonName: chain.daemonName ?? null,
    status: chain.status ?? null,
    explorers: (chain.explorers ?? []).flatMap(({ kind, url }) => (url ? [{ name: kind ?? url, url }] : [])),
  }
}

/**
 * The connections of a chain that the registry lists, optionally only those to `farName` (a registry name).
 * Empty when the chain is unknown.
 */
export async function registryConnections(nameOrId: string, farName?: string): Promise<RegistryConnection[]> {
  const entry = await readEntry(nameOrId)
  if (!entry) return []
  const own = entry.chain.chainName
  return (entry.ibcData ?? []).flatMap(({ chain1, chain2, channels = [] }) => {
    const first = chain1.chainName === own
    const [near, far] = first ? [chain1, chain2] : [chain2, chain1]
    if (near.chainName !== own || (farName !== undefined && far.chainName !== farName)) return []
    if (!near.connectionId || !near.clientId || !far.connectionId || !far.clientId) return []
    return {
      connectionId: near.connectionId,
      clientId: near.clientId,
      channels: channels.map((channel) => (first ? channel.chain1 : channel.chain2)),
      far: {
        registryName: far.chainName,
        chainId: far.chainId ?? null,
        connectionId: far.connectionId,
        clientId: far.clientId,
      },
    }
  })
}

/** Tokens that contracts keep (`cw20`, `snip20`, `snip25`, `erc20`): the bank does not know their balances. */
export const isContract = (typeAsset = ''): boolean => /^(cw|snip|erc)\d+$/.test(typeAsset)

/** How an asset is shown; null where its display unit is none of its units. */
export function tokenOf(asset: Asset | undefined): RegistryToken | null {
  const exponent = asset?.denomUnits?.find(({ denom }) => denom === asset.display)?.exponent
  if (!asset || exponent === undefined) return null
  if (!Number.isInteger(exponent) || exponent < 0 || exponent > MOST_DECIMALS) return null
  return { denom: asset.base, symbol: asset.symbol, decimals: exponent }
}

function readIndex(): Record<string, string> {
  index ??= JSON.parse(readFileSync(new URL('./registry-index.json', import.meta.url), 'utf8')) as Record<
    string,
    string
  >
  return index
}

/** What the registry has on a chain, as it stands there; null when it is unknown. */
export async function readEntry(nameOrId: string): Promise<Entry | null> {
  const known = readIndex()
  const path = Object.hasOwn(known, nameOrId) ? known[nameOrId] : undefined
  if (!path) return null
  const module = await import(`chain-registry/${path}/index.js`)
  // The package is CommonJS: what loads it decides whether its exports come by name or as the default.
  return 'chain' in module ? module : module.default
}
