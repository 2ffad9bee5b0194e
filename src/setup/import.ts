// `import`: moves in from the predecessor's files, or those of a relayer or a monitor.
import { join } from 'node:path'
import { registryById, registryChain, registryConnections, registryMeant } from '../chains/registry.ts'
import { settingsOf } from '../config/index.ts'
import { endpointsAt, keyCutter } from '../cosmos/endpoint-name.ts'
import { UsageError } from '../kernel/errors.ts'
import { type Io, peopleStream } from '../kernel/io.ts'
import { secretCutter } from '../kernel/logger.ts'
import { DATABASE_FILE, openDatabase } from '../storage/database.ts'
import { printableLine } from '../words/text.ts'
import { inline } from './config-text.ts'
import { type ImportSource, readList, readSource } from './detect.ts'
import type { Imported, Note } from './plan.ts'
import { planGuild } from './plan-guild.ts'
import { planFromPredecessor } from './predecessor.ts'
import { type RowsWritten, writeRows } from './store.ts'
import { planFromFile } from './tool-file.ts'
import { HEAD, type PlannedFile, planConfigFile, planEnvFile, shownPath, writeFile } from './write.ts'

export interface ImportOptions {
  /** A folder or a file. */
  path: string
  /** The configuration file to write; `.env` is beside it. */
  config: string
  /** The data directory. */
  data: string
  /** Says what would be done, and prints the configuration to stdout; writes nothing. */
  dryRun: boolean
  /** Overwrites what is there and different. */
  force: boolean
  /** Command prefix to use instead of `$`. */
  prefix?: string
  /** A file with what `hermes keys list` or `rly keys list` printed. */
  keys?: string
}

/**
 * Runs the import. Returns the exit code: 0; 1 when nothing was written, because there was nothing to bring or
 * something else is there already.
 * @throws {UsageError} when there is nothing that can be imported at the path
 * @throws {FatalError} when the database cannot be used, for example because the bot is running
 */
export async function runImport(options: ImportOptions, io: Io, deps: { nowMs: number }): Promise<number> {
  const { prefix } = options
  if (prefix !== undefined && (prefix.length === 0 || prefix.length > 5 || /\s/.test(prefix))) {
    throw new UsageError('--prefix takes 1 to 5 characters, such as "!".')
  }
  const source = readSource(options.path)
  const plan = await planOf(source, options)
  // A secret may stand in a wrong line of the file too.
  const cut = secretCutter(Object.values(plan.env))
  const say = (line = '') => peopleStream(io).write(`${printableLine(cut(line))}\n`)
  const guild = await planGuild(plan, io.env, options.config)
  if (guild !== null) plan.notes.push({ kind: 'changed', text: guild })
  say(`Moving in from ${plan.source} (${source.path})`)
  sayNotes(plan.notes, say)
  sayToFillIn(plan, options.config, say)
  if (plan.config.chains.length === 0) {
    say('No chain could be brought, so there is nothing to watch: nothing was written.')
    say('Start from the chain registry instead: ibc-monitor init cosmoshub osmosis')
    return 1
  }
  try {
    await settingsOf(plan.config, 'what would be written')
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    say(`Nothing was written: ${error.message}`)
    return 1
  }
  const head = [`What is watched and who is told; brought over from ${plan.source}.`, HEAD]
  const files = [planConfigFile(options.config, { ...plan, head }), planEnvFile(options.config, plan.env)]
  if (options.dryRun) {
    for (const file of files) say(`${shownPath(file)}: ${WOULD[file.state]}`)
    const rows = `${plan.wallets.length} wallets, ${plan.expired.length} expired clients`
    say(`${join(options.data, DATABASE_FILE)}: ${rows}`)
    say('Nothing was written (--dry-run). The configuration, with … for what of an endpoint may be a key:')
    io.out.write(withoutKeys(plan, files[0]!.text))
    return 0
  }
  const inTheWay = files.filter(({ state }) => state === 'different')
  if (inTheWay.length > 0 && !options.force) {
    for (const file of inTheWay) say(`${shownPath(file)}: ${WOULD.different}`)
    say(
      'Nothing was written. --force overwrites; --config FILE writes elsewhere; --dry-run shows what would be written.',
    )
    return 1
  }
  const rows = withDatabase(options, plan, deps.nowMs, () => {
    for (const file of files) {
      writeFile(file)
      say(`${shownPath(file)}: ${DONE[file.state]}`)
    }
  })
  if (rows) sayRows(options, rows, say)
  const flags = flagsOf(options)
  const start = flags === '' ? 'npm start' : `ibc-monitor start${flags}`
  say(`Next: ibc-monitor doctor${flags} (what is wrong and how to mend it), then ${start}`)
  return 0
}

function withoutKeys({ config }: Imported, text: string): string {
  const rest = config.chains.flatMap((chain) => (typeof chain === 'string' ? [] : (chain.rest ?? [])))
  const urls = rest.map((one) => (typeof one === 'string' ? one : one.url))
  return endpointsAt(urls).reduce((cut, endpoint) => keyCutter(endpoint)(cut), text)
}

/** What has to be typed with a command so that it finds what was written. */
function flagsOf({ config, data }: ImportOptions): string {
  const words = [
    ...(config === 'config.ts' ? [] : ['--config', config]),
    ...(data === 'data' ? [] : ['--data', data]),
  ]
  return words.map((word) => (/^[\w./-]+$/.test(word) ? ` ${word}` : ` '${word}'`)).join('')
}

const WOULD: Record<PlannedFile['state'], string> = {
  new: 'would be written',
  same: 'is already there, as it should be',
  added: 'would get lines that are missing',
  different: 'is already there and is different; it is not overwritten without --force',
}

const DONE: Record<PlannedFile['state'], string> = {
  new: 'written',
  same: 'already there, unchanged',
  added: 'missing lines added',
  different: 'overwritten',
}

function planOf(source: ImportSource, { prefix, keys }: ImportOptions): Promise<Imported> {
  if (source.kind === 'predecessor')
    return planFromPredecessor(source.texts, registryChain, { prefix, unread: source.unread })
  // A relayer names its chains by their ids, whatever the registry calls by that name.
  const registry = {
    chain: registryById,
    async connections(chainId: string) {
      const known = await registryById(chainId)
      return known ? registryConnections(known.registryName) : []
    },
    isName: async (chainId: string) => (await registryMeant(chainId)).length > 1,
  }
  const keyList = keys === undefined ? undefined : readList(keys)
  return planFromFile(source.text, registry, { prefix, keyList, name: source.path })
}

/**
 * Rows only where there are any: a data directory is not made for nothing. The files are written between: not where a
 * running bot has the database, and where they cannot be, no rows are.
 */
function withDatabase(
  options: ImportOptions,
  plan: Imported,
  nowMs: number,
  writeFiles: () => void,
): RowsWritten | null {
  if (plan.wallets.length + plan.expired.length === 0) {
    writeFiles()
    return null
  }
  const database = openDatabase(options.data, { nowMs })
  try {
    writeFiles()
    return writeRows(database, plan, { force: options.force, nowMs })
  } finally {
    database.close()
  }
}

function sayNotes(notes: readonly Note[], say: (line?: string) => void): void {
  const titles = {
    brought: 'Brought',
    changed: 'Different from before, or worth a look',
    left: 'Not brought',
  }
  for (const [kind, title] of Object.entries(titles)) {
    const own = notes.filter((note) => note.kind === kind)
    if (own.length === 0) continue
    say()
    say(`${title}:`)
    for (const { text } of own) say(`  ${text}`)
  }
  say()
}

/** As they may stand in the configuration file; a JSON file has them nowhere else. */
function sayToFillIn({ toFillIn = [] }: Imported, config: string, say: (line?: string) => void): void {
  if (toFillIn.length === 0) return
  say('To fill in, with the REST endpoints of the chain (in a .ts or .js file they stand in comments):')
  for (const chain of toFillIn) say(`  ${config.endsWith('.json') ? JSON.stringify(chain) : inline(chain)},`)
  say()
}

function sayRows(options: ImportOptions, rows: RowsWritten, say: (line: string) => void): void {
  const counts = [
    [rows.walletsNew, 'wallets brought'],
    [rows.walletsUpdated, 'wallets updated'],
    [rows.walletsSame, 'wallets already there'],
    [rows.expiredNew, 'expired clients noted'],
    [rows.expiredSame, 'expired clients already known'],
  ] as const
  const parts = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
  say(`${join(options.data, DATABASE_FILE)}: ${parts.join(', ') || 'unchanged'}`)
  const kept = 'is registered with another threshold, which was kept (--force overwrites it)'
  for (const { address, chainId } of rows.walletsKept) say(`  ${address} on ${chainId} ${kept}`)
}
