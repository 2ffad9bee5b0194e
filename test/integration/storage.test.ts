// The database file: one process per directory, migrations with a copy, damage and newer versions refused.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FatalError } from '../../src/kernel/errors.ts'
import { DATABASE_FILE, migrate, migrations, openDatabase, WAL_BYTES } from '../../src/storage/database.ts'
import { explainStorage } from '../../src/storage/explain.ts'
import { openSqlite, type Sqlite } from '../../src/storage/sqlite.ts'
import { built } from '../support/built.ts'

const nowMs = Date.UTC(2026, 10, 20, 10)
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ibc-monitor-storage-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const path = () => join(folder, DATABASE_FILE)

describe('opening', () => {
  it('uses WAL, foreign keys and a busy time-out', () => {
    const database = openDatabase(folder, { nowMs })
    const pragma = (name: string) => database.sql.pragma(name, { simple: true })
    expect([pragma('journal_mode'), pragma('foreign_keys'), pragma('busy_timeout')]).toEqual(['wal', 1, 5000])
    database.close()
  })

  it('cuts its log back once nobody reads what is in it any more', () => {
    const database = openDatabase(folder, { nowMs })
    database.sql.exec('CREATE TABLE big (bytes BLOB)')
    const write = (bytes: number) => database.run('INSERT INTO big VALUES (zeroblob(?))', bytes)
    const walBytes = () => statSync(`${path()}-wal`).size
    const reader = openSqlite(path(), { readonly: true })
    reader.exec('BEGIN; SELECT count(*) FROM big')
    write(WAL_BYTES + 1_000_000)
    write(1)
    expect(walBytes()).toBeGreaterThan(WAL_BYTES)
    reader.close()
    for (let i = 0; i < 3; i++) write(1)
    expect(walBytes()).toBeLessThanOrEqual(WAL_BYTES)
    database.close()
  })

  it('refuses a second process, and works again when the first is gone, even killed', () => {
    const open = `import { openDatabase } from ${JSON.stringify(built('src/storage/database.ts'))}
      openDatabase(${JSON.stringify(folder)}, { nowMs: 0 }); `
    const run = (code: string) =>
      spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
    const database = openDatabase(folder, { nowMs })
    const second = run(open)
    expect(second.status).toBe(1)
    expect(second.stderr).toContain(`Another ibc-monitor (process ${process.pid}) is using`)
    database.close()
    expect(run(`${open} process.kill(process.pid, 'SIGKILL')`).signal).toBe('SIGKILL')
    expect(() => openDatabase(folder, { nowMs }).close()).not.toThrow()
  })

  it.each([
    [
      'damaged',
      () => writeFileSync(path(), 'this is not a database, not at all, not in the least'.repeat(50)),
      'is damaged',
    ],
    [
      'from a newer version',
      () => {
        const sql = openSqlite(path())
        sql.pragma('user_version = 9999')
        sql.close()
      },
      'was written by a newer ibc-monitor (database version 9999',
    ],
  ])('refuses a file that is %s, and says what to do', (_, prepare, message) => {
    prepare()
    expect(() => openDatabase(folder, { nowMs })).toThrow(FatalError)
    expect(() => openDatabase(folder, { nowMs })).toThrow(message)
  })

  it('says of a damaged lock that it alone is to be removed', () => {
    writeFileSync(join(folder, 'monitor.lock'), 'no database at all')
    expect(() => openDatabase(folder, { nowMs })).toThrow(
      `${join(folder, 'monitor.lock')} is damaged. Remove it, and nothing else`,
    )
  })

  it('refuses a directory that cannot be made', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => openDatabase(join(folder, 'file', 'data'), { nowMs })).toThrow(FatalError)
  })

  it('explains what SQLite and the file system say', () => {
    const said = (code: string) =>
      explainStorage(Object.assign(new Error('x'), { code }), 'data/monitor.sqlite')
    expect(said('SQLITE_FULL')).toContain('is full')
    expect(said('SQLITE_BUSY')).toContain('is locked by another program')
    expect(said('SQLITE_PROTOCOL')).toContain('is locked by another program')
    expect(said('EACCES')).toContain('cannot be written by this user')
    expect(explainStorage(new Error('something else'))).toBeNull()
  })
})

describe('migrations', () => {
  it('are numbered without a gap', () => {
    expect(migrations().map(({ version }) => version)).toEqual(migrations().map((_, i) => i + 1))
  })

  it('lead from every older version to the newest schema', () => {
    const schema = (sql: Sqlite) =>
      sql
        .prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
        .all()
    const all = migrations()
    const fresh = openSqlite(':memory:')
    migrate(fresh, ':memory:', all, { nowMs })
    for (const { version } of all) {
      const older = openSqlite(':memory:')
      migrate(older, ':memory:', all.slice(0, version), { nowMs })
      migrate(older, ':memory:', all, { nowMs })
      expect(schema(older)).toEqual(schema(fresh))
      expect(older.pragma('user_version', { simple: true })).toBe(all.at(-1)!.version)
    }
  })

  it('find out what open alerts of the version before were told from', () => {
    const sql = openSqlite(':memory:')
    const before = migrations().findIndex(({ name }) => name.includes('basis'))
    migrate(sql, ':memory:', migrations().slice(0, before), { nowMs })
    const alert = (id: number, level: string, headlines: string[], status: string) => {
      const identity = `ibc:alpha-1/07-tendermint-${id}`
      const state = JSON.stringify({ level, alertId: id, toldLevel: level })
      sql.prepare('INSERT INTO alert_states VALUES (?, ?, ?, ?, 0)').run(identity, level, id, state)
      for (const headline of headlines) {
        const messages = JSON.stringify([{ headline, notice: { alertId: id } }])
        const { lastInsertRowid } = sql
          .prepare("INSERT INTO outbox (webhook, kind, messages, created_ms) VALUES ('W', 'post', ?, 0)")
          .run(messages)
        sql.prepare('INSERT INTO outbox_alerts VALUES (?, ?, ?)').run(id, lastInsertRowid, level)
      }
      sql
        .prepare(
          `INSERT INTO clients (chain_id, client_id, client_type, rule, frozen, status, severity, attention, ignored,
             connection_ids, far_ends, open_channels, first_seen_ms)
           VALUES ('alpha-1', ?, '07-tendermint', 'tendermint', 0, ?, ?, 'live', 0, '[]', '[]', '[]', 0)`,
        )
        .run(`07-tendermint-${id}`, status, level)
    }
    alert(1, 'critical', ['🔴 9 h left'], 'active')
    alert(2, 'critical', ['🟡 67 h left', '⚫ 9 h left: may expire'], 'active')
    alert(3, 'expired', ['⚫ MAY HAVE EXPIRED'], 'expired')
    alert(4, 'expired', ['🔴 EXPIRED'], 'expired')
    alert(5, 'expired', ['🔴 EXPIRED: is halted'], 'active')
    alert(6, 'critical', ['⚫ 9 h left: may expire', '🔴 still not updated'], 'active')
    sql.prepare("UPDATE outbox SET messages = '{' WHERE id = 1").run()
    migrate(sql, ':memory:', migrations(), { nowMs })
    const rows = sql.prepare('SELECT alert_id AS id, state FROM alert_states').all() as {
      id: number
      state: string
    }[]
    const remembered = rows.filter(({ state }) => JSON.parse(state).basis === 'memory').map(({ id }) => id)
    expect(remembered).toEqual([2, 3, 5])
  })

  it('find by the words of the version before how a consensus state is known to be absent', () => {
    const sql = openSqlite(':memory:')
    const before = migrations().findIndex(({ name }) => name.includes('absent'))
    migrate(sql, ':memory:', migrations().slice(0, before), { nowMs })
    const client = sql.prepare(
      `INSERT INTO clients (chain_id, client_id, client_type, rule, last_update_ns, reason, frozen, status, severity,
         attention, ignored, connection_ids, far_ends, open_channels, first_seen_ms)
       VALUES ('alpha-1', ?, 't', ?, ?, ?, 0, 'expired', 'expired', 'live', 0, '[]', '[]', '[]', 0)`,
    )
    client.run('a', 'tendermint', null, 'there is no consensus state at its latest height')
    client.run(
      'b',
      'tendermint',
      null,
      'there is no consensus state, by two looks at least a minute apart: …',
    )
    client.run('c', 'tendermint', '1', null)
    client.run('d', 'ask', null, 'client_status as the chain says it')
    migrate(sql, ':memory:', migrations(), { nowMs })
    const known = sql.prepare('SELECT absent FROM clients ORDER BY client_id').pluck().all()
    expect(known).toEqual(['absent', 'absent-twice', null, null])
  })

  it('take out of the messages what edits have left in them: what became of their lines is in the edits', () => {
    const all = migrations()
    const at = all.findIndex(({ name }) => name.includes('as-sent'))
    const sql = openSqlite(':memory:')
    migrate(sql, ':memory:', all.slice(0, at), { nowMs })
    const insert = sql.prepare(
      `INSERT INTO outbox (webhook, kind, target_id, messages, payload, created_ms, delivered_ms, message_id)
       VALUES ('W', ?, ?, '[{"notice":{"kind":"held"}},{"notice":{"kind":"resolved"}}]', ?, 0, 0, ?)`,
    )
    const before = [
      '🟢 over: 🟡 warning',
      '⚪ withdrawn: 🟡 2 warning\n🟢 ~~🟡 a #1~~\n⚪\ufe0f ~~🟡 b ~~c~~ d #2~~',
      '🟡 3 warning <@&1>\n🟢 ~~🟡 a #1~~\n🟡 b #2\n⚪ ~~🟡 c #3~~',
      '🟡 warning · 👀 Ana has it until 18:00 UTC: x',
    ]
    for (const content of before) {
      const description = content.includes('👀') ? 'details' : '👀 Bea has it\ndetails\nmore'
      const embeds = [{ title: 't', description }, { title: 'u' }]
      const { lastInsertRowid } = insert.run('post', null, JSON.stringify({ content, embeds }), 'x')
      insert.run('edit', lastInsertRowid, JSON.stringify({ content, embeds }), null)
    }
    const odd = ['{', '{"content":"x","embeds":["👀 y"]}', '{"content":"x","embeds":"👀 y"}']
    for (const row of odd) insert.run('post', null, row, 'x')
    migrate(sql, ':memory:', all, { nowMs })
    const edits = sql.prepare("SELECT DISTINCT messages FROM outbox WHERE kind = 'edit'").pluck().all()
    expect(edits).toEqual(['[{"notice":{"kind":"resolved"}}]'])
    const rows = sql.prepare("SELECT payload FROM outbox WHERE kind = 'post'").pluck().all() as string[]
    expect(rows.splice(-odd.length)).toEqual(odd)
    expect(rows.map((row) => JSON.parse(row))).toEqual(
      [
        '🟡 warning',
        '🟡 2 warning\n🟡 a #1\n🟡 b ~~c~~ d #2',
        '🟡 3 warning <@&1>\n🟡 a #1\n🟡 b #2\n🟡 c #3',
        '🟡 warning',
      ].map((content, index) => ({
        content,
        embeds: [{ title: 't', description: index === 3 ? 'details' : 'details\nmore' }, { title: 'u' }],
      })),
    )
  })

  it('leave of the endpoints in old rows the host alone: their path may hold a key', () => {
    const all = migrations()
    const at = all.findIndex(({ name }) => name.includes('endpoint-names'))
    const sql = openSqlite(':memory:')
    migrate(sql, ':memory:', all.slice(0, at), { nowMs })
    const insert = sql.prepare(
      `INSERT INTO clients (chain_id, client_id, client_type, rule, frozen, status, severity, attention, ignored,
         connection_ids, far_ends, open_channels, first_seen_ms, endpoint)
       VALUES ('a', ?, 't', 't', 0, 'active', 'ok', 'live', 0, '[]', '[]', '[]', 0, ?)`,
    )
    const before = [
      'https://lcd.example.org',
      'http://127.0.0.1:1317/apikey/k3y',
      'https://b.example.org/',
      '',
      null,
    ]
    for (const [index, endpoint] of before.entries()) insert.run(String(index), endpoint)
    migrate(sql, ':memory:', all, { nowMs })
    const after = sql.prepare('SELECT endpoint FROM clients ORDER BY client_id').pluck().all()
    expect(after).toEqual(['lcd.example.org', '127.0.0.1:1317', 'b.example.org', '', null])
  })

  it('leave of why something could not be read nothing that may hold a key', () => {
    const all = migrations()
    const at = all.findIndex(({ name }) => name.includes('endpoint-names'))
    const sql = openSqlite(':memory:')
    migrate(sql, ':memory:', all.slice(0, at), { nowMs })
    const cause = 'https://lcd.example.org/apikey/k3y time-out'
    const insert = sql.prepare(
      `INSERT INTO clients (chain_id, client_id, client_type, rule, frozen, status, severity, attention, ignored,
         connection_ids, far_ends, open_channels, first_seen_ms, reason)
       VALUES ('a', ?, 't', 't', 0, ?, 'ok', 'live', 0, '[]', '[]', '[]', 0, ?)`,
    )
    insert.run('t-0', 'unreadable', cause)
    insert.run('t-1', 'frozen', 'frozen at 1-5')
    sql.prepare("INSERT INTO chains (chain_id, unseen_since_ms, unseen_cause) VALUES ('a', 7, ?)").run(cause)
    sql.prepare("INSERT INTO chains (chain_id) VALUES ('b')").run()
    sql.prepare("INSERT INTO wallets_unseen VALUES ('a', 'a1', 7, ?)").run(cause)
    sql
      .prepare(
        "INSERT INTO readings (chain_id, client_id, at_ms, status, severity, reason) VALUES ('a', 't-0', 7, 'unreadable', 'ok', ?)",
      )
      .run(cause)
    migrate(sql, ':memory:', all, { nowMs })
    const tables = ['chains', 'clients', 'readings', 'wallets_unseen']
    const rows = tables.map((table) => sql.prepare(`SELECT * FROM ${table}`).all())
    expect(JSON.stringify(rows)).not.toContain('k3y')
    expect(rows[0]).toMatchObject([
      { unseen_since_ms: 7, unseen_cause: expect.stringContaining('before') },
      { unseen_cause: null },
    ])
    expect(rows[1]).toMatchObject([{ status: 'unreadable' }, { reason: 'frozen at 1-5' }])
  })

  it('copy the file before they change it', () => {
    const all = migrations()
    const sql = openSqlite(path())
    migrate(sql, path(), all.slice(0, 1), { nowMs })
    sql.prepare("INSERT INTO chains (chain_id) VALUES ('osmosis-1')").run()
    sql.close()
    openDatabase(folder, { nowMs }).close()
    const copy = readdirSync(folder).find((name) => name.startsWith(`${DATABASE_FILE}.v1-`))!
    const before = openSqlite(join(folder, copy), { readonly: true })
    expect(before.pragma('user_version', { simple: true })).toBe(1)
    expect(before.prepare('SELECT chain_id FROM chains').all()).toEqual([{ chain_id: 'osmosis-1' }])
    before.close()
  })

  it('leave the database as it was when one fails', () => {
    const sql = openSqlite(':memory:')
    const broken = [
      ...migrations(),
      { version: 9000, name: 'broken', sql: 'CREATE TABLE fine (a); CREATE TABLE fine (a);' },
    ]
    expect(() => migrate(sql, ':memory:', broken, { nowMs })).toThrow()
    expect(sql.pragma('user_version', { simple: true })).toBe(migrations().at(-1)!.version)
    expect(sql.prepare("SELECT name FROM sqlite_schema WHERE name = 'fine'").all()).toEqual([])
  })
})

describe('transactions', () => {
  it('are rolled back whole when something throws inside', () => {
    const database = openDatabase(':memory:', { nowMs })
    const insert = (id: string) => database.sql.prepare('INSERT INTO chains (chain_id) VALUES (?)').run(id)
    expect(() =>
      database.tx(() => {
        insert('a')
        database.tx(() => insert('b'))
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(database.sql.prepare('SELECT count(*) AS n FROM chains').get()).toEqual({ n: 0 })
    database.close()
  })
})
