// From an outcome to the history and to the user: settles drips with their audit, and changes answers later.
import type { Call, Reply } from '../discord/command.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import { outcomeText } from './messages.ts'
import type { Audit, AuditEntry } from './moderation/audit.ts'
import type { Queue } from './queue.ts'
import type { FaucetSettings } from './schema.ts'
import type { Sender } from './senders/sender.ts'
import type { Settlement, Store } from './store.ts'
import type { Drip, DripOutcome, DripStatus } from './types.ts'

/** One faucet at work. */
export interface Faucet {
  settings: FaucetSettings
  sender: Sender
  queue: Queue
}

export interface SettleDeps {
  store: Store
  audit: Audit
  clock: Clock
  logger: Logger
  /** Takes secrets out of a text. */
  cut: (text: string) => string
  /** Called after an outcome: looks whether an alert is due. */
  settled: (faucet: Faucet) => void
}

/** How long the answer to an interaction can be changed (Discord's limit, with a margin). */
const TOKEN_LIFE_MS = 14 * 60_000

const LONGEST_DETAIL = 500

export type Settler = ReturnType<typeof createSettler>

/** The answer that tells the state of a drip. */
export function replyOf(
  { settings, sender }: Faucet,
  drip: Pick<
    Drip,
    'id' | 'address' | 'status' | 'cause' | 'detail' | 'txHash' | 'amount' | 'nextAtMs' | 'atMs'
  >,
): Reply {
  if (drip.status === 'reserved') {
    return { text: 'This request is being worked on right now: wait for its answer.', ephemeral: true }
  }
  return { text: outcomeText(drip, { ...settings, canLookUp: sender.lookup !== undefined }), ephemeral: true }
}

export function createSettler(deps: SettleDeps) {
  const { store, audit, clock, logger } = deps
  /** Calls whose answers can still be changed, by drip. */
  const calls = new Map<number, { call: Call; untilMs: number }>()
  /** Outcomes that the database did not take (a full disk), by drip; tried again. */
  const unwritten = new Map<number, { settlement: Settlement }>()

  /**
   * Moves a drip on from the states `from`, in one transaction with its audit entry. False when it was in none of
   * them: somebody else settled it meanwhile.
   */
  function write(
    id: number,
    from: readonly DripStatus[],
    to: Settlement,
    entry: Partial<AuditEntry> = {},
  ): boolean {
    const nowMs = clock.now()
    const made = store.transaction(() => {
      if (!store.settle(id, from, to, nowMs)) return null
      const { chain, userId, address, txHash } = store.byId(id)!
      const { status, cause, detail } = to
      const reason = cause ? `${cause}: ${detail ?? ''}` : (detail ?? null)
      const row: AuditEntry = {
        atMs: nowMs,
        chain,
        action: status,
        userId,
        address,
        txHash,
        dripId: id,
        reason,
      }
      audit.keep({ ...row, ...entry })
      return { ...row, ...entry }
    })
    if (made) audit.log(made)
    return made !== null
  }

  /** Runs `work`; what the database does not do is logged and undefined. */
  function attempt<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      logger.error({ err: error }, 'the faucet could not use its database')
      return undefined
    }
  }

  return {
    write,
    attempt,

    /** Settles what was reserved by this process. Returns the answer for the user. */
    outcome(
      faucet: Faucet,
      id: number,
      address: string,
      atMs: number,
      outcome: DripOutcome,
      call: Call,
    ): Reply {
      const settlement: Settlement = { ...outcome, told: true }
      if ('detail' in outcome) settlement.detail = deps.cut(outcome.detail).slice(0, LONGEST_DETAIL)
      try {
        write(id, ['reserved'], settlement)
      } catch (error) {
        logger.error(
          { err: error, drip: id, settlement },
          'an outcome could not be written; it is tried again',
        )
        unwritten.set(id, { settlement })
      }
      const keepCall = () => calls.set(id, { call, untilMs: call.nowMs + TOKEN_LIFE_MS })
      if (outcome.status === 'unknown') keepCall()
      attempt(() => deps.settled(faucet))
      const {
        status,
        detail = null,
        txHash = null,
        amount = null,
        nextAtMs = null,
        cause = null,
      } = settlement
      const reply = replyOf(faucet, { id, address, atMs, status, detail, txHash, amount, nextAtMs, cause })
      // Told later then, as what was unknown is.
      const unsent = () => {
        keepCall()
        attempt(() => store.markTold(id, status, null))
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
      for (const [id, { settlement }] of unwritten) {
        attempt(() => {
          write(id, ['reserved'], settlement)
          unwritten.delete(id)
        })
      }
    },
  }
}
