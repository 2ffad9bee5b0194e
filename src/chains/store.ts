// The chains that admins added from the channel, in the database.
import { z } from 'zod'
import type { Database } from '../storage/database.ts'

export interface RegisteredChain {
  chainId: string
  name: string
  /** Base URLs. */
  rest: string[]
  token: { symbol: string; denom: string; decimals: number }
  /** Prefix of account addresses; null: not known. */
  prefix: string | null
  /** Discord id. */
  addedBy: string
  addedMs: number
}

export interface ChainStore {
  all(): RegisteredChain[]
  get(chainId: string): RegisteredChain | null
  /** Adds a chain, or takes the place of the one with its id. */
  save(chain: RegisteredChain): void
}

interface Row {
  chain_id: string
  name: string
  rest: string
  symbol: string
  denom: string
  decimals: number
  prefix: string | null
  added_by: string
  added_ms: number
}

const urls = z.array(z.string())

export function chainStore({ sql }: Pick<Database, 'sql'>): ChainStore {
  const list = sql.prepare<[], Row>('SELECT * FROM registered_chains ORDER BY name')
  const one = sql.prepare<[string], Row>('SELECT * FROM registered_chains WHERE chain_id = ?')
  const save = sql.prepare(
    `INSERT OR REPLACE INTO registered_chains
       (chain_id, name, rest, symbol, denom, decimals, prefix, added_by, added_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  return {
    all: () => list.all().map(chainOf),
    get(chainId) {
      const row = one.get(chainId)
      return row ? chainOf(row) : null
    },
    save({ chainId, name, rest, token, prefix, addedBy, addedMs }) {
      const { symbol, denom, decimals } = token
      save.run(chainId, name, JSON.stringify(rest), symbol, denom, decimals, prefix, addedBy, addedMs)
    },
  }
}

function chainOf(row: Row): RegisteredChain {
  const { symbol, denom, decimals } = row
  return {
    chainId: row.chain_id,
    name: row.name,
    rest: urls.parse(JSON.parse(row.rest)),
    token: { symbol, denom, decimals },
    prefix: row.prefix,
    addedBy: row.added_by,
    addedMs: row.added_ms,
  }
}
