// Registrations, balances with their history, wallets that cannot be read, and tokens, in the database.
import type { Statements } from '../storage/statements.ts'
import type { Balance, Registration, Token } from './types.ts'

/** What of a wallet cannot be read. */
export interface Unseen {
  sinceMs: number
  cause: string
}

export type WalletStore = ReturnType<typeof walletStore>

type RegistrationRow = Omit<Registration, 'thresholdBase'> & { thresholdBase: string }
interface BalanceRow {
  balance_base: string
  at_ms: number
  locked_base?: string
}

type RegistrationKey = [userId: string, chainId: string, address: string, denom: string]
type BalanceKey = [chainId: string, address: string, denom: string]
type Key = [chainId: string, address: string]

const REGISTRATIONS = `SELECT user_id AS userId, chain_id AS chainId, address, denom, threshold_base AS thresholdBase,
    created_ms AS createdMs
  FROM wallet_registrations`
const REGISTRATION = 'user_id = ? AND chain_id = ? AND address = ? AND denom = ?'
const BALANCE = 'chain_id = ? AND address = ? AND denom = ?'
const TOKENS = 'SELECT denom, symbol, decimals FROM wallet_tokens'
const WALLET = 'chain_id = ? AND address = ?'

export function walletStore({ all, one, run }: Statements) {
  const balanceRow = (...key: BalanceKey) =>
    one<BalanceRow>(
      `SELECT balance_base, read_ms AS at_ms, locked_base FROM wallet_balances WHERE ${BALANCE}`,
      ...key,
    )
  return {
    /** All registrations, in the order of chain, address, denom, user. */
    registrations: (): Registration[] =>
      all<RegistrationRow>(`${REGISTRATIONS} ORDER BY chain_id, address, denom, user_id`).map(registrationOf),
    registration(...key: RegistrationKey): Registration | null {
      const row = one<RegistrationRow>(`${REGISTRATIONS} WHERE ${REGISTRATION}`, ...key)
      return row ? registrationOf(row) : null
    },
    countOf: (userId: string): number =>
      one<{ n: number }>('SELECT count(*) AS n FROM wallet_registrations WHERE user_id = ?', userId)!.n,
    /** Adds a registration, or changes the threshold of the one with its user, chain, address and denom. */
    saveRegistration(registration: Registration): void {
      run(
        `INSERT INTO wallet_registrations (user_id, chain_id, address, denom, threshold_base, created_ms)
         VALUES (@userId, @chainId, @address, @denom, @thresholdBase, @createdMs)
         ON CONFLICT (user_id, chain_id, address, denom) DO UPDATE SET threshold_base = excluded.threshold_base`,
        { ...registration, thresholdBase: registration.thresholdBase.toString() },
      )
    },
    removeRegistration(gone: Omit<Registration, 'thresholdBase' | 'createdMs'>): void {
      const { userId, chainId, address, denom } = gone
      run(`DELETE FROM wallet_registrations WHERE ${REGISTRATION}`, userId, chainId, address, denom)
    },
    balance(...key: BalanceKey): Balance | null {
      const row = balanceRow(...key)
      return row ? balanceOf(row) : null
    },
    /**
     * Keeps a reading; a row of history when what can be spent is another than before. Where it is less only because
     * something turned out to be locked, nothing was spent: the history begins anew.
     */
    saveBalance(chainId: string, address: string, denom: string, reading: Balance): void {
      const { base, lockedBase = 0n, readMs } = reading
      const key = [chainId, address, denom] as const
      const before = balanceRow(...key)
      if (before?.locked_base === '0' && lockedBase > 0n && base < BigInt(before.balance_base))
        run(`DELETE FROM wallet_history WHERE ${BALANCE}`, ...key)
      const [balance, locked] = [base.toString(), lockedBase.toString()]
      run('INSERT OR REPLACE INTO wallet_balances VALUES (?, ?, ?, ?, ?, ?)', ...key, balance, readMs, locked)
      if (before?.balance_base !== balance)
        run('INSERT OR REPLACE INTO wallet_history VALUES (?, ?, ?, ?, ?)', ...key, readMs, balance)
    },
    /** The changes of a balance since a moment (Unix ms), oldest first, and its newest reading at the end. */
    history(chainId: string, address: string, denom: string, sinceMs: number): Balance[] {
      const key = [chainId, address, denom] as const
      const rows = all<BalanceRow>(
        `SELECT balance_base, at_ms FROM wallet_history WHERE ${BALANCE} AND at_ms >= ? ORDER BY at_ms`,
        ...key,
        sinceMs,
      )
      const newest = balanceRow(...key)
      return [...rows, ...(newest && rows.length > 0 ? [newest] : [])].map(balanceOf)
    },
    unseen: (...key: Key): Unseen | null =>
      one<Unseen>(`SELECT since_ms AS sinceMs, cause FROM wallets_unseen WHERE ${WALLET}`, ...key) ?? null,
    /** Notes that a wallet cannot be read; since when stays as it was. */
    saveUnseen(chainId: string, address: string, cause: string, nowMs: number): void {
      run(
        `INSERT INTO wallets_unseen (chain_id, address, since_ms, cause) VALUES (?, ?, ?, ?)
         ON CONFLICT (chain_id, address) DO UPDATE SET cause = excluded.cause`,
        chainId,
        address,
        nowMs,
        cause,
      )
    },
    removeUnseen: (...key: Key): void => void run(`DELETE FROM wallets_unseen WHERE ${WALLET}`, ...key),
    token: (chainId: string, denom: string): Token | null =>
      one<Token>(`${TOKENS} WHERE chain_id = ? AND denom = ?`, chainId, denom) ?? null,
    tokens: (chainId: string): Token[] => all<Token>(`${TOKENS} WHERE chain_id = ? ORDER BY denom`, chainId),
    saveToken(chainId: string, { denom, symbol, decimals }: Token): void {
      run('INSERT OR REPLACE INTO wallet_tokens VALUES (?, ?, ?, ?)', chainId, denom, symbol, decimals)
    },
    /** Forgets the history before a moment (Unix ms). */
    prune: (beforeMs: number): void => void run('DELETE FROM wallet_history WHERE at_ms < ?', beforeMs),
  }
}

const registrationOf = (row: RegistrationRow): Registration => ({
  ...row,
  thresholdBase: BigInt(row.thresholdBase),
})

const balanceOf = ({ balance_base, at_ms, locked_base = '0' }: BalanceRow): Balance => ({
  base: BigInt(balance_base),
  ...(locked_base !== '0' && { lockedBase: BigInt(locked_base) }),
  readMs: at_ms,
})
