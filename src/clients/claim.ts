// What may be said of a client that is past its deadline (pure): by the chain itself, by the clock, or from memory.
import type { Basis } from '../alerts/types.ts'
import type { ChainRow } from '../chains/state-store.ts'
import { FRESH_NS } from '../cosmos/endpoint-health.ts'
import { msToNs, nsToMs } from '../kernel/nanotime.ts'
import type { ChainStatus } from './chain-status.ts'
import type { ClientRow } from './types.ts'

/**
 * - `expired`, `frozen`, `unauthorized`: the host chain refuses an update now
 * - `by-the-clock`: past its deadline, but the host makes no blocks and has made none since. The first blocks after a
 *   halt carry old times, so an update that waits in the mempool by then can still save it (seen on real chains)
 * - `from-memory`: past its deadline by the last reading; nobody knows what happened since, or a block that tells is
 *   still to come
 */
export type Claim = 'expired' | 'frozen' | 'unauthorized' | 'by-the-clock' | 'from-memory'

/** What is known of the host chain itself. */
export interface HostView {
  /** Its newest block can be read, and its clients. */
  readable: boolean
  /** The newest block that was believed, and when it was read; null: none. */
  block: { height: bigint; timeNs: bigint; readMs: number; patienceNs?: bigint } | null
}

/** What the stored row of a chain says of it. */
export function hostView(chain: ChainRow | null): HostView | null {
  return chain && { readable: chain.unseen === null && chain.unread === null, block: chain.block }
}

/** What an answer knows of the host chain. */
export const viewOf = ({ state, block = null }: Pick<ChainStatus, 'state' | 'block'>): HostView => ({
  readable: state !== 'blind' && state !== 'unread',
  block,
})

type Judged = Pick<ClientRow, 'status' | 'expiresNs' | 'hostTimeNs' | 'readMs' | 'unseenSinceMs'>

/** What may be said at `nowMs` (Unix ms); null: it is not past saving. `basis`: `memory` where it cannot be read. */
export function claimOf(
  row: Pick<Judged, 'status' | 'expiresNs'>,
  basis: Basis,
  nowMs: number,
): Claim | null {
  const { status, expiresNs } = row
  if (status === 'expired' || status === 'frozen' || status === 'unauthorized') return status
  if (status !== 'active' || expiresNs === null || expiresNs > msToNs(nowMs)) return null
  return basis === 'memory' ? 'from-memory' : 'by-the-clock'
}

/**
 * Whether a chain whose newest block is of `blockNs` (Unix nanoseconds) makes none any more, as far as it was seen at
 * `seenMs`; by its own rhythm it may be `patienceNs` old. Until then a deadline that passes by the clock alone is a
 * matter of the next block (or this machine's clock is fast): nobody is told that the chain stands still.
 */
export const makesNoBlocks = (blockNs: bigint, seenMs: number, patienceNs = FRESH_NS): boolean =>
  msToNs(seenMs) - blockNs > patienceNs

/**
 * The same for a stored client. That its chain has not judged yet is known only where the chain was looked at after
 * the deadline, and its newest block was older than that.
 */
export function claimNow(row: Judged, host: HostView | null, nowMs: number): Claim | null {
  const { expiresNs, unseenSinceMs } = row
  const readable = unseenSinceMs === null && (host?.readable ?? true)
  const lookedMs = Math.max(row.readMs ?? 0, host?.block?.readMs ?? 0)
  const blockNs = lastBlockNs(row, host)
  const standing =
    expiresNs !== null &&
    lookedMs >= nsToMs(expiresNs) &&
    blockNs < expiresNs &&
    makesNoBlocks(blockNs, lookedMs, host?.block?.patienceNs)
  return claimOf(row, readable && standing ? 'clock' : 'memory', nowMs)
}

/** Time of the newest block of the host chain that is known, Unix nanoseconds. */
export function lastBlockNs(row: Pick<ClientRow, 'hostTimeNs'>, host: HostView | null): bigint {
  const [ours, theirs] = [row.hostTimeNs ?? 0n, host?.block?.timeNs ?? 0n]
  return ours > theirs ? ours : theirs
}

/** Whether only governance helps; all else an update may still save. */
export const isLost = (claim: Claim | null): boolean =>
  claim !== null && claim !== 'by-the-clock' && claim !== 'from-memory'

/** In a word or two, for lists. */
export const CLAIM_WORDS: Readonly<Record<Claim, string>> = {
  expired: 'expired',
  frozen: 'frozen',
  unauthorized: 'unauthorized',
  'by-the-clock': 'past its deadline by the clock',
  'from-memory': 'may have expired',
}

/**
 * What an update comes to, as a sentence. `since`: when the host made its last block, in words; `type`: the client's
 * type; `isTooLate`: headers from before the halt are past their own deadline. Null for what is only remembered.
 */
export function updateVerdict(
  claim: Claim,
  words: { since: string; type: string; isTooLate: boolean },
): string | null {
  switch (claim) {
    case 'expired':
    case 'frozen':
      return 'An update is refused now, governance only'
    case 'unauthorized':
      return `Its type ${words.type} is not in allowed_clients, updates are refused now`
    case 'by-the-clock':
      return `the chain has made no block since ${words.since}. ${words.isTooLate ? 'That is longer ago than its trusting period, so no header from before then can save it' : 'An update waiting in its mempool with a header from before then can still save it'}`
    case 'from-memory':
      return null
  }
}
