// A write-ahead log that lies beside a database and is not its own: SQLite would take its rows all the same.
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { messageOf } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import { isDamage, lookInto, quickCheck } from './sqlite.ts'

/**
 * Whether a database keeps a write-ahead log; one that does not, or that is empty, has none that could be its own.
 * https://sqlite.org/fileformat2.html, 1.3.3: the read version is 2 with a log.
 */
export function keepsLog(path: string): boolean {
  const head = Buffer.alloc(20)
  const file = openSync(path, 'r')
  try {
    readSync(file, head)
  } finally {
    closeSync(file)
  }
  return head[19] === 2
}

/**
 * Before a database is opened: moves the log beside it away where it cannot be its own, which happens when a file is put
 * back by hand. One that may be its own stays. Returns what SQLite's quick check found, null: nothing.
 */
export function moveStrayLog(
  file: string,
  { logger, nowMs }: { logger?: Logger; nowMs: number },
): string | null {
  const log = `${file}-wal`
  if (!existsSync(log) || statSync(log).size === 0) return null
  const why = existsSync(file) && keepsLog(file) ? null : 'it keeps none'
  // Not to be written yet: closing it would make the log's rows its own, whatever came of them.
  const found = why === null ? checked(file) : 'ok'
  if (found === 'ok' && why === null) return null
  if (why === null && !isSoundAlone(file)) return found
  const kept = `${log}.not-its-own-${new Date(nowMs).toISOString().replace(/[:.]/g, '-')}`
  renameSync(log, kept)
  rmSync(`${file}-shm`, { force: true })
  logger?.warn(
    { file, kept },
    `${log} was not the log of the database beside it (${why ?? `with it the database is damaged, without it sound`}): it is kept as ${kept}. ` +
      'A backup is put back with ibc-monitor restore FILE; if rows are missing, put the database that this log was written for beside it',
  )
  return null
}

/** Its log is left out, as it would be if there were none. */
function isSoundAlone(file: string): boolean {
  const alone = `${file}.alone`
  try {
    copyFileSync(file, alone)
    return checked(alone) === 'ok'
  } finally {
    for (const suffix of ['', '-wal', '-shm']) rmSync(alone + suffix, { force: true })
  }
}

function checked(path: string): string {
  try {
    return lookInto(path, quickCheck)
  } catch (error) {
    if (isDamage(error)) return messageOf(error)
    throw error
  }
}
