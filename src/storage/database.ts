// Opens the database file: one process per data directory, pragmas, a copy before a migration, transactions.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { FatalError, LastingError, messageOf } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import { codeOf, isDamage, openSqlite, type Sqlite } from './sqlite.ts'
import { type Statements, statementsOf } from './statements.ts'
import { moveStrayLog } from './stray-log.ts'

/** The file in the data directory that holds everything. */
export const DATABASE_FILE = 'monitor.sqlite'

/** The file in the data directory that names the process which uses it. */
export const PID_FILE = 'monitor.pid'

/** The file in the data directory by whose lock one process has the directory for itself. */
export const LOCK_FILE = 'monitor.lock'

/** To this size the write-ahead log is cut back, which grows while somebody reads for long (a backup). */
export const WAL_BYTES = 16 * 1024 * 1024

const MIGRATIONS = new URL('./migrations/', import.meta.url)

export interface Database extends Statements {
  /** The driver, for what is asked of a database as a whole. */
  readonly sql: Sqlite
  /**
   * Runs `work` as one transaction (immediate: the write lock is taken at once). Synchronous by design: no
   * `await` inside. Nested calls join the outer one.
   */
  tx<T>(work: () => T): T
  /**
   * A transaction that is on the disk when it returns, also if the power fails a moment later. Not to be nested in
   * another one.
   */
  durably<T>(work: () => T): T
  close(): void
}

export interface Migration {
  version: number
  name: string
  sql: string
}

/** The numbered migrations that come with this version, in order. */
export function migrations(): Migration[] {
  return readdirSync(MIGRATIONS)
    .filter((file) => /^\d{4}-.+\.sql$/.test(file))
    .sort()
    .map((file) => ({
      version: Number(file.slice(0, 4)),
      name: file,
      sql: readFileSync(new URL(file, MIGRATIONS), 'utf8'),
    }))
}

/**
 * Opens (or creates) the database of a data directory, or `':memory:'`, and brings it to the newest version.
 * @throws {LastingError} when the file is damaged or newer than this program; the message says what to do
 * @throws {FatalError} when another process uses the directory, or the file cannot be written, which may pass
 */
export function openDatabase(directory: string, options: { logger?: Logger; nowMs: number }): Database {
  if (directory === ':memory:') return wrap(prepared(openSqlite(':memory:'), ':memory:', options), () => {})
  const file = join(directory, DATABASE_FILE)
  const release = within(directory, () => {
    mkdirSync(directory, { recursive: true })
    return lockDirectory(directory)
  })
  try {
    const sql = within(file, () => {
      const found = moveStrayLog(file, options)
      if (found !== null) throw new LastingError(damage(file, found))
      const database = openSqlite(file)
      chmodSync(file, 0o600)
      return prepared(database, file, options)
    })
    return wrap(sql, release)
  } catch (error) {
    release()
    throw error
  }
}

function prepared(sql: Sqlite, file: string, options: { logger?: Logger; nowMs: number }): Sqlite {
  try {
    sql.exec(
      `PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = ${WAL_BYTES}; ${NORMAL}; PRAGMA foreign_keys = ON`,
    )
    const found = file === ':memory:' ? 'ok' : (sql.pragma('quick_check(1)', { simple: true }) as string)
    if (found !== 'ok') throw new LastingError(damage(file, found))
    migrate(sql, file, migrations(), options)
    return sql
  } catch (error) {
    sql.close()
    throw error
  }
}

/**
 * Brings a database to the newest of `list`, one transaction per migration, after a copy of the file.
 * @throws {LastingError} when the file comes from a newer version
 */
export function migrate(
  sql: Sqlite,
  file: string,
  list: readonly Migration[],
  options: { logger?: Logger; nowMs: number },
): void {
  const at = sql.pragma('user_version', { simple: true }) as number
  const newest = list.at(-1)?.version ?? 0
  if (at > newest) {
    throw new LastingError(
      `${file} was written by a newer ibc-monitor (database version ${at}; this program knows ${newest}). ` +
        'Start the newer program, or restore a backup made before the update (ibc-monitor restore FILE).',
    )
  }
  if (at === newest) return
  if (at > 0 && file !== ':memory:') {
    const copy = `${file}.v${at}-${new Date(options.nowMs).toISOString().replace(/[:.]/g, '-')}`
    sql.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    copyFileSync(file, copy)
    chmodSync(copy, 0o600)
    options.logger?.info({ copy, from: at, to: newest }, 'copied the database before migrating it')
  }
  for (const migration of list.filter(({ version }) => version > at)) {
    sql.transaction(() => {
      sql.exec(`${migration.sql};\nPRAGMA user_version = ${migration.version}`)
    })()
  }
}

/** A process that ends loses nothing; after a power cut the last transactions may be missing. */
const NORMAL = 'PRAGMA synchronous = NORMAL'

function wrap(sql: Sqlite, release: () => void): Database {
  const tx = <T>(work: () => T): T => (sql.inTransaction ? work() : sql.transaction(work).immediate())
  return {
    ...statementsOf(sql),
    sql,
    tx,
    durably(work) {
      // Not prepared: SQLite takes this pragma's value when it compiles it, and only then.
      sql.exec('PRAGMA synchronous = FULL')
      try {
        return tx(work)
      } finally {
        sql.exec(NORMAL)
      }
    },
    close() {
      if (sql.open) sql.close()
      release()
    },
  }
}

/**
 * Holds the data directory for this process: an exclusive lock on a small SQLite file, which the operating system
 * gives back however the process ends. Returns what gives it back now.
 * @throws {FatalError} when another process holds it
 */
export function lockDirectory(directory: string): () => void {
  const pidFile = join(directory, PID_FILE)
  const lockFile = join(directory, LOCK_FILE)
  const lock = openSqlite(lockFile, { timeout: 0 })
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (isDamage(error))
      throw new LastingError(`${lockFile} is damaged. Remove it, and nothing else: nothing is kept in it.`)
    if (codeOf(error) !== 'SQLITE_BUSY') throw error
    const pid = existsSync(pidFile) ? ` (process ${readFileSync(pidFile, 'utf8').trim()})` : ''
    throw new FatalError(
      `Another ibc-monitor${pid} is using ${directory}. Stop it first, or give this one a data directory of its ` +
        'own with --data DIR.',
    )
  }
  writeFileSync(pidFile, `${process.pid}\n`)
  return () => {
    if (!lock.open) return
    rmSync(pidFile, { force: true })
    lock.close()
  }
}

const damage = (file: string, detail: string): string =>
  `${file} is damaged (${detail}). Restore a backup (ibc-monitor restore FILE), or move it away and start with an empty data directory: clients are then looked at as if for the first time.`

/** Turns what SQLite and the file system say about `path` into one message that says what to do. */
function within<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof FatalError) throw error
    const Kind = isDamage(error) ? LastingError : FatalError
    throw new Kind(explainStorage(error, path) ?? `${path} cannot be opened: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/** Logs what broke off: as what the database's trouble means, else as a bug. `what`: such as `a sweep failed`. */
export function logBug(logger: Logger, error: unknown, what: string, about: Record<string, unknown>): void {
  logger.error({ err: error, ...about }, explainStorage(error) ?? `${what}: this is a bug`)
}

/** What an error of SQLite or the file system means and what to do about it; null when it is neither. */
export function explainStorage(error: unknown, path = 'The database'): string | null {
  const code = codeOf(error)
  if (isDamage(error)) return damage(path, messageOf(error))
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return `${path} is locked by another program. Close it (an open sqlite3 shell, a copy job); until then nothing new is written or told.`
  }
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code.startsWith('SQLITE_IOERR')) {
    return `The disk of ${path} is full or fails (${messageOf(error)}). Make room; until then nothing new is written or told, and nothing written is lost.`
  }
  if (/^(EACCES|EPERM|EROFS|SQLITE_CANTOPEN|SQLITE_READONLY)/.test(code)) {
    return `${path} cannot be written by this user (${messageOf(error)}). Give the user that runs ibc-monitor the right to write there.`
  }
  return null
}
