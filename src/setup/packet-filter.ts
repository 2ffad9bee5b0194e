// What channels that a tool names mean here: the connections that they run over, as `mine`.
import type { RegistryConnection } from '../chains/registry.ts'
import { isTable } from './file-syntax.ts'
import type { ImportReport } from './plan.ts'

/** A channel as it is named; without a port, any. */
export interface NamedChannel {
  portId: string | null
  channelId: string
}

/** A chain, and the connections that the registry lists for it. */
interface Channelled {
  chainId: string
  connections: readonly RegistryConnection[]
}

/** What a filter comes to. */
export interface Filter {
  /** Connections of the channels that are relayed. */
  mine: string[]
  /** Nothing but these is relayed, so nobody else's clients are alerted about. */
  isNarrow: boolean
  remarks: string[]
}

/** Channels that nobody can look up are named each, up to this many. */
const MOST_SAID = 50

const OPEN: Filter = { mine: [], isNarrow: false, remarks: [] }

/** Ports of interchain accounts and queries and of consumer chains: their channels run over the pairs' connections. */
const OVER_PAIRS = /^(ica|icq|consumer$|provider$)/

const isOverPair = ({ portId }: NamedChannel) => portId !== null && OVER_PAIRS.test(portId)
const isPattern = ({ portId, channelId }: NamedChannel) => /[*?]/.test(`${portId}${channelId}`)
const named = (some: readonly NamedChannel[]) =>
  some.map(({ portId, channelId }) => (portId === null ? channelId : `${portId}/${channelId}`)).join(', ')

/**
 * Reads a `packet_filter` of hermes. An allow list of channels names connections that are relayed, and nothing else is;
 * other filters are only shown. What is damaged in it is left.
 * @param word takes a value for a text that may be shown, or says why not
 */
export function readFilter(
  filter: unknown,
  chain: Channelled,
  word: (value: unknown, where: string) => string | null,
  report: ImportReport,
): Filter {
  const left = (text: string) => report.left(`${chain.chainId}: ${text}`)
  if (filter === undefined) return OPEN
  const policy = isTable(filter) ? word(filter.policy, `${chain.chainId}: packet_filter.policy`) : null
  if (policy?.toLowerCase() === 'allowall') return OPEN
  if (!isTable(filter) || !['allow', 'deny'].includes(policy ?? '')) {
    left('packet_filter has no policy that is known (allow, deny, allowall); `mine` is yours to fill in')
    return OPEN
  }
  const list = (Array.isArray(filter.list) ? filter.list : []).flatMap((pair: unknown, index) => {
    const where = `${chain.chainId}: packet_filter.list[${index}]`
    const [portId, channelId] = (Array.isArray(pair) ? pair : []).map((one) => word(one, where))
    if (portId && channelId) return { portId, channelId }
    report.left(`${where}: not a pair of a port and a channel; correct it, or nothing is alerted about it`)
    return []
  })
  const remarks = [`packet_filter ${policy}: ${named(list)}`]
  if (policy === 'deny') {
    left('packet_filter `deny` says what is not relayed; `mine` is yours to fill in')
    return { ...OPEN, remarks }
  }
  const found = connectionsOf(list, 'packet_filter', chain, report)
  return { ...found, remarks: [...remarks, ...found.remarks] }
}

/** The connections that a list of channels, and nothing but it, is relayed or watched over. */
export function connectionsOf(
  list: readonly NamedChannel[],
  what: string,
  chain: Channelled,
  report: ImportReport,
): Filter {
  const left = (text: string) => report.left(`${chain.chainId}: ${text}`)
  const patterns = list.filter((one) => !isOverPair(one) && isPattern(one))
  const byChannel = new Map(
    chain.connections
      .toReversed()
      .flatMap((connection) =>
        connection.channels.flatMap(({ portId, channelId }) =>
          [portId, null].map((port) => [`${port}/${channelId}`, connection] as const),
        ),
      ),
  )
  const connectionOf = ({ portId, channelId }: NamedChannel) => byChannel.get(`${portId}/${channelId}`)
  const exact = list.filter((one) => !isPattern(one))
  const found = [...new Set(exact.flatMap((one) => connectionOf(one) ?? []))]
  const unfound = list.filter((one) => isPattern(one) || !connectionOf(one))
  const unknown = unfound.filter((one) => !isOverPair(one) && !isPattern(one))
  const overPairs = unfound.filter(isOverPair)
  const isNarrow = found.length + unknown.length > 0 && patterns.length === 0
  const clients = found.map(({ connectionId, clientId }) => `${clientId} over ${connectionId}`).join(', ')
  const whose = clients ? `only about ${clients}, as the chain registry has them` : 'about nothing yet'
  if (isNarrow)
    report.changed(
      `${chain.chainId}: alerts are ${whose} (\`about: 'mine'\`), because nothing else stands in its ${what}`,
    )
  else left(`${what} allows ${named(patterns) || 'no channel by its id'}; \`mine\` is yours to fill in`)
  if (unknown.length > MOST_SAID)
    left(`${unknown.length - MOST_SAID} more channels of the ${what} are not in the chain registry, as these`)
  for (const one of unknown.slice(0, MOST_SAID)) {
    const path = `/ibc/core/channel/v1/channels/${one.channelId}/ports/${one.portId ?? 'transfer'}`
    left(
      /^channel-\d+$/.test(one.channelId)
        ? `the connection of ${named([one])} is not in the chain registry; ${path} of the chain names it (connection_hops): add it to \`mine\`, or nothing is alerted about it`
        : `${named([one])} is not a channel such as channel-0: correct it`,
    )
  }
  if (overPairs.length > 0) {
    const text = `${overPairs.length} of the ${what}'s channels are of interchain accounts, queries or consumers: they run over the connections of their pairs; add those that are missing to \`mine\``
    report.changed(`${chain.chainId}: ${text}`)
  }
  return {
    mine: found.map(({ connectionId }) => connectionId),
    isNarrow,
    remarks: unknown.length > 0 ? [`not found in the chain registry: ${named(unknown)}`] : [],
  }
}
