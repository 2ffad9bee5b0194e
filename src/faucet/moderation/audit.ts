// The audit: each attempt, outcome and action as one row that is kept, and as one structured log line.
import type { Logger } from '../../kernel/logger.ts'
import type { DripStatus } from '../types.ts'

export type AuditAction = DripStatus | 'refused' | 'settled' | 'paused' | 'resumed' | 'banned' | 'unbanned'

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

/** That a user asked for an address, paid or refused. */
export interface Attempt {
  userId: string
  address: string
  atMs: number
  joinedMs: number | null
}

/** The log line of an entry; after the commit of what it tells of. */
export function logAudit(logger: Logger, entry: AuditEntry): void {
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
}
