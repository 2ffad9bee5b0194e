// `restore`: the way back from a backup. What is there is kept beside it.
import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { FatalError, messageOf, UsageError } from '../kernel/errors.ts'
import { type Io, peopleStream } from '../kernel/io.ts'
import { DamagedCopy } from '../storage/backup.ts'
import { DATABASE_FILE, migrations } from '../storage/database.ts'
import { explainStorage } from '../storage/explain.ts'
import { NoBackup, restoreDatabase } from '../storage/restore.ts'
import { bytesText } from '../words/numbers.ts'

/**
 * Puts the backup `file` in the place of the database of the directory `data`, while no bot uses it. Returns the exit code, 0.
 * @throws {UsageError} when the file is not there, or is no database that this program can run on
 * @throws {FatalError} when it is damaged, the bot runs, or it could not be done; nothing has changed then
 */
export async function runRestore(
  options: { data: string; file: string },
  io: Io,
  nowMs: number,
): Promise<number> {
  const target = resolve(options.data, DATABASE_FILE)
  if (!existsSync(options.file)) throw new UsageError(`There is no backup at ${resolve(options.file)}.`)
  // What a link leads to may have a log beside it, or be in use.
  const source = realpathSync(options.file)
  if (!statSync(source).isFile()) throw new UsageError(`${source} is no file. Name the backup itself.`)
  try {
    accessSync(source, constants.R_OK)
  } catch (error) {
    throw new UsageError(`${source} cannot be read by this user (${messageOf(error)}).`)
  }
  if (existsSync(target) && isSameFile(source, target))
    throw new UsageError(`${source} is the database itself. Name a backup of it.`)
  try {
    const { bytes, version, kept } = await restoreDatabase(source, resolve(options.data), nowMs)
    const newest = migrations().at(-1)!.version
    const lines = [
      `${target}: restored from ${source}, ${bytesText(bytes)}, database version ${version}, checked.`,
      kept === null ? '' : `What was there is kept as ${kept}.`,
      version < newest ? `The next start brings it from version ${version} to ${newest}, after a copy.` : '',
      "It knows nothing of what has happened since: alerts may be told again, and the faucet's limits count from then.",
    ]
    peopleStream(io).write(`${lines.filter((line) => line !== '').join('\n')}\n`)
    return 0
  } catch (error) {
    throw failure(error, source, target)
  }
}

function isSameFile(one: string, other: string): boolean {
  const [a, b] = [statSync(one), statSync(other)]
  return a.ino === b.ino && a.dev === b.dev
}

function failure(error: unknown, source: string, target: string): Error {
  const { code = '' } = error as { code?: string }
  if (error instanceof FatalError) return error
  if (error instanceof NoBackup || code === 'SQLITE_NOTADB') {
    const why = error instanceof NoBackup ? error.message : 'it is no database'
    return new UsageError(`${source} cannot be restored: ${why}. Nothing was changed.`)
  }
  if (error instanceof DamagedCopy || code.startsWith('SQLITE_CORRUPT')) {
    const log = `${source}-wal`
    const other = existsSync(log) ? `, or, where ${log} is not its own, move that away and try again` : ''
    const text = `${source} is damaged (${messageOf(error)}). Nothing was changed; restore an older backup${other}.`
    return new FatalError(text)
  }
  const text = explainStorage(error, target) ?? `${source} could not be restored: ${messageOf(error)}.`
  return new FatalError(`${text} Nothing was changed.`, { cause: error })
}
