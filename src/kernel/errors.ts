// The three kinds of failure: Refusal (shown to the user), UpstreamError (an adapter could not), anything else (a bug).

/** A "no" that is meant for the user who asked: its message says what to do. */
export class Refusal extends Error {
  override name = 'Refusal'
}

/** Wrong configuration or wrong use of the command line: the process ends with exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** Something the process cannot start without, and that may pass (a full disk): the process ends with exit code 1. */
export class FatalError extends Error {
  override name = 'FatalError'
}

/** A `FatalError` that starting again does not mend: exit code 2, after which systemd does not. */
export class LastingError extends FatalError {
  override name = 'LastingError'
}

/**
 * What an upstream (a chain's endpoint, Discord, a faucet) failed with.
 * - `timeout`, `network` (refused, reset, DNS), `http` (an error status), `rate-limited` (429 or a ban),
 *   `body` (not JSON, cut, too big, or it does not fit the schema), `wrong-chain`, `stale` (behind, or went back),
 *   `too-much` (asked for more at once than the node gives), `not-supported` (501 on a route this version lacks),
 *   `no-endpoint` (no endpoint of the pool is usable).
 */
export type UpstreamKind =
  | 'timeout'
  | 'network'
  | 'http'
  | 'rate-limited'
  | 'body'
  | 'wrong-chain'
  | 'stale'
  | 'too-much'
  | 'not-supported'
  | 'no-endpoint'

/** Thrown by adapters. `retryable`: the same question may be answered later or elsewhere. */
export class UpstreamError extends Error {
  override name = 'UpstreamError'
  readonly kind: UpstreamKind
  readonly retryable: boolean
  /** Name of the endpoint: its host, never a path; empty where there was none. */
  readonly endpoint: string
  /** Milliseconds after which the upstream asked to be tried again, where it said so. */
  readonly retryAfterMs: number | null

  constructor(
    kind: UpstreamKind,
    message: string,
    options: { endpoint?: string; retryable?: boolean; retryAfterMs?: number | null; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.kind = kind
    this.endpoint = options.endpoint ?? ''
    this.retryable = options.retryable ?? true
    this.retryAfterMs = options.retryAfterMs ?? null
  }
}

/** The text of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** For `catch`: `value` where the error is one that is meant; any other is thrown. */
export const when =
  <T>(isMeant: (error: unknown) => boolean, value: T) =>
  (error: unknown): T => {
    if (isMeant(error)) return value
    throw error
  }
