// Where a database is read and written: in its file; while that cannot be written, in memory, until it can again.
import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Clock, systemClock } from '../kernel/clock.ts'
import { messageOf } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import { explainStorage } from './explain.ts'
import { createFileWatch, type StorageTrouble } from './file-watch.ts'
import { copyIntoMemory, type MemoryCopy } from './memory-copy.ts'
import { isDamage, type Sqlite } from './sqlite.ts'
import { type Statements, statementsOf } from './statements.ts'

/** What writes now. */
type Place = Statements & { readonly sql: Sqlite }

export type FailOver = ReturnType<typeof createFailOver>

/** How long another program's lock is waited for, which holds up everything: in between the timer tries. */
const LOCK_WAIT_MS = 20
const RETRY_MS = 1000
const RETRY_MAX_MS = 15_000
/** Between two turns of the event loop. */
const ROWS_AT_ONCE = 200

const IN_MEMORY =
  'I go on from memory: readings and alerts come as before, a faucet pays nothing. If I am stopped before that is mended, what was told since then may be told again.'
const UNREADABLE = 'What I know cannot be read or kept: alerts may be missing until that is mended.'

/** A transaction of `sql` that is on the disk when this returns, also if the power fails a moment later. */
export function flushed<T>(sql: Sqlite, work: () => T): T {
  // Not prepared: SQLite takes this pragma's value when it compiles it, and only then.
  sql.exec('PRAGMA synchronous = FULL')
  try {
    return sql.transaction(work).immediate()
  } finally {
    sql.exec(NORMAL)
  }
}

/** A process that ends loses nothing; after a power cut the last transactions may be missing. */
export const NORMAL = 'PRAGMA synchronous = NORMAL'

/** The database `sql` of the file at `path`. Nothing takes over without a clock: for those who only look in. */
export function createFailOver(
  sql: Sqlite,
  path: string,
  { clock, logger }: { clock?: Clock; logger?: Logger },
) {
  const file: Place = { ...statementsOf(sql), sql }
  let copy: MemoryCopy | null = null
  let trouble: StorageTrouble | null = null
  /** Which stays until a person comes. */
  let damaged: StorageTrouble | null = null
  let tries = 0
  const watch = createFileWatch(path, clock ?? systemClock, logger)
  let cancel = () => {}
  if (clock) sql.pragma(`busy_timeout = ${LOCK_WAIT_MS}`)

  /**
   * Writes so many rows (-1: all) of what is in memory into the file, in one transaction that is on the disk then. True:
   * all is there. @throws what SQLite says; nothing of it is in the file then
   */
  function writeBack(most: number): boolean {
    try {
      if (!sql.inTransaction) {
        // What a row that is replaced refers to is there again before the end.
        sql.exec('PRAGMA foreign_keys = OFF; PRAGMA synchronous = FULL; BEGIN IMMEDIATE')
        // So that something is written even where nothing has changed.
        sql.pragma(`user_version = ${sql.pragma('user_version', { simple: true })}`)
      }
      if (copy && !copy.writeBack(file, most)) return false
      sql.exec('COMMIT')
    } catch (error) {
      if (sql.inTransaction) sql.exec('ROLLBACK')
      copy?.undone()
      throw error
    } finally {
      if (!sql.inTransaction) sql.exec(`PRAGMA foreign_keys = ON; ${NORMAL}`)
    }
    copy?.sql.close()
    copy = null
    return true
  }

  function retry(): void {
    try {
      if (!writeBack(ROWS_AT_ONCE)) {
        const next = setImmediate(retry)
        cancel = () => clearImmediate(next)
        return
      }
      logger?.warn({ file: path, since: new Date(trouble!.sinceMs) }, `${path} can be written again`)
      trouble = null
    } catch (error) {
      const text = explainStorage(error, path) ?? `${path} cannot be written: ${messageOf(error)}`
      if (text !== trouble!.text) logger?.error({ file: path, err: error }, text)
      trouble!.text = text
      later()
    }
  }

  const failure = () => trouble ?? damaged ?? watch.moved()

  function later(): void {
    const waitMs = Math.min(RETRY_MS * 2 ** tries++, RETRY_MAX_MS)
    cancel = clock!.at(clock!.now() + waitMs, retry)
  }

  function begin(text: string, error: unknown): StorageTrouble {
    logger?.error({ file: path, err: error }, text)
    return { sinceMs: clock!.now(), text }
  }

  return {
    place: (): Place => copy ?? file,
    /** Whether what failed with `error` can be done again, in memory. */
    takesOver(error: unknown): boolean {
      const text = explainStorage(error, path)
      if (!clock || copy || text === null) return false
      if (isDamage(error)) {
        damaged ??= begin(text, error)
        return false
      }
      if (!trouble) {
        trouble = begin(text, error)
        tries = 0
        later()
      }
      try {
        copy = copyIntoMemory(sql)
      } catch {
        // It cannot be read either.
      }
      return copy !== null
    },
    measured: watch.measured,
    /** What is written now is in the file, as far as is known, however slowly. */
    isKept: () => failure() === null,
    /** Null: the file is written, as far as is known. */
    trouble(): StorageTrouble | null {
      const found = failure()
      if (!found) return watch.slow()
      const goesOn = found === damaged || (trouble && !copy) ? UNREADABLE : IN_MEMORY
      return { ...found, text: `${found.text} ${goesOn}` }
    },
    /** Tries to write what is in memory into the file a last time. */
    end() {
      cancel()
      try {
        if (copy) writeBack(-1)
        // What was removed is there again after the next start.
        if (clock && path !== ':memory:' && !existsSync(path)) {
          mkdirSync(dirname(path), { recursive: true })
          sql.prepare('VACUUM INTO ?').run(path)
          chmodSync(path, 0o600)
        }
      } catch (error) {
        const text = 'could not be written to the end: what was told of late may be told again'
        logger?.error({ file: path, err: error }, `${path} ${text}`)
      }
    },
  }
}
