// What the doctor finds on the machine: the data directory and the database.
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { DATABASE_FILE, migrations, openDatabase, WAL_BYTES } from '../../src/storage/database.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import type { Patient } from '../support/doctor.ts'
import { closePatients, patient } from '../support/patients.ts'

afterEach(closePatients)

describe('machine', () => {
  const data = (one: Patient) => join(one.folder, 'data')
  const file = (one: Patient) => join(data(one), DATABASE_FILE)
  const newest = migrations().at(-1)!.version

  it('finds the database sound while the bot uses it, and does not disturb it', async () => {
    const one = await patient()
    const database = openDatabase(data(one), { nowMs: 0 })
    database.sql.exec('CREATE TABLE mine (x)')
    const { code, of } = await one.run()
    expect(of('database')[0]!.text).toMatch(
      new RegExp(`^sound, version ${newest}, .+, in use by process ${process.pid}$`),
    )
    database.tx(() => database.sql.exec('INSERT INTO mine VALUES (1)'))
    expect(code).toBe(0)
    truncateSync(`${file(one)}-wal`, 5 * WAL_BYTES)
    const log = (await one.run()).of('database')[0]!
    expect(log).toMatchObject({ level: 'warning', mend: expect.stringContaining('sqlite3 shell') })
    expect(log.text).toMatch(/log does not shrink: .+ and 83.8 MB of write-ahead log, in use/)
    database.close()
  })

  it('tells an older version from a newer one', async () => {
    const one = await patient()
    openDatabase(data(one), { nowMs: 0 }).close()
    const sql = openSqlite(file(one))
    sql.pragma('user_version = 1')
    expect((await one.run()).of('database')[0]).toMatchObject({ level: 'ok' })
    expect((await one.run()).of('database')[0]!.text).toContain(`from version 1 to ${newest}`)
    sql.pragma('user_version = 99')
    sql.close()
    const { code, of } = await one.run()
    expect(of('database')[0]).toMatchObject({ level: 'wrong' })
    expect(code).toBe(1)
  })

  it('finds damage', async () => {
    const one = await patient()
    mkdirSync(data(one))
    writeFileSync(file(one), 'no database at all, but long enough to be looked at as one'.repeat(99))
    expect((await one.run()).of('database')).toMatchObject([{ level: 'wrong' }])
    const database = openDatabase(join(one.folder, 'other'), { nowMs: 0 })
    database.sql.exec('CREATE TABLE big (text TEXT)')
    const row = database.sql.prepare('INSERT INTO big VALUES (?)')
    for (let i = 0; i < 200; i++) row.run('z'.repeat(2000))
    database.close()
    const bytes = readFileSync(join(one.folder, 'other', DATABASE_FILE))
    bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 9000)
    writeFileSync(file(one), bytes)
    const { code, of } = await one.run()
    expect(of('database')[0]!.text).toContain('is damaged')
    expect(code).toBe(1)
  })

  it('finds a data directory that is a file', async () => {
    const one = await patient()
    writeFileSync(data(one), 'a file')
    const { code, of } = await one.run()
    expect(of('data directory')).toMatchObject([{ level: 'wrong' }])
    expect(code).toBe(1)
  })
})
