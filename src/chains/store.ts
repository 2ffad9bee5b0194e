// The chains that admins added from the channel, and what the configuration's words meant, in the database.
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
  /** The id of the chain that a word of the configuration meant last; null: it meant none yet. */
  meantBy(word: string): string | null
  rememberWord(word: string, chainId: string): void
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
  const meant = sql.prepare<[string], { chain_id: string }>('SELECT chain_id FROM chain_words WHERE word = ?')
  const remember = sql.prepare('INSERT OR REPLACE INTO chain_words (word, chain_id) VALUES (?, ?)')
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
    meantBy: (word) => meant.get(word)?.chain_id ?? null,
    rememberWord: (word, chainId) => void remember.run(word, chainId),
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
