// From an outcome to the history and to the user: settles drips with their audit, and changes answers later.
import type { Call, Reply } from '../discord/command.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Faucet, FaucetParts } from './deps.ts'
import { outcomeText, type ToldDrip } from './messages.ts'
import { type AuditEntry, logAudit } from './moderation/audit.ts'
import { type Settlement, UNSAID } from './store.ts'
import type { Drip, DripOutcome, DripStatus } from './types.ts'

/** How long the answer to an interaction can be changed (Discord's limit, with a margin). */
const TOKEN_LIFE_MS = 14 * 60_000

const LONGEST_DETAIL = 500

export type DripSettler = ReturnType<typeof createDripSettler>

/** Runs `work`; what the database does not do is logged. */
export function tryDatabase(logger: Logger, work: () => void): void {
  try {
    work()
  } catch (error) {
    logger.error({ err: error }, 'the faucet could not use its database')
  }
}

/** The answer that tells the state of a drip. */
export function replyOf({ settings, sender }: Faucet, drip: ToldDrip): Reply {
  if (drip.status === 'reserved') {
    return { text: 'This request is being worked on right now: wait for its answer.' }
  }
  return { text: outcomeText(drip, { ...settings, canLookUp: sender.lookup !== undefined }) }
}

export function createDripSettler({ store, clock, logger, cut, watch }: FaucetParts) {
  /** Calls whose answers can still be changed, by drip. */
  const calls = new Map<number, { call: Call; untilMs: number }>()
  /** Outcomes that the database did not take (a full disk), by drip; tried again. */
  const unwritten = new Map<number, Settlement>()

  /**
   * Moves a drip on from the states `from`, in one transaction with its audit entry. False when it was in none of
   * them: somebody else settled it meanwhile.
   */
  function write(id: number, from: readonly DripStatus[], to: Settlement): boolean {
    const nowMs = clock.now()
    const made = store.transaction(() => {
      if (!store.settle(id, from, to, nowMs)) return null
      const { chain, userId, address, txHash } = store.byId(id)!
      const { status: action, cause, detail } = to
      const reason = cause ? `${cause}: ${detail ?? ''}` : (detail ?? null)
      const row: AuditEntry = { atMs: nowMs, chain, action, userId, address, txHash, dripId: id, reason }
      store.audit(row)
      return row
    })
    if (made) logAudit(logger, made)
    return made !== null
  }

  return {
    write,

    /** Settles what was reserved by this process. Returns the answer for the user. */
    outcome(
      faucet: Faucet,
      drip: Pick<Drip, 'id' | 'address' | 'atMs'>,
      outcome: DripOutcome,
      call: Call,
    ): Reply {
      const { id } = drip
      const settlement: Settlement = { ...outcome, told: true }
      if ('detail' in outcome) settlement.detail = cut(outcome.detail).slice(0, LONGEST_DETAIL)
      try {
        write(id, ['reserved'], settlement)
      } catch (error) {
        logger.error(
          { err: error, drip: id, settlement },
          'an outcome could not be written; it is tried again',
        )
        unwritten.set(id, settlement)
      }
      const keepCall = () => calls.set(id, { call, untilMs: call.nowMs + TOKEN_LIFE_MS })
      if (outcome.status === 'unknown') keepCall()
      tryDatabase(logger, () => watch(faucet))
      const { status } = outcome
      const reply = replyOf(faucet, { ...UNSAID, ...settlement, ...drip })
      // Told later then, as what was unknown is.
      const unsent = () => {
        keepCall()
        tryDatabase(logger, () => store.markTold(id, status, null))
      }
      return { ...reply, unsent }
    },

    /** Whether the outcome is known, but could not be written yet. */
    isUnwritten: (id: number) => unwritten.has(id),

    /** Changes the answer of a drip; false where it can no longer be changed. */
    async edit(id: number, reply: Reply): Promise<boolean> {
      const kept = calls.get(id)
      if (!kept || clock.now() >= kept.untilMs) return false
      return kept.call.edit(reply).catch(() => false)
    },

    /** Forgets calls whose answers can no longer be changed, and writes what the database did not take before. */
    tidy(): void {
      for (const [id, { untilMs }] of calls) if (clock.now() >= untilMs) calls.delete(id)
      for (const [id, settlement] of unwritten) {
        tryDatabase(logger, () => {
          write(id, ['reserved'], settlement)
          unwritten.delete(id)
        })
      }
    },
  }
}
