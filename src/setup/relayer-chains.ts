// What the plans from hermes and rly share: chains from the registry by chain id, connections of channels, wallets.
import type { RegistryChain, RegistryConnection } from '../chains/registry.ts'
import { registryAsset, registryHasDenom } from '../chains/registry-assets.ts'
import { decodeAddress } from '../kernel/address.ts'
import { inline } from './config-text.ts'
import type { ListedKey } from './key-list.ts'
import type { ChainInput, Imported, ImportReport } from './plan.ts'

/** How the registry is asked; handed in, so that plans stay without I/O of their own. */
export interface RegistryDeps {
  chain(chainId: string): Promise<RegistryChain | null>
  connections(chainId: string): Promise<RegistryConnection[]>
  /** Whether a chain id is the registry name of another chain too: with endpoints beside it, it is an id. */
  isName?(chainId: string): Promise<boolean>
}

/** One chain as the relayer's configuration has it. */
export interface RelayerChain {
  chainId: string
  prefix: string | null
  keyName: string | null
  /** The denom that its fees are paid in. */
  feeDenom: string | null
  /** Connection and client ids that are relayed. */
  mine: string[]
  /** Nothing but `mine` is relayed. */
  isNarrow: boolean
  /** Lines for config.ts above the chain. */
  remarks: string[]
}

/** A first threshold for wallets, in tokens; nobody but their owner knows how much lasts. */
const THRESHOLD_TO_REVIEW = '1'

/**
 * Makes the plan from a relayer's chains. Those that the registry does not know are left as a comment to fill in,
 * because a relayer's configuration names RPC and gRPC, and this program reads REST.
 */
export async function planFromRelayer(
  source: string,
  chains: readonly RelayerChain[],
  keys: readonly ListedKey[],
  registry: RegistryDeps,
  options: { prefix?: string },
  report: ImportReport,
): Promise<Imported> {
  const inputs: ChainInput[] = []
  const unknown: string[] = []
  const used = new Set<ListedKey>()
  for (const chain of chains) {
    const { chainId, mine, isNarrow, feeDenom } = chain
    const { entry: known, isOdd } = await entryOf(chainId, feeDenom, registry)
    if (!known || known.rest.length === 0) {
      unknown.push(`${inline(toFillIn(chain))},`)
      const why = isOdd
        ? `its fees are paid in ${feeDenom}, which is no token of the chain that has this id in the chain registry, so it is another one`
        : 'the chain registry has no REST endpoint for it'
      report.left(`${chainId}: ${why}; fill in the lines at the end of \`chains\``)
      continue
    }
    if (isOdd) {
      const { symbol, denom } = known.token ?? { symbol: 'none', denom: '-' }
      const text = `${chainId}: its gas price is in ${feeDenom}, which is no token of it in the chain registry: ${symbol} (${denom}) is used`
      report.changed(text)
    }
    const wallets = await walletsOf(
      isOdd ? { ...chain, feeDenom: null } : chain,
      known,
      chains,
      keys,
      used,
      report,
    )
    const path = `chains[${inputs.length}]`
    report.comments[path] = { before: [known.name, ...chain.remarks] }
    for (const index of wallets.keys()) {
      report.comments[`${path}.wallets[${index}]`] = { after: 'REVIEW the threshold, in tokens' }
    }
    if (isNarrow && mine.length === 0)
      report.comments[`${path}.mine`] = {
        after: 'FILL IN: without a connection here nothing is alerted about',
      }
    const isName = await registry.isName?.(chainId)
    inputs.push({
      chainId,
      ...(isName && { rest: known.rest }),
      ...((isNarrow || mine.length > 0) && { mine }),
      ...(isNarrow && { alerts: { about: 'mine' } }),
      ...(wallets.length > 0 && { wallets }),
    })
    const relayed = mine.length > 0 ? `, mine: ${mine.join(', ')}` : ''
    report.brought(`${chainId}: ${known.rest.length} REST endpoints from the chain registry${relayed}`)
  }
  sayAround(
    unknown,
    keys.filter((key) => !used.has(key)),
    options,
    report,
  )
  return {
    source,
    config: {
      discord: { prefix: options.prefix ?? '$' },
      alerts: { about: 'live', mention: [] },
      chains: inputs,
    },
    comments: report.comments,
    env: {},
    wallets: [],
    expired: [],
    notes: report.notes,
  }
}

/** A chain that the registry does not know, for the lines that a person fills in. */
const toFillIn = ({ chainId, prefix, mine, isNarrow }: RelayerChain): ChainInput => ({
  chainId,
  rest: ['https://…'],
  ...(prefix !== null && { prefix }),
  ...(mine.length > 0 && { mine }),
  ...(isNarrow && { alerts: { about: 'mine' } }),
})

/** What is said beside the chains: those to fill in (`unknown`), keys that no chain uses, and what is to be set. */
function sayAround(
  unknown: readonly string[],
  unused: readonly ListedKey[],
  options: { prefix?: string },
  report: ImportReport,
): void {
  if (unknown.length > 0) {
    report.comments['chains[]'] = {
      before: ['Not in the chain registry; with their REST endpoints they can be watched too:', ...unknown],
    }
  }
  for (const { name, address } of unused) {
    report.left(`key ${name ?? '(no name)'} ${address}: no chain here uses it`)
  }
  if (options.prefix === undefined)
    report.comments['discord.prefix'] = { after: 'or false: slash commands only' }
  report.comments['alerts.about'] = {
    after: "'mine': only about the ids under `mine`, nothing about other relayers' clients",
  }
  report.left('Discord: put DISCORD_TOKEN and DISCORD_WEBHOOK_URL into .env')
}

/**
 * What the registry has on a relayer's chain. `isOdd`: the gas price is in a denom that the chain of this id does not
 * have there. Ids of test networks are used by others too, so an odd one is another chain: null; a mainnet's is its own.
 */
export async function entryOf(
  chainId: string,
  feeDenom: string | null,
  registry: RegistryDeps,
): Promise<{ entry: RegistryChain | null; isOdd: boolean }> {
  const known = await registry.chain(chainId)
  if (known?.chainId !== chainId) return { entry: null, isOdd: false }
  // The registry does not list every token that came over IBC or out of a factory.
  const isOdd = feeDenom !== null && !feeDenom.includes('/') && !(await registryHasDenom(chainId, feeDenom))
  return { entry: isOdd && known.networkType !== 'mainnet' ? null : known, isOdd }
}

/** The relayer's own keys of one chain, as wallets of the configuration. */
async function walletsOf(
  chain: RelayerChain,
  known: RegistryChain,
  all: readonly RelayerChain[],
  keys: readonly ListedKey[],
  used: Set<ListedKey>,
  report: ImportReport,
): Promise<NonNullable<ChainInput['wallets']>> {
  const wallets = new Map<string, NonNullable<ChainInput['wallets']>[number]>()
  const prefix = chain.prefix ?? known.prefix
  const { feeDenom } = chain
  const foreign = feeDenom !== null && feeDenom !== known.token?.denom ? { denom: feeDenom } : {}
  const symbol = foreign.denom
    ? ((await registryAsset(known.chainId, foreign.denom))?.symbol ?? foreign.denom)
    : (known.token?.symbol ?? 'token')
  for (const key of keys) {
    const decoded = decodeAddress(key.address)
    if (!decoded.ok || decoded.prefix !== prefix) continue
    const isHere = key.context === null || key.context === chain.chainId
    const isUsed = key.name === null || chain.keyName === null || key.name === chain.keyName
    if (!isHere || !isUsed) continue
    const sharing = all.filter((other) => other.prefix === prefix)
    if (key.context === null && sharing.length > 1 && !used.has(key)) {
      const ids = sharing.map(({ chainId }) => chainId).join(', ')
      report.changed(
        `key ${key.address} fits several chains (${ids}); it is a wallet of each whose key has its name`,
      )
    }
    used.add(key)
    wallets.set(decoded.canonical, { address: decoded.canonical, threshold: THRESHOLD_TO_REVIEW, ...foreign })
  }
  for (const { address } of wallets.values()) {
    report.changed(
      `${address} on ${chain.chainId}: a wallet, below ${THRESHOLD_TO_REVIEW} ${symbol}; review the threshold`,
    )
  }
  if (wallets.size === 0 && chain.keyName) {
    const how =
      keys.length > 0 ? 'the list of keys has no address for it' : 'hand its address in with --keys FILE'
    report.left(`${chain.chainId}: the wallet of key "${chain.keyName}" is not watched; ${how}`)
  }
  return [...wallets.values()]
}

/**
 * The connections that channels run over, and whose clients they have, where the registry knows.
 * @returns each connection once, and the channels that it does not know
 */
export async function connectionsOfChannels(
  chain: RegistryChain | null,
  channels: readonly { portId: string; channelId: string }[],
  registry: RegistryDeps,
): Promise<{ found: RegistryConnection[]; unknown: { portId: string; channelId: string }[] }> {
  const connections = chain === null ? [] : await registry.connections(chain.chainId)
  const of = (wanted: { portId: string; channelId: string }) =>
    connections.find(({ channels }) =>
      channels.some(({ channelId, portId }) => channelId === wanted.channelId && portId === wanted.portId),
    )
  return {
    found: [...new Set(channels.flatMap((channel) => of(channel) ?? []))],
    unknown: channels.filter((channel) => !of(channel)),
  }
}
