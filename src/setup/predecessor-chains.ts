// The predecessor's chains: chain_data and monitored_chains as chains of a configuration.
import type { RegistryChain } from '../chains/registry.ts'
import { registryAsset, registryHasDenom } from '../chains/registry-assets.ts'
import { MOST_DECIMALS } from '../kernel/amount.ts'
import type { ChainInput, ImportReport } from './plan.ts'
import {
  decimalOf,
  fieldsOf,
  itemsOf,
  type PySetting,
  type PySources,
  quotable,
  repeatable,
  stringOf,
} from './py-files.ts'
import type { PyValue } from './python.ts'

export interface ChainEntry {
  input: ChainInput
  known: RegistryChain | null
  monitored: boolean
  /** Addresses that stand with the chain, as older versions had it. */
  listed?: PyValue[]
}

/** A chain's id has no more characters (CometBFT, `MaxChainIDLen`): something else may be a secret in a wrong place. */
const LONGEST_ID = 50

export type Registry = (nameOrId: string) => Promise<RegistryChain | null>

/** The chains by chain id, those that are monitored first. */
export async function readChains(
  sources: PySources,
  registry: Registry,
  report: ImportReport,
): Promise<Map<string, ChainEntry>> {
  const described = await describedChains(sources.find('chain_data', 'rest_servers'), registry, report)
  const monitored = await monitoredChains(sources.find('monitored_chains'), described, registry, report)
  for (const [chainId, entry] of described) if (!monitored.has(chainId)) monitored.set(chainId, entry)
  return monitored
}

/** Entries of chain_data; several of one chain id are endpoints of one chain. */
async function describedChains(
  found: PySetting | null,
  registry: Registry,
  report: ImportReport,
): Promise<Map<string, ChainEntry>> {
  const chains = new Map<string, ChainEntry>()
  // A README of the first versions has one dict for one chain.
  const items = fieldsOf(found?.value)?.has('chain_id') ? [found!.value] : itemsOf(found?.value)
  if (!items) {
    const text = found
      ? `${found.where}: \`${found.name}\` is not a list`
      : 'there is no list of chains (`chain_data`)'
    report.left(`${text}; chains come from the chain registry where it knows them`)
    return chains
  }
  for (const item of items) {
    const fields = fieldsOf(item)
    const written = stringOf(fields?.get('chain_id'))?.trim()
    const where = `${found!.where.split(' line')[0]} line ${item.line}`
    const wallets = fields?.get('wallets')
    const listed = itemsOf(wallets) ?? (wallets?.kind === 'string' ? [wallets] : [])
    const left = (text: string) => {
      report.left(`${where}: ${text}`)
      for (const one of listed)
        report.left(`${where}: its wallet ${repeatable(stringOf(one) ?? '(no text)')} is not watched`)
    }
    if (!fields || !written || written.length > LONGEST_ID) {
      left('a chain without a usable `chain_id`')
      continue
    }
    // The registry's name of a chain would be understood as its chain id later on.
    const known = await registry(written)
    const chainId = known?.chainId ?? written
    const url = restUrl(stringOf(fields.get('api')))
    const before = chains.get(chainId)
    if (before) {
      before.listed = [...(before.listed ?? []), ...listed]
      if (url && !before.input.rest?.includes(url)) before.input.rest = [...(before.input.rest ?? []), url]
      report.changed(`${where}: ${chainId} is there twice; its endpoints were put together`)
      continue
    }
    if (!url && !known?.rest.length) {
      left(`${chainId} has no usable \`api\` (a URL), and the registry knows none`)
      continue
    }
    if (!url) {
      report.changed(`${where}: ${chainId} has no usable \`api\`; the registry's endpoints are used`)
    }
    const name = stringOf(fields.get('chain_name'))?.trim().slice(0, 64)
    const token = await readToken(fields, known, chainId, where, report)
    const input: ChainInput = {
      chainId,
      ...(name && { name }),
      ...(url && { rest: [url] }),
      ...(token && { token }),
    }
    chains.set(chainId, { input: { ...input, connections: 'none' }, known, monitored: false, listed })
  }
  return chains
}

/** A REST base URL without a slash at the end; null when the text is none. */
function restUrl(text: string | null): string | null {
  const trimmed = text?.trim().replace(/^([^?]*?)\/+$/, '$1') ?? ''
  if (!/^https?:\/\//.test(trimmed) || !URL.canParse(trimmed)) return null
  return new URL(trimmed).hash ? null : trimmed
}

/** What is longer is no symbol and no denom of a chain, but may be a secret: the names of foreign tokens have a slash. */
const SYMBOL = /^\S{1,40}$/
const DENOM = /^[a-zA-Z](?!.*:\/\/)(?:[\w:.-]{1,40}|(?=.*\/)[\w/:.-]{1,127})$/

/** What is written, where the chain has it; the registry's word where it says that there is no such denom. */
async function readToken(
  fields: Map<string, PyValue>,
  known: RegistryChain | null,
  chainId: string,
  where: string,
  report: ImportReport,
): Promise<ChainInput['token']> {
  const named = SYMBOL.exec(stringOf(fields.get('full_denom'))?.trim() ?? '')?.[0]
  const written = DENOM.exec(stringOf(fields.get('denom'))?.trim() ?? '')?.[0]
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

async function monitoredChains(
  found: PySetting | null,
  described: Map<string, ChainEntry>,
  registry: Registry,
  report: ImportReport,
): Promise<Map<string, ChainEntry>> {
  const chains = new Map<string, ChainEntry>()
  const fields = fieldsOf(found?.value)
  // A list of chain ids without connections is understood too.
  const listed = itemsOf(found?.value)?.map((item): [string, null] => [stringOf(item) ?? '', null])
  for (const [written, value] of fields ?? listed ?? []) {
    if (written === '') continue
    if (written.length > LONGEST_ID) {
      report.left(`${found!.where}: a long text in \`${found!.name}\` is no chain id`)
      continue
    }
    const known = await registry(written)
    const chainId = known?.chainId ?? written
    const there = described.get(chainId)
    if (!there && !known?.rest.length) {
      const text = `${found!.where}: ${chainId} was monitored, but neither \`chain_data\` nor the chain registry has a REST endpoint for it`
      report.left(`${text}: write it into config.ts with its REST endpoints`)
      continue
    }
    if (!there) {
      report.changed(`${chainId} has no entry in \`chain_data\`; it comes from the chain registry`)
    }
    const connections = readConnections(value, chainId, found!.where, report)
    const input = { ...(there?.input ?? { chainId }), connections }
    chains.set(chainId, { ...there, input, known, monitored: true })
    const what = connections === 'all' ? 'all connections' : connections.join(', ')
    report.brought(`${chainId}: monitored, ${what}`)
  }
  if (chains.size === 0) {
    report.left('no chain was monitored that could be brought (`monitored_chains`)')
  }
  return chains
}

/** An empty list meant every connection. */
function readConnections(
  value: PyValue | null,
  chainId: string,
  where: string,
  report: ImportReport,
): 'all' | string[] {
  const items = itemsOf(value ?? undefined) ?? (value?.kind === 'string' ? [value] : [])
  const connections: string[] = []
  const texts = items.flatMap((item) => stringOf(item)?.match(/[^\s,]+/g) ?? [decimalOf(item) ?? ''])
  for (const text of texts) {
    const id = /^\d+$/.test(text) ? `connection-${text}` : text
    if (/^connection-\d+$/.test(id)) connections.push(id)
    else report.left(`${where}: ${quotable(text)} of ${chainId} is not a connection such as connection-0`)
  }
  if (items.length > 0 && connections.length === 0) {
    report.changed(`${chainId}: none of its connections could be read, so all are watched`)
  }
  return connections.length === 0 ? 'all' : [...new Set(connections)]
}
