// The life of one question: whom it may go to, when a round is over, when it is given up. Pure; the pool's loop acts.
import type { UpstreamError } from '../kernel/errors.ts'
import { backoff } from '../net/backoff.ts'
import { type EndpointView, isBelieved, isUsable } from './endpoint.ts'
import type { ReadOptions } from './types.ts'

/** Tries of one question in all, and at one endpoint while there are others. */
const TRIES = 4
const TRIES_EACH = 2
/** A look at endpoints that were given up is waited for when it is due within this time. */
const SOON_MS = 5000

export interface Failure {
  kind: UpstreamError['kind']
  reason: string
  /** What the node itself said. */
  said?: string
  /** Set where the message should name more than the reason: the answer did not fit, and another try would not either. */
  error?: UpstreamError
}

export class Question {
  readonly only?: string
  readonly avoid?: string
  /** Time in exchanges and pauses after which it is given up. */
  readonly longestMs: number
  /** Asked in this round. */
  asked: ReadonlySet<EndpointView> = new Set()
  readonly failures = new Map<EndpointView, Failure>()
  /** A try that was answered by 429 counts half. */
  readonly triesAt = new Map<EndpointView, number>()
  tries = 0
  spentMs = 0
  /** Rounds that are over. */
  rounds = 0
  /** Endpoints that were all given up were looked at again: once for a question. */
  lookedAgain = false

  constructor({ only, avoid }: Pick<ReadOptions, 'only' | 'avoid'>, longestMs: number) {
    this.only = only
    this.avoid = avoid
    this.longestMs = longestMs
  }
}

/**
 * Ask whoever `accepts` and has room; begin a new round after a pause, with those of `asked` still left out; look at the
 * endpoints that were given up, which is due then; or give up.
 */
export type NextStep =
  | { kind: 'ask' }
  | { kind: 'pause'; asked: ReadonlySet<EndpointView> }
  | { kind: 'look-again'; waitMs: number }
  | { kind: 'give-up' }

/** Whether the question may go to this endpoint in this round; the one to avoid is asked where no other may be. */
export function accepts(
  { asked, only, avoid }: Pick<Question, 'asked' | 'only' | 'avoid'>,
  endpoint: EndpointView,
  endpoints: readonly EndpointView[],
  nowMs: number,
): boolean {
  const isOpen = (one: EndpointView) =>
    isUsable(one, nowMs) && !asked.has(one) && (only === undefined || one.transport.name === only)
  if (!isOpen(endpoint)) return false
  return endpoint.transport.name !== avoid || !endpoints.some((other) => other !== endpoint && isOpen(other))
}

export function nextStep(question: Question, endpoints: readonly EndpointView[], nowMs: number): NextStep {
  const { asked, failures, triesAt } = question
  const isAnyOpen = (round: Pick<Question, 'asked' | 'only' | 'avoid'>) =>
    endpoints.some((one) => accepts(round, one, endpoints, nowMs))
  if (question.tries >= TRIES || question.spentMs >= question.longestMs) return { kind: 'give-up' }
  if (isAnyOpen(question)) return { kind: 'ask' }

  const usable = endpoints.filter((one) => isUsable(one, nowMs))
  if (usable.length === 0) {
    // An outage of some seconds must not cost a long sweep the rest of its questions.
    const dueMs = endpoints.filter((one) => !isBelieved(one)).map((one) => one.checkAgainAtMs)
    const waitMs = Math.max(0, Math.min(...dueMs) - nowMs)
    return question.lookedAgain || waitMs > SOON_MS ? { kind: 'give-up' } : { kind: 'look-again', waitMs }
  }
  // Everybody was asked in this round: once more all but those whose answer did not fit.
  const most = usable.length > 1 ? TRIES_EACH : TRIES
  const again = new Set(usable.filter((one) => (triesAt.get(one) ?? 0) < most && !failures.get(one)?.error))
  const stillAsked = new Set([...asked].filter((one) => !again.has(one)))
  return isAnyOpen({ ...question, asked: stillAsked })
    ? { kind: 'pause', asked: stillAsked }
    : { kind: 'give-up' }
}

/** Milliseconds before the round after so many. */
export const pauseBefore = (rounds: number, random: () => number): number =>
  backoff(rounds, { firstMs: 250, mostMs: 60_000, random })

/** Notes that an endpoint did not answer the question. */
export function noteTry(question: Question, endpoint: EndpointView, failure: Failure): void {
  question.failures.set(endpoint, failure)
  // A 429 is the pace's fault more than the question's.
  const cost = failure.reason === '429' ? 0.5 : 1
  question.triesAt.set(endpoint, (question.triesAt.get(endpoint) ?? 0) + cost)
  question.tries += cost
}
