// What an error of SQLite or the file system means, and what to do about it.
import { messageOf } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import { codeOf, isDamage } from './sqlite.ts'

export const damage = (file: string, detail: string): string =>
  `${file} is damaged (${detail}). Restore a backup (ibc-monitor restore FILE), or move it away and start with an empty data directory: clients are then looked at as if for the first time.`

/** Logs what broke off: as what the database's trouble means, else as a bug. `what`: such as `a sweep failed`. */
export function logBug(logger: Logger, error: unknown, what: string, about: Record<string, unknown>): void {
  logger.error({ err: error, ...about }, explainStorage(error) ?? `${what}: this is a bug`)
}

/** What an error of SQLite or the file system means and what to do about it; null when it is neither. */
export function explainStorage(error: unknown, path = 'The database'): string | null {
  const code = codeOf(error)
  if (isDamage(error)) return damage(path, messageOf(error))
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code)) {
    return `${path} is locked by another program. Close it (an open sqlite3 shell, a copy job).`
  }
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code.startsWith('SQLITE_IOERR')) {
    return `The disk of ${path} is full or fails (${messageOf(error)}). Make room; nothing that was written is lost.`
  }
  if (/^(EACCES|EPERM|EROFS|SQLITE_CANTOPEN|SQLITE_READONLY)/.test(code)) {
    return `${path} cannot be written by this user (${messageOf(error)}). Give the user that runs ibc-monitor the right to write there.`
  }
  return null
}
