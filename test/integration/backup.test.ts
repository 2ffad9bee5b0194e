// `backup`: one moment of a database that another process writes to, never over something, never half.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runBackup } from '../../src/cli/backup.ts'
import { FatalError, UsageError } from '../../src/kernel/errors.ts'
import { DATABASE_FILE, migrations, openDatabase } from '../../src/storage/database.ts'
import { openSqlite, type Sqlite } from '../../src/storage/sqlite.ts'
import { built } from '../support/built.ts'
import { captured } from '../support/cli.ts'

const nowMs = Date.UTC(2026, 10, 20, 10)
let folder: string
let data: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ibc-monitor-backup-'))
  data = join(folder, 'data')
  file = join(folder, 'copies', 'monday.sqlite')
  mkdirSync(join(folder, 'copies'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const backup = async () => {
  const written = captured()
  return { code: await runBackup({ data, file }, written.io), ...written }
}
const copies = () => readdirSync(join(folder, 'copies'))

/** A process that owns the data directory as the bot does, and adds a row to both of two tables without a pause. */
async function startWriter(): Promise<ChildProcess> {
  const code = `
    import { openDatabase } from ${JSON.stringify(built('src/storage/database.ts'))}
    const database = openDatabase(${JSON.stringify(data)}, { nowMs: ${nowMs} })
    database.sql.exec('CREATE TABLE debit (text TEXT); CREATE TABLE credit (text TEXT)')
    const one = database.sql.prepare('INSERT INTO debit VALUES (?)')
    const other = database.sql.prepare('INSERT INTO credit VALUES (?)')
    const pair = () => database.tx(() => { one.run('x'.repeat(900)); other.run('y'.repeat(900)) })
    for (let i = 0; i < 3000; i++) pair()
    const go = () => { pair(); setImmediate(go) }
    go()
    console.log('writing')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout!, 'data')
  return child
}

describe('backup', () => {
  it('copies one moment while another process writes, as one checked file that only the owner can read', async () => {
    const writer = await startWriter()
    try {
      const count = (sql: Sqlite, table: string) =>
        (sql.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n
      const running = openSqlite(join(data, DATABASE_FILE), { readonly: true })
      const before = count(running, 'debit')
      const { code, err } = await backup()
      expect(code).toBe(0)
      expect(err()).toMatch(/monday\.sqlite: written, [\d.]+ MB, database version \d+, checked/)
      expect(copies()).toEqual(['monday.sqlite'])
      expect(statSync(file).mode & 0o777).toBe(0o600)
      const copy = openSqlite(file, { readonly: true })
      const copied = count(copy, 'debit')
      expect(count(copy, 'credit')).toBe(copied)
      expect(copied).toBeGreaterThanOrEqual(before)
      expect(copy.pragma('integrity_check', { simple: true })).toBe('ok')
      expect(copy.pragma('user_version', { simple: true })).toBe(migrations().at(-1)!.version)
      copy.close()
      // The writer was neither stopped nor robbed of its directory.
      expect(writer.exitCode).toBeNull()
      await vi.waitFor(() => expect(count(running, 'debit')).toBeGreaterThan(copied), { timeout: 100_000 })
      running.close()
      expect(() => openDatabase(data, { nowMs })).toThrow('is using')
    } finally {
      writer.kill('SIGKILL')
      await once(writer, 'exit')
    }
  })

  it('gives a database that the bot starts on', async () => {
    openDatabase(data, { nowMs }).close()
    await backup()
    const restored = join(folder, 'restored')
    mkdirSync(restored)
    writeFileSync(join(restored, DATABASE_FILE), readFileSync(file))
    const database = openDatabase(restored, { nowMs })
    expect(database.sql.pragma('journal_mode', { simple: true })).toBe('wal')
    database.close()
  })

  it('never overwrites', async () => {
    openDatabase(data, { nowMs }).close()
    writeFileSync(file, 'last week')
    await expect(backup()).rejects.toThrow(UsageError)
    await expect(backup()).rejects.toThrow(`${file} is already there`)
    expect(readFileSync(file, 'utf8')).toBe('last week')
    file = join(folder, 'copies')
    await expect(backup()).rejects.toThrow('is a directory')
  })

  it('says what is missing: the database, the directory', async () => {
    await expect(backup()).rejects.toThrow(UsageError)
    await expect(backup()).rejects.toThrow(`no database at ${join(data, DATABASE_FILE)}`)
    openDatabase(data, { nowMs }).close()
    file = join(folder, 'nowhere', 'monday.sqlite')
    await expect(backup()).rejects.toThrow(`no directory ${join(folder, 'nowhere')}`)
  })

  it('keeps no copy of a damaged database', async () => {
    const database = openDatabase(data, { nowMs })
    database.sql.exec('CREATE TABLE big (text TEXT)')
    const row = database.sql.prepare('INSERT INTO big VALUES (?)')
    for (let i = 0; i < 200; i++) row.run('z'.repeat(2000))
    database.sql.pragma('wal_checkpoint(TRUNCATE)')
    database.close()
    const bytes = readFileSync(join(data, DATABASE_FILE))
    bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 9000)
    writeFileSync(join(data, DATABASE_FILE), bytes)
    await expect(backup()).rejects.toThrow(FatalError)
    await expect(backup()).rejects.toThrow(/damaged/)
    expect(copies()).toEqual([])
    writeFileSync(
      join(data, DATABASE_FILE),
      'no database at all, but long enough to be looked at as one'.repeat(99),
    )
    await expect(backup()).rejects.toThrow(FatalError)
    expect(copies()).toEqual([])
  })
})
