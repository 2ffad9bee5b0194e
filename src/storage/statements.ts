// The one way in which SQL is run: each text is prepared once for a database, and kept as long as it is open.
import type { Sqlite } from './sqlite.ts'

/** A value for each `?`, or one object for the `@names`. */
type Values = readonly unknown[]

export interface Statements {
  /** All rows. */
  all<Row>(text: string, ...values: Values): Row[]
  /** The rows one by one, read as they are taken: nothing is to be written meanwhile. */
  each<Row>(text: string, ...values: Values): Iterable<Row>
  /** The first row; undefined where there is none. */
  one<Row>(text: string, ...values: Values): Row | undefined
  /** Writes. */
  run(text: string, ...values: Values): { changes: number; lastInsertRowid: number | bigint }
}

/**
 * The statements of an open database. None is thrown away while it is open: better-sqlite3 12 aborts Node 24 when a
 * prepared statement is collected (https://github.com/nodejs/node/issues/65446).
 */
export function statementsOf(sql: Sqlite): Statements {
  const prepared = new Map<string, ReturnType<Sqlite['prepare']>>()
  const statement = (text: string) => {
    const known = prepared.get(text) ?? sql.prepare(text)
    prepared.set(text, known)
    return known
  }
  return {
    all: <Row>(text: string, ...values: Values) => statement(text).all(...values) as Row[],
    each: <Row>(text: string, ...values: Values) => statement(text).iterate(...values) as Iterable<Row>,
    one: <Row>(text: string, ...values: Values) => statement(text).get(...values) as Row | undefined,
    run: (text, ...values) => statement(text).run(...values),
  }
}
