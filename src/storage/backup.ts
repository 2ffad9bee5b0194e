// A consistent copy of a database that another process may be writing to: one snapshot, checked, put in place whole.
import { randomUUID } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { openSqlite } from './sqlite.ts'
import { keepsLog } from './stray-log.ts'

export interface Backup {
  bytes: number
  /** `user_version` of the copy: the migration it stands at. */
  version: number
}

/** What came out is not what went in: the source is damaged, or the disk is. */
export class DamagedCopy extends Error {
  override name = 'DamagedCopy'
}

/** Pages copied between two turns of the event loop. */
const PAGES_AT_ONCE = 2000

/**
 * Copies the database file `source` to `target`, which must not exist and has mode 600 from its first byte. The copy
 * is one file (no WAL beside it) and holds one moment: a read transaction keeps writers from changing what is read
 * (https://sqlite.org/wal.html, "Concurrency"), and without it the backup would start over at each of their commits.
 * Nothing is left behind when it fails. `copy` fills the part; left out, from a database that may be written to.
 * @throws {DamagedCopy} when the copy does not pass SQLite's check
 * @throws whatever SQLite or the file system says; `EEXIST` when the target appeared meanwhile
 */
export async function copyDatabase(
  source: string,
  target: string,
  copy: (source: string, part: string) => Promise<void> | void = copySnapshot,
): Promise<Backup> {
  // In the same directory, so that it can take its name at once. Not by the process id, which is always the same in a container.
  const part = join(dirname(target), `.${basename(target)}.${randomUUID()}.part`)
  closeSync(openSync(part, 'wx', 0o600))
  try {
    await copy(source, part)
    const copied = settle(part)
    giveName(part, target)
    return copied
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(part + suffix, { force: true })
  }
}

/** A link fails where something has the name already; a rename would replace it. Some file systems have no links. */
function giveName(part: string, target: string): void {
  try {
    linkSync(part, target)
  } catch (error) {
    const { code } = error as { code?: string }
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(code ?? '') || existsSync(target)) throw error
    renameSync(part, target)
  }
}

/** Copies a database that nobody has open: nothing is made beside it, and it may lie where nothing can be written. */
export function copyAtRest(source: string, part: string): void {
  copyFileSync(source, part)
  const beside = keepsLog(part) ? ['-wal', '-journal'] : ['-journal']
  for (const suffix of beside.filter((one) => existsSync(source + one)))
    copyFileSync(source + suffix, part + suffix)
}

async function copySnapshot(source: string, part: string): Promise<void> {
  const database = openSqlite(source, { readonly: true })
  try {
    database.exec('BEGIN')
    // The snapshot is taken by the first read.
    database.pragma('schema_version')
    await database.backup(part, { progress: () => PAGES_AT_ONCE })
  } finally {
    database.close()
  }
}

/** Makes the copy one file, checks it and has it written to the disk. */
function settle(part: string): Backup {
  const copy = openSqlite(part, { fileMustExist: true })
  let version: number
  try {
    copy.pragma('journal_mode = DELETE')
    const found = copy.pragma('integrity_check(1)', { simple: true })
    if (found !== 'ok') throw new DamagedCopy(String(found))
    version = copy.pragma('user_version', { simple: true }) as number
  } finally {
    copy.close()
  }
  chmodSync(part, 0o600)
  const file = openSync(part, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return { bytes: statSync(part).size, version }
}
