// The predecessor's chains: chain_data and monitored_chains as chains of a configuration.
import type { RegistryChain } from '../chains/registry.ts'
import { registryAsset, registryHasDenom } from '../chains/registry-assets.ts'
import { MOST_DECIMALS } from '../kernel/amount.ts'
import { someOf } from '../words/text.ts'
import type { ChainInput, ImportReport } from './plan.ts'
import { decimalOf, fieldsOf, itemsOf, keysOf, type PySetting, type PySources, stringOf } from './py-files.ts'
import type { PyValue } from './python.ts'
import { isShowable, shown } from './showable.ts'

export interface ChainEntry {
  input: ChainInput
  known: RegistryChain | null
  monitored: boolean
  /** Addresses that stand with the chain, as older versions had it. */
  listed?: PyValue[]
  /** Nobody knows a REST endpoint of it: it stands in the lines that a person fills in. */
  isToFillIn?: boolean
}

/** A chain's id has no more characters (CometBFT, `MaxChainIDLen`). */
const LONGEST_ID = 50
const isId = (text: string) => text.length <= LONGEST_ID && isShowable(text)

/** What a chain of `chain_data` has, in all versions. */
const CHAIN_KEYS = ['chain_id', 'api', 'chain_name', 'exponent', 'denom', 'full_denom', 'wallets']

/** Where an endpoint is to be filled in. */
const NO_REST = ['https://…']

export type Registry = (nameOrId: string) => Promise<RegistryChain | null>

/** What the predecessor's files are read with, and the chains of them, by chain id. */
export interface PyReading {
  sources: PySources
  registry: Registry
  report: ImportReport
  chains: Map<string, ChainEntry>
}

/** Fills in the chains, those that are monitored first. */
export async function readChains(reading: PyReading): Promise<void> {
  const { sources, chains } = reading
  await readDescribed(sources.find('chain_data', 'rest_servers'), reading)
  const described = [...chains]
  chains.clear()
  await readMonitored(sources.find('monitored_chains'), new Map(described), reading)
  for (const [chainId, entry] of described) if (!chains.has(chainId)) chains.set(chainId, entry)
}

/** Entries of chain_data; several of one chain id are endpoints of one chain. */
async function readDescribed(found: PySetting | null, reading: PyReading): Promise<void> {
  const { report } = reading
  // A README of the first versions has one dict for one chain.
  const items = fieldsOf(found?.value)?.has('chain_id') ? [found!.value] : itemsOf(found?.value)
  if (!items) {
    const text = found
      ? `${found.where}: \`${found.name}\` is not a list`
      : 'there is no list of chains (`chain_data`)'
    report.left(`${text}; chains come from the chain registry where it knows them`)
    return
  }
  for (const item of items) await describeChain(item, found!, reading)
  sayUnknownKeys(items, found!, report)
}

function sayUnknownKeys(items: readonly PyValue[], { name }: PySetting, report: ImportReport): void {
  const lines = new Map<string, number>()
  for (const key of items.flatMap(keysOf))
    if (!CHAIN_KEYS.includes(stringOf(key) ?? '')) lines.set(shown(stringOf(key) ?? ''), key.line)
  if (lines.size === 0) return
  const keys = [...lines].map(([key, line]) => `${key} (line ${line})`)
  report.left(`\`${name}\`: not known here, so not read: ${someOf(keys, 20)}`)
}

async function describeChain(item: PyValue, found: PySetting, reading: PyReading): Promise<void> {
  const { chains, registry, report } = reading
  const fields = fieldsOf(item)
  const written = stringOf(fields?.get('chain_id'))?.trim()
  const where = `${found.where.split(' line')[0]} line ${item.line}`
  const wallets = fields?.get('wallets')
  const listed = itemsOf(wallets) ?? (wallets?.kind === 'string' ? [wallets] : [])
  if (wallets?.kind === 'dict') report.left(`${where}: \`wallets\` is no list of addresses`)
  if (!fields || !written || !isId(written)) {
    report.left(`${where}: a chain without a usable \`chain_id\``)
    for (const one of listed) report.left(`${where}: its wallet ${shown(stringOf(one) ?? '')} is not watched`)
    return
  }
  // The registry's name of a chain would be understood as its chain id later on.
  const known = await registry(written)
  const chainId = known?.chainId ?? written
  const url = restUrl(stringOf(fields.get('api')))
  const before = chains.get(chainId)
  if (before) {
    before.listed = [...(before.listed ?? []), ...listed]
    const rest = before.isToFillIn ? [] : (before.input.rest ?? [])
    if (url && !rest.includes(url)) {
      before.input.rest = [...rest, url]
      before.isToFillIn = false
    }
    const text = `${chainId} is there twice; its endpoints were put together, the rest is of the first`
    report.changed(`${where}: ${text}`)
    return
  }
  const isToFillIn = !url && !known?.rest.length
  if (isToFillIn) {
    const text = `${chainId} has no usable \`api\` (a URL), and the registry knows none`
    report.left(`${where}: ${text}; fill in its line below, and put it into \`chains\``)
  } else if (!url) {
    report.changed(`${where}: ${chainId} has no usable \`api\`; the registry's endpoints are used`)
  }
  const name = nameOf(fields.get('chain_name'), where, report)
  const token = await readToken(fields, known, chainId, where, report)
  const input: ChainInput = {
    chainId,
    ...(name && { name }),
    ...((url || isToFillIn) && { rest: url ? [url] : NO_REST }),
    ...(token && { token }),
    connections: 'none',
  }
  chains.set(chainId, { input, known, monitored: false, listed, isToFillIn })
}

function nameOf(value: PyValue | undefined, where: string, report: ImportReport): string | undefined {
  const name = stringOf(value)?.trim()
  const words = name?.split(/\s+/) ?? []
  // A mnemonic has twelve words or more.
  if (!name || (words.length < 12 && words.every(isShowable))) return name
  report.left(`${where}: its \`chain_name\` may be something else, so it is neither taken nor shown`)
  return undefined
}

/** A REST base URL without a slash at the end; null when the text is none. */
function restUrl(text: string | null): string | null {
  const trimmed = text?.trim().replace(/^([^?]*?)\/+$/, '$1') ?? ''
  if (!/^https?:\/\//.test(trimmed) || !URL.canParse(trimmed)) return null
  return new URL(trimmed).hash ? null : trimmed
}

const SYMBOL = /^\S{1,40}$/
const DENOM = /^[a-zA-Z][\w/:.-]{1,127}$/
/** A text of this form, unless it may be a secret. */
const wordOf = (value: PyValue | undefined, form: RegExp) => {
  const text = stringOf(value)?.trim() ?? ''
  return form.test(text) && isShowable(text) ? text : undefined
}

/** What is written, where the chain has it; the registry's word where it says that there is no such denom. */
async function readToken(
  fields: Map<string, PyValue>,
  known: RegistryChain | null,
  chainId: string,
  where: string,
  report: ImportReport,
): Promise<ChainInput['token']> {
  const named = wordOf(fields.get('full_denom'), SYMBOL)
  const written = wordOf(fields.get('denom'), DENOM)
  const exists = known && written ? await registryHasDenom(known.chainId, written) : null
  if (known && (exists === false || (!written && named))) {
    const listed = named ? await registryAsset(known.chainId, named) : null
    const { symbol, denom, decimals } = (listed?.contract ? null : listed) ?? known.token ?? {}
    // The registry does not list every token that came over IBC or out of a factory.
    const isForeign = written?.includes('/')
    const what = written ? `${written} is no token of ${chainId}` : `the token of ${chainId} lacks \`denom\``
    const used = isForeign
      ? 'it is kept, check it'
      : denom && `${symbol} (${denom}) is used; should this be another chain of that id, write its \`token\``
    if (used) report.changed(`${where}: ${what} in the chain registry: ${used}`)
    if (!isForeign && symbol && denom && decimals !== undefined) return { symbol, denom, decimals }
  }
  const symbol = named || known?.token?.symbol
  const denom = written || known?.token?.denom
  const decimals = Number(decimalOf(fields.get('exponent')) ?? known?.token?.decimals ?? Number.NaN)
  const isCount = Number.isInteger(decimals) && decimals >= 0 && decimals <= MOST_DECIMALS
  if (!symbol || !denom || denom.length < 3 || !isCount) {
    const missing = [
      !symbol && '`full_denom`',
      !(denom && denom.length >= 3) && '`denom`',
      !isCount && '`exponent`',
    ]
    const names = missing.filter(Boolean).join(', ')
    const text = `${where}: the token of ${chainId} lacks ${names}; wallets there cannot be watched without its \`token\``
    if (fields.has('exponent') || fields.has('full_denom')) report.left(text)
    return undefined
  }
  if (known?.token && known.token.denom === denom && known.token.decimals !== decimals) {
    const text = `${where}: ${denom} has ${decimals} decimals there, ${known.token.decimals} in the chain registry; check it`
    report.changed(text)
  }
  return { symbol, denom, decimals }
}

async function readMonitored(
  found: PySetting | null,
  described: ReadonlyMap<string, ChainEntry>,
  { chains, registry, report }: PyReading,
): Promise<void> {
  const fields = fieldsOf(found?.value)
  // A list of chain ids without connections is understood too.
  const listed = itemsOf(found?.value)?.map((item): [string, null] => [stringOf(item) ?? '', null])
  for (const [key, value] of fields ?? listed ?? []) {
    const written = key.trim()
    if (written === '') continue
    if (!isId(written)) {
      report.left(`${found!.where}: a key of \`${found!.name}\` is no chain id`)
      continue
    }
    const known = await registry(written)
    const chainId = known?.chainId ?? written
    const there = described.get(chainId)
    const isToFillIn = there ? there.isToFillIn : !known?.rest.length
    if (isToFillIn && !there) {
      const text = `${found!.where}: ${chainId} was monitored, but neither \`chain_data\` nor the chain registry has a REST endpoint for it`
      report.left(`${text}: fill in its line below, and put it into \`chains\``)
    } else if (!there) {
      report.changed(`${chainId} has no entry in \`chain_data\`; it comes from the chain registry`)
    }
    const connections = readConnections(value, chainId, found!.where, report)
    const input = { ...(there?.input ?? { chainId, ...(isToFillIn && { rest: NO_REST }) }), connections }
    chains.set(chainId, { ...there, input, known, monitored: true, isToFillIn })
    const what = connections === 'all' ? 'all connections' : connections.join(', ')
    if (!isToFillIn) report.brought(`${chainId}: monitored, ${what}`)
  }
  if ([...chains.values()].every((chain) => chain.isToFillIn)) {
    report.left('no chain was monitored that could be brought (`monitored_chains`)')
  }
}

/** An empty list meant every connection. */
function readConnections(
  value: PyValue | null,
  chainId: string,
  where: string,
  report: ImportReport,
): 'all' | string[] {
  const items = itemsOf(value ?? undefined) ?? (value?.kind === 'string' ? [value] : [])
  const texts = items.flatMap((item) => stringOf(item)?.match(/[^\s,]+/g) ?? [decimalOf(item) ?? ''])
  const ids = texts.map((text) => (/^\d+$/.test(text) ? `connection-${text}` : text))
  const isConnection = (id: string) => /^connection-\d+$/.test(id)
  const others = ids.filter((id) => !isConnection(id))
  const connections = ids.filter(isConnection)
  // All of them as one text: a list of words may be a mnemonic.
  if (others.length > 0)
    report.left(`${where}: "${shown(others.join(' '))}" of ${chainId} is no connection such as connection-0`)
  const isEmpty = items.length === 0 && keysOf(value ?? undefined).length === 0 && value?.kind !== 'number'
  if (!isEmpty && connections.length === 0) {
    report.changed(`${chainId}: none of its connections could be read, so all are watched`)
  }
  return connections.length === 0 ? 'all' : [...new Set(connections)]
}
