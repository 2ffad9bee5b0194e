// One drip from the request to its outcome: check, wait for a turn, reserve, call once, settle, tell.
import type { Call, Reply } from '../discord/command.ts'
import type { Clock } from '../kernel/clock.ts'
import { messageOf, Refusal } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Audit, AuditEntry } from './audit.ts'
import type { Dms } from './dm.ts'
import { type Applicant, reasonsAgainst, snowflakeTimeMs } from './eligibility.ts'
import { outcomeText, QUEUE_TEXT, refusalText } from './messages.ts'
import type { Queue } from './queue.ts'
import type { FaucetSettings } from './schema.ts'
import type { Sender } from './senders/sender.ts'
import type { Settlement, Store } from './store.ts'
import type { Drip, Outcome, Reason } from './types.ts'

/** One faucet at work. */
export interface Faucet {
  settings: FaucetSettings
  sender: Sender
  queue: Queue
}

export interface DripDeps {
  store: Store
  audit: Audit
  dms: Dms
  clock: Clock
  logger: Logger
  /** Takes secrets out of a text. */
  cut: (text: string) => string
  /** Called after each settlement: looks whether an alert is due. */
  settled: (faucet: Faucet) => void
}

/** How often, and how far apart, a transaction that the server calls sent is looked up before it is told. */
const CONFIRM = { tries: 3, apartMs: 2000 }

/** How long the answer to an interaction can be changed (Discord's limit, with a margin). */
const TOKEN_LIFE_MS = 14 * 60_000

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
  const { store, audit, clock, logger } = deps
  /** Requests of this process, by interaction: what is delivered twice runs once. */
  const running = new Map<string, Promise<Reply>>()
  /** Who waits for a turn, as `chain user`. */
  const waiting = new Set<string>()
  /** Calls whose answers can still be changed, by drip. */
  const calls = new Map<number, { call: Call; untilMs: number }>()
  /** Outcomes that the database did not take; tried again by `writeUnsettled`. */
  const unsettled = new Map<number, { faucet: Faucet; settlement: Settlement }>()
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
    const atMs = callTimeMs(call)
    const codes = reasons.map(({ code }) => code)
    const entry: AuditEntry = {
      atMs,
      chain: settings.chain,
      action: 'refused',
      userId: call.caller.userId,
      address,
      reason: codes.join(', '),
      joinedMs: call.caller.joinedAtMs,
    }
    record(entry)
    const text = refusalText(reasons, atMs)
    void deps.dms.refusal(call, codes, text, settings)
    throw new Refusal(text)
  }

  /** An entry of its own. That it cannot be kept does not stop a refusal. */
  function record(entry: AuditEntry): void {
    try {
      audit.keep(entry)
    } catch (error) {
      logger.error({ err: error }, 'an audit entry could not be kept in the database')
    }
    audit.log(entry)
  }

  /**
   * A request for `address` (canonical). The answer tells the outcome.
   * @throws {Refusal} with every reason
   */
  function drip(faucet: Faucet, address: string, call: Call): Promise<Reply> {
    const known = running.get(call.id)
    if (known) return known
    const request = once(faucet, address, call).finally(() => running.delete(call.id))
    running.set(call.id, request)
    return request
  }

  async function once(faucet: Faucet, address: string, call: Call): Promise<Reply> {
    const { settings, queue } = faucet
    const { userId } = call.caller
    const atMs = callTimeMs(call)
    const seen = store.byInteraction(call.id)
    if (seen) return replyOf(faucet, seen)
    // Looked at before waiting, so that a no is told at once; what counts is the look when reserving.
    const key = `${settings.chain} ${userId}`
    const early = reasonsAgainst(
      applicantOf(call),
      settings,
      store.history(settings.chain, userId, address, atMs),
      atMs,
    )
    if (waiting.has(key) && !early.some(({ code }) => code === 'user-open')) early.push({ code: 'user-open' })
    if (early.length > 0) refuse(settings, early, address, call)
    waiting.add(key)
    const turn = await queue.turn()
    let id: number
    try {
      if (turn !== 'go') return refuseForQueue(settings, turn, address, call)
      try {
        id = reserve(faucet, address, call)
      } catch (error) {
        queue.done()
        throw error
      }
    } finally {
      waiting.delete(key)
    }
    inFlight.add(id)
    try {
      const outcome = await sendOnce(faucet, address, call).finally(() => queue.done())
      return settle(faucet, id, address, await confirmed(faucet, id, outcome), call)
    } finally {
      inFlight.delete(id)
    }
  }

  function refuseForQueue(
    settings: FaucetSettings,
    turn: 'full' | 'too-long' | 'stopped',
    address: string,
    call: Call,
  ): never {
    const { userId, joinedAtMs } = call.caller
    record({
      atMs: callTimeMs(call),
      chain: settings.chain,
      action: 'refused',
      userId,
      address,
      reason: `queue-${turn}`,
      joinedMs: joinedAtMs,
    })
    void deps.dms.refusal(call, [`queue-${turn}`], QUEUE_TEXT[turn], settings)
    throw new Refusal(QUEUE_TEXT[turn])
  }

  /**
   * Checks and reserves in one transaction, which is on the disk when this returns. Nothing was sent before it.
   * @throws {Refusal} with every reason
   */
  function reserve({ settings }: Faucet, address: string, call: Call): number {
    const { chain } = settings
    const { userId, joinedAtMs } = call.caller
    const atMs = callTimeMs(call)
    const result = store.durably(() => {
      const history = store.history(chain, userId, address, atMs)
      const reasons = reasonsAgainst(applicantOf(call), settings, history, atMs)
      if (reasons.length > 0) return { reasons }
      const id = store.reserve({
        chain,
        interactionId: call.id,
        userId,
        address,
        atMs,
        firstTime: history.firstTime,
      })
      const entry: AuditEntry = {
        atMs,
        chain,
        action: 'reserved',
        userId,
        address,
        dripId: id,
        joinedMs: joinedAtMs,
      }
      audit.keep(entry)
      return { id, entry }
    })
    if ('reasons' in result) refuse(settings, result.reasons!, address, call)
    audit.log(result.entry)
    return result.id
  }

  async function sendOnce(faucet: Faucet, address: string, call: Call): Promise<Outcome> {
    const { userId, joinedAtMs } = call.caller
    const payment = {
      address,
      userId,
      joinedAtMs,
      accountCreatedMs: snowflakeTimeMs(userId),
      atMs: callTimeMs(call),
    }
    try {
      return await faucet.sender.send(payment, stopping.signal)
    } catch (error) {
      // A bug in a sender: whatever it was, the call may have been made.
      logger.error({ err: error }, 'a sender threw')
      return { status: 'unknown', cause: 'ambiguous', detail: messageOf(error), txHash: null }
    }
  }

  /** Reads the outcome of a transaction that the server calls sent: included is not success. */
  async function confirmed(faucet: Faucet, id: number, outcome: Outcome): Promise<Outcome> {
    const { lookup } = faucet.sender
    if (outcome.status !== 'sent' || !outcome.txHash || !lookup) return outcome
    // Should the process end here, the hash is known and the look-up goes on after the start.
    attempt(() => store.noteHash(id, outcome.txHash!))
    for (let i = 0; i < CONFIRM.tries && !stopping.signal.aborted; i++) {
      if (i > 0) await clock.sleep(CONFIRM.apartMs, stopping.signal)
      const found = await lookup(outcome.txHash, stopping.signal)
      if (found.status === 'sent') return outcome
      if (found.status === 'failed') {
        return { status: 'failed', cause: 'reverted', detail: found.detail, txHash: outcome.txHash }
      }
    }
    return outcome
  }

  function settle(faucet: Faucet, id: number, address: string, outcome: Outcome, call: Call): Reply {
    const atMs = callTimeMs(call)
    const settlement: Settlement = { ...outcome, told: true }
    if ('detail' in outcome) settlement.detail = deps.cut(outcome.detail).slice(0, 500)
    if (outcome.status === 'failed' && stopping.signal.aborted && outcome.cause === 'unreachable') {
      settlement.cause = 'stopped'
    }
    try {
      write(faucet, id, settlement)
    } catch (error) {
      logger.error({ err: error, drip: id, settlement }, 'an outcome could not be written; it is tried again')
      unsettled.set(id, { faucet, settlement })
    }
    if (outcome.status === 'unknown') {
      calls.set(id, { call, untilMs: call.nowMs + TOKEN_LIFE_MS })
    }
    attempt(() => deps.settled(faucet))
    const { detail = null, txHash = null, amount = null, nextAtMs = null, cause = null, status } = settlement
    return replyOf(faucet, { id, address, atMs, status, detail, txHash, amount, nextAtMs, cause })
  }

  /** Settles a reserved drip in one transaction with its audit entry. */
  function write(faucet: Faucet, id: number, settlement: Settlement): void {
    const nowMs = clock.now()
    const entry = store.transaction(() => {
      if (!store.settle(id, ['reserved'], settlement, nowMs)) return null
      const row = store.byId(id)!
      const { status, cause, detail, txHash } = settlement
      const made: AuditEntry = {
        atMs: nowMs,
        chain: faucet.settings.chain,
        action: status,
        userId: row.userId,
        address: row.address,
        txHash: txHash ?? null,
        reason: cause ? `${cause}: ${detail ?? ''}` : null,
        dripId: id,
      }
      audit.keep(made)
      return made
    })
    if (entry) audit.log(entry)
  }

  function attempt<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      logger.error({ err: error }, 'the faucet could not use its database')
      return undefined
    }
  }

  function replyOf(
    { settings, sender }: Faucet,
    drip: Pick<
      Drip,
      'id' | 'address' | 'status' | 'cause' | 'detail' | 'txHash' | 'amount' | 'nextAtMs' | 'atMs'
    >,
  ): Reply {
    if (drip.status === 'reserved') {
      return { text: 'This request is being worked on right now: wait for its answer.', ephemeral: true }
    }
    return {
      text: outcomeText(drip, { ...settings, canLookUp: sender.lookup !== undefined }),
      ephemeral: true,
    }
  }

  return {
    drip,
    refuse,
    record,
    replyOf,
    /** Whether this process is paying this drip at the moment. */
    isInFlight: (id: number) => inFlight.has(id) || unsettled.has(id),
    /** Changes the answer of a drip, where it can still be changed. */
    async edit(id: number, reply: Reply): Promise<boolean> {
      const kept = calls.get(id)
      if (!kept) return false
      if (clock.now() >= kept.untilMs) {
        calls.delete(id)
        return false
      }
      return kept.call.edit(reply).catch(() => false)
    },
    /** Forgets calls whose answers can no longer be changed, and writes what the database did not take before. */
    tidy(): void {
      for (const [id, { untilMs }] of calls) if (clock.now() >= untilMs) calls.delete(id)
      for (const [id, { faucet, settlement }] of unsettled) {
        attempt(() => {
          write(faucet, id, settlement)
          unsettled.delete(id)
        })
      }
    },
    /** Sends waiters away, gives calls in flight `graceMs`, then breaks them off (they become unknown). */
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
