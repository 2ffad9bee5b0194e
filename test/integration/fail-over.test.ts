// A database's file that cannot be written: everything goes on in memory, and all of it is in the file afterwards.
import { mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { Refusal } from '../../src/kernel/errors.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { DATABASE_FILE, type Database, openDatabase } from '../../src/storage/database.ts'
import { openSqlite, type Sqlite } from '../../src/storage/sqlite.ts'

const nowMs = Date.UTC(2026, 10, 20, 10)
let folder: string
let clock: ManualClock
let database: Database
let log: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ibc-monitor-fails-'))
  clock = new ManualClock(nowMs)
  log = []
  const logger = createLogger('warn', [], { write: (line: string) => log.push(line) })
  database = openDatabase(folder, { nowMs, clock, logger })
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const path = () => join(folder, DATABASE_FILE)

/** Ways in which a file cannot be written; each returns what ends it. */
const FAILURES: [string, () => () => void][] = [
  [
    'is on a full disk',
    () => {
      const { sql } = database
      sql.exec('VACUUM')
      sql.pragma(`max_page_count = ${sql.pragma('page_count', { simple: true })}`)
      return () => void sql.pragma('max_page_count = 4294967294')
    },
  ],
  ['is held by another program', () => held('BEGIN IMMEDIATE')],
  ['is held by another program alone', () => held('BEGIN EXCLUSIVE')],
  [
    'may only be read',
    () => {
      database.sql.pragma('query_only = ON')
      return () => void database.sql.pragma('query_only = OFF')
    },
  ],
]

function held(how: string): () => void {
  const other = openSqlite(path())
  other.exec(how)
  return () => {
    other.exec('ROLLBACK')
    other.close()
  }
}

const say = (about: string, text = 'x'.repeat(5000)) =>
  database.run('INSERT OR REPLACE INTO said_once (about, text) VALUES (?, ?)', about, text)
const saidIn = (sql: Pick<Sqlite, 'prepare'>) =>
  sql.prepare('SELECT about FROM said_once ORDER BY about').pluck().all()
const said = () =>
  database.all<{ about: string }>('SELECT about FROM said_once ORDER BY about').map(({ about }) => about)

describe.each(FAILURES)('a file that %s', (_, fail) => {
  it('is waited for by a timer alone; nothing is lost, and it is said when it begins and when it ends', async () => {
    say('before')
    const mend = fail()
    const startMs = performance.now()
    say('during')
    database.tx(() => say('in a transaction'))
    expect(performance.now() - startMs).toBeLessThan(1000)
    expect(said()).toEqual(['before', 'during', 'in a transaction'])
    expect(saidIn(database.sql)).toEqual(['before'])
    expect(database.trouble()).toMatchObject({ sinceMs: nowMs, text: expect.stringContaining(path()) })
    expect(log).toHaveLength(1)
    await clock.advance(60_000)
    expect(saidIn(database.sql)).toEqual(['before'])
    expect(log).toHaveLength(1)
    mend()
    await clock.advance(15_000)
    expect(saidIn(database.sql)).toEqual(['before', 'during', 'in a transaction'])
    expect(database.trouble()).toBeNull()
    expect(log.at(-1)).toContain('can be written again')
    say('after')
    expect(saidIn(database.sql)).toContain('after')
  })

  it('is written at the end, where it can be', () => {
    const mend = fail()
    say('during')
    mend()
    database.close()
    const file = openSqlite(path())
    expect(saidIn(file)).toEqual(['during'])
    file.close()
  })

  it('is handed over with what is in memory; who was there before does nothing more, and cannot close it', async () => {
    const mend = fail()
    say('during')
    const before = database
    database = before.share()
    before.close()
    before.close()
    expect(said()).toEqual(['during'])
    for (const late of [
      () => before.run('DELETE FROM said_once'),
      () => before.tx(() => say('late')),
      () => before.flushed(() => say('late')),
      () => before.all('SELECT 1'),
    ])
      expect(late).toThrow('closed')
    say('after')
    mend()
    await clock.advance(60_000)
    expect(saidIn(database.sql)).toEqual(['after', 'during'])
  })

  it('leaves what must not be undone by a power cut to later, and says so to whoever asked', async () => {
    const mend = fail()
    const reserve = () => database.durably(() => say('a payment').changes)
    expect(reserve).toThrow(Refusal)
    expect(reserve).toThrow(Refusal)
    expect(database.flushed(() => say('a message').changes)).toBe(1)
    mend()
    await clock.advance(15_000)
    expect(saidIn(database.sql)).toEqual(['a message'])
    expect(reserve()).toBe(1)
  })
})

describe('the way back into the file', () => {
  it('leaves in it what would be there had it never failed, whatever was written', async () => {
    const control = openDatabase(':memory:', { nowMs })
    const id = fc.integer({ min: 1, max: 6 })
    const write = fc.oneof(
      id.map(
        (n) => (one: Database) =>
          one.run("INSERT OR REPLACE INTO said_once (about, text) VALUES (?, 'x')", `about ${n}`),
      ),
      id.map((n) => (one: Database) => one.run('DELETE FROM said_once WHERE about = ?', `about ${n}`)),
      id.map(
        (n) => (one: Database) =>
          one.run('UPDATE OR REPLACE said_once SET about = ? WHERE about > ?', 'about 3', `about ${n}`),
      ),
      id.map(
        (n) => (one: Database) =>
          one.run(
            `INSERT INTO alert_states VALUES (?, 'low', ?, '{}', 0)
           ON CONFLICT (identity) DO UPDATE SET alert_id = NULL, state = '{"n":1}'`,
            `wallet:${n}`,
            n,
          ),
      ),
      id.map(
        (n) => (one: Database) =>
          one.run(
            "INSERT INTO outbox (webhook, kind, target_id, messages, created_ms) VALUES ('W', 'edit', (SELECT max(id) FROM outbox), ?, 0)",
            `[${n}]`,
          ),
      ),
      fc.constant((one: Database) =>
        one.run(
          "INSERT OR IGNORE INTO outbox_alerts SELECT 1, max(id), 'low' FROM outbox HAVING max(id) > 0",
        ),
      ),
      fc.constant((one: Database) => one.run('DELETE FROM outbox WHERE id = (SELECT max(id) FROM outbox)')),
      id.map(
        (n) => (one: Database) =>
          one.run(
            "INSERT INTO readings (chain_id, client_id, at_ms, status, severity) VALUES ('a', 'b', ?, 'active', 'ok')",
            n,
          ),
      ),
      id.map((n) => (one: Database) => one.run('DELETE FROM readings WHERE at_ms = ?', n)),
      fc.constant((one: Database) => {
        try {
          one.tx(() => {
            one.run("INSERT INTO chain_words VALUES ('undone', 'a')")
            throw new Error('no')
          })
        } catch {}
      }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(write, { maxLength: 12 }),
        fc.array(write, { maxLength: 25 }),
        async (before, during) => {
          for (const one of before) for (const to of [control, database]) one(to)
          const end = held('BEGIN IMMEDIATE')
          for (const one of during) for (const to of [control, database]) one(to)
          end()
          await clock.advance(15_000)
          expect(database.trouble()).toBeNull()
          expect(all(database.sql)).toEqual(all(control.sql))
          expect(database.sql.pragma('foreign_key_check')).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
    control.close()
  })

  it('takes many rows in turns, between which others may change again', async () => {
    const mend = held('BEGIN IMMEDIATE')
    for (let n = 0; n < 1000; n++) say(`about ${n}`, 'before')
    mend()
    const turns = setInterval(() => {
      database.run("UPDATE said_once SET text = 'meanwhile' WHERE about = 'about 7'")
      database.run("DELETE FROM said_once WHERE about = 'about 8'")
    }, 0)
    await clock.advance(1000)
    while (database.trouble()) await new Promise(setImmediate)
    clearInterval(turns)
    database.run("DELETE FROM said_once WHERE text = 'before'")
    expect(saidIn(database.sql)).toEqual(['about 7'])
  })

  it('keeps what another program wrote meanwhile', async () => {
    const other = openSqlite(path())
    other.exec("BEGIN IMMEDIATE; INSERT INTO said_once VALUES ('by hand', '')")
    say('during')
    other.exec('COMMIT')
    other.close()
    await clock.advance(15_000)
    expect(saidIn(database.sql)).toEqual(['by hand', 'during'])
  })
})

describe('a file that is removed while it is open', () => {
  it('is told of, nothing is paid meanwhile, and it is there again after the next start', () => {
    say('before')
    for (const suffix of ['', '-wal', '-shm']) rmSync(path() + suffix)
    expect(database.trouble()?.text).toContain('was moved or removed')
    expect(() => database.durably(() => say('a payment'))).toThrow(Refusal)
    say('after')
    database.close()
    database = openDatabase(folder, { nowMs, clock })
    expect(said()).toEqual(['after', 'before'])
    expect(database.trouble()).toBeNull()
  })

  it('is there again also where its folder was removed', () => {
    say('before')
    rmSync(folder, { recursive: true })
    say('after')
    database.close()
    database = openDatabase(folder, { nowMs, clock })
    expect(said()).toEqual(['after', 'before'])
  })

  it('is told of where only its log is removed, in which the last payments stand', () => {
    say('before')
    rmSync(`${path()}-wal`)
    expect(database.trouble()?.text).toContain('(-wal), was moved or removed')
    expect(() => database.durably(() => say('a payment'))).toThrow(Refusal)
  })

  it('is told of where nobody can look, in words', () => {
    renameSync(folder, `${folder}.away`)
    symlinkSync(folder, folder)
    expect(database.trouble()?.text).toContain('can no longer be reached (ELOOP)')
    say('goes on')
    rmSync(folder)
    renameSync(`${folder}.away`, folder)
    expect(database.trouble()).toBeNull()
    expect(said()).toEqual(['goes on'])
  })

  it('is well again where it is put back', () => {
    renameSync(path(), `${path()}.away`)
    expect(database.trouble()?.text).toContain('was moved or removed')
    renameSync(`${path()}.away`, path())
    expect(database.trouble()).toBeNull()
    expect(log).toHaveLength(1)
  })
})

describe('a disk that is slow', () => {
  it('is told of for as long as it is', async () => {
    const slowly = () => database.tx(() => clock.set(clock.now() + 3000))
    slowly()
    await clock.advance(40_000)
    slowly()
    expect(database.trouble()).toMatchObject({
      sinceMs: nowMs + 3000,
      text: expect.stringMatching(/^Writing to .*monitor\.sqlite took 3 s, and held up all else/),
    })
    expect(log).toHaveLength(1)
    expect(database.durably(() => say('a payment').changes)).toBe(1)
    database.tx(() => clock.set(clock.now() + 1500))
    await clock.advance(60_000)
    expect(database.trouble()).toBeNull()
  })
})

describe('a file that is damaged while it is open', () => {
  it('is told of as that, and nothing takes its place', () => {
    const error = Object.assign(new Error('database disk image is malformed'), { code: 'SQLITE_CORRUPT' })
    expect(() =>
      database.tx(() => {
        throw error
      }),
    ).toThrow(error)
    expect(database.trouble()?.text).toContain('is damaged')
    say('goes on')
    expect(saidIn(database.sql)).toEqual(['goes on'])
    expect(database.trouble()?.text).toContain('is damaged')
  })
})

/** Every row of every table. */
function all(sql: Sqlite): unknown {
  const tables = sql
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all()
  return tables.map((table) => [table, sql.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).raw().all()])
}
