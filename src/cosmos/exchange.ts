// One question to one endpoint: sent, counted, classified, and its outcome told to the limiter.
import type { Clock } from '../kernel/clock.ts'
import { HOUR_MS, MINUTE_MS } from '../kernel/duration.ts'
import { UpstreamError } from '../kernel/errors.ts'
import { classify, isTooLong, type Meaning, outage, retryAfterMs, serverMs } from './classify.ts'
import type { Endpoint } from './endpoint.ts'
import type { RequestOutcome } from './limiter.ts'
import type { Turnstile } from './turnstile.ts'

export interface ExchangeDeps {
  turnstile: Turnstile
  /** The time of the wire. */
  wire: Clock
  /** Called once for every request that is sent. */
  count: () => void
}

export type Exchanged = Exclude<Meaning, { kind: 'restarted' }> & {
  /** The request went out with a pinned height. */
  pinned: boolean
} & Trip

interface Trip {
  /** Round trip of the last request in milliseconds. */
  tookMs: number
  /** What the clock of the node, or of what stands before it, showed, Unix ms; null: it does not tell. */
  serverMs: number | null
}

/**
 * Asks `path` of an endpoint in which a place was taken, and gives the place back. A restarted node of a halted chain
 * (SDK 0.53 and later) names the height to ask for: it is asked again with it, and from then on always, until a health
 * check succeeds without. `pinTo` overrides the endpoint's own. A page that can shrink and was too long says nothing of
 * the pace. Never throws what an endpoint can cause.
 */
export async function exchange(
  deps: ExchangeDeps,
  endpoint: Endpoint,
  path: string,
  options: { signal?: AbortSignal; pinTo?: bigint | null; canShrink?: boolean } = {},
): Promise<Exchanged> {
  const pinTo = options.pinTo === undefined ? endpoint.pinTo : options.pinTo
  const { verdict: first, ...trip } = await once(deps, endpoint, path, pinTo, options.signal)
  if (first.kind !== 'restarted') {
    deps.turnstile.leave(endpoint, endpoint.ofRoute(path, outcomeOf(first, options.canShrink)), trip.tookMs)
    return { ...first, pinned: pinTo !== null, ...trip }
  }
  // The place is kept for the second request, which the limiter counts as well.
  endpoint.limiter.force()
  deps.turnstile.leave(endpoint, 'ok', trip.tookMs)
  endpoint.pinTo = first.pinTo
  const { verdict: second, ...again } = await once(deps, endpoint, path, endpoint.pinTo, options.signal)
  const verdict = second.kind === 'restarted' ? outage('http', '500') : second
  deps.turnstile.leave(endpoint, outcomeOf(verdict, options.canShrink), again.tookMs)
  return { ...verdict, pinned: true, ...again }
}

async function once(
  deps: ExchangeDeps,
  endpoint: Endpoint,
  path: string,
  pinTo: bigint | null,
  signal?: AbortSignal,
): Promise<{ verdict: Meaning } & Trip> {
  const headers = pinTo === null ? undefined : { 'x-cosmos-block-height': String(pinTo) }
  const sentAtMs = deps.wire.now()
  deps.count()
  try {
    const response = await endpoint.transport.send(path, headers, signal)
    const trip = { tookMs: response.tookMs, serverMs: serverMs(response.headers) }
    return { verdict: classify(response, path), ...trip }
  } catch (error) {
    const trip = { tookMs: Math.max(0, deps.wire.now() - sentAtMs), serverMs: null }
    if (error instanceof UpstreamError) return { verdict: outage(error.kind, error.message), ...trip }
    return { verdict: outage('network', 'no connection'), ...trip }
  }
}

function outcomeOf(verdict: Meaning, canShrink = false): RequestOutcome {
  if (verdict.kind !== 'outage') return 'ok'
  if (canShrink && isTooLong(verdict)) return 'other'
  if (verdict.limited) return verdict.reason === '403' ? 'refused' : 'limited'
  if (verdict.error === 'http') return verdict.reason.startsWith('5') ? 'fault' : 'other'
  return verdict.error === 'timeout' && verdict.reason !== GIVEN_UP ? 'fault' : 'other'
}

/**
 * Holds an endpoint back for as long as it asked to be (`Retry-After`), an hour at most; a 429 holds back its whole host.
 * What is only down may be back sooner than it thinks: it is looked at after a minute.
 */
export function holdBack(
  endpoint: Endpoint,
  { reason, limited, retryAfter }: { reason: string; limited?: boolean; retryAfter?: string | null },
  now: { wireMs: number; clockMs: number },
): void {
  const pauseMs = retryAfterMs(retryAfter ?? null, now.clockMs)
  if (!pauseMs) return
  const untilMs = now.wireMs + Math.min(pauseMs, limited ? HOUR_MS : MINUTE_MS)
  endpoint.limiter.pause(untilMs)
  if (reason === '429') endpoint.limiter.pauseHost(untilMs)
}

/** Reason of a request that its caller aborted. */
export const GIVEN_UP = 'given up'
