// The plan from a hermes config.toml: its chains, packet filters as a hint for `mine`, and its wallets.
import { parse, TomlError } from 'smol-toml'
import { z } from 'zod'
import { UsageError } from '../kernel/errors.ts'
import { SyntaxProblem, withoutQuotes } from '../words/syntax.ts'
import { readKeyList } from './key-list.ts'
import { type Imported, ImportReport } from './plan.ts'
import {
  connectionsOfChannels,
  entryOf,
  planFromRelayer,
  type RegistryDeps,
  type RelayerChain,
} from './relayer-chains.ts'

const filterSchema = z.object({
  policy: z.string(),
  list: z.array(z.tuple([z.string(), z.string()])).optional(),
})

/** Of a chain only what is used; hermes has many more fields, and they change. */
const chainSchema = z.object({
  id: z.string().min(1).max(64),
  type: z.string().optional(),
  account_prefix: z.string().optional(),
  key_name: z.string().optional(),
  trusting_period: z.string().optional(),
  gas_price: z.object({ denom: z.string() }).optional(),
  packet_filter: filterSchema.optional(),
})

const fileSchema = z.object({ chains: z.array(z.unknown()).default([]) })

/**
 * Makes the plan.
 * @param keyList what `hermes keys list` printed, where it was handed in
 * @throws {UsageError} when the text is not TOML
 */
export async function planFromHermes(
  text: string,
  registry: RegistryDeps,
  options: { prefix?: string; keyList?: string } = {},
): Promise<Imported> {
  const report = new ImportReport()
  const chains: RelayerChain[] = []
  for (const [index, raw] of readFile(text).chains.entries()) {
    const read = chainSchema.safeParse(raw)
    if (!read.success) {
      const { path, message } = read.error.issues[0]!
      report.left(`chains[${index}].${path.join('.')}: ${message}`)
      continue
    }
    const chain = read.data
    if (chain.type !== undefined && !/^cosmos/i.test(chain.type)) {
      report.left(`${chain.id}: a ${chain.type} chain has no Cosmos REST API to read`)
      continue
    }
    if (chains.some(({ chainId }) => chainId === chain.id)) {
      report.left(`chains[${index}]: ${chain.id} is there twice; the first one counts`)
      continue
    }
    const filter = await readFilter(chain, registry, report)
    const period = chain.trusting_period
    if (period) {
      report.changed(
        `${chain.id}: trusting_period ${period} is for clients that hermes will make; here each client's own is read from its chain`,
      )
    }
    chains.push({
      chainId: chain.id,
      prefix: chain.account_prefix ?? null,
      keyName: chain.key_name ?? null,
      feeDenom: chain.gas_price?.denom ?? null,
      mine: filter.mine,
      isNarrow: filter.isNarrow,
      remarks: [...(period ? [`hermes: trusting_period ${period}`] : []), ...filter.remarks],
    })
  }
  const keys = readKeyList(
    options.keyList ?? '',
    chains.map(({ chainId }) => chainId),
  )
  return planFromRelayer('the configuration of hermes', chains, keys, registry, options, report)
}

function readFile(text: string): z.output<typeof fileSchema> {
  let toml: unknown
  try {
    toml = parse(text, { integersAsBigInt: 'asNeeded' })
  } catch (error) {
    throw new UsageError(`This is not a hermes configuration: ${tomlProblem(error)}`)
  }
  const read = fileSchema.safeParse(toml)
  if (!read.success)
    throw new UsageError('This is not a hermes configuration: `chains` is not a list of tables.')
  return read.data
}

const tomlProblem = (error: unknown) =>
  error instanceof TomlError
    ? new SyntaxProblem(error, withoutQuotes(error.message.replace('Invalid TOML document: ', ''))).message
    : 'it is not TOML'

interface Filter {
  /** Connections of the channels that are relayed. */
  mine: string[]
  /** Nothing but these is relayed, so nobody else's clients are alerted about. */
  isNarrow: boolean
  remarks: string[]
}

/** Ports of interchain accounts and queries and of consumer chains: their channels run over the pairs' connections. */
const OVER_PAIRS = /^(ica|icq|consumer$|provider$)/

/** An allow list of channels names connections that are relayed, and nothing else is; other filters are only shown. */
async function readFilter(
  { id: chainId, packet_filter: filter, gas_price }: z.output<typeof chainSchema>,
  registry: RegistryDeps,
  report: ImportReport,
): Promise<Filter> {
  if (!filter || filter.policy === 'allowall') return { mine: [], isNarrow: false, remarks: [] }
  const list = (filter.list ?? []).map(([port, channel]) => ({
    portId: port.trim(),
    channelId: channel.trim(),
  }))
  const named = (some: typeof list) =>
    some.map(({ portId, channelId }) => `${portId}/${channelId}`).join(', ')
  const remarks = [`packet_filter ${filter.policy}: ${named(list)}`]
  const open = (text: string) => report.left(`${chainId}: ${text}; \`mine\` is yours to fill in`)
  if (filter.policy !== 'allow') {
    open(`packet_filter \`${filter.policy}\` says what is not relayed`)
    return { mine: [], isNarrow: false, remarks }
  }
  const isOverPair = ({ portId }: (typeof list)[number]) => OVER_PAIRS.test(portId)
  const isPattern = ({ portId, channelId }: (typeof list)[number]) => /[*?]/.test(portId + channelId)
  const patterns = list.filter((one) => !isOverPair(one) && isPattern(one))
  const exact = list.filter((one) => !isPattern(one))
  const { entry } = await entryOf(chainId, gas_price?.denom ?? null, registry)
  const looked = await connectionsOfChannels(entry, exact, registry)
  const { found } = looked
  const unknown = looked.unknown.filter((one) => !isOverPair(one))
  const overPairs = list.filter((one) => isOverPair(one) && (isPattern(one) || looked.unknown.includes(one)))
  const isNarrow = found.length + unknown.length > 0 && patterns.length === 0
  const clients = found.map(({ connectionId, clientId }) => `${clientId} over ${connectionId}`).join(', ')
  const whose = clients ? `only about ${clients}, as the chain registry has them` : 'about nothing yet'
  if (isNarrow)
    report.changed(
      `${chainId}: alerts are ${whose} (\`about: 'mine'\`), because its packet_filter relays nothing else`,
    )
  else open(`packet_filter allows ${named(patterns) || 'no channel by its id'}`)
  for (const { portId, channelId } of unknown) {
    const path = `/ibc/core/channel/v1/channels/${channelId}/ports/${portId}`
    const text = /^channel-\d+$/.test(channelId)
      ? `the connection of ${portId}/${channelId} is not in the chain registry; ${path} of the chain names it (connection_hops): add it to \`mine\`, or nothing is alerted about it`
      : `${portId}/${channelId} is not a channel such as channel-0: correct it`
    report.left(`${chainId}: ${text}`)
  }
  if (overPairs.length > 0) {
    const text = `${overPairs.length} of the packet_filter's channels are of interchain accounts, queries or consumers: they run over the connections of their pairs`
    report.changed(`${chainId}: ${text}`)
  }
  if (unknown.length > 0) remarks.push(`not found in the chain registry: ${named(unknown)}`)
  return { mine: found.map(({ connectionId }) => connectionId), isNarrow, remarks }
}
