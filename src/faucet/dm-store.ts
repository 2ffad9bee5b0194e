// The SQL of direct messages that were sent, for the rules about them. Synchronous throughout.
import type { Statements } from '../storage/statements.ts'

export const createDmStore = ({ all, one, run }: Statements) => ({
  /** How many direct messages were sent since `sinceMs`, and which of these reasons this user was sent. */
  dmsSince(
    userId: string,
    sinceReasonMs: number,
    sinceHourMs: number,
  ): { inHour: number; reasons: string[] } {
    return {
      inHour: one<{ count: number }>('SELECT count(*) AS count FROM faucet_dms WHERE at_ms > ?', sinceHourMs)!
        .count,
      reasons: all<{ reason: string }>(
        'SELECT DISTINCT value AS reason FROM faucet_dms, json_each(reason) WHERE user_id = ? AND at_ms > ?',
        userId,
        sinceReasonMs,
      ).map(({ reason }) => reason),
    }
  },

  /**
   * Notes one direct message with its reasons; forgets those that no rule asks about any more. Returns what takes
   * the note back.
   */
  noteDm(userId: string, reasons: readonly string[], nowMs: number, forgetBeforeMs: number): () => void {
    run('DELETE FROM faucet_dms WHERE at_ms < ?', forgetBeforeMs)
    const { lastInsertRowid } = run(
      'INSERT INTO faucet_dms (user_id, reason, at_ms) VALUES (?, ?, ?)',
      userId,
      JSON.stringify(reasons),
      nowMs,
    )
    return () => void run('DELETE FROM faucet_dms WHERE rowid = ?', lastInsertRowid)
  },
})
