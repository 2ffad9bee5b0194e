// All of a database in memory, for as long as its file cannot be written, and the way of what changed back into the file.
import { openSqlite, type Sqlite } from './sqlite.ts'
import { type Statements, statementsOf } from './statements.ts'

export interface MemoryCopy extends Statements {
  readonly sql: Sqlite
  /** Writes each row that has changed since into the file. To be called inside a transaction of the file. */
  writeBack(file: Statements): void
}

interface Table {
  name: string
  columns: string[]
  /** What tells its rows apart. */
  key: string[]
}

type Row = Record<string, unknown>

/** @throws what SQLite says where the file cannot even be read */
export function copyIntoMemory(file: Sqlite): MemoryCopy {
  const bytes = file.serialize()
  // There is no log in memory: https://sqlite.org/fileformat2.html, 1.3.3.
  bytes.fill(1, 18, 20)
  const sql = openSqlite(bytes)
  const copy = statementsOf(sql)
  const tables = tablesOf(copy)
  // Noted by triggers of this connection alone. Without recursion a row that REPLACE takes away would not be.
  sql.exec(
    `PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON;
     CREATE TEMP TABLE changed (name TEXT, key TEXT, PRIMARY KEY (name, key)) WITHOUT ROWID;
     ${tables.flatMap(noting).join(';\n')}`,
  )
  return { ...copy, sql, writeBack: (into) => writeBack(tables, copy, into) }
}

function tablesOf({ all }: Statements): Table[] {
  const names = all<{ name: string }>(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
  )
  return names.map(({ name }) => {
    const columns = all<{ name: string; pk: number }>('SELECT name, pk FROM pragma_table_info(?)', name)
    const key = columns.filter(({ pk }) => pk > 0).map((column) => column.name)
    const named = columns.map((column) => column.name)
    return key.length > 0
      ? { name, key, columns: named }
      : { name, key: ['rowid'], columns: ['rowid', ...named] }
  })
}

/** Not OR IGNORE: in a trigger the policy of the outer statement would count in its place. */
const noting = ({ name, key }: Table): string[] =>
  [
    ['INSERT', 'NEW'],
    ['UPDATE', 'OLD'],
    ['UPDATE', 'NEW'],
    ['DELETE', 'OLD'],
  ].map(
    ([event, row]) =>
      `CREATE TEMP TRIGGER ${name}_${event}_${row} AFTER ${event} ON main.${name} BEGIN
         INSERT INTO changed VALUES ('${name}', json_array(${key.map((one) => `${row}.${one}`).join(', ')}))
         ON CONFLICT DO NOTHING;
       END`,
  )

function writeBack(tables: readonly Table[], from: Statements, into: Statements): void {
  for (const { name, key, columns } of tables) {
    const one = `FROM ${name} WHERE ${key.map((column) => `${column} = ?`).join(' AND ')}`
    const keys = from
      .all<{ key: string }>('SELECT key FROM changed WHERE name = ?', name)
      .map((row) => JSON.parse(row.key) as unknown[])
    // All that changed goes first: one of them may have what is unique of another one by now.
    for (const values of keys) into.run(`DELETE ${one}`, ...values)
    for (const values of keys) {
      const row = from.one<Row>(`SELECT ${columns.join(', ')} ${one}`, ...values)
      if (!row) continue
      const places = columns.map((column) => `@${column}`).join(', ')
      into.run(`INSERT INTO ${name} (${columns.join(', ')}) VALUES (${places})`, row)
    }
  }
  // The numbers that were given out.
  into.run('DELETE FROM sqlite_sequence')
  for (const row of from.all<Row>('SELECT name, seq FROM sqlite_sequence'))
    into.run('INSERT INTO sqlite_sequence (name, seq) VALUES (@name, @seq)', row)
}
