// One drip from the request to its outcome: check, wait for a turn, reserve, call once, settle, tell.
import type { Call, Reply } from '../discord/command.ts'
import { atMost } from '../kernel/clock.ts'
import { snowflakeTimeMs } from '../kernel/snowflake.ts'
import type { Faucet, FaucetParts } from './deps.ts'
import { type AuditEntry, logAudit } from './moderation/audit.ts'
import { confirmed, payOnce } from './payment.ts'
import { askedMs, reasonsNow, refuseDrip } from './refuse.ts'
import { type DripSettler, replyOf } from './settle.ts'

export type Dripper = ReturnType<typeof createDripper>

export function createDripper(parts: FaucetParts, settler: DripSettler) {
  const { store, clock } = parts
  /** Requests of this process, by interaction: what is delivered twice runs once. */
  const running = new Map<string, Promise<Reply>>()
  /** Who waits for a turn, as `chain user`. */
  const waiting = new Set<string>()
  const inFlight = new Set<number>()
  const stopping = new AbortController()

  async function once(faucet: Faucet, address: string, call: Call): Promise<Reply> {
    const seen = store.byInteraction(call.id)
    if (seen) return replyOf(faucet, seen)
    const drip = await reserveInTurn(faucet, address, call)
    try {
      const { userId, joinedAtMs } = call.caller
      const accountCreatedMs = snowflakeTimeMs(userId)
      const payment = { address, userId, joinedAtMs, accountCreatedMs, atMs: drip.countsFromMs }
      const outcome = await payOnce(parts, faucet, payment, stopping.signal).finally(() =>
        faucet.queue.done(),
      )
      const told = await confirmed(parts, faucet, drip.id, outcome, stopping.signal)
      return settler.outcome(faucet, { id: drip.id, address, atMs: drip.countsFromMs }, told, call)
    } finally {
      inFlight.delete(drip.id)
    }
  }

  /**
   * Checks, waits for a turn, and reserves in it.
   * @throws {Refusal} when the turn did not come, or the request may not be paid; the turn is given back then
   */
  async function reserveInTurn(faucet: Faucet, address: string, call: Call) {
    const { settings, queue } = faucet
    const { chain } = settings
    const { userId } = call.caller
    const key = `${chain} ${userId}`
    // Looked at before waiting, so that a no is told at once; what counts is the look when reserving.
    const history = store.history(chain, userId, address, askedMs(call))
    const early = reasonsNow(parts, settings, call, history, askedMs(call))
    if (waiting.has(key) && !early.some(({ code }) => code === 'user-open')) early.push({ code: 'user-open' })
    if (early.length > 0) refuseDrip(parts, faucet, early, address, call)
    waiting.add(key)
    const turn = await queue.turn()
    try {
      if (turn !== 'go') return refuseDrip(parts, faucet, turn, address, call)
      // Limits count from the interaction's own time and how long it waited, so a wait shortens none.
      const waitedMs = Math.min(Math.max(0, clock.now() - call.nowMs), settings.queue.maxWaitMs)
      const countsFromMs = askedMs(call) + waitedMs
      const id = reserve(parts, faucet, address, call, countsFromMs)
      // At once: what is reserved and not in flight is what a dead process left.
      inFlight.add(id)
      return { id, countsFromMs }
    } catch (error) {
      if (turn === 'go') queue.done()
      throw error
    } finally {
      waiting.delete(key)
    }
  }

  return {
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
      if (graceMs > 0) await atMost(clock, graceMs, all)
      stopping.abort()
      await all
    },
  }
}

/**
 * Checks and reserves in one transaction, which is on the disk when this returns. Nothing was sent before it.
 * @throws {Refusal} with every reason
 */
function reserve(
  parts: FaucetParts,
  faucet: Faucet,
  address: string,
  call: Call,
  countsFromMs: number,
): number {
  const { store, logger } = parts
  const { chain } = faucet.settings
  const { userId, joinedAtMs } = call.caller
  const atMs = countsFromMs
  const result = store.durably(() => {
    const history = store.history(chain, userId, address, atMs)
    const reasons = reasonsNow(parts, faucet.settings, call, history, atMs)
    if (reasons.length > 0) return { reasons }
    const { firstTime } = history
    const dripId = store.reserve({ chain, interactionId: call.id, userId, address, atMs, firstTime })
    const who = { chain, userId, address, dripId, joinedMs: joinedAtMs }
    const entry: AuditEntry = { ...who, atMs, action: 'reserved' }
    store.audit(entry)
    return { dripId, entry }
  })
  if (result.reasons) return refuseDrip(parts, faucet, result.reasons, address, call)
  logAudit(logger, result.entry)
  return result.dripId
}
