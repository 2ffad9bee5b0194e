// The plan for moving in from IBC-Client-Monitor: its files, read as text, as a configuration and rows.

import { addressProblemText, decodeAddress } from '../kernel/address.ts'
import { formatAmount, parseAmount } from '../kernel/amount.ts'
import { count } from '../words/numbers.ts'
import { toFillInComments } from './config-text.ts'
import {
  type ChainInput,
  type Imported,
  type ImportedExpired,
  type ImportedWallet,
  ImportReport,
} from './plan.ts'
import { type ChainEntry, type PyReading, type Registry, readChains } from './predecessor-chains.ts'
import { mentionsIn, readSettings } from './predecessor-settings.ts'
import { createSources, decimalOf, fieldsOf, itemsOf, stringOf } from './py-files.ts'
import type { PyValue } from './python.ts'
import { shown } from './showable.ts'

/** The files that are read, as they are called there. Python comes first to last as settings are looked up. */
export const PREDECESSOR_FILES = [
  'config.py',
  'chains.py',
  'tracked_wallets.py',
  'expired_clients.py',
  'ibc_data',
] as const

/** Its code, which is only searched for the rule of its alerts: it differs from version to version. */
export const PREDECESSOR_CODE = ['monitor.py', 'main.py'] as const

/**
 * Makes the plan. Pure but for the registry's look-ups: reads texts, writes nothing, runs nothing.
 * @param texts file name → text, of those files that exist
 * @param options.prefix the command prefix to use instead of `$`, so that both bots can run side by side
 * @param options.unread why files that are there could not be read
 */
export async function planFromPredecessor(
  texts: ReadonlyMap<string, string>,
  registry: Registry,
  options: { prefix?: string; unread?: readonly string[] } = {},
): Promise<Imported> {
  const report = new ImportReport()
  for (const why of options.unread ?? []) report.left(why)
  const isCode = (file: string) => (PREDECESSOR_CODE as readonly string[]).includes(file)
  const python = new Map([...texts].filter(([file]) => file.endsWith('.py') && !isCode(file)))
  const sources = createSources(python, report)
  const code = [...texts].flatMap(([file, text]) => (isCode(file) ? text : []))
  const { env, ...settings } = readSettings(sources, code.join('\n') || null, options, report)
  const chains = new Map<string, ChainEntry>()
  const reading = { sources, registry, report, chains }
  await readChains(reading)
  const wallets = await readWallets(reading)
  readListedWallets(reading)
  const expired = readExpired(reading)
  noteReadings(texts.get('ibc_data'), report)
  sources.sayUnused()

  const entries = [...chains.values()].filter(({ isToFillIn }) => !isToFillIn)
  const toFillIn = [...chains.values()].filter(({ isToFillIn }) => isToFillIn).map(({ input }) => input)
  Object.assign(report.comments, toFillInComments(toFillIn))
  noteEndpoints(entries, report)
  if (entries.some(({ monitored, input }) => monitored && input.connections === 'all')) {
    report.changed(
      'where all connections are watched, alerts are about clients with an OPEN channel; the others stand in $data, and what `mine` names is alerted about too',
    )
  }
  const firstOther = entries.findIndex(({ monitored }) => !monitored)
  if (firstOther > 0) {
    report.comments[`chains[${firstOther}]`] = {
      before: ['Not watched themselves: for wallets and the far ends of the above.'],
    }
  }
  const config = { ...settings, chains: entries.map(({ input }) => input) }
  const source = 'the files of IBC-Client-Monitor'
  return { source, config, env, wallets, expired, toFillIn, notes: report.notes, comments: report.comments }
}

/** `{address: [chain_id, '<@user>', threshold]}`. A user's wallet becomes a registration, any other configuration. */
async function readWallets(reading: PyReading): Promise<ImportedWallet[]> {
  const { sources, chains, report } = reading
  const found = sources.find('tracked_wallets')
  const fields = fieldsOf(found?.value)
  if (found && !fields) report.left(`${found.where}: \`tracked_wallets\` is not a dict`)
  const wallets: ImportedWallet[] = []
  for (const [text, value] of fields ?? []) {
    const where = `tracked_wallets.py line ${value.line}: ${shown(text)}`
    const left = (why: string) => report.left(`${where}: ${why}`)
    const [chainIdValue, ownerValue, thresholdValue, ...more] = itemsOf(value) ?? []
    const chainId = stringOf(chainIdValue)?.trim()
    const threshold = decimalOf(thresholdValue)
    if (!chainId || threshold === null || threshold.startsWith('-')) {
      left('not [chain id, owner, threshold]')
      continue
    }
    const chain = decodeAddress(text).ok ? await chainOfWallet(chainId, reading) : null
    const wallet = readWallet(text, threshold, chain ?? chains.get(chainId) ?? chainId, where, report)
    if (!wallet || !chain) continue
    const { address, amount } = wallet
    const owner = stringOf(ownerValue) ?? ''
    const { mentions, rest } = mentionsIn(owner)
    if (rest !== '') report.changed(`${where}: a part of its owner is nobody who can be tagged`)
    if (more.length > 0) left('what stands behind its threshold is not known here, so not read')
    // Users register with a chain that is watched; until it is, they stand in its line.
    const users = mentions.filter((mention) => !chain.isToFillIn && !mention.startsWith('<@&'))
    const { threshold: thresholdAsText, ...row } = amount
    for (const user of users)
      wallets.push({ userId: user.slice(2, -1), chainId: chain.input.chainId, address, ...row })
    const others = mentions.filter((mention) => !users.includes(mention))
    if (others.length > 0 || users.length === 0) addToConfig(chain.input, address, thresholdAsText, others)
    const whom = mentions.length > 0 ? `for ${mentions.join(' ')}` : 'for nobody in particular (config.ts)'
    sayWallet(chain, `${address} on ${chainId}: below ${amount.thresholdText}, ${whom}`, report)
  }
  return wallets
}

/** Older versions: addresses in `chain_data[].wallets`, one threshold for all, and the roles of all alerts are tagged. */
function readListedWallets({ sources, chains, report }: PyReading): void {
  const listed = [...chains.values()].flatMap((chain) =>
    (chain.listed ?? []).map((item) => ({ chain, item })),
  )
  const found = sources.find('balance_alert_threshold')
  const threshold = decimalOf(found?.value)
  for (const { chain, item } of listed) {
    const { chainId, wallets = [] } = chain.input
    const text = stringOf(item)?.trim()
    const where = `\`wallets\` of ${chainId}, line ${item.line}: ${shown(text ?? '')}`
    if (threshold === null || threshold.startsWith('-')) {
      const how = 'write it into `wallets` of config.ts with a threshold'
      report.left(`${where}: \`balance_alert_threshold\` is no number of tokens: ${how}`)
      continue
    }
    const wallet = readWallet(text ?? '', threshold, chain, where, report)
    if (!wallet || wallets.some(({ address }) => address === wallet.address)) continue
    addToConfig(chain.input, wallet.address, wallet.amount.threshold, [])
    const below = wallet.amount.thresholdText
    sayWallet(chain, `${wallet.address} on ${chainId}: below ${below} (config.ts)`, report)
  }
}

/** One wallet: its address and exact threshold; null, and a note, where it cannot be watched. */
function readWallet(
  text: string,
  threshold: string,
  chain: ChainEntry | string,
  where: string,
  report: ImportReport,
): { address: string; amount: NonNullable<ReturnType<typeof exactThreshold>> } | null {
  const left = (why: string) => {
    report.left(`${where}: ${why}`)
    return null
  }
  const decoded = decodeAddress(text)
  if (!decoded.ok) {
    const prefixes = typeof chain === 'string' ? [] : [chain.input.prefix ?? chain.known?.prefix ?? null]
    return left(`not an address: ${addressProblemText(decoded.reason, text, prefixes)}`)
  }
  if (typeof chain === 'string')
    return left(`its chain ${shown(chain)} is neither in \`chain_data\` nor in the chain registry`)
  notePrefix(chain, decoded.prefix, where, report)
  const amount = exactThreshold(threshold, chain, where, report)
  if (amount) return { address: decoded.canonical, amount }
  const { chainId } = chain.input
  return left(
    `the token of ${chainId} is not known: write its \`token\` into config.ts, then register the wallet again`,
  )
}

function sayWallet({ isToFillIn }: ChainEntry, text: string, report: ImportReport): void {
  if (isToFillIn) report.changed(`${text}, in the line to fill in`)
  else report.brought(text)
}

function addToConfig(chain: ChainInput, address: string, threshold: string, mention: string[]): void {
  chain.wallets = [...(chain.wallets ?? []), { address, threshold, ...(mention.length > 0 && { mention }) }]
}

async function chainOfWallet(
  written: string,
  { chains, registry, report }: PyReading,
): Promise<ChainEntry | null> {
  const known = await registry(written)
  const chainId = known?.chainId ?? written
  const there = chains.get(chainId)
  if (there) return there
  if (!known?.rest.length) return null
  const entry: ChainEntry = {
    input: { chainId, connections: 'none' },
    known,
    monitored: false,
  }
  chains.set(chainId, entry)
  report.changed(`${chainId} has a wallet but no entry in \`chain_data\`; the chain registry knows it`)
  return entry
}

/** The prefix of a wallet that the predecessor could read is the chain's, where the registry does not say. */
function notePrefix({ input, known }: ChainEntry, prefix: string, where: string, report: ImportReport): void {
  const expected = input.prefix ?? known?.prefix ?? null
  if (expected === null) input.prefix = prefix
  else if (expected !== prefix) {
    report.changed(`${where}: addresses of ${input.chainId} should begin with ${expected}1; check it`)
  }
}

/** The threshold in base units; digits finer than the token's smallest unit are cut off, and that is said. */
function exactThreshold(
  threshold: string,
  { input, known }: ChainEntry,
  where: string,
  report: ImportReport,
): (Pick<ImportedWallet, 'denom' | 'thresholdBase' | 'thresholdText'> & { threshold: string }) | null {
  const token = input.token ?? known?.token
  if (!token) return null
  const { denom, decimals, symbol } = token
  const [whole = '0', fraction = ''] = threshold.split('.')
  const cut = decimals === 0 ? whole : `${whole}.${fraction.slice(0, decimals) || '0'}`
  const exact = parseAmount(threshold, decimals)
  const thresholdBase = exact ?? parseAmount(cut, decimals)
  if (thresholdBase === null) return null
  const text = formatAmount(thresholdBase, decimals)
  if (exact === null) {
    report.changed(`${where}: the threshold ${threshold} is finer than the token; ${text} is used`)
  }
  if (thresholdBase === 0n) {
    report.changed(
      `${where}: no balance is below 0, so nobody will be told; register it again with a threshold`,
    )
  }
  return { denom, thresholdBase, threshold: text, thresholdText: `${text} ${symbol}` }
}

/** `[{client_id: [connection, counterpart connection, chain id, tracked chain id]}]` */
function readExpired({ sources, chains, report }: PyReading): ImportedExpired[] {
  const found = sources.find('expired_clients')
  if (!found) return []
  const dicts: PyValue[] = found.value.kind === 'dict' ? [found.value] : (itemsOf(found.value) ?? [])
  const expired = new Map<string, ImportedExpired>()
  for (const dict of dicts) {
    for (const [clientId, value] of fieldsOf(dict) ?? []) {
      const chainId = stringOf(itemsOf(value)?.[2])
      const chain = chains.get(chainId ?? '')
      if (chainId && chain && !chain.isToFillIn) expired.set(`${chainId}/${clientId}`, { chainId, clientId })
      else {
        const why = chain
          ? `its chain ${chainId} is to be filled in; its first look is quiet about what has expired`
          : chainId
            ? `its chain ${shown(chainId)} is not one of the chains`
            : 'its chain is not named'
        report.left(`expired_clients.py line ${value.line}: ${shown(clientId)}: ${why}`)
      }
    }
  }
  const known = count(expired.size, 'expired client')
  if (expired.size > 0)
    report.brought(`${known}: known, so no alarm now; should one come back to life, that is news`)
  return [...expired.values()]
}

/** Its last readings, a JSON object a line. The first sweep reads everything anew, so they are only counted. */
function noteReadings(text: string | undefined, report: ImportReport): void {
  const lines = text?.split('\n').filter((line) => line.trim() !== '').length ?? 0
  if (lines > 0)
    report.left(`ibc_data: ${lines} last readings; not needed, the first sweep reads every client anew`)
}

function noteEndpoints(entries: readonly ChainEntry[], report: ImportReport): void {
  const alone = entries.filter(
    ({ input, known }) => input.rest?.length === 1 && (known?.rest.length ?? 0) > 1,
  )
  if (alone.length === 0) return
  const ids = alone.map(({ input }) => input.chainId).join(', ')
  const text = `one endpoint each, as before: ${ids}. Leave \`rest\` out to use those of the chain registry, or add a second`
  report.changed(text)
}
