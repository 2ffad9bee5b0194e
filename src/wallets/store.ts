// Registrations, balances with their history, wallets that cannot be read, and tokens, in the database.
import type { Database } from '../storage/database.ts'
import type { Balance, Registration, Token } from './types.ts'

/** What of a wallet cannot be read. */
export interface Unseen {
  sinceMs: number
  cause: string
}

export interface WalletStore {
  /** All registrations, in the order of chain, address, denom, user. */
  registrations(): Registration[]
  registration(userId: string, chainId: string, address: string, denom: string): Registration | null
  countOf(userId: string): number
  /** Adds a registration, or changes the threshold of the one with its user, chain, address and denom. */
  saveRegistration(registration: Registration): void
  removeRegistration(registration: Pick<Registration, 'userId' | 'chainId' | 'address' | 'denom'>): void
  balance(chainId: string, address: string, denom: string): Balance | null
  /**
   * Keeps a reading; a row of history when what can be spent is another than before. Where it is less only because
   * something turned out to be locked, nothing was spent: the history begins anew.
   */
  saveBalance(chainId: string, address: string, denom: string, balance: Balance): void
  /** The changes of a balance since a moment (Unix ms), oldest first, and its newest reading at the end. */
  history(chainId: string, address: string, denom: string, sinceMs: number): Balance[]
  unseen(chainId: string, address: string): Unseen | null
  /** Notes that a wallet cannot be read; since when stays as it was. */
  saveUnseen(chainId: string, address: string, cause: string, nowMs: number): void
  removeUnseen(chainId: string, address: string): void
  token(chainId: string, denom: string): Token | null
  tokens(chainId: string): Token[]
  saveToken(chainId: string, token: Token): void
  /** Forgets the history before a moment (Unix ms). */
  prune(beforeMs: number): void
}

interface RegistrationRow {
  user_id: string
  chain_id: string
  address: string
  denom: string
  threshold_base: string
  created_ms: number
}
interface BalanceRow {
  balance_base: string
  at_ms: number
  locked_base?: string
}

export function walletStore({ sql }: Database): WalletStore {
  const list = sql.prepare<[], RegistrationRow>(
    'SELECT * FROM wallet_registrations ORDER BY chain_id, address, denom, user_id',
  )
  const one = sql.prepare<string[], RegistrationRow>(
    `SELECT * FROM wallet_registrations WHERE user_id = ? AND chain_id = ? AND address = ? AND denom = ?`,
  )
  const countOf = sql.prepare<[string], { n: number }>(
    'SELECT count(*) AS n FROM wallet_registrations WHERE user_id = ?',
  )
  const upsert = sql.prepare(
    `INSERT INTO wallet_registrations (user_id, chain_id, address, denom, threshold_base, created_ms)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (user_id, chain_id, address, denom) DO UPDATE SET threshold_base = excluded.threshold_base`,
  )
  const remove = sql.prepare(
    'DELETE FROM wallet_registrations WHERE user_id = ? AND chain_id = ? AND address = ? AND denom = ?',
  )
  const balance = sql.prepare<string[], BalanceRow>(
    `SELECT balance_base, read_ms AS at_ms, locked_base FROM wallet_balances
     WHERE chain_id = ? AND address = ? AND denom = ?`,
  )
  const saveBalance = sql.prepare('INSERT OR REPLACE INTO wallet_balances VALUES (?, ?, ?, ?, ?, ?)')
  const saveChange = sql.prepare('INSERT OR REPLACE INTO wallet_history VALUES (?, ?, ?, ?, ?)')
  const changes = sql.prepare<unknown[], BalanceRow>(
    `SELECT balance_base, at_ms FROM wallet_history
     WHERE chain_id = ? AND address = ? AND denom = ? AND at_ms >= ? ORDER BY at_ms`,
  )
  const forget = sql.prepare('DELETE FROM wallet_history WHERE chain_id = ? AND address = ? AND denom = ?')
  const unseen = sql.prepare<string[], { since_ms: number; cause: string }>(
    'SELECT since_ms, cause FROM wallets_unseen WHERE chain_id = ? AND address = ?',
  )
  const saveUnseen = sql.prepare(
    `INSERT INTO wallets_unseen (chain_id, address, since_ms, cause) VALUES (?, ?, ?, ?)
     ON CONFLICT (chain_id, address) DO UPDATE SET cause = excluded.cause`,
  )
  const removeUnseen = sql.prepare('DELETE FROM wallets_unseen WHERE chain_id = ? AND address = ?')
  const token = sql.prepare<string[], Token>(
    'SELECT denom, symbol, decimals FROM wallet_tokens WHERE chain_id = ? AND denom = ?',
  )
  const tokens = sql.prepare<[string], Token>(
    'SELECT denom, symbol, decimals FROM wallet_tokens WHERE chain_id = ? ORDER BY denom',
  )
  const saveToken = sql.prepare('INSERT OR REPLACE INTO wallet_tokens VALUES (?, ?, ?, ?)')
  const prune = sql.prepare('DELETE FROM wallet_history WHERE at_ms < ?')

  return {
    registrations: () => list.all().map(registrationOf),
    registration(...key) {
      const row = one.get(...key)
      return row ? registrationOf(row) : null
    },
    countOf: (userId) => countOf.get(userId)!.n,
    saveRegistration({ userId, chainId, address, denom, thresholdBase, createdMs }) {
      upsert.run(userId, chainId, address, denom, thresholdBase.toString(), createdMs)
    },
    removeRegistration: ({ userId, chainId, address, denom }) =>
      void remove.run(userId, chainId, address, denom),
    balance(...key) {
      const row = balance.get(...key)
      return row ? balanceOf(row) : null
    },
    saveBalance(chainId, address, denom, { base, lockedBase = 0n, readMs }) {
      const before = balance.get(chainId, address, denom)
      if (before?.locked_base === '0' && lockedBase > 0n && base < BigInt(before.balance_base))
        forget.run(chainId, address, denom)
      saveBalance.run(chainId, address, denom, base.toString(), readMs, lockedBase.toString())
      if (before?.balance_base !== base.toString())
        saveChange.run(chainId, address, denom, readMs, base.toString())
    },
    history(chainId, address, denom, sinceMs) {
      const rows = changes.all(chainId, address, denom, sinceMs)
      const newest = balance.get(chainId, address, denom)
      return [...rows, ...(newest && rows.length > 0 ? [newest] : [])].map(balanceOf)
    },
    unseen(chainId, address) {
      const row = unseen.get(chainId, address)
      return row ? { sinceMs: row.since_ms, cause: row.cause } : null
    },
    saveUnseen: (chainId, address, cause, nowMs) => void saveUnseen.run(chainId, address, nowMs, cause),
    removeUnseen: (chainId, address) => void removeUnseen.run(chainId, address),
    token: (chainId, denom) => token.get(chainId, denom) ?? null,
    tokens: (chainId) => tokens.all(chainId),
    saveToken: (chainId, { denom, symbol, decimals }) => void saveToken.run(chainId, denom, symbol, decimals),
    prune: (beforeMs) => void prune.run(beforeMs),
  }
}

function registrationOf(row: RegistrationRow): Registration {
  return {
    userId: row.user_id,
    chainId: row.chain_id,
    address: row.address,
    denom: row.denom,
    thresholdBase: BigInt(row.threshold_base),
    createdMs: row.created_ms,
  }
}

const balanceOf = ({ balance_base, at_ms, locked_base = '0' }: BalanceRow): Balance => ({
  base: BigInt(balance_base),
  ...(locked_base !== '0' && { lockedBase: BigInt(locked_base) }),
  readMs: at_ms,
})
