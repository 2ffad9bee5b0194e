// The audit: each attempt, outcome and action as one row that is kept, and as one structured log line.
import type { Logger } from '../kernel/logger.ts'
import type { Database } from '../storage/database.ts'

export type AuditAction =
  | 'refused'
  | 'reserved'
  | 'sent'
  | 'failed'
  | 'unknown'
  | 'settled'
  | 'paused'
  | 'resumed'
  | 'banned'
  | 'unbanned'

/** One entry. Addresses are canonical and payable by this faucet; what else was typed is never part of it. */
export interface AuditEntry {
  atMs: number
  chain: string
  action: AuditAction
  userId?: string | null
  address?: string | null
  txHash?: string | null
  reason?: string | null
  dripId?: number | null
  /** The moderator, where one acted. */
  byUserId?: string | null
  /** Of an attempt: when the user had joined the server, Unix ms. */
  joinedMs?: number | null
}

export interface Audit {
  /** Writes the row; inside the transaction of the change that it tells of. */
  keep(entry: AuditEntry): void
  /** Writes the log line; after the commit. */
  log(entry: AuditEntry): void
  /** Attempts with an address since `sinceMs`, refused ones included, the oldest first. */
  attempts(chain: string, sinceMs: number): Attempt[]
}

export interface Attempt {
  userId: string
  address: string
  atMs: number
  joinedMs: number | null
}

/** The audit over a database and a log. */
export function createAudit(database: Database, logger: Logger): Audit {
  const insert = database.sql.prepare(
    `INSERT INTO faucet_audit (at_ms, chain, action, discord_user_id, target_address, tx_hash, reason, drip_id,
       by_user_id, joined_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const select = database.sql.prepare(
    `SELECT discord_user_id AS userId, target_address AS address, at_ms AS atMs, joined_ms AS joinedMs
     FROM faucet_audit WHERE chain = ? AND at_ms > ? AND action IN ('refused', 'reserved')
       AND discord_user_id IS NOT NULL AND target_address IS NOT NULL ORDER BY at_ms, id`,
  )
  return {
    keep(entry) {
      insert.run(
        entry.atMs,
        entry.chain,
        entry.action,
        entry.userId ?? null,
        entry.address ?? null,
        entry.txHash ?? null,
        entry.reason ?? null,
        entry.dripId ?? null,
        entry.byUserId ?? null,
        entry.joinedMs ?? null,
      )
    },
    log(entry) {
      logger.info(
        {
          audit: 'faucet',
          action: entry.action,
          chain: entry.chain,
          discord_user_id: entry.userId ?? null,
          target_address: entry.address ?? null,
          tx_hash: entry.txHash ?? null,
          at: new Date(entry.atMs).toISOString(),
          reason: entry.reason ?? null,
          ...(entry.dripId != null && { drip: entry.dripId }),
          ...(entry.byUserId != null && { by: entry.byUserId }),
        },
        `faucet: ${entry.action}`,
      )
    },
    attempts: (chain, sinceMs) => select.all(chain, sinceMs) as Attempt[],
  }
}
