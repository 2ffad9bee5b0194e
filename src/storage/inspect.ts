// A look at a database file without opening it for writing: size, version, damage, rows. A running bot is not disturbed.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { LastingError } from '../kernel/errors.ts'
import { DATABASE_FILE, migrations, PID_FILE } from './database.ts'
import { isSqliteError, lookInto, quickCheck } from './sqlite.ts'
import { type Statements, statementsOf } from './statements.ts'

/**
 * The size of a file and of its write-ahead log, its `user_version` and the newest that this program knows, and what
 * SQLite's quick check found (null: nothing).
 * @throws what SQLite says where the file cannot be opened or is no database
 */
export function inspectDatabase(file: string) {
  const wal = `${file}-wal`
  const sizes = { bytes: statSync(file).size, walBytes: existsSync(wal) ? statSync(wal).size : 0 }
  return lookInto(file, (sql) => {
    const version = sql.pragma('user_version', { simple: true }) as number
    const found = quickCheck(sql)
    const newest = migrations().at(-1)?.version ?? 0
    return { ...sizes, version, newest, damage: found === 'ok' ? null : found }
  })
}

/**
 * Reads from a database file, through a connection that cannot write. Null where there is no file, or SQLite cannot
 * read what is asked for from it (damaged, locked, an older version without the table, no driver): `inspectDatabase` says why.
 */
export function readDatabase<T>(file: string, read: (database: Statements) => T): T | null {
  if (!existsSync(file)) return null
  try {
    return lookInto(file, (sql) => read(statementsOf(sql)))
  } catch (error) {
    if (isSqliteError(error) || error instanceof LastingError) return null
    throw error
  }
}

/** The database of a data directory, and the size of its file; null: it cannot be told. */
export function databaseSize(directory: string): { path: string; bytes: number | null } {
  const path = directory === ':memory:' ? directory : join(directory, DATABASE_FILE)
  try {
    return { path, bytes: statSync(path).size }
  } catch {
    return { path, bytes: null }
  }
}

/** The process that uses a data directory; null: none, as far as can be seen. */
export function userOf(directory: string): number | null {
  try {
    const pid = Number(readFileSync(join(directory, PID_FILE), 'utf8').trim())
    if (!Number.isInteger(pid) || pid <= 0) return null
    try {
      process.kill(pid, 0)
      return pid
    } catch (error) {
      // Another user's process is one too.
      return (error as { code?: string }).code === 'EPERM' ? pid : null
    }
  } catch {
    return null
  }
}
