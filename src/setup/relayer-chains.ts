// The plan from a tool's chains: each with what the registry knows of it, its wallets, and the lines to fill in.
import type { RegistryChain, RegistryConnection } from '../chains/registry.ts'
import { registryAsset, registryHasDenom } from '../chains/registry-assets.ts'
import { unaskable } from '../chains/registry-words.ts'
import { addressProblemText, decodeAddress } from '../kernel/address.ts'
import { count } from '../words/numbers.ts'
import { someOf } from '../words/text.ts'
import { toFillInComments } from './config-text.ts'
import type { ListedKey } from './key-list.ts'
import type { ChainInput, Comments, Imported, ImportReport } from './plan.ts'
import { shown } from './showable.ts'

/** How the registry is asked; handed in, so that plans stay without I/O of their own. */
export interface RegistryDeps {
  chain(chainId: string): Promise<RegistryChain | null>
  connections(chainId: string): Promise<RegistryConnection[]>
  /** Whether a chain id is the registry name of another chain too: with endpoints beside it, it is an id. */
  isName?(chainId: string): Promise<boolean>
}

/** One chain as a tool's configuration has it. */
export class RelayerChain {
  readonly chainId: string
  prefix: string | null = null
  keyName: string | null = null
  /** The denom that its fees are paid in. */
  feeDenom: string | null = null
  /** REST endpoints of its own; where there are none, those of the registry count. */
  rest: string[] = []
  /** Who else pays fees, or is watched: an address, or the name of a key; without a `denom`, in `feeDenom`. */
  accounts: { account: string; denom?: string | null }[] = []
  /** Connection and client ids that are relayed. */
  mine: string[] = []
  /** Client ids that nobody is told about. */
  ignored: string[] = []
  /** Nothing but `mine` is relayed. */
  isNarrow = false
  /** It is watched itself, where other chains of the file are not. */
  isHome = false
  /** Lines for config.ts above the chain. */
  remarks: string[] = []

  constructor(chainId: string) {
    this.chainId = chainId
  }
}

/** A first threshold for wallets, in tokens; nobody but their owner knows how much lasts. */
const THRESHOLD_TO_REVIEW = '1'

/** What is planned with. */
export interface Planning {
  chains: readonly RelayerChain[]
  /** Null where no list of keys was handed in. */
  keys: readonly ListedKey[] | null
  /** Keys that are a wallet of a chain. */
  used: Set<ListedKey>
  registry: RegistryDeps
  report: ImportReport
}

/**
 * Makes the plan from a tool's chains. Those without REST endpoints, in the file or the registry, are left as lines to
 * fill in, because a relayer's configuration names RPC and gRPC, and this program reads REST.
 */
export async function planFromRelayer(from: string, planning: Planning, prefix?: string): Promise<Imported> {
  const { chains, report } = planning
  const inputs: ChainInput[] = []
  const toFillIn: ChainInput[] = []
  for (const chain of chains) {
    const { input, comments } = await planChain(chain, planning)
    if (comments === null) toFillIn.push(input)
    else {
      for (const [path, comment] of Object.entries(comments))
        report.comments[`chains[${inputs.length}]${path}`] = comment
      inputs.push(input)
    }
  }
  sayAround(toFillIn, planning, prefix)
  const { notes, comments } = report
  const discord = { prefix: prefix ?? '$' }
  const config = { discord, alerts: { about: 'live' as const, mention: [] }, chains: inputs }
  return { source: from, config, comments, env: {}, wallets: [], expired: [], notes, toFillIn }
}

/** One chain, and its comments; null for them where it is to be filled in. */
async function planChain(
  chain: RelayerChain,
  planning: Planning,
): Promise<{ input: ChainInput; comments: Comments | null }> {
  const { chainId, mine, isNarrow, feeDenom, prefix } = chain
  const { report, registry } = planning
  const { entry: known, isOdd, isOther } = await entryOf(chain, registry)
  const rest = chain.rest.length > 0 ? chain.rest : (known?.rest ?? [])
  if (known && isOdd) {
    const { symbol, denom } = known.token ?? { symbol: 'none', denom: '-' }
    const text = `${chainId}: its gas price is in ${feeDenom}, which is no token of it in the chain registry: ${symbol} (${denom}) is used`
    report.changed(text)
  }
  const wallets = await walletsOf(known && isOdd ? { ...chain, feeDenom: null } : chain, known, planning)
  const isFarEnd = !chain.isHome && mine.length === 0 && planning.chains.some(({ isHome }) => isHome)
  if (isFarEnd)
    report.changed(`${chainId}: no home chain: only wallets and the far ends of others are watched`)
  const isWritten = chain.rest.length > 0 || rest.length === 0 || (await registry.isName?.(chainId))
  const input: ChainInput = {
    chainId,
    ...(isWritten && { rest: rest.length > 0 ? rest : ['https://…'] }),
    ...(prefix !== null && known === null && { prefix }),
    ...(isFarEnd && { connections: 'none' }),
    ...((mine.length > 0 || (isNarrow && rest.length > 0)) && { mine }),
    ...(chain.ignored.length > 0 && { ignoreClients: chain.ignored }),
    ...(isNarrow && { alerts: { about: 'mine' } }),
    ...(wallets.length > 0 && { wallets }),
  }
  if (rest.length === 0) {
    const odd = isOdd ? `fees are paid in ${feeDenom}, which is no token` : `prefix ${prefix} is none`
    const why = isOther
      ? `its ${odd} of the chain that has this id in the chain registry, so it is another one`
      : ((known && unaskable(known)?.reason) ?? 'the chain registry has no REST endpoint for it')
    report.left(`${chainId}: ${why}; fill in its line below, and put it into \`chains\``)
    return { input, comments: null }
  }
  const comments: Comments = { '': { before: [known?.name ?? chainId, ...chain.remarks] } }
  for (const index of wallets.keys())
    comments[`.wallets[${index}]`] = { after: 'REVIEW the threshold, in tokens' }
  if (isNarrow && mine.length === 0)
    comments['.mine'] = { after: 'FILL IN: without a connection here nothing is alerted about' }
  const relayed = mine.length > 0 ? `, mine: ${mine.join(', ')}` : ''
  const from = chain.rest.length > 0 ? 'the file' : 'the chain registry'
  report.brought(`${chainId}: ${count(rest.length, 'REST endpoint')} from ${from}${relayed}`)
  return { input, comments }
}

/** What is said beside the chains: those to fill in, keys that no chain uses, and what is to be set. */
function sayAround(
  toFillIn: readonly ChainInput[],
  { keys, used, report }: Planning,
  prefix: string | undefined,
): void {
  Object.assign(report.comments, toFillInComments(toFillIn))
  for (const key of keys ?? []) {
    const why = key.prefix === null ? 'its checksum does not fit' : 'no chain here uses it'
    const name = shown(key.name ?? '', '(no name)')
    if (!used.has(key)) report.left(`key ${name} ${shown(key.address)}: ${why}`)
  }
  if (prefix === undefined) report.comments['discord.prefix'] = { after: 'or false: slash commands only' }
  report.comments['alerts.about'] = {
    after: "'mine': only about the ids under `mine`, nothing about other relayers' clients",
  }
  report.left('Discord: put DISCORD_TOKEN and DISCORD_WEBHOOK_URL into .env')
}

/**
 * What the registry has on a relayer's chain. `isOdd`: its gas price is in a denom that the chain of this id does not
 * have there. Ids of test networks are used by others too, so one with an odd denom or prefix `isOther`: null; a
 * mainnet's is its own.
 */
export async function entryOf(
  { chainId, feeDenom, prefix }: Pick<RelayerChain, 'chainId' | 'feeDenom' | 'prefix'>,
  registry: RegistryDeps,
): Promise<{ entry: RegistryChain | null; isOdd: boolean; isOther: boolean }> {
  const known = await registry.chain(chainId)
  if (known?.chainId !== chainId) return { entry: null, isOdd: false, isOther: false }
  // The registry does not list every token that came over IBC or out of a factory.
  const isOdd = feeDenom !== null && !feeDenom.includes('/') && !(await registryHasDenom(chainId, feeDenom))
  const isOddPrefix = prefix !== null && known.prefix !== null && prefix !== known.prefix
  const isOther = known.networkType !== 'mainnet' && (isOdd || isOddPrefix)
  return { entry: isOther ? null : known, isOdd, isOther }
}

/** The keys and accounts of one chain, as wallets of the configuration. */
async function walletsOf(
  chain: RelayerChain,
  known: RegistryChain | null,
  { chains, keys, used, report }: Planning,
): Promise<NonNullable<ChainInput['wallets']>> {
  const { chainId, keyName, feeDenom } = chain
  const prefix = chain.prefix ?? known?.prefix ?? null
  const isOwn = (key: ListedKey) => key.context === null || key.context === chainId
  const own = (keys ?? []).filter((key) => prefix !== null && key.prefix === prefix && isOwn(key))
  const found = new Map<string, { address: string; denom: string | null }>()
  const add = (address: string, denom: string | null) => {
    const foreign = denom === known?.token?.denom ? null : denom
    found.set(`${address} ${foreign}`, { address, denom: foreign })
  }
  const payers =
    keyName === null ? chain.accounts : [{ account: keyName, denom: feeDenom }, ...chain.accounts]
  const taken = keyName === null ? own.map((key) => ({ key, denom: feeDenom })) : []
  for (const { account, denom = feeDenom } of payers) {
    const decoded = decodeAddress(account)
    if (decoded.ok && (prefix === null || decoded.prefix === prefix)) add(decoded.canonical, denom)
    else if (decoded.ok || decoded.reason !== 'not-bech32') {
      const why = decoded.ok ? `its addresses begin with ${prefix}1` : addressProblemText(decoded.reason)
      report.left(`${chainId}: ${account} is no wallet of it: ${why}`)
    } else {
      const named = own.filter(({ name }) => name === null || name === account)
      taken.push(...named.map((key) => ({ key, denom })))
      const how = keys ? 'the list of keys has no address for it' : 'hand its address in with --keys FILE'
      if (named.length === 0) report.left(`${chainId}: the wallet of key "${account}" is not watched; ${how}`)
    }
  }
  const sharing = chains.filter((other) => other.prefix === prefix)
  for (const { key, denom } of taken) {
    if (key.context === null && sharing.length > 1 && !used.has(key)) {
      const ids = sharing.map((one) => one.chainId)
      const text = `key ${key.address} fits several chains (${someOf(ids, 6)}); it is a wallet of each whose key has its name`
      report.changed(text)
    }
    used.add(key)
    add(key.address, denom)
  }
  const wallets = []
  for (const { address, denom } of found.values()) {
    const listed = denom !== null && known ? await registryAsset(chainId, denom) : known?.token
    const symbol = listed?.symbol ?? denom ?? 'token'
    report.changed(
      `${address} on ${chainId}: a wallet, below ${THRESHOLD_TO_REVIEW} ${symbol}; review the threshold`,
    )
    wallets.push({ address, threshold: THRESHOLD_TO_REVIEW, ...(denom !== null && { denom }) })
  }
  return wallets
}
