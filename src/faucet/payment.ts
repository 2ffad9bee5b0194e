// One payment: the one call to the HTTP faucet, and whether the transaction that it tells of came about.
import { messageOf } from '../kernel/errors.ts'
import type { Faucet, FaucetParts } from './deps.ts'
import type { LookupResult, Payment } from './senders/sender.ts'
import { tryDatabase } from './settle.ts'
import type { Cause, DripOutcome } from './types.ts'

/**
 * How often, and how far apart, a transaction that the server calls sent is looked up before it is told: a few times
 * where the server itself waits for the block, for a few blocks where the configuration says where to look. Where it
 * cannot be looked up so often in a row, no more is tried now.
 */
const CONFIRM = { tries: 3, triesWhereConfigured: 10, apartMs: 2000 }

/** What a call that we break off ourselves looks like. */
const BREAKS: readonly Cause[] = ['ambiguous', 'unreachable']

/** Calls once. Never throws. `stopping` breaks it off. */
export async function payOnce(
  { logger }: FaucetParts,
  { sender }: Faucet,
  payment: Payment,
  stopping: AbortSignal,
): Promise<DripOutcome> {
  try {
    const outcome = await sender.send(payment, stopping)
    // Broken off by us: no verdict on the faucet.
    const brokenOff = stopping.aborted && 'cause' in outcome && BREAKS.includes(outcome.cause)
    return brokenOff ? { ...outcome, cause: 'stopped' } : outcome
  } catch (error) {
    // A bug in a sender: whatever it was, the call may have been made.
    logger.error({ err: error }, 'a sender threw')
    return { status: 'unknown', cause: 'ambiguous', detail: messageOf(error), txHash: null }
  }
}

/** Reads the outcome of a transaction that the server calls sent: included is not success. */
export async function confirmed(
  { store, clock, logger }: FaucetParts,
  { sender: { lookup }, settings }: Faucet,
  dripId: number,
  outcome: DripOutcome,
  stopping: AbortSignal,
): Promise<DripOutcome> {
  if (outcome.status !== 'sent' || !outcome.txHash || !lookup) return outcome
  const { txHash } = outcome
  // Should the process end here, the hash is known and the look-up goes on after the start.
  tryDatabase(logger, () => store.noteHash(dripId, txHash))
  const configured = settings.sender.lookup !== null
  const tries = configured ? CONFIRM.triesWhereConfigured : CONFIRM.tries
  let found: LookupResult | null = null
  let unread = 0
  for (let i = 0; i < tries && unread < CONFIRM.tries && !stopping.aborted; i++) {
    if (i > 0) await clock.sleep(CONFIRM.apartMs, stopping)
    found = await lookup(txHash, stopping)
    unread = found.status === 'unreadable' ? unread + 1 : 0
    if (found.status === 'sent') return outcome
    if (found.status === 'failed')
      return { status: 'failed', cause: 'reverted', detail: found.detail, txHash }
  }
  if (!configured) return outcome
  const { amount, nextAtMs } = outcome
  if (found?.status === 'unreadable' && !stopping.aborted) {
    return { status: 'unknown', cause: 'unreadable', detail: found.detail, txHash, amount, nextAtMs }
  }
  const cause = stopping.aborted ? 'stopped' : 'ambiguous'
  const detail = 'it says that it paid, but the transaction is not in a block yet'
  return { status: 'unknown', cause, detail, txHash, amount, nextAtMs }
}
