// What is kept of each chain itself: its newest block, since when it cannot be read, and when it was first read whole.
import { FRESH_NS } from '../cosmos/endpoint-health.ts'
import type { Head } from '../cosmos/types.ts'
import { msToNs, nsToMs } from '../kernel/nanotime.ts'
import type { Statements } from '../storage/statements.ts'

export interface ChainRow {
  chainId: string
  /** The newest block that was believed in; null: none was ever read. */
  block: { height: bigint; timeNs: bigint; readMs: number; patienceNs?: bigint } | null
  /** When the first whole sweep was finished, Unix ms; null: not yet. */
  firstLookMs: number | null
  /** Since when the chain cannot be read, and why; null: it can. */
  unseen: { sinceMs: number; cause: string } | null
  /** Since when its clients cannot be read although the chain can, and why; null: they can. */
  unread: { sinceMs: number; cause: string } | null
}

/**
 * When a chain's clients were last read, as far as its row tells, Unix ms: with its newest block, unless that can be
 * read and they cannot. Null: never.
 */
export function clientsReadMs({ block, unread }: Pick<ChainRow, 'block' | 'unread'>): number | null {
  return block && (unread ? Math.min(block.readMs, unread.sinceMs) : block.readMs)
}

interface RawChain {
  chain_id: string
  height: string | null
  block_time_ns: string | null
  read_ms: number | null
  patience_ms: number | null
  first_look_ms: number | null
  unseen_since_ms: number | null
  unseen_cause: string | null
  unread_since_ms: number | null
  unread_cause: string | null
}

export type ChainStateStore = ReturnType<typeof chainStateStore>

export function chainStateStore(database: Statements) {
  return {
    chain(chainId: string): ChainRow | null {
      const row = database.one('SELECT * FROM chains WHERE chain_id = ?', chainId)
      return row ? chainRow(row) : null
    },
    saveHead(chainId: string, head: Pick<Head, 'height' | 'timeNs' | 'patienceNs'>, nowMs: number): void {
      database.run(
        `INSERT INTO chains (chain_id, height, block_time_ns, read_ms, patience_ms) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (chain_id) DO UPDATE SET height = excluded.height, block_time_ns = excluded.block_time_ns,
           read_ms = excluded.read_ms, patience_ms = excluded.patience_ms`,
        chainId,
        String(head.height),
        String(head.timeNs),
        nowMs,
        // What holds for most chains may not be known of this one.
        head.patienceNs === FRESH_NS ? null : nsToMs(head.patienceNs),
      )
    },
    finishFirstLook(chainId: string, nowMs: number): void {
      database.run(
        'UPDATE chains SET first_look_ms = coalesce(first_look_ms, ?) WHERE chain_id = ?',
        nowMs,
        chainId,
      )
    },
    /** The chain (`unseen`), or its clients alone (`unread`), could not be read, for this cause; since when is kept. */
    chainUnseen(chainId: string, what: 'unseen' | 'unread', cause: string, nowMs: number): void {
      const since = `${what}_since_ms`
      database.run(
        `INSERT INTO chains (chain_id, ${since}, ${what}_cause) VALUES (?, ?, ?)
         ON CONFLICT (chain_id) DO UPDATE SET ${since} = min(coalesce(${since}, excluded.${since}), excluded.${since}),
           ${what}_cause = excluded.${what}_cause`,
        chainId,
        nowMs,
        cause,
      )
    },
    chainSeen(chainId: string, what: 'unseen' | 'unread'): void {
      database.run(
        `UPDATE chains SET ${what}_since_ms = NULL, ${what}_cause = NULL WHERE chain_id = ?`,
        chainId,
      )
    },
  }
}

function chainRow(raw: unknown): ChainRow {
  const row = raw as RawChain
  const block =
    row.height === null || row.block_time_ns === null || row.read_ms === null
      ? null
      : {
          height: BigInt(row.height),
          timeNs: BigInt(row.block_time_ns),
          readMs: row.read_ms,
          patienceNs: row.patience_ms === null ? undefined : msToNs(row.patience_ms),
        }
  const since = (sinceMs: number | null, cause: string | null) =>
    sinceMs === null ? null : { sinceMs, cause: cause ?? '' }
  return {
    chainId: row.chain_id,
    block,
    firstLookMs: row.first_look_ms,
    unseen: since(row.unseen_since_ms, row.unseen_cause),
    unread: since(row.unread_since_ms, row.unread_cause),
  }
}
