// The way back from a backup: a checked copy takes the place of the database, which is kept beside it with all its files.
import {
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Backup, copyAtRest, copyDatabase } from './backup.ts'
import { DATABASE_FILE, LOCK_FILE, lockDirectory, migrate, migrations } from './database.ts'
import { userOf } from './inspect.ts'
import { openSqlite, type Sqlite } from './sqlite.ts'

export interface Restored extends Backup {
  /** Where the database before it is, its log beside it under the same name; null: there was none. */
  kept: string | null
}

/** What is to be restored is not a database that this program can run on. */
export class NoBackup extends Error {
  override name = 'NoBackup'
}

/** What belongs to a database file and to no other: put beside another one, its log would bring old rows back. */
const BESIDE = ['-wal', '-shm', '-journal']

/**
 * Puts a copy of `backup` in the place of the database in `directory`. Until that is done, nothing is changed there.
 * @throws {NoBackup} when it is none of ours, a newer version's, or in use itself
 * @throws {DamagedCopy} when it does not pass SQLite's check
 * @throws {FatalError} when a process uses the directory
 * @throws whatever SQLite or the file system says
 */
export async function restoreDatabase(backup: string, directory: string, nowMs: number): Promise<Restored> {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, DATABASE_FILE)
  const owner = statSync(existsSync(file) ? file : directory)
  const release = lockDirectory(directory)
  const fresh = `${file}.restoring`
  try {
    const pid = basename(backup) === DATABASE_FILE ? userOf(dirname(backup)) : null
    if (pid !== null) throw new NoBackup(`process ${pid} is using it; make a copy with ibc-monitor backup`)
    rmSync(fresh, { force: true })
    const copied = await copyDatabase(backup, fresh, copyAtRest)
    refuseForeign(fresh, copied.version)
    // Restored by root, it is the bot's all the same.
    if (process.getuid?.() === 0)
      for (const one of [fresh, join(directory, LOCK_FILE)]) chownSync(one, owner.uid, owner.gid)
    return { ...copied, kept: putInPlace(fresh, file, nowMs) }
  } finally {
    rmSync(fresh, { force: true })
    release()
  }
}

/** Keeps what is there as one set under another name. Returns that name. */
function putInPlace(fresh: string, file: string, nowMs: number): string | null {
  const kept = `${file}.before-restore-${new Date(nowMs).toISOString().replace(/[:.]/g, '-')}`
  const named: string[] = []
  try {
    for (const suffix of [...BESIDE, ''].filter((one) => existsSync(file + one))) {
      nameAlso(file + suffix, kept + suffix)
      named.push(suffix)
    }
    // It would be rolled back into whatever file lies beside it.
    rmSync(`${file}-journal`, { force: true })
    // At once: were there no file for a moment, a start after a power cut would make an empty one.
    renameSync(fresh, file)
    // After it: until then the one before has its log, and from then on a start would know it as not its own.
    for (const suffix of BESIDE) rmSync(file + suffix, { force: true })
  } catch (error) {
    for (const suffix of named) {
      renameSync(kept + suffix, file + suffix)
      // Two names of one file stay as they are.
      rmSync(kept + suffix, { force: true })
    }
    throw error
  }
  return named.length > 0 ? kept : null
}

/** Some file systems have no links. */
function nameAlso(file: string, name: string): void {
  try {
    linkSync(file, name)
  } catch {
    copyFileSync(file, name)
  }
}

function refuseForeign(file: string, version: number): void {
  const list = migrations()
  const newest = list.at(-1)!.version
  if (version > newest) {
    throw new NoBackup(
      `it was written by a newer ibc-monitor (database version ${version}; this program knows ${newest})`,
    )
  }
  const expected = openSqlite(':memory:')
  const found = openSqlite(file, { readonly: true })
  try {
    migrate(
      expected,
      ':memory:',
      list.filter((one) => one.version <= version),
      { nowMs: 0 },
    )
    const there = tablesOf(found)
    const missing = tablesOf(expected).find((table) => !there.includes(table))
    if (version < 1) throw new NoBackup('it is no database of ibc-monitor')
    if (missing) throw new NoBackup(`it is no database of ibc-monitor: there is no table ${missing} in it`)
  } finally {
    expected.close()
    found.close()
  }
}

const tablesOf = (sql: Sqlite) =>
  sql.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[]
