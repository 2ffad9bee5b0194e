// The SQL that reads the history of drips: what eligibility, the moderators and the alert ask. Synchronous throughout.
import { DAY_MS } from '../kernel/duration.ts'
import type { Statements } from '../storage/statements.ts'
import type { History } from './eligibility.ts'
import type { ModerationStore } from './moderation/store.ts'
import type { Cause, Drip, DripStatus } from './types.ts'

const DRIP = `id, chain, interaction_id AS interactionId, discord_user_id AS userId, target_address AS address, status,
  at_ms AS atMs, first_time AS firstTime, settled_ms AS settledMs, cause, detail, tx_hash AS txHash, amount,
  next_at_ms AS nextAtMs, checks`

/** What an outcome says of the faucet. */
export type LastOutcome = Pick<Drip, 'status' | 'detail' | 'userId'> & {
  cause: Cause | null
  settledMs: number
}
const OUTCOME = 'status, cause, detail, discord_user_id AS userId, settled_ms AS settledMs'

/** So many drips back it is asked who got which answer: one user alone may ask again and again. */
const LOOK_BACK = 500

type DripRow = Omit<Drip, 'firstTime'> & { firstTime: number }
const drip = (row: DripRow): Drip => ({ ...row, firstTime: row.firstTime === 1 })

/** Reads drips `where` something is so. */
export const selectDrips =
  ({ all }: Statements) =>
  (where: string, ...values: unknown[]): Drip[] =>
    all<DripRow>(`SELECT ${DRIP} FROM drips WHERE ${where}`, ...values).map(drip)

export function createHistoryStore(
  database: Statements,
  moderation: Pick<ModerationStore, 'pauseOf' | 'bansOf'>,
) {
  const { all, one } = database
  const drips = selectDrips(database)

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

    /** The newest drips of these faucets that fit the filter; `count` is how many there are in all. */
    page(
      filter: { chains: readonly string[]; userId?: string; address?: string; status?: DripStatus },
      offset: number,
      limit: number,
    ): { drips: Drip[]; count: number } {
      const { chains, userId, address, status } = filter
      const wanted = { discord_user_id: userId, target_address: address, status }
      const given = Object.entries(wanted).filter(([, value]) => value !== undefined)
      const where = [
        'chain IN (SELECT value FROM json_each(?))',
        ...given.map(([column]) => `${column} = ?`),
      ].join(' AND ')
      const values = [JSON.stringify(chains), ...given.map(([, value]) => value)]
      const count = one<{ n: number }>(`SELECT count(*) AS n FROM drips WHERE ${where}`, ...values)!.n
      return { drips: drips(`${where} ORDER BY id DESC LIMIT ? OFFSET ?`, ...values, limit, offset), count }
    },

    /** The outcomes of the newest drips that say something about the faucet itself, newest first. */
    lastOutcomes(chain: string, limit: number): LastOutcome[] {
      return all(
        `SELECT ${OUTCOME} FROM drips WHERE chain = ? AND status <> 'reserved'
           AND (cause IS NULL OR cause NOT IN ('limited', 'address', 'refused', 'restart', 'stopped'))
         ORDER BY id DESC LIMIT ?`,
        chain,
        limit,
      )
    },

    /** What each of the users who came last was told the last time, newest first; the faucet's own limits left out. */
    lastByUser(chain: string): LastOutcome[] {
      const newest = all<LastOutcome>(
        `SELECT ${OUTCOME} FROM drips WHERE chain = ? AND status <> 'reserved'
           AND (cause IS NULL OR cause NOT IN ('limited', 'restart', 'stopped'))
         ORDER BY id DESC LIMIT ?`,
        chain,
        LOOK_BACK,
      )
      const users = new Map<string, LastOutcome>()
      for (const one of newest) if (!users.has(one.userId)) users.set(one.userId, one)
      return [...users.values()]
    },
  }
}
