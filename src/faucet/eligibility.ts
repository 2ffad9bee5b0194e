// Who may have tokens now: pure, from the user, the member, the history and the time; every reason at once.
import type { Caller } from '../discord/command.ts'
import { DAY_MS } from '../kernel/duration.ts'
import { snowflakeTimeMs } from '../kernel/snowflake.ts'
import type { FaucetSettings } from './schema.ts'
import type { Ban, Reason } from './types.ts'

/** The limits that count, out of the settings. */
export type DripLimits = Pick<
  FaucetSettings,
  | 'accountAgeMs'
  | 'memberAgeMs'
  | 'everyMs'
  | 'perAddressMs'
  | 'dailyTotal'
  | 'keptForFirstTimers'
  | 'requiredRoles'
  | 'allowPending'
>

/** Who asks. Rejoining starts `joinedAtMs` anew. */
export type Applicant = Pick<Caller, 'userId' | 'joinedAtMs' | 'pending' | 'roleIds'>

/** What the database knows. Drips that failed for certain are in none of it. */
export interface History {
  /** A request of the user, or for the address, is being paid at this moment. */
  userOpen: boolean
  addressOpen: boolean
  /** The user's newest drip, and whether it is unknown if that one was paid. */
  userLast: { atMs: number; unknown: boolean } | null
  addressLast: { atMs: number } | null
  /** The user never had any. */
  firstTime: boolean
  /** Times of the drips of the last 24 hours (and of any "in the future"), oldest first; whether it was a first one. */
  day: readonly { atMs: number; firstTime: boolean }[]
  paused: { reason: string } | null
  bans: readonly Ban[]
}

/**
 * Every reason why this applicant may not have tokens at `nowMs` (Unix ms, the interaction's own time); an empty list
 * grants it. DripLimits end exactly at their moment: 7 days to the millisecond are enough. A time in the future (a clock
 * that went back) gives nothing away.
 */
export function reasonsAgainst(
  who: Applicant,
  limits: DripLimits,
  history: History,
  nowMs: number,
): Reason[] {
  const reasons: Reason[] = []
  if (history.paused) reasons.push({ code: 'paused', reason: history.paused.reason })
  for (const { kind, reason, untilMs } of history.bans) {
    if (untilMs === null || nowMs < untilMs) reasons.push({ code: 'banned', kind, reason, untilMs })
  }
  reasons.push(...membershipReasons(who, limits, nowMs))
  if (history.userOpen) reasons.push({ code: 'user-open' })
  const last = history.userLast
  if (last && nowMs < last.atMs + limits.everyMs && !history.userOpen) {
    const { atMs: lastMs, unknown } = last
    reasons.push({ code: 'user-recent', lastMs, unknown, againMs: lastMs + limits.everyMs })
  }
  if (history.addressOpen && !history.userOpen) reasons.push({ code: 'address-open' })
  const { addressLast } = history
  if (limits.perAddressMs !== null && addressLast && nowMs < addressLast.atMs + limits.perAddressMs) {
    const againMs = addressLast.atMs + limits.perAddressMs
    // The same drip is not told twice: once as the user's, once as the address's.
    const same = last?.atMs === addressLast.atMs && againMs <= last.atMs + limits.everyMs
    if (!same && !history.addressOpen) {
      reasons.push({ code: 'address-recent', lastMs: addressLast.atMs, againMs })
    }
  }
  const day = dayReason(limits, history, nowMs)
  if (day) reasons.push(day)
  return reasons
}

function membershipReasons(who: Applicant, limits: DripLimits, nowMs: number): Reason[] {
  const reasons: Reason[] = []
  const check = (code: 'account-age' | 'member-age', sinceMs: number, neededMs: number) => {
    const againMs = sinceMs + neededMs
    if (nowMs < againMs) reasons.push({ code, ageMs: nowMs - sinceMs, neededMs, againMs })
  }
  const { accountAgeMs, memberAgeMs } = limits
  if (accountAgeMs !== null) check('account-age', snowflakeTimeMs(who.userId) ?? nowMs, accountAgeMs)
  if (memberAgeMs !== null && who.joinedAtMs !== null) check('member-age', who.joinedAtMs, memberAgeMs)
  else if (memberAgeMs !== null) reasons.push({ code: 'no-join-date' })
  if (who.pending && !limits.allowPending) reasons.push({ code: 'pending' })
  const missing = limits.requiredRoles.filter((id) => !who.roleIds.includes(id))
  if (missing.length > 0) reasons.push({ code: 'roles', missing })
  return reasons
}

/** How many drips of any 24 hours only first-timers may use. */
export function keptSlots(limits: Pick<DripLimits, 'dailyTotal' | 'keptForFirstTimers'>): number {
  return limits.dailyTotal === null ? 0 : Math.floor(limits.dailyTotal * limits.keptForFirstTimers + 1e-9)
}

/** What is left of the daily total: for everybody, and for people who had some before. Null: there is no total. */
export function leftToday(
  limits: DripLimits,
  history: Pick<History, 'day'>,
  nowMs: number,
): { all: number; returning: number } | null {
  if (limits.dailyTotal === null) return null
  const day = history.day.filter(({ atMs }) => atMs > nowMs - DAY_MS)
  const all = Math.max(0, limits.dailyTotal - day.length)
  const usedByReturning = day.filter(({ firstTime }) => !firstTime).length
  const forReturning = limits.dailyTotal - keptSlots(limits) - usedByReturning
  return { all, returning: Math.max(0, Math.min(all, forReturning)) }
}

function dayReason(limits: DripLimits, history: History, nowMs: number): Reason | null {
  const left = leftToday(limits, history, nowMs)
  if (!left || limits.dailyTotal === null) return null
  const day = history.day.filter(({ atMs }) => atMs > nowMs - DAY_MS)
  if (left.all === 0) {
    // A slot is free again when all but `dailyTotal - 1` of them have left the 24 hours.
    return { code: 'day-used-up', againMs: day[day.length - limits.dailyTotal]!.atMs + DAY_MS }
  }
  if (history.firstTime || left.returning > 0) return null
  const returning = day.filter(({ firstTime }) => !firstTime)
  const allowed = limits.dailyTotal - keptSlots(limits)
  // Free again when a returning user's drip leaves the 24 hours, or, where first-timers used it up, any drip.
  const leaving = returning[returning.length - allowed] ?? day[0]!
  return { code: 'kept-for-first-timers', againMs: leaving.atMs + DAY_MS }
}
