// The SQL of drips and their states, and of direct messages that were sent. Synchronous throughout.
import { DAY_MS } from '../kernel/duration.ts'
import type { Database } from '../storage/database.ts'
import type { History } from './eligibility.ts'
import { createModerationStore } from './moderation/store.ts'
import type { Cause, Drip, DripStatus } from './types.ts'

const DRIP = `id, chain, interaction_id AS interactionId, discord_user_id AS userId, target_address AS address, status,
  at_ms AS atMs, first_time AS firstTime, settled_ms AS settledMs, cause, detail, tx_hash AS txHash, amount,
  next_at_ms AS nextAtMs, checks`

type DripRow = Omit<Drip, 'firstTime'> & { firstTime: number }
const drip = (row: DripRow): Drip => ({ ...row, firstTime: row.firstTime === 1 })

export interface NewDrip {
  chain: string
  interactionId: string
  userId: string
  address: string
  atMs: number
  firstTime: boolean
}

/** What changes when a drip is settled. */
export interface Settlement {
  status: 'sent' | 'failed' | 'unknown'
  cause?: Cause | null
  detail?: string | null
  txHash?: string | null
  amount?: string | null
  nextAtMs?: number | null
  /** The user reads it in the answer that is being given. */
  told: boolean
}

export type Store = ReturnType<typeof createStore>

/** The statements over one database. Those that belong together are called inside `transaction`. */
export function createStore(database: Database, moderation = createModerationStore(database)) {
  const { all, one, run } = database
  const drips = (where: string, ...values: unknown[]) =>
    all<DripRow>(`SELECT ${DRIP} FROM drips WHERE ${where}`, ...values).map(drip)

  const latest = (column: 'discord_user_id' | 'target_address', chain: string, key: string) =>
    one<{ atMs: number; status: DripStatus }>(
      `SELECT at_ms AS atMs, status FROM drips WHERE chain = ? AND ${column} = ? AND status <> 'failed'
       ORDER BY at_ms DESC, id DESC LIMIT 1`,
      chain,
      key,
    )
  const isOpen = (column: 'discord_user_id' | 'target_address', chain: string, key: string) =>
    one(`SELECT 1 FROM drips WHERE chain = ? AND ${column} = ? AND status = 'reserved'`, chain, key) !==
    undefined

  return {
    /** What belongs together; and what must never be forgotten after the call. */
    transaction: database.tx,
    durably: database.durably,

    /** What eligibility needs to know. `address` null: only the user is asked about. */
    history(chain: string, userId: string, address: string | null, nowMs: number): History {
      const user = latest('discord_user_id', chain, userId)
      const target = address === null ? undefined : latest('target_address', chain, address)
      return {
        userOpen: isOpen('discord_user_id', chain, userId),
        addressOpen: address !== null && isOpen('target_address', chain, address),
        userLast: user ? { atMs: user.atMs, unknown: user.status === 'unknown' } : null,
        addressLast: target ? { atMs: target.atMs } : null,
        firstTime: user === undefined,
        day: all<{ atMs: number; firstTime: number }>(
          `SELECT at_ms AS atMs, first_time AS firstTime FROM drips
           WHERE chain = ? AND status <> 'failed' AND at_ms > ? ORDER BY at_ms`,
          chain,
          nowMs - DAY_MS,
        ).map(({ atMs, firstTime }) => ({ atMs, firstTime: firstTime === 1 })),
        paused: moderation.pauseOf(chain),
        bans: moderation.bansOf(chain, userId, address),
      }
    },

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
         VALUES (?, ?, ?, ?, 'reserved', ?, ?)`,
        row.chain,
        row.interactionId,
        row.userId,
        row.address,
        row.atMs,
        row.firstTime ? 1 : 0,
      )
      return Number(lastInsertRowid)
    },

    /**
     * Moves a drip from one of the states `from` to what it became. False when it was in none of them (somebody else
     * settled it meanwhile): nothing is changed then.
     */
    settle(id: number, from: readonly DripStatus[], to: Settlement, nowMs: number): boolean {
      const { changes } = run(
        `UPDATE drips SET status = ?, settled_ms = ?, cause = ?, detail = coalesce(?, detail),
           tx_hash = coalesce(?, tx_hash), amount = coalesce(?, amount), next_at_ms = coalesce(?, next_at_ms),
           told_ms = ?, next_check_ms = ?
         WHERE id = ? AND status IN (${from.map(() => '?').join(', ')})`,
        to.status,
        nowMs,
        to.cause ?? null,
        to.detail ?? null,
        to.txHash ?? null,
        to.amount ?? null,
        to.nextAtMs ?? null,
        to.told ? nowMs : null,
        to.status === 'unknown' ? nowMs : null,
        id,
        ...from,
      )
      return changes === 1
    },

    /** Keeps the hash of a drip that is still reserved. */
    noteHash(id: number, txHash: string): void {
      run(`UPDATE drips SET tx_hash = ? WHERE id = ? AND status = 'reserved'`, txHash, id)
    },

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

    /** The newest drips of these faucets that fit the filter; `count` is how many there are in all. */
    page(
      filter: { chains: readonly string[]; userId?: string; address?: string; status?: DripStatus },
      offset: number,
      limit: number,
    ): { drips: Drip[]; count: number } {
      const marks = filter.chains.map(() => '?').join(', ')
      const where = [`chain IN (${marks})`]
      const values: unknown[] = [...filter.chains]
      if (filter.userId !== undefined) {
        where.push('discord_user_id = ?')
        values.push(filter.userId)
      }
      if (filter.address !== undefined) {
        where.push('target_address = ?')
        values.push(filter.address)
      }
      if (filter.status !== undefined) {
        where.push('status = ?')
        values.push(filter.status)
      }
      const text = where.join(' AND ')
      const { count } = one<{ count: number }>(
        `SELECT count(*) AS count FROM drips WHERE ${text}`,
        ...values,
      )!
      return { drips: drips(`${text} ORDER BY id DESC LIMIT ? OFFSET ?`, ...values, limit, offset), count }
    },

    /** The outcomes of the newest drips that say something about the faucet itself, newest first. */
    lastOutcomes(
      chain: string,
      limit: number,
    ): { status: DripStatus; cause: Cause | null; settledMs: number }[] {
      return all(
        `SELECT status, cause, settled_ms AS settledMs FROM drips WHERE chain = ? AND status <> 'reserved'
           AND (cause IS NULL OR cause NOT IN ('limited', 'address', 'restart', 'stopped'))
         ORDER BY id DESC LIMIT ?`,
        chain,
        limit,
      )
    },

    /** How many direct messages were sent since `sinceMs`, and which of these reasons this user was sent. */
    dmsSince(
      userId: string,
      sinceReasonMs: number,
      sinceHourMs: number,
    ): { inHour: number; reasons: string[] } {
      return {
        inHour: one<{ count: number }>(
          'SELECT count(*) AS count FROM faucet_dms WHERE at_ms > ?',
          sinceHourMs,
        )!.count,
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
  }
}
