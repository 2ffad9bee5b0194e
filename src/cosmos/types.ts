// What the readers of a chain's REST API give and throw: the words that cosmos/ and its callers share.

import type { z } from 'zod'
import { UpstreamError } from '../kernel/errors.ts'
import type { Unproven } from './unproven.ts'

/** A revision height as IBC writes it, `{revision}-{height}`. */
export interface Height {
  revision: bigint
  height: bigint
}

/** One answer that was believed. */
export interface Answer<T> {
  value: T
  /** Block height from the answer's height header; null where the node sent none. */
  height: bigint | null
  /** Name of the endpoint that answered. */
  endpoint: string
  /** The endpoint answers only with a pinned height: a restarted node of a halted chain (SDK 0.53 and later). */
  pinned?: boolean
}

/** The newest block of a chain that its pool believes in. */
export interface Head {
  height: bigint
  /** The block's header time, Unix nanoseconds. */
  timeNs: bigint
  endpoint: string
  /** No endpoint has a recent block: the chain makes none, as far as can be seen. */
  halted: boolean
  /** Where it is halted: by our own two looks, two minutes apart, it has stood still. */
  stands: boolean
  /** How old its newest block may be, by its own rhythm, before it counts as halted. */
  patienceNs: bigint
  /** The height known before, when the chain has started again from a lower one under the same id; else null. */
  restartedFrom: bigint | null
}

export interface ReadOptions {
  signal?: AbortSignal
  /** Endpoint (by its name) not to ask while there is another usable one. */
  avoid?: string
  /** The one endpoint to ask, by its name. */
  only?: string
  /** It only bears something out: tried once, and a failure (`not-supported`) is held against nobody. */
  spare?: boolean
  /** Nobody waits for it (a sweep): what somebody waits for, or is to be called about, is asked first. */
  patient?: boolean
  /** What is asked for is a page of a list: what of it at this endpoint. */
  page?: (endpoint: string) => PageAsked
}

/** One page as an endpoint is asked for it. */
export interface PageAsked {
  query: string
  /** Less can be asked for: what may have failed for its length is `too-much`, and no fault of the endpoint's. */
  canShrink: boolean
}

/** What is known of one endpoint of a pool, for `$status`, `doctor` and blind alerts. */
export interface EndpointStatus {
  /** Its host, never its path, which may hold a key; with a number where endpoints share one. */
  name: string
  /**
   * `fresh` is usable; `halted`: right chain, highest known, but its newest block is old; `disagrees`: its block cannot
   * be of the same chain as those of the others.
   */
  state: 'unknown' | 'fresh' | 'halted' | 'behind' | 'wrong-chain' | 'went-back' | 'disagrees' | 'failing'
  /** In words, such as "time-out", "502", "41 min behind"; null when fresh. */
  reason: string | null
  height: bigint | null
  timeNs: bigint | null
  /** How old its newest block may be by the chain's own rhythm; null or left out: not known. */
  patienceNs?: bigint | null
  /** Round trip of the last health check in milliseconds. */
  latencyMs: number | null
  /** Requests per second that the limiter currently allows. */
  requestsPerSecond: number
  /** Requests so far, and those of them that came to nothing; left out: they are not counted. */
  requests?: number
  errors?: number
}

/** The endpoints of one chain behind one door. Thrown: `UpstreamError`, `AnswerError`. */
export interface ChainPool {
  readonly chainId: string
  /**
   * Asks `path` (with its query) of a believed endpoint and parses the body with `schema`. Fails over on what is
   * an outage, never on what is an answer.
   * @throws {AnswerError} for an answer that is a "no" (gRPC codes 3 and 5)
   * @throws {UpstreamError} when nobody could answer; `too-much` and `not-supported` at once, `too-much` retryable
   * where a page failed as long ones do
   */
  get<T>(path: string, schema: z.ZodType<T>, options?: ReadOptions): Promise<Answer<T>>
  /**
   * Asks every endpoint for its latest block, judges each anew and returns the newest block that is believed.
   * @throws {UpstreamError} kind `no-endpoint` when none can be believed
   */
  head(options?: ReadOptions): Promise<Head>
  endpoints(): EndpointStatus[]
  /** Requests sent so far, health checks and retries included. */
  readonly requests: number
  /** Longest pages that came where longer ones did not, by endpoint and list route: kept for the next walk. */
  readonly pageLimits?: Map<string, number>
  /** What endpoints that give no heights did not find, until it is looked at a second time. */
  readonly unproven?: Unproven
  close(): Promise<void>
}

/** The same pool, for questions that nobody waits for. */
export const patiently = (pool: ChainPool): ChainPool =>
  Object.assign(Object.create(pool), {
    get: (path, schema, read) => pool.get(path, schema, { patient: true, ...read }),
    head: (read) => pool.head({ patient: true, ...read }),
  } satisfies Pick<ChainPool, 'get' | 'head'>)

/** A chain's own "no": an answer, not an outage. gRPC code 5 (not found) or 3 (invalid argument). */
export class AnswerError extends Error {
  override name = 'AnswerError'
  readonly code: 3 | 5
  readonly height: bigint | null
  readonly endpoint: string
  constructor(code: 3 | 5, message: string, at: { height: bigint | null; endpoint: string }) {
    super(message)
    this.code = code
    this.height = at.height
    this.endpoint = at.endpoint
  }
}

/** Whether it is the chain's word that there is no such thing. */
export const isNotThere = (error: unknown): error is AnswerError =>
  error instanceof AnswerError && error.code === 5

/** Whether no node that can be asked has such a route. */
export const isUnsupported = (error: unknown): error is UpstreamError =>
  error instanceof UpstreamError && error.kind === 'not-supported'

/** Whether a chain or the way to it failed, and not we: an endpoint that could not be asked, or its own "no". */
export function isUpstream(error: unknown): error is UpstreamError | AnswerError {
  return error instanceof UpstreamError || error instanceof AnswerError
}

/**
 * How a client's status is known: `tendermint` by the rule over its consensus state; `flag` by its frozen flag
 * alone (solo machine, localhost, attestations: they do not expire); `ask` only by the chain's `client_status`
 * (wasm, and types that are not known here).
 */
export type StatusRule = 'tendermint' | 'flag' | 'ask'

/** A light client's state as its host chain gave it. */
export interface ClientState {
  clientId: string
  /** The client type, such as `07-tendermint`: the client id without its number. */
  clientType: string
  rule: StatusRule
  trackedChainId: string | null
  latestHeight: Height | null
  trustingPeriodNs: bigint | null
  frozen: boolean
  /** Height header of the answer it came in; null where the node sent none. */
  readAtHeight: bigint | null
  /** Name of the endpoint that gave it. */
  endpoint: string
}

/** A client of the list whose state could not be understood; the others are not hurt by it. */
export interface MalformedClient {
  clientId: string
  clientType: string
  /** Names the endpoint, the path and the field. */
  problem: string
}

export interface Connection {
  connectionId: string
  clientId: string
  /** `STATE_OPEN`, `STATE_INIT`, `STATE_TRYOPEN`, … */
  state: string
  counterparty: { clientId: string; connectionId: string }
}

export interface Channel {
  channelId: string
  portId: string
  state: string
  /** The connection it runs over (first hop). */
  connectionId: string
  counterparty: { channelId: string; portId: string }
}

/** What the host chain says of a consensus state at one height. */
export type ConsensusTime =
  | { kind: 'time'; ns: bigint; endpoint: string; height: bigint | null }
  /**
   * Confirmed absent: by a second try, at a height not below the one the client state was read at; or, from an endpoint
   * that gives no heights (`height` null), by a second look.
   */
  | { kind: 'absent'; endpoint: string; height: bigint | null }
  /** Not found by an endpoint that gives no heights: a second look, a minute later, may tell. */
  | { kind: 'unproven'; problem: string }
