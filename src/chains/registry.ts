// The chain registry, from the file that `npm run registry` makes of the npm package: chains by name or chain id.
import { readFileSync } from 'node:fs'
import type { Token } from '../kernel/amount.ts'
import { nearest } from '../kernel/nearest.ts'
import { chainsMeant } from './names.ts'

/** What is taken of a registry entry. */
export interface RegistryChain {
  /** Its name in the registry, such as `cosmoshub`. */
  registryName: string
  chainId: string
  /** For people: "Cosmos Hub". */
  name: string
  rest: string[]
  /** What fees are paid in: its first fee token; where it names none, what is staked. */
  token: Token | null
  /** What is staked: wallets were watched for it before. */
  stakingToken: Token | null
  /** `mainnet`, `testnet`, `devnet`; null where it is not said. */
  networkType: string | null
  /** `cosmos`, `eip155`, `solana` …; `unknown` where its makers know no better. */
  chainType: string | null
  /** bech32 prefix of account addresses. */
  prefix: string | null
  daemonName: string | null
  /** `live`, `killed`, `upcoming`; null where it is not said. */
  status: string | null
  /** Block explorers, in the registry's order. */
  explorers: { name: string; url: string }[]
  /** The day of the first copy that lacks it, such as `2026-08-16`; what is known of it is from the copy before. */
  goneSince?: string
}

/** One connection between two chains as the registry knows it, seen from one of them. Ids go stale: verify them. */
export interface RegistryConnection {
  connectionId: string
  clientId: string
  channels: { channelId: string; portId: string }[]
  far: { registryName: string; chainId: string | null; connectionId: string; clientId: string }
}

/** An asset of a chain; `contract`: the standard (`cw20`) of a token that a contract keeps, and not the bank. */
export interface ListedAsset extends Token {
  contract?: string
}

type RegistryEnd = RegistryConnection['far']
type RegistryChannel = RegistryConnection['channels'][number]

/** A connection as the file has it: both ends, and each channel's both ends in the same order. */
export interface RegistryLink {
  ends: [RegistryEnd, RegistryEnd]
  channels: [RegistryChannel, RegistryChannel][]
}

/** What `npm run registry` writes; of two chains with one id or one name the later one is meant. */
export interface RegistryFile {
  /** Of the package, and the day on which that was published. */
  version: string
  date: string
  /** `otherDenoms`: what fees are paid in or is staked and is none of the assets. */
  chains: { chain: RegistryChain; assets: ListedAsset[]; otherDenoms: string[] }[]
  /** Names of what the registry lists for its tokens alone: `bitcoin`. */
  notCosmos: string[]
  connections: RegistryLink[]
}

type Entry = RegistryFile['chains'][number]
interface Index extends Pick<RegistryFile, 'date'> {
  /** By the registry names of both ends. */
  links: Map<string, RegistryLink[]>
  chains: RegistryChain[]
  ids: Map<string, Entry>
  names: Map<string, Entry>
  notCosmos: Set<string>
}
let index: Index | null = null

/** The file is read at the first look-up: most commands need none. */
function readIndex(): Index {
  if (!index) {
    const text = readFileSync(new URL('./registry.json', import.meta.url), 'utf8')
    const { chains, connections, date, notCosmos } = JSON.parse(text) as RegistryFile
    const by = (key: 'chainId' | 'registryName') =>
      new Map(chains.map((entry) => [entry.chain[key], entry] as const))
    const links = new Map<string, RegistryLink[]>()
    for (const link of connections)
      for (const { registryName } of link.ends)
        links.set(registryName, [...(links.get(registryName) ?? []), link])
    index = {
      date,
      links,
      chains: chains.map(({ chain }) => chain),
      ids: by('chainId'),
      names: by('registryName'),
      notCosmos: new Set(notCosmos),
    }
  }
  return index
}

/** The day of the copy of the registry that the program has, such as `2026-08-16`. */
export const registryDay = (): string => readIndex().date

/** Whether the registry has a name among those that are none of Cosmos' chains, and nothing more of it. */
export const isNotCosmos = (name: string): boolean => readIndex().notCosmos.has(name.toLowerCase())

/** What a word that no chain has may have meant, as a word that one has; null: nothing is near. */
export function registryNear(word: string): { word: string; chain: RegistryChain } | null {
  const names = readIndex()
    // Mainnets first, as they are meant more often, and what has gone last.
    .chains.toReversed()
    .flatMap((chain) => {
      const { registryName, chainId, name, token, stakingToken } = chain
      const others = [name, token?.symbol, stakingToken?.symbol].filter((one) => one !== undefined)
      return [
        { word: registryName, name: registryName, chain },
        { word: chainId, name: chainId, chain },
        ...others.map((other) => ({ word: registryName, name: other, chain })),
      ]
    })
  return nearest(word, names, { namesOf: ({ name }) => [name] })[0] ?? null
}

/** Looks a chain up by chain id, else by registry name. Returns null when it is unknown. */
export async function registryChain(nameOrId: string): Promise<RegistryChain | null> {
  return (await registryById(nameOrId)) ?? (await registryByName(nameOrId))
}

/** Looks a chain up by its chain id alone, whatever the registry calls by that name. */
export async function registryById(chainId: string): Promise<RegistryChain | null> {
  return readEntry(chainId)?.chain ?? null
}

/**
 * The chains that somebody's word may mean: as it is written before lower case, the one with this chain id and the one
 * with this registry name, and where it had to be lower-cased that with just this display name; else those with this
 * display name, of which those that are gone count last.
 */
export async function registryMeant(word: string): Promise<RegistryChain[]> {
  const typed = word.trim()
  const { chains } = readIndex()
  const isThere = ({ goneSince }: RegistryChain) => goneSince === undefined
  for (const written of new Set([typed, typed.toLowerCase()])) {
    const both = [await registryById(written), await registryByName(written)]
    const found = [...new Set(both)].filter((one) => one !== null)
    const called = written === typed ? [] : chains.filter((one) => one.name === typed && isThere(one))
    if (found.length > 0) return called.some((one) => found.includes(one)) ? found : [...found, ...called]
  }
  const called = chainsMeant(chains, typed)
  return called.some(isThere) ? called.filter(isThere) : called
}

/** Looks a chain up by its registry name alone, whichever chain has that for an id. */
export async function registryByName(name: string): Promise<RegistryChain | null> {
  return readIndex().names.get(name)?.chain ?? null
}

/**
 * The connections of a chain that the registry lists, optionally only those to `farName` (a registry name).
 * Empty when the chain is unknown.
 */
export async function registryConnections(nameOrId: string, farName?: string): Promise<RegistryConnection[]> {
  const { ids, names, links } = readIndex()
  const own = (names.get(nameOrId) ?? ids.get(nameOrId))?.chain.registryName
  return (links.get(own ?? '') ?? []).flatMap(({ ends, channels }) => {
    const nearAt = ends.findIndex(({ registryName }) => registryName === own)
    const near = ends[nearAt]
    const far = ends[1 - nearAt]
    if (!near || !far || (farName !== undefined && far.registryName !== farName)) return []
    const { connectionId, clientId } = near
    return { connectionId, clientId, channels: channels.map((both) => both[nearAt]!), far }
  })
}

/** What the registry has on the chain with this id; undefined when it is unknown. */
export const readEntry = (chainId: string): Entry | undefined => readIndex().ids.get(chainId)
