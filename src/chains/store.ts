// The chains that admins added from the channel, and what the configuration's words meant, in the database.
import { z } from 'zod'
import type { Statements } from '../storage/statements.ts'

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

export type ChainStore = ReturnType<typeof chainStore>

type Row = Omit<RegisteredChain, 'rest' | 'token'> & RegisteredChain['token'] & { rest: string }

const CHAINS = `SELECT chain_id AS chainId, name, rest, symbol, denom, decimals, prefix, added_by AS addedBy,
    added_ms AS addedMs
  FROM registered_chains`

const urls = z.array(z.string())

export function chainStore(database: Statements) {
  return {
    all: (): RegisteredChain[] => database.all<Row>(`${CHAINS} ORDER BY name`).map(chainOf),
    get(chainId: string): RegisteredChain | null {
      const row = database.one<Row>(`${CHAINS} WHERE chain_id = ?`, chainId)
      return row ? chainOf(row) : null
    },
    /** Adds a chain, or takes the place of the one with its id. */
    save({ token, ...chain }: RegisteredChain): void {
      database.run(
        `INSERT OR REPLACE INTO registered_chains
           (chain_id, name, rest, symbol, denom, decimals, prefix, added_by, added_ms)
         VALUES (@chainId, @name, @rest, @symbol, @denom, @decimals, @prefix, @addedBy, @addedMs)`,
        { ...chain, ...token, rest: JSON.stringify(chain.rest) },
      )
    },
    /** The id of the chain that a word of the configuration meant last; null: it meant none yet. */
    meantBy: (word: string): string | null =>
      database.one<{ chain_id: string }>('SELECT chain_id FROM chain_words WHERE word = ?', word)?.chain_id ??
      null,
    rememberWord: (word: string, chainId: string): void =>
      void database.run('INSERT OR REPLACE INTO chain_words (word, chain_id) VALUES (?, ?)', word, chainId),
  }
}

const chainOf = ({ rest, symbol, denom, decimals, ...chain }: Row): RegisteredChain => ({
  ...chain,
  rest: urls.parse(JSON.parse(rest)),
  token: { symbol, denom, decimals },
})
