// The one place where SQLite's driver is loaded: the better-sqlite3 that this Node can run, or a sentence on how to get it.
import { createRequire } from 'node:module'
import type BetterSqlite3 from 'better-sqlite3'
import { LastingError, messageOf } from '../kernel/errors.ts'

export type Sqlite = BetterSqlite3.Database

/** Node 20 needs another one, and it alone gets it: `engines` of that package keep it away from any newer Node. */
const NODE_20 = new URL('../../node_modules/sqlite-node20/package.json', import.meta.url)

/**
 * better-sqlite3 13 is written for Node-API 10, which Node has since 22.14, and crashes on Node 20. Version 12 aborts on
 * Node 24 when a prepared statement is collected (https://github.com/nodejs/node/issues/65446).
 */
const wanted = () =>
  Number(process.versions.napi) >= 10
    ? { major: '13', seenFrom: import.meta.url }
    : { major: '12', seenFrom: NODE_20 }

let loaded: typeof BetterSqlite3 | null = null

/** @throws {LastingError} when the driver is not there, or does not load; the message says what to do */
function driver(): typeof BetterSqlite3 {
  loaded ??= load()
  return loaded
}

function load(): typeof BetterSqlite3 {
  const { major, seenFrom } = wanted()
  const require = createRequire(seenFrom)
  let version: string
  try {
    version = (require('better-sqlite3/package.json') as { version: string }).version
  } catch {
    throw new LastingError(missing(`better-sqlite3 ${major} is not installed`))
  }
  if (!version.startsWith(`${major}.`))
    throw new LastingError(missing(`better-sqlite3 ${major} is needed, ${version} is installed`))
  try {
    return require('better-sqlite3') as typeof BetterSqlite3
  } catch (error) {
    throw new LastingError(missing(`better-sqlite3 ${version} does not load (${firstLine(error)})`), {
      cause: error,
    })
  }
}

const firstLine = (error: unknown) => messageOf(error).split('\n')[0]

function missing(what: string): string {
  const compiler = wanted().major === '12' ? ', which needs python3, make and g++ on Node 20' : ''
  return `SQLite cannot be used with Node ${process.versions.node}: ${what}. Run \`npm ci\` with this Node, without --omit=optional${compiler}.`
}

/**
 * Opens a database file, `':memory:'`, or in memory what a file holds.
 * @throws {LastingError} when SQLite's driver is not there; whatever SQLite says of the file
 */
export const openSqlite = (file: string | Buffer, options?: BetterSqlite3.Options): Sqlite =>
  new (driver())(file, options)

/**
 * What `look` gives of a database file, over a connection that cannot write and is closed after it.
 * @throws as `openSqlite`, where there is no such file too
 */
export function lookInto<T>(file: string, look: (sql: Sqlite) => T): T {
  const sql = openSqlite(file, { readonly: true })
  try {
    return look(sql)
  } finally {
    sql.close()
  }
}

/** `ok`, or what SQLite's quick check finds. */
export const quickCheck = (sql: Sqlite): string => String(sql.pragma('quick_check(1)', { simple: true }))

/** Whether SQLite itself has thrown it. */
export const isSqliteError = (error: unknown): error is BetterSqlite3.SqliteError =>
  loaded !== null && error instanceof loaded.SqliteError

/** What SQLite or the file system calls an error; empty where it has no name. */
export const codeOf = (error: unknown) => String((error as { code?: string } | null)?.code ?? '')

/** Whether SQLite says that a file is damaged, or no database. */
export const isDamage = (error: unknown) => /^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error))
