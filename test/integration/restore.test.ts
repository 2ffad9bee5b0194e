// `restore`: a backup takes the place of a database; the one before is kept whole, and nothing else is changed.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runBackup } from '../../src/cli/backup.ts'
import { runRestore } from '../../src/cli/restore.ts'
import { FatalError, UsageError } from '../../src/kernel/errors.ts'
import {
  DATABASE_FILE,
  type Database,
  migrate,
  migrations,
  openDatabase,
} from '../../src/storage/database.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { captured } from '../support/cli.ts'

const nowMs = Date.UTC(2026, 10, 20, 10)
const KEPT = `${DATABASE_FILE}.before-restore-2026-11-20T10-00-00-000Z`
let folder: string
let data: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ibc-monitor-restore-'))
  data = join(folder, 'data')
  file = join(folder, 'monday.sqlite')
})
afterEach(() => rmSync(folder, { recursive: true }))

const restore = async () => {
  const written = captured()
  return { code: await runRestore({ data, file }, written.io, nowMs), ...written }
}
const inData = () => readdirSync(data).sort()

/** Notes words in the database of a directory, and copies its log while it is open. */
function note(directory: string, words: readonly string[], walTo?: string): void {
  const database = openDatabase(directory, { nowMs })
  for (const word of words)
    database.run('INSERT INTO said_once (about, text) VALUES (?, ?)', word, 'x'.repeat(5000))
  if (walTo) copyFileSync(join(directory, `${DATABASE_FILE}-wal`), walTo)
  database.close()
}

function wordsIn(path: string): string[] {
  const sql = openSqlite(path)
  const words = sql.prepare('SELECT about FROM said_once ORDER BY about').pluck().all() as string[]
  sql.close()
  return words
}

describe('restore', () => {
  it('goes back to a backup whose rows alone are there, and keeps the one before with its log', async () => {
    note(data, ['monday'])
    await runBackup({ data, file }, captured().io)
    const wal = join(folder, 'wal')
    note(data, ['tuesday', 'wednesday'], wal)
    // As after a power cut: put beside another file, it would bring its rows back.
    copyFileSync(wal, join(data, `${DATABASE_FILE}-wal`))
    writeFileSync(join(data, `${DATABASE_FILE}.v9-copy`), 'another copy')
    const { code, err } = await restore()
    expect(code).toBe(0)
    expect(err()).toContain(`restored from ${file}`)
    expect(err()).toContain(`kept as ${join(data, KEPT)}.\n`)
    expect(inData()).toEqual(
      [DATABASE_FILE, KEPT, `${KEPT}-wal`, `${DATABASE_FILE}.v9-copy`, 'monitor.lock'].sort(),
    )
    expect(wordsIn(join(data, DATABASE_FILE))).toEqual(['monday'])
    expect(wordsIn(join(data, KEPT))).toEqual(['monday', 'tuesday', 'wednesday'])
    expect(statSync(join(data, DATABASE_FILE)).mode & 0o777).toBe(0o600)
    // And back again, by what was kept; the bot starts on either.
    file = join(data, KEPT)
    expect((await restore()).code).toBe(0)
    note(data, ['thursday'])
    expect(wordsIn(join(data, DATABASE_FILE))).toContain('wednesday')
  })

  it('takes an older version, which the next start brings to the newest, and a directory that is not there', async () => {
    const older = openSqlite(file)
    migrate(older, ':memory:', migrations().slice(0, -2), { nowMs })
    older.close()
    const { code, err } = await restore()
    expect(code).toBe(0)
    expect(err()).toContain('The next start brings it from version')
    expect(err()).not.toContain('kept as')
    note(data, ['on it goes'])
    expect(wordsIn(join(data, DATABASE_FILE))).toEqual(['on it goes'])
  })

  it('puts it in the place of one that is damaged', async () => {
    note(join(folder, 'other'), ['good'])
    await runBackup({ data: join(folder, 'other'), file }, captured().io)
    mkdirSync(data)
    writeFileSync(join(data, DATABASE_FILE), 'no database any more')
    expect((await restore()).code).toBe(0)
    expect(readFileSync(join(data, KEPT), 'utf8')).toBe('no database any more')
    expect(wordsIn(join(data, DATABASE_FILE))).toEqual(['good'])
  })

  it('leaves no moment without a database, in which a start would make an empty one', async () => {
    note(data, ['monday'])
    await runBackup({ data, file }, captured().io)
    for (const suffix of ['-journal', '-wal'])
      copyFileSync(join(data, DATABASE_FILE), join(data, DATABASE_FILE + suffix))
    const named: (string | null)[] = []
    const watcher = watch(data, (_, name) => named.push(name))
    await restore()
    writeFileSync(join(data, 'done'), '')
    while (!named.includes('done')) await new Promise(setImmediate)
    watcher.close()
    // Its name is taken over from one file to the other, and the name under which the one before is kept is there by then.
    expect(named.filter((name) => name === DATABASE_FILE)).toHaveLength(1)
    expect(named.indexOf(KEPT)).toBeLessThan(named.indexOf(DATABASE_FILE))
    expect(named.indexOf(`${KEPT}-journal`)).toBeLessThan(named.indexOf(DATABASE_FILE))
    // Killed before, it leaves the one before with its log; killed after, a log that a start knows as not its own.
    expect(named.lastIndexOf(`${DATABASE_FILE}-wal`)).toBeGreaterThan(named.indexOf(DATABASE_FILE))
  })

  it('reads a link as what it leads to, with its log, and refuses one to a database in use', async () => {
    note(join(folder, 'raw'), ['monday'])
    const database = openDatabase(join(folder, 'raw'), { nowMs })
    database.run("INSERT INTO said_once (about, text) VALUES ('in the log', '')")
    for (const suffix of ['', '-wal'])
      copyFileSync(join(folder, 'raw', DATABASE_FILE + suffix), join(folder, `raw.sqlite${suffix}`))
    file = join(folder, 'latest')
    symlinkSync('raw/monitor.sqlite', file)
    await expect(restore()).rejects.toThrow(/process \d+ is using it/)
    database.close()
    rmSync(file)
    symlinkSync('raw.sqlite', file)
    expect((await restore()).code).toBe(0)
    expect(wordsIn(join(data, DATABASE_FILE))).toEqual(['in the log', 'monday'])
  })

  it("leaves out a log that is a stranger's, beside a backup that keeps none", async () => {
    note(data, ['monday'])
    await runBackup({ data, file }, captured().io)
    note(data, ['tuesday'], `${file}-wal`)
    expect((await restore()).code).toBe(0)
    expect(wordsIn(join(data, DATABASE_FILE))).toEqual(['monday'])
  })

  it('is not in the way of itself: what a killed one with the same process id left (in a container)', async () => {
    note(data, ['monday'])
    await runBackup({ data, file }, captured().io)
    writeFileSync(join(data, `.${DATABASE_FILE}.restoring.${process.pid}.part`), 'half')
    expect((await restore()).code).toBe(0)
    expect(wordsIn(join(data, DATABASE_FILE))).toEqual(['monday'])
  })

  it('refuses while the bot runs', async () => {
    const database = openDatabase(data, { nowMs })
    await runBackup({ data, file }, captured().io)
    await expect(restore()).rejects.toThrow(FatalError)
    await expect(restore()).rejects.toThrow(`(process ${process.pid}) is using ${data}. Stop it first`)
    database.close()
    expect((await restore()).code).toBe(0)
  })

  it.each<[string, () => void, typeof FatalError | typeof UsageError, RegExp]>([
    ['nothing', () => {}, UsageError, /There is no backup at/],
    ['a directory', () => mkdirSync(file), UsageError, /is no file/],
    ['an empty file', () => writeFileSync(file, ''), UsageError, /no database of ibc-monitor/],
    ['a text', () => writeFileSync(file, 'hello '.repeat(999)), UsageError, /it is no database/],
    ["another program's", () => foreign(7), UsageError, /no database of ibc-monitor: there is no table/],
    ['one without a version', () => foreign(0), UsageError, /no database of ibc-monitor/],
    ["a newer version's", () => foreign(999), UsageError, /newer ibc-monitor \(database version 999/],
    ['a damaged one', () => damaged(), FatalError, /is damaged \(.*restore an older backup/s],
    ['one that ends early', () => damaged(3 * 4096), FatalError, /is damaged/],
    ["a running bot's", () => running(), UsageError, /process \d+ is using it; make a copy with/],
    ['the database itself', () => (file = join(data, DATABASE_FILE)), UsageError, /is the database itself/],
  ])('changes nothing for %s', async (_, make, Kind, message) => {
    note(data, ['monday'])
    make()
    await expect(restore()).rejects.toThrow(Kind)
    await expect(restore()).rejects.toThrow(message)
    expect(inData()).toEqual(['monitor.lock', DATABASE_FILE])
    expect(wordsIn(join(data, DATABASE_FILE))).toEqual(['monday'])
    open?.close()
    open = null
    expect(existsSync(`${file}-wal`)).toBe(false)
  })

  it("says of a damaged one with a log beside it that this may be another one's", async () => {
    damaged()
    writeFileSync(`${file}-wal`, 'of another one')
    await expect(restore()).rejects.toThrow(/older backup, or, where .*monday\.sqlite-wal is not its own/)
  })
})

function foreign(version: number): void {
  const sql = openSqlite(file)
  sql.exec(`CREATE TABLE post (text TEXT); PRAGMA user_version = ${version}`)
  sql.close()
}

let open: Database | null = null
/** Another bot's, which has it open. */
function running(): void {
  file = join(folder, 'other', DATABASE_FILE)
  open = openDatabase(join(folder, 'other'), { nowMs })
}

/** A database of ours in which pages are overwritten, or which is cut off. */
function damaged(length?: number): void {
  const other = join(folder, 'other')
  note(other, ['a', 'b', 'c', 'd', 'e', 'f'])
  const bytes = readFileSync(join(other, DATABASE_FILE))
  if (length === undefined) bytes.fill(0xee, 4096 * 2, 4096 * 6)
  writeFileSync(file, bytes.subarray(0, length))
}
