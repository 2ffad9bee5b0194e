// The chain registry (npm package chain-registry): one chain by name or chain id, by one sub-path import.
import { readFileSync } from 'node:fs'
import { MOST_DECIMALS } from '../kernel/amount.ts'
import { nearest } from '../kernel/nearest.ts'

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

/** Chain ids, and apart from them registry names → sub-path, made once by `npm run registry-index`. */
interface Index {
  ids: Record<string, string>
  names: Record<string, string>
}
let index: Index | null = null

/** Every registry name and chain id that is known; for suggestions. */
export function registryWords(): string[] {
  const { ids, names } = readIndex()
  return [...new Set([...Object.keys(ids), ...Object.keys(names)])]
}

/** The registry name or chain id that is nearest to a word of which there is no chain; null: none is near. */
export function registryNear(word: string): string | null {
  return nearest(word, registryWords(), { most: Math.max(1, word.length / 4), ignoreCase: true })[0] ?? null
}

/**
 * Looks a chain up by chain id, else by registry name. Loads only that chain's files, so that start-up time and memory
 * do not grow with the registry. Returns null when it is unknown.
 */
export async function registryChain(nameOrId: string): Promise<RegistryChain | null> {
  return (await registryById(nameOrId)) ?? (await registryByName(nameOrId))
}

/** Looks a chain up by its chain id alone, whatever the registry calls by that name. */
export async function registryById(chainId: string): Promise<RegistryChain | null> {
  return chainOf(await readEntry(chainId))
}

/** The chains that a word may mean: the one with this chain id, and the one with this registry name where it is another. */
export async function registryMeant(word: string): Promise<RegistryChain[]> {
  const [byId, byName] = [await registryById(word), await registryByName(word)]
  return [byId, byName?.chainId === byId?.chainId ? null : byName].filter((one) => one !== null)
}

/** Looks a chain up by its registry name alone, whichever chain has that for an id. */
export async function registryByName(name: string): Promise<RegistryChain | null> {
  return chainOf(await load(readIndex().names, name))
}

function chainOf(entry: Entry | null): RegistryChain | null {
  if (!entry) return null
  const { chain, assetList } = entry
  const staked = chain.staking?.stakingTokens?.[0]?.denom
  const paid = chain.fees?.feeTokens?.[0]?.denom
  const token = (denom: string | undefined) =>
    tokenOf(assetList?.assets?.find((asset) => asset.base === denom && !isContract(asset)))
  return {
    registryName: chain.chainName,
    chainId: chain.chainId,
    name: chain.prettyName ?? chain.chainName,
    // Anybody may write an address there: what is no URL would be an endpoint of nothing.
    rest: [...new Set((chain.apis?.rest ?? []).map(({ address }) => address.replace(/\/+$/, '')))].filter(
      (url) => /^https?:\/\//.test(url) && URL.canParse(url),
    ),
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
  const { ids, names } = readIndex()
  const entry = (await load(names, nameOrId)) ?? (await load(ids, nameOrId))
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

/**
 * Tokens that contracts keep (`cw20`, `snip20`, `snip25`): the bank does not know their balances. Of an `erc20` it has
 * what was converted (`erc20/0x…` of evmos, `erc20:0x…` of cosmos/evm), which then is a denom like others.
 */
export const isContract = ({ typeAsset = '', base }: Pick<Asset, 'typeAsset' | 'base'>): boolean =>
  /^(cw|snip)\d+$/.test(typeAsset) || (typeAsset === 'erc20' && !/^erc20[:/]/.test(base))

/** How an asset is shown; null where its display unit is none of its units. */
export function tokenOf(asset: Asset | undefined): RegistryToken | null {
  const exponent = asset?.denomUnits?.find(({ denom }) => denom === asset.display)?.exponent
  if (!asset || exponent === undefined) return null
  if (!Number.isInteger(exponent) || exponent < 0 || exponent > MOST_DECIMALS) return null
  return { denom: asset.base, symbol: asset.symbol, decimals: exponent }
}

function readIndex(): Index {
  index ??= JSON.parse(readFileSync(new URL('./registry-index.json', import.meta.url), 'utf8')) as Index
  return index
}

/** What the registry has on the chain with this id, as it stands there; null when it is unknown. */
export const readEntry = (chainId: string): Promise<Entry | null> => load(readIndex().ids, chainId)

async function load(known: Record<string, string>, word: string): Promise<Entry | null> {
  const path = Object.hasOwn(known, word) ? known[word] : undefined
  if (!path) return null
  const module = await import(`chain-registry/${path}/index.js`)
  // The package is CommonJS: what loads it decides whether its exports come by name or as the default.
  return 'chain' in module ? module : module.default
}
