// `backup`: a consistent copy of the database, also while the bot runs.
import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { FatalError, messageOf, UsageError } from '../kernel/errors.ts'
import { type Io, peopleStream } from '../kernel/io.ts'
import { copyDatabase, DamagedCopy } from '../storage/backup.ts'
import { DATABASE_FILE } from '../storage/database.ts'
import { explainStorage } from '../storage/explain.ts'
import { bytesText } from '../words/numbers.ts'

/**
 * Copies the database of the directory `data` to `file`, which must not exist (mode 600). The bot may run meanwhile. Returns the exit code, 0.
 * @throws {UsageError} when there is no database, or the file cannot or must not be written there
 * @throws {FatalError} when the copy failed or is damaged; nothing is left behind then
 */
export async function runBackup(options: { data: string; file: string }, io: Io): Promise<number> {
  const source = resolve(options.data, DATABASE_FILE)
  const target = resolve(options.file)
  if (!existsSync(source)) {
    throw new UsageError(
      `There is no database at ${source}, so there is nothing to copy. --data DIR names the bot's data directory.`,
    )
  }
  if (existsSync(target)) {
    throw new UsageError(
      statSync(target).isDirectory()
        ? `${target} is a directory. Name the file to write, such as ${join(options.file, 'monitor-backup.sqlite')}.`
        : `${target} is already there, and a backup never overwrites. Name another file, or remove that one.`,
    )
  }
  if (!existsSync(dirname(target)))
    throw new UsageError(`There is no directory ${dirname(target)}. Make it first.`)
  try {
    const { bytes, version } = await copyDatabase(source, target)
    peopleStream(io).write(
      `${target}: written, ${bytesText(bytes)}, database version ${version}, checked.\nTo go back to it: stop the bot, then ibc-monitor restore ${target}\n`,
    )
    return 0
  } catch (error) {
    throw failure(error, source, target)
  }
}

function failure(error: unknown, source: string, target: string): Error {
  const { code, path } = error as { code?: string; path?: string }
  if (code === 'EEXIST') return new UsageError(`${target} is already there, and a backup never overwrites.`)
  if (error instanceof DamagedCopy) {
    return new FatalError(
      `The copy of ${source} is damaged (${error.message}) and was not kept. ibc-monitor doctor says whether the database itself is.`,
    )
  }
  const where = path?.startsWith(dirname(target)) || code === 'SQLITE_FULL' ? target : source
  return new FatalError(explainStorage(error, where) ?? `The copy of ${source} failed: ${messageOf(error)}`, {
    cause: error,
  })
}
