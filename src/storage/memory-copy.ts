// All of a database in memory, for as long as its file cannot be written, and the way of what changed back into the file.
import { openSqlite, type Sqlite } from './sqlite.ts'
import { type Statements, statementsOf } from './statements.ts'

export type MemoryCopy = ReturnType<typeof copyIntoMemory>

interface Table {
  name: string
  columns: string[]
  /** What tells its rows apart. */
  key: string[]
}

type Row = Record<string, unknown>

/** @throws what SQLite says where the file cannot even be read */
export function copyIntoMemory(file: Sqlite) {
  const bytes = file.serialize()
  // There is no log in memory: https://sqlite.org/fileformat2.html, 1.3.3.
  bytes.fill(1, 18, 20)
  const sql = openSqlite(bytes)
  const copy = statementsOf(sql)
  const tables = tablesOf(copy)
  // Noted by triggers of this connection alone. Without recursion a row that REPLACE takes away would not be.
  sql.exec(
    `PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON;
     CREATE TEMP TABLE changed (name TEXT, key TEXT, written INTEGER, PRIMARY KEY (name, key)) WITHOUT ROWID;
     CREATE INDEX temp.unwritten ON changed (name) WHERE NOT written;
     ${tables.flatMap(noting).join(';\n')}`,
  )
  return {
    ...copy,
    sql,
    /**
     * Writes so many (-1: all) of the rows that have changed into the file, inside a transaction of the file. True: none
     * is left, and it may end.
     */
    writeBack: (into: Statements, most: number): boolean => writeBack(tables, copy, into, most),
    /** That transaction was undone: all is still to be written. */
    undone: () => void copy.run('UPDATE changed SET written = 0'),
  }
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

/** Not OR REPLACE: in a trigger the policy of the outer statement would count in its place. */
const noting = ({ name, key }: Table): string[] =>
  [
    ['INSERT', 'NEW'],
    ['UPDATE', 'OLD'],
    ['UPDATE', 'NEW'],
    ['DELETE', 'OLD'],
  ].map(
    ([event, row]) =>
      `CREATE TEMP TRIGGER ${name}_${event}_${row} AFTER ${event} ON main.${name} BEGIN
         INSERT INTO changed VALUES ('${name}', json_array(${key.map((one) => `${row}.${one}`).join(', ')}), 0)
         ON CONFLICT DO UPDATE SET written = 0;
       END`,
  )

function writeBack(tables: readonly Table[], from: Statements, into: Statements, most: number): boolean {
  const changed = from.all<{ name: string; key: string }>(
    'SELECT name, key FROM changed WHERE NOT written LIMIT ?',
    most,
  )
  for (const { name, key: json } of changed) {
    const { key, columns } = tables.find((table) => table.name === name)!
    const one = `FROM ${name} WHERE ${key.map((column) => `${column} = ?`).join(' AND ')}`
    const values = JSON.parse(json) as unknown[]
    into.run(`DELETE ${one}`, ...values)
    const row = from.one<Row>(`SELECT ${columns.join(', ')} ${one}`, ...values)
    const places = columns.map((column) => `@${column}`).join(', ')
    // What is in the way of it has changed too, and is written anew in its turn.
    if (row) into.run(`INSERT OR REPLACE INTO ${name} (${columns.join(', ')}) VALUES (${places})`, row)
    from.run('UPDATE changed SET written = 1 WHERE name = ? AND key = ?', name, json)
  }
  if (from.one('SELECT 1 FROM changed WHERE NOT written')) return false
  // The numbers that were given out.
  into.run('DELETE FROM sqlite_sequence')
  for (const row of from.all<Row>('SELECT name, seq FROM sqlite_sequence'))
    into.run('INSERT INTO sqlite_sequence (name, seq) VALUES (@name, @seq)', row)
  return true
}
