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
import type { Clock } from '../kernel/clock.ts'
import { FatalError, LastingError, messageOf, Refusal } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import { damage, explainStorage } from './explain.ts'
import { createFailOver, type FailOver, flushed, NORMAL } from './fail-over.ts'
import type { StorageTrouble } from './file-watch.ts'
import { codeOf, isDamage, openSqlite, quickCheck, type Sqlite } from './sqlite.ts'
import type { Statements } from './statements.ts'
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
   * A transaction that is on the disk when it returns, also if the power fails a moment later; in memory while the file
   * cannot be written. Not to be nested in another one.
   */
  flushed<T>(work: () => T): T
  /**
   * The same for what must not be done where a power cut could undo it.
   * @throws {Refusal} while the file cannot be written
   */
  durably<T>(work: () => T): T
  /** What is wrong with the file; null: nothing, as far as is known. */
  trouble(): StorageTrouble | null
  /** The same once more, for who takes over: the file stays open until each is closed, and a closed one does nothing. */
  share(): Database
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
 * Opens (or creates) the database of a data directory, or `':memory:'`, and brings it to the newest version. With a
 * `clock` it goes on in memory while the file cannot be written, and tries again by that clock.
 * @throws {LastingError} when the file is damaged or newer than this program; the message says what to do
 * @throws {FatalError} when another process uses the directory, or the file cannot be written, which may pass
 */
export function openDatabase(
  directory: string,
  options: { logger?: Logger; nowMs: number; clock?: Clock },
): Database {
  const database = (sql: Sqlite, path: string, release: () => void) =>
    wrap(sql, createFailOver(sql, path, options), release)
  if (directory === ':memory:')
    return database(prepared(openSqlite(':memory:'), ':memory:', options), ':memory:', () => {})
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
    return database(sql, file, release)
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
    const found = file === ':memory:' ? 'ok' : quickCheck(sql)
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

function wrap(file: Sqlite, failOver: FailOver, release: () => void): Database {
  let users = 0
  // Not SQLite's word: it may have undone a transaction whose work goes on.
  let isWithin = false
  const whole = <T>(run: () => T): T => {
    isWithin = true
    try {
      return run()
    } finally {
      isWithin = false
    }
  }
  /** Does `work`, of which nothing is left where it fails; once more where memory takes over from the file. */
  const again = <T>(work: () => T): T => {
    if (isWithin) return work()
    try {
      return failOver.measured(work)
    } catch (error) {
      if (!failOver.takesOver(error)) throw error
      return work()
    }
  }
  const share = (): Database => {
    let isOpen = true
    users += 1
    const place = () => {
      if (isOpen) return failOver.place()
      throw new TypeError('The database is closed')
    }
    return {
      all: (...query) => again(() => place().all(...query)),
      each: (...query) => place().each(...query),
      one: (...query) => again(() => place().one(...query)),
      run: (...query) => again(() => place().run(...query)),
      sql: file,
      tx: (work) => (isWithin ? work() : again(() => whole(() => place().sql.transaction(work).immediate()))),
      flushed: (work) => again(() => whole(() => flushed(place().sql, work))),
      durably(work) {
        try {
          if (failOver.isKept()) return failOver.measured(() => whole(() => flushed(place().sql, work)))
        } catch (error) {
          if (explainStorage(error) === null) throw error
          failOver.takesOver(error)
        }
        throw new Refusal('I cannot write anything down at the moment, so nothing was done. Try again later.')
      },
      trouble: failOver.trouble,
      share,
      close() {
        if (!isOpen) return
        isOpen = false
        if (--users > 0) return
        failOver.end()
        if (file.open) file.close()
        release()
      },
    }
  }
  return share()
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
