// Where a database is read and written: in its file; while that cannot be written, in memory, until it can again.
import type { Clock } from '../kernel/clock.ts'
import { messageOf } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import { explainStorage } from './explain.ts'
import { copyIntoMemory, type MemoryCopy } from './memory-copy.ts'
import { isDamage, type Sqlite } from './sqlite.ts'
import { type Statements, statementsOf } from './statements.ts'

/** What is wrong with the file, for people, and since when (Unix ms). */
export interface StorageTrouble {
  sinceMs: number
  text: string
  /** Memory has taken over; else what was asked for has failed. */
  isInMemory: boolean
}

type Begun = Omit<StorageTrouble, 'isInMemory'>

/** What writes now. */
type Place = Statements & { readonly sql: Sqlite }

export interface FailOver {
  place(): Place
  /** Whether what failed with `error` can be done again, in memory. */
  takesOver(error: unknown): boolean
  /** Null: the file is written, as far as is known. */
  trouble(): StorageTrouble | null
  /** Tries to write what is in memory into the file a last time. */
  end(): void
}

/** How long another program's lock is waited for, which holds up everything: in between the timer tries. */
const LOCK_WAIT_MS = 20
const RETRY_MS = 1000
const RETRY_MAX_MS = 15_000

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
): FailOver {
  const file: Place = { ...statementsOf(sql), sql }
  let copy: MemoryCopy | null = null
  let trouble: Begun | null = null
  /** Which stays until a person comes. */
  let damaged: Begun | null = null
  let tries = 0
  let cancel = () => {}
  if (clock) sql.pragma(`busy_timeout = ${LOCK_WAIT_MS}`)

  /** @throws what SQLite says where the file cannot be written yet */
  function writeBack(): void {
    // What a row that is replaced refers to is there again before the end.
    sql.pragma('foreign_keys = OFF')
    try {
      flushed(sql, () => {
        copy?.writeBack(file)
        // So that something is written even where nothing changed.
        sql.pragma(`user_version = ${sql.pragma('user_version', { simple: true })}`)
      })
    } finally {
      sql.pragma('foreign_keys = ON')
    }
    copy?.sql.close()
    copy = null
  }

  function retry(): void {
    try {
      writeBack()
      logger?.warn({ file: path, since: new Date(trouble!.sinceMs) }, `${path} can be written again`)
      trouble = null
    } catch (error) {
      const text = explainStorage(error, path) ?? `${path} cannot be written: ${messageOf(error)}`
      if (text !== trouble!.text) logger?.error({ file: path, err: error }, text)
      trouble!.text = text
      later()
    }
  }

  function later(): void {
    const waitMs = Math.min(RETRY_MS * 2 ** tries++, RETRY_MAX_MS)
    cancel = clock!.at(clock!.now() + waitMs, retry)
  }

  function begin(text: string, error: unknown): Begun {
    logger?.error({ file: path, err: error }, text)
    return { sinceMs: clock!.now(), text }
  }

  return {
    place: () => copy ?? file,
    takesOver(error) {
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
    trouble() {
      const found = trouble ?? damaged
      return found && { ...found, isInMemory: copy !== null }
    },
    end() {
      cancel()
      if (!copy) return
      try {
        writeBack()
      } catch (error) {
        logger?.error(
          { file: path, err: error },
          `${path} could not be written to the end: what was told since ${new Date(trouble!.sinceMs).toISOString()} may be told again`,
        )
      }
    },
  }
}
