// The life of one alert, as a pure state machine: what was, what is seen now, and what is to be told about it.

import { MINUTE_MS } from '../kernel/duration.ts'
import { RANK } from '../words/levels.ts'
import type { AlertState, Basis, Level, LifePolicy, Notice, NoticeKind, Observation } from './types.ts'

/** Whether a notice tells that something is wrong (and may tag people), not that it is over or was so before. */
export const isAlarm = ({ kind }: Pick<Notice, 'kind'>): boolean =>
  kind === 'raised' || kind === 'called' || kind === 'confirmed' || isAgain({ kind })

/** Whether a notice says once more what was told. */
export const isAgain = ({ kind }: Pick<Notice, 'kind'>): boolean =>
  kind === 'reminder' || kind === 'escalated'

/** How sure a level is. */
const SURE: Readonly<Record<Basis, number>> = { memory: 0, clock: 1, seen: 2 }

/** Each level is told once. */
export const NO_REMINDERS: LifePolicy = { remindEveryMs: Infinity }

/** Reminders because half of the time left has passed never come closer together than this. */
const REMIND_AT_LEAST_APART_MS = 5 * MINUTE_MS

/** Expired or frozen: an update does not help any more, only governance does. */
export function isPastSaving(level: Level): boolean {
  return level === 'expired' || level === 'frozen'
}

export interface Step {
  /** Null only when there was no state and the thing could not be seen. */
  after: AlertState | null
  notices: Notice[]
}

/**
 * One step in the life of the alert about one thing. `allocateId` is called once for each alert that opens.
 * Nothing that is worse than what was told last goes untold; `unseen` changes nothing at all. Where nothing changed,
 * `after` is the very object that `before` was.
 */
export function step(
  before: AlertState | null,
  seen: Observation,
  policy: LifePolicy,
  nowMs: number,
  allocateId: () => number,
): Step {
  if (seen.level === 'unseen') return { after: before, notices: [] }
  const level = seen.level
  const state = before ? withoutFuture(before, seen.deadlineMs, nowMs) : null
  if (state && state.alertId !== null) {
    if (!seen.about || level === 'ok') return close(state, level, seen, nowMs)
    return goOn(state, level, seen, policy, nowMs, allocateId)
  }
  if (!seen.about || level === 'ok') return { after: idle(state, level, nowMs, seen.first), notices: [] }
  return open(state, level, seen, nowMs, allocateId)
}

/** Whether the next step would call somebody: what it is about is read once more before. */
export function wouldCall(
  before: AlertState | null,
  seen: Observation,
  policy: LifePolicy,
  nowMs: number,
): boolean {
  return step(before, seen, policy, nowMs, () => 0).notices.some(({ mention }) => mention)
}

/**
 * When the next reminder about an open alert is due if nothing changes, Unix ms (Infinity: never). It may lie in the past.
 * Expired and frozen are told once. While somebody has it, it comes when their time is over, whatever it is.
 */
export function nextReminderMs(state: AlertState, deadlineMs: number | null, policy: LifePolicy): number {
  const { level, ack, lastNoticeMs, leftAtNoticeMs } = state
  if (state.alertId === null || lastNoticeMs === null || level === 'ok') return Infinity
  if (ack) return ack.untilMs
  if (isPastSaving(level) || policy.remindEveryMs === Infinity) return Infinity
  const dueMs = lastNoticeMs + policy.remindEveryMs
  if (level !== 'critical' || deadlineMs === null || (leftAtNoticeMs ?? 0) <= 0) return dueMs
  return Math.min(dueMs, Math.max(deadlineMs - leftAtNoticeMs! / 2, lastNoticeMs + REMIND_AT_LEAST_APART_MS))
}

/** When it is to be escalated if nobody acknowledges it, Unix ms (Infinity: not). Once for each level. */
function escalationMs({ level, calledMs, ack, escalated }: AlertState, policy: LifePolicy): number {
  if (calledMs == null || ack || escalated?.includes(level)) return Infinity
  return calledMs + (policy.escalateAfterMs ?? Infinity)
}

/** When something is to be told of an open alert although nothing changes, Unix ms (Infinity: never). */
export const nextNoticeMs = (state: AlertState, deadlineMs: number | null, policy: LifePolicy): number =>
  Math.min(nextReminderMs(state, deadlineMs, policy), escalationMs(state, policy))

/** What somebody says who has it. */
export type Holder = Omit<NonNullable<AlertState['ack']>, 'atMs' | 'level'>

/**
 * The state after somebody said "I have it": quiet until `untilMs`, or until it gets worse than it is now. Null when
 * nothing is open.
 */
export function acknowledge(state: AlertState, by: Holder, nowMs: number): AlertState | null {
  if (state.alertId === null) return null
  return { ...state, ack: { ...by, atMs: nowMs, level: state.level }, calledMs: null }
}

/** The state after it was given back: nobody has it from now on. Null when nobody had it. */
export function giveBack(state: AlertState, nowMs: number): AlertState | null {
  return state.ack && { ...state, ack: null, calledMs: state.mentioned ? nowMs : null }
}

/** Whether an acknowledgement keeps quiet about `level` at this moment. */
function keepsQuiet(ack: AlertState['ack'], level: Level, nowMs: number): boolean {
  return ack !== null && RANK[level] <= RANK[ack.level] && nowMs < ack.untilMs
}

/**
 * A clock that went back would put off what is due for as long as it had been ahead: what was done in the future counts
 * as done now.
 */
function withoutFuture(state: AlertState, deadlineMs: number | null, nowMs: number): AlertState {
  let now = state
  const { ack, calledMs, lastNoticeMs } = state
  if (lastNoticeMs !== null && lastNoticeMs > nowMs)
    now = { ...now, lastNoticeMs: nowMs, leftAtNoticeMs: leftMs(deadlineMs, nowMs) }
  if (calledMs != null && calledMs > nowMs) now = { ...now, calledMs: nowMs }
  if (ack && ack.atMs > nowMs)
    now = { ...now, ack: { ...ack, atMs: nowMs, untilMs: nowMs + ack.untilMs - ack.atMs } }
  return now
}

/** `isOld`: what it is past saving by is known, and no news any more. */
function idle(state: AlertState | null, level: Level, nowMs: number, isOld = false): AlertState {
  if (state && state.alertId === null && state.level === level) return state
  return {
    level,
    sinceMs: state?.level === level ? state.sinceMs : nowMs,
    alertId: null,
    raisedMs: null,
    toldLevel: isOld && isPastSaving(level) ? level : null,
    lastNoticeMs: null,
    leftAtNoticeMs: null,
    mentioned: false,
    ack: null,
  }
}

function open(
  state: AlertState | null,
  level: Level,
  seen: Observation,
  nowMs: number,
  allocateId: () => number,
): Step {
  const from = state?.level ?? 'ok'
  // What was past saving when it was first seen, or told before, is no news; what became so while alerts were not about
  // it, is. What a chain that makes no block has not judged yet is not past saving.
  const quiet = isPastSaving(level) && seen.basis !== 'clock' && (seen.first || state?.toldLevel === level)
  const opened = {
    ...idle(state, level, nowMs),
    alertId: allocateId(),
    toldLevel: null,
    sinceMs: seen.sinceMs ?? nowMs,
    raisedMs: seen.sinceMs ?? nowMs,
  }
  if (quiet) {
    return { after: { ...opened, lastNoticeMs: nowMs }, notices: [notice(opened, 'quiet', from, false)] }
  }
  return tell(opened, 'raised', isPastSaving(from) ? 'ok' : from, seen, nowMs)
}

function close(state: AlertState, level: Level, seen: Observation, nowMs: number): Step {
  // That it is lost is told only once it was seen.
  const after = idle(state, level, nowMs, level === state.level && isSure(state))
  const told = state.toldLevel !== null
  const closing = { ...state, level }
  if (level !== 'ok') {
    const withdrawn = { ...notice(closing, 'withdrawn', state.level, false), basis: seen.basis }
    return { after, notices: told ? [withdrawn] : [] }
  }
  // What was told from memory only may never have been so.
  const recovered = isPastSaving(state.level) && isSure(state) && (told || seen.about)
  if (!told && !recovered) return { after, notices: [] }
  const over = notice(closing, recovered ? 'recovered' : 'resolved', state.level, false)
  return { after, notices: [{ ...over, fromMs: state.sinceMs }] }
}

function goOn(
  state: AlertState,
  level: Level,
  seen: Observation,
  policy: LifePolicy,
  nowMs: number,
  allocateId: () => number,
): Step {
  const from = state.level
  // What was saved and lost again while nobody saw it, is lost since its new deadline.
  const isSame = level === from && (!isPastSaving(level) || (seen.sinceMs ?? state.sinceMs) === state.sinceMs)
  const next = isSame ? state : { ...state, level, sinceMs: seen.sinceMs ?? nowMs }
  const told = state.toldLevel !== null
  const quiet = keepsQuiet(state.ack, level, nowMs)
  if (told && SURE[seen.basis ?? 'seen'] > SURE[state.basis ?? 'seen']) {
    // Whoever took on a danger has heard of one that is no worse; that it is lost, or is not, nobody has.
    const known = quiet && !isPastSaving(level) && !isPastSaving(from)
    if (known) return { after: { ...next, basis: seen.basis }, notices: [] }
    return tell(next, 'confirmed', from, seen, nowMs)
  }
  // By the clock alone nothing is past saving.
  if (isPastSaving(from) && (!isPastSaving(level) || seen.basis === 'clock') && isSure(state)) {
    const recovered = { ...notice(next, 'recovered', from, false), fromMs: state.sinceMs }
    const raised = open(idle(null, 'ok', nowMs), level, { ...seen, first: false }, nowMs, allocateId)
    return { after: raised.after, notices: [recovered, ...raised.notices] }
  }
  const changed = isPastSaving(level) ? level !== from : RANK[level] > RANK[from]
  if (changed && !quiet) return tell(next, 'raised', from, seen, nowMs)
  if (!told || quiet) return { after: next, notices: [] }
  if (seen.mention && !state.mentioned) return tell(next, 'called', from, seen, nowMs)
  if (nowMs >= escalationMs(next, policy)) {
    if (seen.mention) return tell(next, 'escalated', from, seen, nowMs)
    return { after: { ...next, calledMs: null }, notices: [] }
  }
  if (nowMs < nextReminderMs(next, seen.deadlineMs, policy)) return { after: next, notices: [] }
  return tell(next, 'reminder', from, seen, nowMs)
}

/** Records that the state's level is told now. What is told in spite of an acknowledgement ends it. */
function tell(state: AlertState, kind: NoticeKind, from: Level, seen: Observation, nowMs: number): Step {
  const { level, toldLevel, ack, calledMs } = state
  const sinceMs = (!ack && calledMs) || nowMs
  const after: AlertState = {
    ...state,
    ack: null,
    ...(ack && { hadBy: ack.userId }),
    calledMs: seen.mention && kind !== 'escalated' ? sinceMs : null,
    ...(kind === 'escalated' && { escalated: [...(state.escalated ?? []), level] }),
    toldLevel: toldLevel && RANK[toldLevel] > RANK[level] ? toldLevel : level,
    lastNoticeMs: nowMs,
    leftAtNoticeMs: leftMs(seen.deadlineMs, nowMs),
    mentioned: state.mentioned || seen.mention,
    // A reminder from memory of what was seen before claims nothing new.
    basis: isAgain({ kind }) ? state.basis : seen.basis,
  }
  const told: Notice = {
    ...notice(after, kind, from, seen.mention),
    basis: seen.basis,
    fromBasis: state.basis,
    ackedBy: ack?.userId ?? null,
  }
  if (kind === 'escalated') told.fromMs = calledMs ?? nowMs
  return { after, notices: [told] }
}

const isSure = ({ basis = 'seen' }: AlertState) => basis === 'seen'

function leftMs(deadlineMs: number | null, nowMs: number): number | null {
  return deadlineMs === null ? null : deadlineMs - nowMs
}

function notice(state: AlertState, kind: NoticeKind, from: Level, mention: boolean): Notice {
  const over = kind === 'resolved' || kind === 'recovered'
  return {
    kind,
    level: state.level,
    from,
    fromBasis: state.basis,
    alertId: state.alertId!,
    mention,
    ackedBy: over ? (state.ack?.userId ?? state.hadBy ?? null) : null,
    raisedMs: state.raisedMs!,
  }
}
