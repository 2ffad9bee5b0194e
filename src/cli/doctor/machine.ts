// The doctor's look at this machine: Node, the clock, the disk under the data directory, the database in it.
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { formatDuration } from '../../kernel/duration.ts'
import { messageOf } from '../../kernel/errors.ts'
import { nodeProblem } from '../../kernel/node-version.js'
import { proxyText, readProxy } from '../../net/proxy.ts'
import { DATABASE_FILE, WAL_BYTES } from '../../storage/database.ts'
import { explainStorage } from '../../storage/explain.ts'
import { inspectDatabase, userOf } from '../../storage/inspect.ts'
import { openSqlite } from '../../storage/sqlite.ts'
import { bytesText } from '../../words/numbers.ts'
import { about, type Finding } from './findings.ts'

const { ok, warning, wrong } = about('machine')

/** Everything but the clock, which only the chains can judge. */
export function machineFindings(dataDirectory: string): Finding[] {
  return [nodeFinding(process.versions.node), sqliteFinding(), ...diskFindings(resolve(dataDirectory))]
}

/** What goes through a proxy, and what cannot. */
export function proxyFindings(env: NodeJS.ProcessEnv): Finding[] {
  const proxy = readProxy(env)
  if (proxy === null) return []
  const mend = proxy.used
    ? 'Let this machine reach gateway.discord.gg:443 by itself. NO_PROXY names hosts that are asked without the proxy.'
    : `Correct ${proxy.variable}, or take it away.`
  return [warning(proxy.variable, proxyText(proxy), mend)]
}

export function nodeFinding(version: string): Finding {
  const problem = nodeProblem(version)
  return problem === null
    ? ok('node', `version ${version}`)
    : wrong('node', problem, 'Then run `npm ci` with it.')
}

/** Whether SQLite's driver is there and works, wherever the database is. */
function sqliteFinding(): Finding {
  try {
    const sql = openSqlite(':memory:')
    sql.close()
    return ok('sqlite', 'can be used')
  } catch (error) {
    return wrong('sqlite', messageOf(error), 'Until then the bot does not start.')
  }
}

const LITTLE_BYTES = 500e6
const TOO_LITTLE_BYTES = 50e6
const FEW_INODES = 10_000
const TOO_FEW_INODES = 1000

/**
 * Of what the file system has left, in bytes and files; `files` 0 where it does not count them. `needBytes` is what a
 * migration needs for its copy of the database.
 */
export function spaceFindings(
  directory: string,
  { freeBytes, files, freeFiles }: Record<'freeBytes' | 'files' | 'freeFiles', number>,
  needBytes: number,
): Finding[] {
  const room = `Make room on the disk of ${directory}, or choose another one with --data DIR.`
  const free = `${bytesText(freeBytes)} free`
  const isLittle = freeBytes < Math.max(LITTLE_BYTES, needBytes)
  const level = freeBytes < TOO_LITTLE_BYTES ? wrong : warning
  const findings = [isLittle ? level('disk', `only ${free}`, room) : ok('disk', free)]
  if (files === 0 || freeFiles >= FEW_INODES) return findings
  const few = `only ${freeFiles} more files can be made (inodes)`
  return [...findings, (freeFiles < TOO_FEW_INODES ? wrong : warning)('disk', few, room)]
}

function diskFindings(directory: string): Finding[] {
  const there = existsSync(directory)
  // What is not there yet is made below the nearest directory that is.
  const base = there ? directory : nearest(directory)
  const mayWrite = `Give the user that runs ibc-monitor the right to write to ${base}.`
  const findings: Finding[] = []
  if (!statSync(base).isDirectory()) {
    return [wrong('data directory', `${base} is not a directory`, 'Name another one with --data DIR.')]
  }
  try {
    accessSync(base, constants.W_OK | constants.X_OK)
    const text = there ? 'can be written to' : 'is made at the first start'
    findings.push(ok('data directory', `${directory} ${text}`))
  } catch {
    findings.push(wrong('data directory', `${base} cannot be written to by this user`, mayWrite))
  }
  const file = join(directory, DATABASE_FILE)
  const database = existsSync(file) ? databaseFindings(directory, file) : null
  try {
    const { bavail, bsize, files, ffree } = statfsSync(base)
    const space = { freeBytes: bavail * bsize, files, freeFiles: ffree }
    findings.push(...spaceFindings(directory, space, database ? 2 * statSync(file).size : 0))
  } catch (error) {
    findings.push(warning('disk', `what is free cannot be seen: ${messageOf(error)}`, mayWrite))
  }
  return [...findings, ...(database ?? [ok('database', 'not there yet; made at the first start')])]
}

function nearest(path: string): string {
  const parent = dirname(path)
  return existsSync(parent) || parent === path ? parent : nearest(parent)
}

const MUCH_WAL_BYTES = 4 * WAL_BYTES

function databaseFindings(directory: string, file: string): Finding[] {
  try {
    const { bytes, walBytes, version, newest, damage } = inspectDatabase(file)
    if (damage !== null) {
      const mend =
        'Stop the bot and restore a backup (ibc-monitor restore FILE); without one, start with an empty data directory: clients are then looked at as if for the first time.'
      return [wrong('database', `${file} is damaged (${damage})`, mend)]
    }
    const user = userOf(directory)
    const used = user === null ? '' : `, in use by process ${user}`
    const log = walBytes === 0 ? '' : ` and ${bytesText(walBytes)} of write-ahead log`
    const size = `${bytesText(bytes)}${log}${used}`
    if (version > newest) {
      const mend =
        'Update ibc-monitor, or restore a backup made before the update (ibc-monitor restore FILE).'
      const text = `${file} is of version ${version}; this program knows ${newest}`
      return [wrong('database', text, mend)]
    }
    if (version < newest) {
      const pending = `the next start brings it from version ${version} to ${newest}, after a copy`
      return [ok('database', `sound, ${size}; ${pending}`)]
    }
    if (user !== null && walBytes > MUCH_WAL_BYTES) {
      const text = `sound, version ${version}, but its write-ahead log does not shrink: ${size}`
      const mend = 'Close what reads the database for long (an open sqlite3 shell, a copy job).'
      return [warning('database', text, mend)]
    }
    return [ok('database', `sound, version ${version}, ${size}`)]
  } catch (error) {
    const text = explainStorage(error, file) ?? `${file} cannot be opened: ${messageOf(error)}`
    return [wrong('database', text, 'Until then the bot does not start.')]
  }
}

const SKEW_WARNING_MS = 10_000
const SKEW_WRONG_MS = 60_000
/** A block may be as old as this on a chain that is well; a clock that is so little ahead cannot be told from it. */
const BLOCK_AGE_MS = 30_000
/** With fewer than these one bad node could speak for all. */
const ENOUGH_SAMPLES = 2

/** By how much this machine's clock is ahead of a node's, in milliseconds (behind: negative). */
export interface ClockSample {
  /** A node's own clock; else the time of its newest block. */
  kind: 'server' | 'block'
  aheadMs: number
}

/** Judges this machine's clock by the median of the nodes' own clocks; by block times where no node tells its own. */
export function clockFinding(samples: readonly ClockSample[]): Finding | null {
  const server = samples.filter(({ kind }) => kind === 'server').map(({ aheadMs }) => aheadMs)
  const block = samples.filter(({ kind }) => kind === 'block').map(({ aheadMs }) => ageless(aheadMs))
  const used = server.length > 0 ? server : block
  if (used.length === 0) return null
  const aheadMs = median(used)
  const by = `${server.length > 0 ? 'the clocks' : 'the newest blocks'} of ${used.length} ${used.length === 1 ? 'node' : 'nodes'}`
  const size = Math.abs(aheadMs)
  if (size <= SKEW_WARNING_MS) return ok('clock', `agrees with ${by}`)
  const text = `this machine's clock is ${formatDuration(size)} ${aheadMs > 0 ? 'ahead of' : 'behind'} ${by}`
  const mend =
    'Set the clock and keep it set (timedatectl set-ntp true): the time left of every client is judged by it.'
  const certain = size > SKEW_WRONG_MS && used.length >= ENOUGH_SAMPLES
  return certain ? wrong('clock', text, mend) : warning('clock', text, mend)
}

const ageless = (aheadMs: number) => (aheadMs > 0 ? Math.max(0, aheadMs - BLOCK_AGE_MS) : aheadMs)

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
