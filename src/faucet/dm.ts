// Direct messages of the faucet, under rules: too many to strangers can cost a bot its account.

import type { Call, Reply } from '../discord/command.ts'
import { atMost, type Clock } from '../kernel/clock.ts'
import { HOUR_MS } from '../kernel/duration.ts'
import { messageOf } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import type { FaucetSettings } from './schema.ts'
import type { Store } from './store.ts'

type Policy = Pick<FaucetSettings, 'dm' | 'dmLimits'>
type SendDm = (userId: string, reply: Reply, signal: AbortSignal) => Promise<boolean>

/** What became of a wish to write to somebody. `held`: the rules say not now; `later`: Discord does. */
export type DmResult = 'sent' | 'closed' | 'held' | 'later'

/** A direct message that does not go within this time is put back. */
const PATIENCE_MS = 10_000

export type Dms = ReturnType<typeof createDms>

export function createDms(deps: { store: Store; clock: Clock; logger: Logger; dm: SendDm }) {
  const { store, clock, logger } = deps

  async function send(
    userId: string,
    reasons: readonly string[],
    text: string,
    policy: Policy,
    dm: SendDm,
  ): Promise<DmResult> {
    const nowMs = clock.now()
    const { perReasonMs, perHour } = policy.dmLimits
    const { inHour, reasons: recent } = store.dmsSince(userId, nowMs - perReasonMs, nowMs - HOUR_MS)
    if (inHour >= perHour || reasons.some((reason) => recent.includes(reason))) return 'held'
    // Noted before it is sent: others are sent at the same time, and the process may end.
    const takeBack = store.noteDm(userId, reasons, nowMs, nowMs - Math.max(perReasonMs, HOUR_MS))
    const ended = new AbortController()
    try {
      const sent = await atMost(clock, PATIENCE_MS, dm(userId, { text }, ended.signal))
      if (sent === undefined) throw new Error(`it did not go within ${PATIENCE_MS / 1000} s`)
      return sent ? 'sent' : 'closed'
    } catch (error) {
      logger.warn({ userId, error: messageOf(error) }, 'a direct message could not be sent now')
      takeBack()
      return 'later'
    } finally {
      // What is still under way is broken off.
      ended.abort()
    }
  }

  return {
    /**
     * After a refusal: at most one per user and reason in a while, and so many an hour in all. With `fallback` only
     * where the answer in the channel cannot be given. A closed door changes nothing. Never throws.
     */
    async refusal(call: Call, reasons: readonly string[], text: string, policy: Policy): Promise<void> {
      try {
        if (policy.dm === 'never') return
        if (policy.dm === 'fallback' && (await call.edit({ text }))) return
        await send(call.caller.userId, reasons, text, policy, call.dm)
      } catch (error) {
        logger.warn({ error: messageOf(error) }, 'a refusal could not be told by direct message')
      }
    },

    /** News about a drip whose answer can no longer be changed. `closed` too where the policy is `never`. */
    async news(userId: string, reason: string, text: string, policy: Policy): Promise<DmResult> {
      if (policy.dm === 'never' || policy.dmLimits.perHour === 0) return 'closed'
      return send(userId, [reason], text, policy, deps.dm)
    },
  }
}
