// The SQL of moderation: bans, pauses, and the audit. Synchronous throughout.
import type { Database } from '../../storage/database.ts'
import type { Ban } from '../types.ts'
import type { Attempt, AuditEntry } from './audit.ts'

export type ModerationStore = ReturnType<typeof createModerationStore>

/** What an entry of the audit may leave out. */
const UNSAID = {
  userId: null,
  address: null,
  txHash: null,
  reason: null,
  dripId: null,
  byUserId: null,
  joinedMs: null,
}

/** The statements over one database. Those that belong together are called inside a transaction. */
export function createModerationStore({ all, one, run }: Database) {
  const bansOf = (chain: string, userId: string, address: string | null): Ban[] =>
    all(
      `SELECT chain, kind, subject, reason, by_user_id AS byUserId, at_ms AS atMs, until_ms AS untilMs
       FROM faucet_bans WHERE chain = ? AND ((kind = 'user' AND subject = ?) OR (kind = 'address' AND subject = ?))`,
      chain,
      userId,
      address,
    )
  return {
    bansOf,

    isBanned: (chain: string, userId: string, nowMs: number): boolean =>
      bansOf(chain, userId, null).some(({ untilMs }) => untilMs === null || untilMs > nowMs),

    ban(ban: Ban): void {
      run(
        `INSERT INTO faucet_bans (chain, kind, subject, reason, by_user_id, at_ms, until_ms)
         VALUES (@chain, @kind, @subject, @reason, @byUserId, @atMs, @untilMs)
         ON CONFLICT (chain, kind, subject) DO UPDATE SET reason = excluded.reason, by_user_id = excluded.by_user_id,
           at_ms = excluded.at_ms, until_ms = excluded.until_ms`,
        ban,
      )
    },

    /** False when there was no such ban. */
    unban: (chain: string, kind: 'user' | 'address', subject: string): boolean =>
      run('DELETE FROM faucet_bans WHERE chain = ? AND kind = ? AND subject = ?', chain, kind, subject)
        .changes > 0,

    pauseOf: (chain: string): { reason: string } | null =>
      one<{ reason: string }>('SELECT reason FROM faucet_pauses WHERE chain = ?', chain) ?? null,

    pause(chain: string, reason: string, byUserId: string, atMs: number): void {
      run(
        `INSERT INTO faucet_pauses (chain, reason, by_user_id, at_ms) VALUES (?, ?, ?, ?)
         ON CONFLICT (chain) DO UPDATE SET reason = excluded.reason, by_user_id = excluded.by_user_id,
           at_ms = excluded.at_ms`,
        chain,
        reason,
        byUserId,
        atMs,
      )
    },

    /** False when it was not paused. */
    resume: (chain: string): boolean => run('DELETE FROM faucet_pauses WHERE chain = ?', chain).changes > 0,

    /** The row of an entry; inside the transaction of the change that it tells of. */
    audit(entry: AuditEntry): void {
      run(
        `INSERT INTO faucet_audit (at_ms, chain, action, discord_user_id, target_address, tx_hash, reason, drip_id,
           by_user_id, joined_ms)
         VALUES (@atMs, @chain, @action, @userId, @address, @txHash, @reason, @dripId, @byUserId, @joinedMs)`,
        { ...UNSAID, ...entry },
      )
    },

    /** The first attempt of each user for each address since `sinceMs`, refused ones included, the oldest first. */
    attempts: (chain: string, sinceMs: number): Attempt[] =>
      all(
        `SELECT discord_user_id AS userId, target_address AS address, min(at_ms) AS atMs, joined_ms AS joinedMs
         FROM faucet_audit WHERE chain = ? AND at_ms > ? AND action IN ('refused', 'reserved')
           AND discord_user_id IS NOT NULL AND target_address IS NOT NULL
         GROUP BY discord_user_id, target_address ORDER BY min(at_ms), min(id)`,
        chain,
        sinceMs,
      ),
  }
}
