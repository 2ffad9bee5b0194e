// The audit: each attempt, outcome and action as one row that is kept, and as one structured log line.
import type { Logger } from '../../kernel/logger.ts'

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
}

/** That a user asked for an address, paid or refused. */
export interface Attempt {
  userId: string
  address: string
  atMs: number
  joinedMs: number | null
}

/** The audit over its store and a log. */
export function createAudit(store: { audit(entry: AuditEntry): void }, logger: Logger): Audit {
  return {
    keep: (entry) => store.audit(entry),
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
  }
}
