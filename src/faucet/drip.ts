// One drip from the request to its outcome: check, wait for a turn, reserve, call once, settle, tell.
import type { Call, Reply } from '../discord/command.ts'
import type { Clock } from '../kernel/clock.ts'
import { messageOf, Refusal } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import { snowflakeTimeMs } from '../kernel/snowflake.ts'
import type { Dms } from './dm.ts'
import { type Applicant, reasonsAgainst } from './eligibility.ts'
import type { Elsewhere } from './elsewhere.ts'
import { QUEUE_TEXT, refusalText } from './messages.ts'
import type { Audit, AuditEntry } from './moderation/audit.ts'
import type { QueueTurn } from './queue.ts'
import type { FaucetSettings } from './schema.ts'
import { type Faucet, replyOf, type Settler } from './settle.ts'
import type { Store } from './store.ts'
import type { Cause, DripOutcome, Reason } from './types.ts'

export interface DripDeps {
  store: Store
  audit: Audit
  dms: Dms
  settler: Settler
  elsewhere: Pick<Elsewhere, 'reasons'>
  clock: Clock
  logger: Logger
}

/**
 * How often, and how far apart, a transaction that the server calls sent is looked up before it is told: a few times
 * where the server itself waits for the block, for a few blocks where the configuration says where to look.
 */
const CONFIRM = { tries: 3, triesWhereConfigured: 10, apartMs: 2000 }

/** What a call that we break off ourselves looks like. */
const BREAKS: readonly Cause[] = ['ambiguous', 'unreachable']

/** When the interaction happened by Discord's clock, which no wrong clock of this machine can change; Unix ms. */
export function callTimeMs(call: Pick<Call, 'id' | 'nowMs'>): number {
  return snowflakeTimeMs(call.id) ?? call.nowMs
}

export const applicantOf = ({ caller }: Pick<Call, 'caller'>): Applicant => ({
  userId: caller.userId,
  joinedAtMs: caller.joinedAtMs,
  pending: caller.pending,
  roleIds: caller.roleIds,
})

export type Dripper = ReturnType<typeof createDripper>

export function createDripper(deps: DripDeps) {
  const { store, audit, settler, elsewhere, clock, logger } = deps
  /** Requests of this process, by interaction: what is delivered twice runs once. */
  const running = new Map<string, Promise<Reply>>()
  /** Who waits for a turn, as `chain user`. */
  const waiting = new Set<string>()
  const inFlight = new Set<number>()
  const stopping = new AbortController()

  /**
   * Refuses with every reason: audited, told in the answer, and by direct message under the rules for these.
   * @throws {Refusal}
   */
  function refuse(
    settings: FaucetSettings,
    reasons: readonly Reason[],
    address: string | null,
    call: Call,
  ): never {
    const codes = reasons.map(({ code }) => code)
    return no(settings, codes, refusalText(reasons, callTimeMs(call)), address, call)
  }

  function no(
    settings: FaucetSettings,
    codes: readonly string[],
    text: string,
    address: string | null,
    call: Call,
  ): never {
    const { userId, joinedAtMs } = call.caller
    const entry: AuditEntry = {
      atMs: callTimeMs(call),
      chain: settings.chain,
      action: 'refused',
      userId,
      address,
      reason: codes.join(', '),
      joinedMs: joinedAtMs,
    }
    // That it cannot be kept does not stop a refusal.
    settler.attempt(() => audit.keep(entry))
    audit.log(entry)
    void deps.dms.refusal(call, codes, text, settings)
    throw new Refusal(text)
  }

  async function once(faucet: Faucet, address: string, call: Call): Promise<Reply> {
    const { settings, queue } = faucet
    const seen = store.byInteraction(call.id)
    if (seen) return replyOf(faucet, seen)
    const key = `${settings.chain} ${call.caller.userId}`
    // Looked at before waiting, so that a no is told at once; what counts is the look when reserving.
    const early = reasonsNow(settings, address, call)
    if (waiting.has(key) && !early.some(({ code }) => code === 'user-open')) early.push({ code: 'user-open' })
    if (early.length > 0) refuse(settings, early, address, call)
    waiting.add(key)
    const turn = await queue.turn()
    const atMs = afterWaitMs(settings, call)
    const id = reserveInTurn(faucet, address, call, atMs, turn, () => waiting.delete(key))
    inFlight.add(id)
    try {
      const outcome = await sendOnce(faucet, address, call, atMs).finally(() => queue.done())
      const told = await confirmed(faucet, id, outcome)
      return settler.outcome(faucet, id, address, atMs, told, call)
    } finally {
      inFlight.delete(id)
    }
  }

  function reasonsNow(settings: FaucetSettings, address: string, call: Call): Reason[] {
    const atMs = callTimeMs(call)
    return reasonsAt(settings, address, call, atMs)
  }

  function reasonsAt(
    settings: FaucetSettings,
    address: string,
    call: Call,
    atMs: number,
    history = store.history(settings.chain, call.caller.userId, address, atMs),
  ): Reason[] {
    return [
      ...elsewhere.reasons(call.caller.userId, settings.everyMs),
      ...reasonsAgainst(applicantOf(call), settings, history, atMs),
    ]
  }

  /** The interaction's own time and how long it waited: limits count from here, so a wait shortens none. */
  function afterWaitMs({ queue: { maxWaitMs } }: FaucetSettings, call: Call): number {
    return callTimeMs(call) + Math.min(Math.max(0, clock.now() - call.nowMs), maxWaitMs)
  }

  /** @throws {Refusal} when the turn did not come, or the request may no longer be paid; the turn is given back */
  function reserveInTurn(
    faucet: Faucet,
    address: string,
    call: Call,
    atMs: number,
    turn: QueueTurn,
    left: () => void,
  ): number {
    try {
      if (turn !== 'go') no(faucet.settings, [`queue-${turn}`], QUEUE_TEXT[turn], address, call)
      return reserve(faucet.settings, address, call, atMs)
    } catch (error) {
      if (turn === 'go') faucet.queue.done()
      throw error
    } finally {
      left()
    }
  }

  /**
   * Checks and reserves in one transaction, which is on the disk when this returns. Nothing was sent before it.
   * @throws {Refusal} with every reason
   */
  function reserve(settings: FaucetSettings, address: string, call: Call, atMs: number): number {
    const { chain } = settings
    const { userId, joinedAtMs } = call.caller
    const result = store.durably(() => {
      const history = store.history(chain, userId, address, atMs)
      const reasons = reasonsAt(settings, address, call, atMs, history)
      if (reasons.length > 0) return { reasons }
      const { firstTime } = history
      const dripId = store.reserve({ chain, interactionId: call.id, userId, address, atMs, firstTime })
      const entry: AuditEntry = {
        atMs,
        chain,
        action: 'reserved',
        userId,
        address,
        dripId,
        joinedMs: joinedAtMs,
      }
      audit.keep(entry)
      return { dripId, entry }
    })
    if (result.reasons) return refuse(settings, result.reasons, address, call)
    audit.log(result.entry)
    return result.dripId
  }

  async function sendOnce(faucet: Faucet, address: string, call: Call, atMs: number): Promise<DripOutcome> {
    const { userId, joinedAtMs } = call.caller
    const accountCreatedMs = snowflakeTimeMs(userId)
    const payment = { address, userId, joinedAtMs, accountCreatedMs, atMs }
    try {
      const outcome = await faucet.sender.send(payment, stopping.signal)
      // Broken off by us: no verdict on the faucet.
      const brokenOff = stopping.signal.aborted && 'cause' in outcome && BREAKS.includes(outcome.cause)
      return brokenOff ? { ...outcome, cause: 'stopped' } : outcome
    } catch (error) {
      // A bug in a sender: whatever it was, the call may have been made.
      logger.error({ err: error }, 'a sender threw')
      return { status: 'unknown', cause: 'ambiguous', detail: messageOf(error), txHash: null }
    }
  }

  /** Reads the outcome of a transaction that the server calls sent: included is not success. */
  async function confirmed(faucet: Faucet, id: number, outcome: DripOutcome): Promise<DripOutcome> {
    const { lookup } = faucet.sender
    if (outcome.status !== 'sent' || !outcome.txHash || !lookup) return outcome
    const { txHash } = outcome
    // Should the process end here, the hash is known and the look-up goes on after the start.
    settler.attempt(() => store.noteHash(id, txHash))
    const configured = faucet.settings.sender.lookup !== null
    const tries = configured ? CONFIRM.triesWhereConfigured : CONFIRM.tries
    for (let i = 0; i < tries && !stopping.signal.aborted; i++) {
      if (i > 0) await clock.sleep(CONFIRM.apartMs, stopping.signal)
      const found = await lookup(txHash, stopping.signal)
      if (found.status === 'sent') return outcome
      if (found.status === 'failed')
        return { status: 'failed', cause: 'reverted', detail: found.detail, txHash }
    }
    if (!configured) return outcome
    const { amount, nextAtMs } = outcome
    const cause = stopping.signal.aborted ? 'stopped' : 'ambiguous'
    const detail = 'it says that it paid, but the transaction is not in a block yet'
    return { status: 'unknown', cause, detail, txHash, amount, nextAtMs }
  }

  return {
    refuse,

    /**
     * A request for `address` (canonical). The answer tells the outcome.
     * @throws {Refusal} with every reason
     */
    drip(faucet: Faucet, address: string, call: Call): Promise<Reply> {
      const known = running.get(call.id)
      if (known) return known
      const request = once(faucet, address, call).finally(() => running.delete(call.id))
      running.set(call.id, request)
      return request
    },

    /** Whether this process is paying this drip at the moment. */
    isInFlight: (id: number) => inFlight.has(id) || settler.isUnwritten(id),

    /** Gives calls in flight `graceMs`, then breaks them off (they become unknown). */
    async stop(graceMs: number): Promise<void> {
      const all = Promise.allSettled([...running.values()])
      const ended = new AbortController()
      void all.then(() => ended.abort())
      if (graceMs > 0) await clock.sleep(graceMs, ended.signal)
      stopping.abort()
      await all
    },
  }
}
