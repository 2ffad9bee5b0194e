// The pool of one chain: which endpoint a question goes to, when it goes elsewhere, and what the chain's newest block is.
import type { z } from 'zod'
import { type Clock, systemClock } from '../kernel/clock.ts'
import { UpstreamError } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import { type AddressGuard, guardedConnector } from '../net/guarded-connect.ts'
import type { Resolve } from '../net/name-lanes.ts'
import { someOf } from '../words/text.ts'
import { isBasicRoute, isTooLong } from './classify.ts'
import {
  closeEndpoint,
  Endpoint,
  type EndpointLimits,
  type EndpointView,
  isBelieved,
  isUsable,
  noteFailure,
  refuse,
  statusOf,
} from './endpoint.ts'
import { namedEndpoints, type RestEndpoint } from './endpoint-name.ts'
import { type Exchanged, exchange, GIVEN_UP, holdBack } from './exchange.ts'
import { createHeadCheck } from './head-check.ts'
import { accepts, type Failure, nextStep, noteTry, pauseBefore, Question } from './question.ts'
import { firstIssue } from './schemas.ts'
import { createTurnstile } from './turnstile.ts'
import { type Answer, AnswerError, type ChainPool, type ReadOptions } from './types.ts'

/** So many endpoints are named in one sentence about why none of them serves. */
const NAMED_MOST = 6

export interface PoolOptions {
  chainId: string
  rest: readonly RestEndpoint[]
  /** What its only endpoint is called, where others of the chain are asked by pools of their own. */
  name?: string
  /** Ceilings per endpoint. */
  limits: EndpointLimits
  /** The time of the world: what the age of a block is measured with. */
  clock: Clock
  logger: Logger
  /** The best block known from before, so that a chain that started again is noticed over a restart. */
  known?: { height: bigint; timeNs: bigint; patienceNs?: bigint; readMs?: number } | null
  random?: () => number
  /** Default 16 MiB. */
  maxBodyBytes?: number
  /** The time of the wire (pace, time-outs, backoff): the machine's, even where the world's is moved by hand. */
  wireClock?: Clock
  /** Judges every address that is connected to: for URLs that are not trusted. */
  guard?: AddressGuard
  /** Resolves names for guarded connections; for tests. */
  resolve?: Resolve
}

/** Opens the pool of one chain. Nothing is asked before the first question. */
export function createPool(options: PoolOptions): ChainPool {
  const { chainId, limits, clock, logger } = options
  const { wireClock: wire = systemClock, random = Math.random } = options
  const shared = {
    maxBodyBytes: options.maxBodyBytes ?? 16 * 1024 * 1024,
    wire,
    member: { turn: () => turnstile.pump(), paused: () => turnstile.changed() },
    connector:
      options.guard &&
      guardedConnector(options.guard, { timeoutMs: limits.timeoutMs, resolve: options.resolve }),
  }
  const named = namedEndpoints(options.rest).map((one) => ({ ...one, name: options.name ?? one.name }))
  const endpoints = named.map((one) => new Endpoint(one, limits, shared))
  const turnstile = createTurnstile(endpoints, wire)
  let requests = 0
  let closed = false
  const deps = { turnstile, wire, count: () => requests++ }
  const known = options.known ? { chainId, ...options.known } : null
  const health = createHeadCheck({ chainId, endpoints, deps, clock, random, logger, known })

  async function get<T>(path: string, schema: z.ZodType<T>, read: ReadOptions = {}): Promise<Answer<T>> {
    const { signal, patient = false } = read
    await ready(read)
    const question = new Question(read, 3 * limits.timeoutMs)
    const mayGoTo = (endpoint: Endpoint) => accepts(question, endpoint, endpoints, wire.now())
    for (;;) {
      if (signal?.aborted || closed) throw givenUp(path)
      const step = nextStep(question, endpoints, wire.now())
      if (step.kind === 'give-up') throw nobody(endpoints, wire.now(), question.failures)
      if (step.kind === 'pause') {
        const pauseMs = pauseBefore(question.rounds++, random)
        await wire.sleep(pauseMs, signal)
        question.asked = step.asked
        question.spentMs += pauseMs
        continue
      }
      if (step.kind === 'look-again') {
        question.lookedAgain = true
        await lookAgain(step.waitMs, read)
        continue
      }
      const endpoint = await turnstile.enter(mayGoTo, () => patient, { again: question.tries > 0, signal })
      if (signal?.aborted || closed) throw givenUp(path)
      // Whoever might have been asked was given up meanwhile.
      if (!endpoint) continue
      question.asked = new Set(question.asked).add(endpoint)
      const sentAtMs = wire.now()
      const { asked, canShrink } = askedOf(endpoint, path, read)
      const result = await exchange(deps, endpoint, asked, { signal, canShrink: canShrink || read.spare })
      question.spentMs += result.tookMs
      endAtOnce(endpoint, asked, result, { canShrink, isSpare: read.spare === true })
      const judged = judgeAnswer(endpoint, asked, schema, result, sentAtMs)
      if ('answer' in judged) return judged.answer
      if (signal?.aborted) throw givenUp(path)
      noteTry(question, endpoint, judged.failure)
    }
  }

  /** An answer, or why it is none and the next endpoint is to be asked. Throws what no endpoint would answer better. */
  function judgeAnswer<T>(
    endpoint: Endpoint,
    path: string,
    schema: z.ZodType<T>,
    result: Exchanged,
    sentAtMs: number,
  ): { answer: Answer<T> } | { failure: Failure } {
    const name = endpoint.transport.name
    if (result.kind === 'outage') return { failure: noteOutage(endpoint, result, sentAtMs) }
    if (result.kind === 'unsupported') {
      if (isBasicRoute(path))
        return { failure: noteOutage(endpoint, { error: 'http', reason: 'lacks a basic route' }, sentAtMs) }
      throw refusal('not-supported', endpoint, path, result)
    }
    endpoint.failures = 0
    if (result.kind === 'too-much') throw refusal('too-much', endpoint, path, result)
    const doubt = health.doubtOf(result)
    if (doubt) {
      const { state, reason } = doubt
      const nowMs = wire.now()
      // Behind a load balancer the next try may reach a better node: the only endpoint is not given up for it.
      const hasOther = endpoints.some((other) => other !== endpoint && isUsable(other, nowMs))
      if (hasOther) {
        refuse(endpoint, state, reason, nowMs, random)
        turnstile.changed()
      }
      // A node that catches up makes more blocks in a while than any chain: the only one is believed with it.
      if (hasOther || state === 'behind' || endpoint.state === 'fresh')
        return { failure: { kind: 'stale', reason: reason! } }
    }
    if (result.kind === 'no') {
      throw new AnswerError(result.code, result.message, { height: result.height, endpoint: name })
    }
    const parsed = schema.safeParse(result.json)
    if (!parsed.success) {
      const message = `${name}: ${path}: ${firstIssue(parsed.error)}`
      const error = new UpstreamError('body', message, { endpoint: name })
      return { failure: { kind: 'body', reason: 'answer does not fit', error } }
    }
    return { answer: { value: parsed.data, height: result.height, endpoint: name, pinned: result.pinned } }
  }

  function noteOutage(
    endpoint: Endpoint,
    outage: Omit<Failure, 'kind' | 'error'> & Parameters<typeof holdBack>[1] & { error: Failure['kind'] },
    sentAtMs: number,
  ): Failure {
    const nowMs = wire.now()
    if (outage.reason !== GIVEN_UP) {
      holdBack(endpoint, outage, { wireMs: nowMs, clockMs: clock.now() })
      if (outage.retryAfter) turnstile.changed()
      if (noteFailure(endpoint, sentAtMs, nowMs) && isBelieved(endpoint)) {
        logger.warn({ chainId, endpoint: endpoint.transport.name, reason: outage.reason }, 'endpoint fails')
        refuse(endpoint, 'failing', outage.reason, nowMs, random)
        turnstile.changed()
      }
    }
    return { kind: outage.error, reason: outage.reason, said: outage.said }
  }

  /** Sees to it that somebody can be asked; endpoints that were given up are looked at again, each after its backoff. */
  async function ready(read: ReadOptions): Promise<void> {
    const nowMs = wire.now()
    const due = endpoints.filter((one) => !isBelieved(one) && one.checkAgainAtMs <= nowMs)
    if (endpoints.some((one) => isUsable(one, nowMs))) {
      // One that contradicts the others is judged beside them, at the next look at all.
      for (const endpoint of due) if (endpoint.state !== 'disagrees') health.recheck(endpoint)
      return
    }
    if (due.length > 0) await health.check(read)
    if (read.signal?.aborted) throw givenUp('')
    if (!endpoints.some((one) => isUsable(one, wire.now()))) throw nobody(endpoints, wire.now())
  }

  /** All endpoints were given up while a question waited: it waits for the next look at them. */
  async function lookAgain(waitMs: number, read: ReadOptions): Promise<void> {
    await wire.sleep(waitMs, read.signal)
    // Of all who waited, the first looks for the others.
    if (endpoints.some((one) => !isBelieved(one) && one.checkAgainAtMs <= wire.now())) {
      await health.check(read)
    }
  }

  return {
    chainId,
    get,
    async head(read = {}) {
      await health.check(read)
      if (read.signal?.aborted) throw givenUp('')
      const head = health.takeHead()
      if (!head) throw nobody(endpoints, wire.now())
      return head
    },
    endpoints: () => endpoints.map((endpoint) => statusOf(endpoint, wire.now())),
    get requests() {
      return requests
    },
    pageLimits: new Map(),
    unproven: new Map(),
    async close() {
      closed = true
      turnstile.close()
      await Promise.all(endpoints.map(closeEndpoint))
    },
  }
}

/** The path as this endpoint is asked for it. */
function askedOf(
  { transport }: Endpoint,
  path: string,
  { page }: ReadOptions,
): { asked: string; canShrink: boolean } {
  const one = page?.(transport.name)
  return { asked: one ? `${path}?${one.query}` : path, canShrink: one?.canShrink === true }
}

/** What no endpoint would answer better, as the question was asked. */
function refusal(
  kind: 'too-much' | 'not-supported',
  { transport: { name } }: Endpoint,
  path: string,
  result: Exchanged,
  retryable = false,
): UpstreamError {
  const words = 'message' in result ? result.message : 'reason' in result ? result.reason : ''
  return new UpstreamError(kind, `${name}: ${path}: ${words}`, { endpoint: name, retryable })
}

/** Throws where no other try is to be made, and nothing is to be held against the endpoint. */
function endAtOnce(
  endpoint: Endpoint,
  path: string,
  result: Exchanged,
  { canShrink, isSpare }: { canShrink: boolean; isSpare: boolean },
): void {
  if (isSpare && (result.kind === 'outage' || result.kind === 'unsupported'))
    throw refusal('not-supported', endpoint, path, result)
  if (canShrink && isTooLong(result)) throw refusal('too-much', endpoint, path, result, true)
}

function givenUp(path: string): UpstreamError {
  return new UpstreamError('timeout', `${path ? `${path}: ` : ''}given up by the caller`)
}

/** Why none of the endpoints answers; `failures`: of those that were asked. */
function nobody(
  endpoints: readonly Endpoint[],
  nowMs: number,
  failures: ReadonlyMap<EndpointView, Failure> = new Map(),
): UpstreamError {
  const all = [...failures.values()]
  const misfit = all.find((failure) => failure.error)?.error
  if (misfit) return misfit
  const words: string[] = []
  let waitMs: number | null = null
  for (const endpoint of endpoints) {
    const pausedMs = endpoint.limiter.pausedUntilMs - nowMs
    if (pausedMs > 0) waitMs = Math.min(waitMs ?? pausedMs, pausedMs)
    const failure = failures.get(endpoint)
    const said = failure?.said === undefined ? '' : `: ${failure.said}`
    const reason = failure?.reason ?? statusOf(endpoint, nowMs).reason
    if (reason) words.push(`${endpoint.transport.name} ${reason}${said}`)
  }
  const text = someOf(words, NAMED_MOST) || 'no endpoint'
  const only = (kind: Failure['kind']) => all.length > 0 && all.every((failure) => failure.kind === kind)
  const isLimited = only('rate-limited') || (all.length === 0 && waitMs !== null)
  const kind = isLimited ? 'rate-limited' : only('stale') ? 'stale' : 'no-endpoint'
  return new UpstreamError(kind, text, { retryAfterMs: waitMs })
}
