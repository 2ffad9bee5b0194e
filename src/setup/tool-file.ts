// The plan from a tool's file: its chains by the table of tools, what it says is relayed, and its accounts.
import { chainSchema } from '../chains/settings.ts'
import { UsageError } from '../kernel/errors.ts'
import { someOf } from '../words/text.ts'
import { isTable, parseFile, type Table, templateIn } from './file-syntax.ts'
import { readKeyList } from './key-list.ts'
import { connectionsOf, readFilter } from './packet-filter.ts'
import { type Imported, ImportReport } from './plan.ts'
import { entryOf, planFromRelayer, type RegistryDeps, RelayerChain } from './relayer-chains.ts'
import { isShowable, shown } from './showable.ts'
import { asWhole, entriesOf, flat, isRestKey, TOOLS, type Tool, toolOf, unknownKeys } from './tools.ts'

/** No relayer has more chains or paths; each of them becomes several lines to read. */
const MOST_ENTRIES = 2000

/** Whether the configuration takes an id for `mine`; where a connection is meant, it is one. */
const isMine = (id: string, place: string) =>
  /connection/.test(place)
    ? /^connection-\d+$/.test(id)
    : chainSchema.safeParse({ chainId: 'any', mine: [id] }).success

/** What the parts of a file are read with. */
interface Reading {
  tool: Tool
  file: Table
  registry: RegistryDeps
  report: ImportReport
  chains: Map<string, RelayerChain>
  /** Chain ids by the names that they have in the file. */
  headings: Map<string, string>
  /** Ids of chains that are left. */
  skipped: Set<string>
}

/**
 * Makes the plan.
 * @param options.keyList what `hermes keys list` or `rly keys list` printed, where it was handed in
 * @param options.name of the file
 * @throws {UsageError} when the text cannot be read, or is another tool's
 */
export async function planFromFile(
  text: string,
  registry: RegistryDeps,
  options: { prefix?: string; keyList?: string; name?: string } = {},
): Promise<Imported> {
  const report = new ImportReport()
  const parsed = parseFile(text, options.name)
  const file = isTable(parsed) ? asWhole(parsed) : {}
  const tool = toolOf(file)
  if (tool === null || typeof tool === 'string') {
    const whose =
      typeof tool === 'string' ? `is of another tool: ${tool}` : 'is of no tool that is known here'
    const names = ['IBC-Client-Monitor', ...TOOLS.map(({ name }) => name)].join(', ')
    throw new UsageError(`This file ${whose}. What can be moved in is of ${names}.`)
  }
  const maps = { chains: new Map(), headings: new Map(), skipped: new Set<string>() }
  const reading: Reading = { tool, file, registry, report, ...maps }
  for (const place of [tool.chains, 'paths', 'accounts']) {
    const part = file[place] ?? []
    if (typeof part !== 'object') report.left(`${place}: neither a list nor a table`)
  }
  await readChains(reading)
  readPaths(reading)
  readAccounts(reading)
  const unknown = unknownKeys(file, tool)
  if (unknown.length > 0) {
    const said = unknown.map(({ key, place }) => shown(key) + (place === '' ? '' : ` (in ${place})`))
    report.left(`Not known here, so not read: ${someOf(said, 20)}`)
  }
  report.left(`Not needed, because chains are read by REST: ${tool.unread}`)
  const chains = [...reading.chains.values()]
  for (const { chainId } of chains) reading.headings.set(chainId, chainId)
  const keys = options.keyList === undefined ? null : readKeyList(options.keyList, reading.headings)
  const planning = { chains, keys, used: new Set<never>(), registry, report }
  return planFromRelayer(`the configuration of ${tool.name}`, planning, options.prefix)
}

const WRONG = 'not what is meant here, so not shown; correct it'

/** A value as a text that may be shown; null, and a note, where it is none. Null alone where there is nothing. */
function wordIn({ report }: Reading, value: unknown, where: string, isWord = isShowable): string | null {
  if (value === undefined || value === null || value === '') return null
  const isText = typeof value !== 'object'
  // YAML takes {{ … }} for a mapping with a mapping as its key.
  const written = isText ? String(value).trim() : `{${Object.keys(value)[0]}`
  const template = templateIn(written)
  if (template === null && isText && isWord(written)) return written
  const why = isText ? WRONG : 'it is not text'
  report.left(`${where}: ${template === null ? why : `a template (${template}); put its value in`}`)
  return null
}

const anyWord = (_word: string, _place: string) => true

/** The words that stand in a chain for a field: one or a list, in each of its places, each as it should be. */
function wordsOf(reading: Reading, chain: Table, field: string, where: string, isOne = anyWord) {
  // An endpoint may have a key in it: it is written, and never shown.
  const isRest = field === 'rest'
  const places = isRest ? Object.keys(chain).filter(isRestKey) : [reading.tool.places[field] ?? []].flat()
  return places.flatMap((place) => {
    const value = place
      .split('.')
      .reduce<unknown>((inner, key) => (isTable(inner) ? inner[key] : inner), chain)
    return (Array.isArray(value) ? value : [value]).flatMap((item: unknown, index) => {
      const at = `${where}.${place}${Array.isArray(value) ? `[${index}]` : ''}`
      const word = wordIn(reading, item, at, isRest ? () => true : isShowable)
      if (word === null || isOne(word, place)) return word ?? []
      reading.report.left(`${at}: ${WRONG}`)
      return []
    })
  })
}

/** What has no counterpart here. */
function sayLeaves({ tool, report }: Reading, table: Table, where: string): void {
  for (const [key, why] of Object.entries(tool.leaves ?? {}))
    if (entriesOf(table[key]).length > 0) report.left(`${where}${key}: ${why}`)
}

async function readChains(reading: Reading): Promise<void> {
  const { file, tool, report } = reading
  const entries = entriesOf(file[tool.chains])
  const most = Math.max(entries.length, entriesOf(file.paths).length)
  if (most > MOST_ENTRIES) {
    const text = `This file has ${most} chains or paths; at most ${MOST_ENTRIES} are moved in at once: divide it.`
    throw new UsageError(text)
  }
  sayLeaves(reading, file, '')
  for (const [index, [key, entry]] of entries.entries()) {
    const name = !/^\d+$/.test(key) && isShowable(key) ? key : null
    const where = name === null ? `${tool.chains}[${index}]` : `${tool.chains}.${name}`
    if (isTable(entry)) await readChain(reading, flat(entry), where, name)
    else report.left(`${where}: not a chain`)
  }
}

async function readChain(reading: Reading, entry: Table, where: string, name: string | null): Promise<void> {
  const { tool, report, chains } = reading
  const word = (field: string) => wordsOf(reading, entry, field, where)[0] ?? null
  const chainId = word('id')
  if (chainId === null || !chainSchema.safeParse({ chainId }).success) {
    report.left(`${where}: left, because \`${tool.places.id}\` is no chain id`)
    return
  }
  const type = word('type') ?? 'cosmos'
  if (!/^cosmos/i.test(type)) {
    report.left(`${chainId}: a ${type} chain has no Cosmos REST API to read`)
    reading.skipped.add(chainId)
    return
  }
  if (chains.has(chainId)) {
    report.left(`${where}: ${chainId} is there twice; the first one counts`)
    return
  }
  const fits = (key: string) => (item: string) => chainSchema.safeParse({ chainId, [key]: [item] }).success
  const price = word('feeDenom') ?? ''
  const feeDenom = /^[\d.]*(?:e-?\d+)?\s*([a-zA-Z][\w/:.-]*)/.exec(price)?.[1] ?? null
  if (price.includes(','))
    report.changed(
      `${chainId}: fees can be paid in several denoms; wallets are watched in the first, ${feeDenom}`,
    )
  const chain = Object.assign(new RelayerChain(chainId), {
    prefix: word('prefix'),
    keyName: word('key'),
    feeDenom,
    rest: [...new Set(wordsOf(reading, entry, 'rest', where, fits('rest')))],
    accounts: wordsOf(reading, entry, 'payer', where).map((account) => ({ account })),
    mine: wordsOf(reading, entry, 'mine', where, isMine),
    ignored: wordsOf(reading, entry, 'ignored', where, fits('ignoreClients')),
    isHome: word('home') === 'true',
  })
  chains.set(chainId, chain)
  for (const heading of [name, word('name')]) if (heading !== null) reading.headings.set(heading, chainId)
  sayLeaves(reading, entry, `${where}.`)
  await readRelayed(reading, entry, chain)
}

/** What a chain says is relayed: `mine`. */
async function readRelayed(reading: Reading, entry: Table, chain: RelayerChain): Promise<void> {
  const { report, registry } = reading
  const { chainId } = chain
  const period = wordIn(reading, entry.trusting_period, `${chainId}: trusting_period`)
  if (period) {
    report.changed(
      `${chainId}: trusting_period ${period} is for clients that hermes will make; here each client's own is read from its chain`,
    )
    chain.remarks.push(`hermes: trusting_period ${period}`)
  }
  const known = (await entryOf(chain, registry)).entry
  const listed = { chainId, connections: known ? await registry.connections(chainId) : [] }
  const word = (value: unknown, place: string) => wordIn(reading, value, place)
  const filters = [readFilter(entry.packet_filter ?? entry.filters, listed, word, report)]
  const channels = wordsOf(reading, entry, 'channels', chainId)
  if (channels.length > 0) {
    const named = channels.map((channelId) => ({ portId: null, channelId }))
    filters.push(connectionsOf(named, 'list of channels', listed, report))
  }
  if (chain.mine.length > 0) {
    const ids = chain.mine.join(', ')
    report.changed(`${chainId}: alerts are only about ${ids} (\`about: 'mine'\`), as in the file`)
  }
  chain.isNarrow = chain.mine.length > 0
  for (const { mine, isNarrow, remarks } of filters) {
    chain.mine.push(...mine.filter((id) => !chain.mine.includes(id)))
    chain.isNarrow ||= isNarrow
    chain.remarks.push(...remarks)
  }
}

/** Both ends of a path of rly are relayed: their connections and clients are `mine`. */
function readPaths(reading: Reading): void {
  const { file, report } = reading
  for (const [key, path] of entriesOf(file.paths)) {
    const name = shown(key, '(no name)')
    const where = `paths.${name}`
    const [src, dst] = ['src', 'dst'].map((end) => {
      const table = isTable(path) && isTable(path[end]) ? path[end] : {}
      return { ...table, chainId: wordIn(reading, table['chain-id'], `${where}.${end}.chain-id`) }
    })
    if (!src?.chainId || !dst?.chainId) {
      report.left(`${where}: it does not name two chains (\`src\` and \`dst\` with \`chain-id\`)`)
      continue
    }
    readEnd(reading, src, src.chainId, `path ${name}`, dst.chainId)
    readEnd(reading, dst, dst.chainId, `path ${name}`, src.chainId)
    const filter = isTable(path) ? path['src-channel-filter'] : null
    const rule = isTable(filter) ? wordIn(reading, filter.rule, `${where}.src-channel-filter.rule`) : null
    if (rule !== null)
      report.changed(`${where}: its channel filter (${rule}) is not taken; all of a connection is mine`)
  }
}

function readEnd(reading: Reading, end: Table, chainId: string, path: string, far: string): void {
  if (reading.skipped.has(chainId)) return
  const chain = reading.chains.get(chainId) ?? new RelayerChain(chainId)
  reading.chains.set(chainId, chain)
  const ids = ['connection-id', 'client-id'].flatMap((field) => {
    const id = wordIn(reading, end[field], `${path}: ${field} on ${chainId}`)
    if (id === null || isMine(id, field)) return id ?? []
    reading.report.left(
      `${path}: the ${field} on ${chainId} is no id such as connection-0 or 07-tendermint-0; correct it`,
    )
    return []
  })
  for (const id of ids) if (!chain.mine.includes(id)) chain.mine.push(id)
  if (ids.length > 0) chain.remarks.push(`${path}: ${ids.join(', ')} to ${far}`)
  else reading.report.left(`${path}: it names no connection and no client on ${chainId}`)
}

/** Accounts that are watched already. */
function readAccounts(reading: Reading): void {
  for (const [key, account] of entriesOf(reading.file.accounts)) {
    const where = `accounts[${Number(key) || 0}]`
    const { address, denom, chainName, chainId } = isTable(account) ? account : {}
    const on = wordIn(reading, chainName ?? chainId, `${where}.chain`) ?? ''
    const chain = reading.chains.get(reading.headings.get(on) ?? on)
    const text = wordIn(reading, address, `${where}.address`)
    if (chain && text !== null)
      chain.accounts.push({ account: text, denom: wordIn(reading, denom, `${where}.denom`) })
    else reading.report.left(`${where}: left, because its chain or its address is not known`)
  }
}
