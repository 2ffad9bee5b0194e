// The configuration for chains of the registry: endpoints and connections, each marked when it is not verified.
import type { RegistryChain, RegistryConnection } from '../chains/registry.ts'
import type { ConfigInput } from '../config/schema.ts'
import { type ChainPool, isUpstream } from '../cosmos/types.ts'
import type { Address } from '../kernel/address.ts'
import type { ChainInput, Comments } from './plan.ts'
import { addressesOn, clientsUpdatedBy } from './relayed.ts'
import { type CheckedEndpoint, checkConnection, checkEndpoints, NOBODY } from './verify.ts'

/** Among so many chains it is worth a line that two of them have no connection. */
const MOST_PAIRED = 4

/** With so many endpoints that work, those that do not are only kept as comments. */
const ENOUGH_ENDPOINTS = 3

export type InitPlan = Awaited<ReturnType<typeof planFromRegistry>>

/** One line of what was found out. `trouble`: 0 none, 1 one connection, 2 the whole chain. */
export interface ReportLine {
  text: string
  trouble: 0 | 1 | 2
}

/** At most `most` lines of what was found out: all, or what is wrong, the worst first, under what it comes to. */
export function shownReport({ report, config, answered }: InitPlan, most: number): string[] {
  if (report.length <= most) return report.map(({ text }) => text)
  const wrong = report.filter(({ trouble }) => trouble > 0).toSorted((a, b) => b.trouble - a.trouble)
  const shown = wrong.slice(0, most - 2)
  const more = wrong.length - shown.length
  return [
    `${answered} of ${config.chains.length} chains have an endpoint that could be verified; ${wrong.length} of ${report.length} findings are doubtful`,
    ...shown.map(({ text }) => text),
    ...(more > 0 ? [`and ${more} more, each marked where it stands in the file`] : []),
  ]
}

export interface InitDeps {
  /** Accounts of relayers: what they update is `mine`. */
  relayers?: readonly Address[]
  /** The connections of a chain, by its registry name. */
  connections(name: string): Promise<RegistryConnection[]>
  /** Opens the pool through which a chain is asked; it is closed here. */
  openPool(chainId: string, rest: readonly string[]): ChainPool
}

/** Makes the plan for chains of the registry, asking each chain over the network. Never throws for a dead network. */
export async function planFromRegistry(chains: readonly RegistryChain[], deps: InitDeps) {
  const planned = await Promise.all(chains.map((chain) => planChain(chain, chains, deps)))
  const comments: Comments = {
    discord: { before: ['Secrets are not here but in .env: DISCORD_TOKEN, DISCORD_WEBHOOK_URL.'] },
    'discord.prefix': { after: 'or false: slash commands only' },
    'alerts.about': {
      before: [
        "channel: '…', // instead of DISCORD_WEBHOOK_URL: the bot makes its own webhook there (Manage Webhooks)",
      ],
      after: "'mine': only about `mine` below; 'all': idle clients too",
    },
    'alerts.mention': { after: "whom an alert tags: '<@&ROLE ID>', '<@USER ID>'" },
  }
  for (const [index, one] of planned.entries())
    for (const [path, comment] of Object.entries(one.comments)) comments[`chains[${index}]${path}`] = comment
  const config: ConfigInput = {
    discord: { prefix: '$' },
    alerts: { about: 'live', mention: [] },
    chains: planned.map(({ input }) => input),
  }
  return {
    config,
    comments,
    /** What was found out, a line per chain and connection. */
    report: planned.flatMap(({ report }) => report),
    /** How many of the chains have an endpoint that could be verified. */
    answered: planned.filter(({ verified }) => verified > 0).length,
  }
}

async function planChain(
  chain: RegistryChain,
  all: readonly RegistryChain[],
  deps: InitDeps,
): Promise<{ input: ChainInput; comments: Comments; report: ReportLine[]; verified: number }> {
  const { chainId, name, prefix } = chain
  const pool = deps.openPool(chainId, chain.rest)
  try {
    const endpoints = await checkEndpoints(pool, chain.rest)
    const rest = describeEndpoints(endpoints)
    const verified = endpoints.filter(({ verdict }) => verdict === 'verified').length
    const mine = await describeConnections(chain, all, verified > 0 ? pool : null, deps)
    if (verified > 0) await addRelayed(chain, pool, mine, deps.relayers ?? [])
    // What is guessed stays the registry's: written out it would count as known.
    const token = chain.token?.isGuess ? null : chain.token
    const watched = chain.token
      ? `wallets are watched for ${chain.token.symbol} (${chain.token.denom})`
      : 'the registry names no token that wallets could be watched for'
    return {
      input: {
        ...{ chainId, name, rest: rest.list },
        ...(token && { token }),
        ...(prefix && { prefix }),
        connections: 'all',
        ...(mine.list.length > 0 && { mine: mine.list }),
      },
      comments: {
        '': { before: aboutChain(chain, verified) },
        ...(token && {
          '.token': { after: 'fees are paid in it: wallets without `denom` are watched for it' },
        }),
        '.connections': { after: "or the ids to watch, or 'none' (wallets and far ends only)" },
        ...rest.comments,
        ...mine.comments,
      },
      verified,
      report: [
        line(chain, `${verified} of ${endpoints.length} endpoints verified`, verified > 0 ? 0 : 2),
        line(chain, watched),
        ...mine.report,
      ],
    }
  } finally {
    await pool.close()
  }
}

const line = ({ chainId }: RegistryChain, text: string, trouble: ReportLine['trouble'] = 0): ReportLine => ({
  text: `${chainId}: ${text}`,
  trouble,
})

/** What stands above a chain: its name, where to look at it, and what is doubtful about the whole. */
function aboutChain({ name, explorers, status, token }: RegistryChain, verified: number): string[] {
  const urls = explorers.slice(0, 2).map(({ url }) => url)
  return [
    urls.length > 0 ? `${name}; explorers: ${urls.join(' ')}` : name,
    ...(status !== null && status !== 'live' ? [`the registry says: ${status}`] : []),
    ...(token?.isGuess ? [`the decimals of ${token.symbol} are guessed: no token is written`] : []),
    ...(verified > 0
      ? []
      : ['unverified: no endpoint could be asked, so nothing here was checked on the chain']),
  ]
}

/** The endpoints as a list, and the comments that mark them. One that serves another chain is never in the list. */
function describeEndpoints(endpoints: readonly CheckedEndpoint[]): { list: string[]; comments: Comments } {
  const verified = endpoints.filter(({ verdict }) => verdict === 'verified').length
  const isListed = ({ verdict }: CheckedEndpoint) =>
    verdict === 'verified' || (verdict === 'unverified' && verified < ENOUGH_ENDPOINTS)
  const listed = endpoints.filter(isListed)
  // A chain without a single endpoint is no configuration: then they are there, marked.
  const kept = listed.length > 0 ? listed : endpoints
  const comments: Comments = {}
  for (const [index, { verdict, reason }] of kept.entries()) {
    if (verdict !== 'verified') comments[`.rest[${index}]`] = { after: `unverified: ${reason}` }
  }
  const others = endpoints.filter((endpoint) => !kept.includes(endpoint))
  if (others.length > 0) {
    comments['.rest[]'] = { before: others.map(({ url, reason }) => `'${url}', // unverified: ${reason}`) }
  }
  return { list: kept.map(({ url }) => url), comments }
}

/** The clients that the relayers update are `mine` too. */
async function addRelayed(chain: RegistryChain, pool: ChainPool, mine: Mine, relayers: readonly Address[]) {
  for (const address of chain.prefix === null ? [] : addressesOn(chain.prefix, relayers)) {
    let found: Awaited<ReturnType<typeof clientsUpdatedBy>>
    try {
      found = await clientsUpdatedBy(pool, address)
    } catch (error) {
      if (!isUpstream(error)) throw error
      const text = `no index of transactions tells what ${address} updates: fill in \`mine\``
      mine.report.push(line(chain, text, 1))
      continue
    }
    const { clients, isCut } = found
    const added = clients.filter((id) => !mine.clients.includes(id))
    for (const id of added) {
      mine.comments[`.mine[${mine.list.length}]`] = { after: `updated by ${address}` }
      mine.list.push(id)
      mine.clients.push(id)
    }
    const count = `${clients.length} ${clients.length === 1 ? 'client' : 'clients'}`
    const more = 'add those that it updates more seldom, nobody is tagged for others'
    if (isCut && clients.length > 0)
      mine.comments['.mine'] = { before: [`by its newest transactions alone: ${more}`] }
    const text =
      clients.length === 0
        ? `its index of transactions has no update by ${address}: is it the relayer's here?`
        : `${address} updates ${count}, which are \`mine\`${isCut ? `, by its newest transactions alone: ${more}` : ''}`
    mine.report.push(line(chain, text, clients.length === 0 || isCut ? 1 : 0))
  }
}

type Mine = Awaited<ReturnType<typeof describeConnections>>

/** The connections to the other named chains, as `mine`, with the clients that they reach. Without a pool nobody can be asked. */
async function describeConnections(
  chain: RegistryChain,
  all: readonly RegistryChain[],
  pool: ChainPool | null,
  deps: InitDeps,
) {
  const list: string[] = []
  const clients: string[] = []
  const comments: Comments = {}
  const report: ReportLine[] = []
  const wrong: string[] = []
  const known = await deps.connections(chain.registryName)
  for (const far of all) {
    if (far === chain) continue
    const connections = known.filter((one) => one.far.registryName === far.registryName)
    if (connections.length === 0 && all.length <= MOST_PAIRED)
      report.push(line(chain, `the registry lists no connection to ${far.chainId}`))
    for (const listed of connections) {
      const { connectionId } = listed
      const { clientId, verdict, reason } = pool
        ? await checkConnection(pool, listed, far.chainId)
        : { ...listed, verdict: 'unverified', reason: NOBODY }
      const mark = reason === null ? '' : `, ${verdict}: ${reason}`
      const what = `${connectionId} to ${far.chainId} (${clientId})${mark || ', verified'}`
      report.push(line(chain, what, reason === null ? 0 : 1))
      if (verdict === 'wrong') wrong.push(`'${connectionId}', // ${far.name} in the registry, but ${reason}`)
      else {
        comments[`.mine[${list.length}]`] = { after: `to ${far.name}, ${clientId}${mark}` }
        list.push(connectionId)
        clients.push(clientId)
      }
    }
  }
  if (wrong.length > 0) {
    const path = list.length > 0 ? '.mine[]' : '.connections'
    comments[path] = { before: list.length > 0 ? wrong : wrong.map((line) => `not mine: ${line}`) }
  }
  return { list, clients, comments, report }
}
