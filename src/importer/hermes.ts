// The plan from a hermes config.toml: its chains, packet filters as a hint for `mine`, and its wallets.
import { parse } from 'smol-toml'
import { z } from 'zod'
import { messageOf, UsageError } from '../kernel/errors.ts'
import { readKeyList } from './key-list.ts'
import type { Imported, Note } from './plan.ts'
import {
  connectionsOfChannels,
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
  const notes: Note[] = []
  const chains: RelayerChain[] = []
  for (const [index, raw] of readFile(text).chains.entries()) {
    const read = chainSchema.safeParse(raw)
    if (!read.success) {
      const { path, message } = read.error.issues[0]!
      notes.push({ kind: 'left', text: `chains[${index}].${path.join('.')}: ${message}` })
      continue
    }
    const chain = read.data
    if (chain.type !== undefined && !/^cosmos/i.test(chain.type)) {
      notes.push({ kind: 'left', text: `${chain.id}: a ${chain.type} chain has no Cosmos REST API to read` })
      continue
    }
    if (chains.some(({ chainId }) => chainId === chain.id)) {
      notes.push({ kind: 'left', text: `chains[${index}]: ${chain.id} is there twice; the first one counts` })
      continue
    }
    const filter = await readFilter(chain.id, chain.packet_filter, registry)
    notes.push(...filter.notes)
    const period = chain.trusting_period
    if (period) {
      notes.push({
        kind: 'changed',
        text: `${chain.id}: trusting_period ${period} is for clients that hermes will make; here each client's own is read from its chain`,
      })
    }
    chains.push({
      chainId: chain.id,
      prefix: chain.account_prefix ?? null,
      keyName: chain.key_name ?? null,
      feeDenom: chain.gas_price?.denom ?? null,
      mine: filter.mine,
      remarks: [...(period ? [`hermes: trusting_period ${period}`] : []), ...filter.remarks],
    })
  }
  const keys = readKeyList(
    options.keyList ?? '',
    chains.map(({ chainId }) => chainId),
  )
  return planFromRelayer('the configuration of hermes', chains, keys, registry, options, notes)
}

function readFile(text: string): z.output<typeof fileSchema> {
  let toml: unknown
  try {
    toml = parse(text, { integersAsBigInt: 'asNeeded' })
  } catch (error) {
    throw new UsageError(`This is not a hermes configuration: ${messageOf(error)}`)
  }
  const read = fileSchema.safeParse(toml)
  if (!read.success)
    throw new UsageError('This is not a hermes configuration: `chains` is not a list of tables.')
  return read.data
}

/** An allow list of exact channels names connections that are relayed; anything else is only shown. */
async function readFilter(
  chainId: string,
  filter: z.output<typeof filterSchema> | undefined,
  registry: RegistryDeps,
): Promise<{ mine: string[]; remarks: string[]; notes: Note[] }> {
  if (!filter || filter.policy === 'allowall') return { mine: [], remarks: [], notes: [] }
  const list = (filter.list ?? []).map(([portId, channelId]) => ({ portId, channelId }))
  const shown = list.map(({ portId, channelId }) => `${portId}/${channelId}`).join(', ')
  if (filter.policy !== 'allow') {
    return {
      mine: [],
      remarks: [`packet_filter ${filter.policy}: ${shown}`],
      notes: [
        {
          kind: 'left',
          text: `${chainId}: packet_filter \`${filter.policy}\` says what is not relayed; \`mine\` is yours to fill in`,
        },
      ],
    }
  }
  const exact = list.filter(
    ({ portId, channelId }) => !portId.includes('*') && /^channel-\d+$/.test(channelId),
  )
  const { mine, unknown } = await connectionsOfChannels(chainId, exact, registry)
  const patterns = list
    .filter((one) => !exact.includes(one))
    .map(({ portId, channelId }) => `${portId}/${channelId}`)
  const open = [...unknown, ...patterns]
  if (open.length === 0) return { mine, remarks: [`packet_filter allow: ${shown}`], notes: [] }
  const text = `${chainId}: the connections of ${open.join(', ')} are not in the chain registry; add them to \`mine\``
  return {
    mine,
    remarks: [`packet_filter allow: ${shown}`, `not found in the chain registry: ${open.join(', ')}`],
    notes: [{ kind: 'left', text }],
  }
}
