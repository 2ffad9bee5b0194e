// The SQL of drips: what is reserved, settled, looked up and told; with all else that the faucet keeps. Synchronous.
import type { Database } from '../storage/database.ts'
import { createDmStore } from './dm-store.ts'
import { createHistoryStore, selectDrips } from './history-store.ts'
import { createModerationStore } from './moderation/store.ts'
import type { Cause, Drip, DripStatus } from './types.ts'

export type NewDrip = Pick<Drip, 'chain' | 'interactionId' | 'userId' | 'address' | 'atMs' | 'firstTime'>

/** What changes when a drip is settled. */
export interface Settlement extends Partial<Pick<Drip, 'detail' | 'txHash' | 'amount' | 'nextAtMs'>> {
  status: 'sent' | 'failed' | 'unknown'
  cause?: Cause | null
  /** The user reads it in the answer that is being given. */
  told: boolean
}

/** What an outcome may leave out. */
export const UNSAID = { cause: null, detail: null, txHash: null, amount: null, nextAtMs: null }

export type Store = ReturnType<typeof createStore>

/** All that the faucet keeps in one database. What belongs together is called inside `transaction`. */
export function createStore(database: Database) {
  const moderation = createModerationStore(database)
  return {
    /** What belongs together; and what must never be forgotten after the call. */
    transaction: database.tx,
    durably: database.durably,
    ...createDripStore(database),
    ...createHistoryStore(database, moderation),
    ...createDmStore(database),
    ...moderation,
  }
}

function createDripStore(database: Database) {
  const { all, run } = database
  const drips = selectDrips(database)
  return {
    byInteraction(interactionId: string): Drip | null {
      return drips('interaction_id = ?', interactionId)[0] ?? null
    },

    byId(id: number): Drip | null {
      return drips('id = ?', id)[0] ?? null
    },

    /** Inserts a reserved drip and returns its id. Unique by interaction, and by user and address while it is open. */
    reserve(row: NewDrip): number {
      const { lastInsertRowid } = run(
        `INSERT INTO drips (chain, interaction_id, discord_user_id, target_address, status, at_ms, first_time)
         VALUES (@chain, @interactionId, @userId, @address, 'reserved', @atMs, @firstTime)`,
        { ...row, firstTime: Number(row.firstTime) },
      )
      return Number(lastInsertRowid)
    },

    /**
     * Moves a drip from one of the states `from` to what it became. False when it was in none of them (somebody else
     * settled it meanwhile): nothing is changed then.
     */
    settle(id: number, from: readonly DripStatus[], to: Settlement, nowMs: number): boolean {
      const { changes } = run(
        `UPDATE drips SET status = @status, settled_ms = @nowMs, cause = @cause, detail = coalesce(@detail, detail),
           tx_hash = coalesce(@txHash, tx_hash), amount = coalesce(@amount, amount),
           next_at_ms = coalesce(@nextAtMs, next_at_ms), told_ms = @toldMs, next_check_ms = @nextCheckMs
         WHERE id = @id AND status IN (SELECT value FROM json_each(@from))`,
        {
          ...UNSAID,
          ...to,
          id,
          from: JSON.stringify(from),
          nowMs,
          toldMs: to.told ? nowMs : null,
          nextCheckMs: to.status === 'unknown' ? nowMs : null,
        },
      )
      return changes === 1
    },

    /** Keeps the hash of a drip that is still reserved. */
    noteHash(id: number, txHash: string): void {
      run(`UPDATE drips SET tx_hash = ? WHERE id = ? AND status = 'reserved'`, txHash, id)
    },

    /** How many drips there were, by chain and what became of them. */
    counts: () =>
      all<{ chain: string; status: DripStatus; count: number }>(
        'SELECT chain, status, count(*) AS count FROM drips GROUP BY chain, status',
      ),

    /** Drips that are reserved now, the oldest first. */
    reserved: (): Drip[] => drips(`status = 'reserved' ORDER BY id`),

    /** Unknown drips with a hash whose look-up is due. */
    dueForCheck(nowMs: number): Drip[] {
      return drips(
        `status = 'unknown' AND tx_hash IS NOT NULL AND next_check_ms <= ? ORDER BY next_check_ms LIMIT 50`,
        nowMs,
      )
    },

    checkedAgainAt(id: number, nextCheckMs: number | null): void {
      run('UPDATE drips SET checks = checks + 1, next_check_ms = ? WHERE id = ?', nextCheckMs, id)
    },

    /** Settled drips whose present state the user has not been told. */
    untold: (): Drip[] => drips(`told_ms IS NULL AND status <> 'reserved' ORDER BY id`),

    /** Null: not after all. */
    markTold(id: number, status: DripStatus, nowMs: number | null): void {
      run('UPDATE drips SET told_ms = ? WHERE id = ? AND status = ?', nowMs, id, status)
    },
  }
}
