// One endpoint of a pool: its connection, its limiter, and what is known of it.
import type { buildConnector } from 'undici'
import type { Clock } from '../kernel/clock.ts'
import { backoff } from '../net/backoff.ts'
import type { Block, Probe } from './endpoint-health.ts'
import type { NamedEndpoint } from './endpoint-name.ts'
import { createHostLimiter, type HostLimiter, type Member, waitText } from './host-pace.ts'
import type { Ceilings } from './limiter.ts'
import { createTransport, type Transport } from './rest.ts'
import { createRouteFaults } from './route-faults.ts'
import type { EndpointStatus } from './types.ts'

/** Ceilings for one endpoint. */
export interface EndpointLimits extends Ceilings {
  readonly timeoutMs: number
}

interface EndpointDeps {
  maxBodyBytes: number
  wire: Clock
  /** Told of what happens at the endpoint's host. */
  member: Member
  connector?: buildConnector.connector
}

export class Endpoint {
  readonly transport: Transport
  readonly limiter: HostLimiter
  /** What came back on a path, as far as the pace is concerned. */
  readonly ofRoute = createRouteFaults()
  state: EndpointStatus['state'] = 'unknown'
  /** In words; null when fresh. */
  reason: string | null = null
  /** What its last health check came to; null before the first. */
  probe: Probe | null = null
  /** The highest block that it was believed with. */
  said: Block | null = null
  /** Height to ask for with every request: a restarted node of a halted chain answers only so. */
  pinTo: bigint | null = null
  /** Requests so far, and those of them that came to nothing. */
  readonly asked = { requests: 0, errors: 0 }
  /** Outages without an answer in between, and when the first of them was sent. */
  failures = 0
  failingSinceMs = 0
  /** Health checks in a row that did not make it usable, and when the next may be made unasked (wire time). */
  refusals = 0
  checkAgainAtMs = 0

  constructor(named: NamedEndpoint, limits: EndpointLimits, deps: EndpointDeps) {
    const { name, url } = named
    const { wire: clock, member, maxBodyBytes, connector } = deps
    const { timeoutMs, inFlight: connections } = limits
    this.transport = createTransport(named, { name, timeoutMs, maxBodyBytes, connections, clock, connector })
    // A member of its own, although all of a pool are told alike.
    this.limiter = createHostLimiter(url, limits, clock, { ...member })
  }
}

/** What choosing an endpoint needs of it. */
export type EndpointView = Pick<Endpoint, 'state' | 'checkAgainAtMs'> & {
  readonly transport: Pick<Transport, 'name'>
  readonly limiter: Pick<HostLimiter, 'pausedUntilMs'>
}

/** A pause longer than this is not waited for. */
export const LONGEST_PAUSE_MS = 60_000
/** So many outages in a row, over at least so long, make an endpoint `failing`. */
const FAILURES = 5
const FAILING_MS = 3000

/** Ends its requests and its part in the pace of its host. */
export async function closeEndpoint({ transport, limiter }: Endpoint): Promise<void> {
  await transport.close()
  limiter.leave()
}

/** Believed, as of its last health check and its answers since. */
export function isBelieved(endpoint: EndpointView): boolean {
  return endpoint.state === 'fresh' || endpoint.state === 'halted'
}

/** May be asked, now or within a minute. */
export function isUsable(endpoint: EndpointView, nowMs: number): boolean {
  return isBelieved(endpoint) && endpoint.limiter.pausedUntilMs <= nowMs + LONGEST_PAUSE_MS
}

/** Takes an endpoint out of use until its next health check, which may be made unasked after a while. */
export function refuse(
  endpoint: Endpoint,
  state: EndpointStatus['state'],
  reason: string | null,
  nowMs: number,
  random: () => number,
): void {
  endpoint.state = state
  endpoint.reason = reason
  endpoint.checkAgainAtMs = nowMs + backoff(endpoint.refusals++, { firstMs: 2000, mostMs: 60_000, random })
}

/** Notes an outage of a request sent at `sentAtMs`. Returns whether the endpoint has failed often enough to be left. */
export function noteFailure(endpoint: Endpoint, sentAtMs: number, nowMs: number): boolean {
  if (endpoint.failures === 0) endpoint.failingSinceMs = sentAtMs
  endpoint.failures++
  return endpoint.failures >= FAILURES && nowMs - endpoint.failingSinceMs >= FAILING_MS
}

/** An endpoint for `$status`, `doctor` and blind alerts. */
export function statusOf(endpoint: Endpoint, nowMs: number): EndpointStatus {
  const { transport, limiter, probe } = endpoint
  const said = probe && 'block' in probe ? probe : null
  return {
    name: transport.name,
    state: endpoint.state,
    reason: waitText(limiter, nowMs) ?? endpoint.reason,
    height: said?.block.height ?? null,
    timeNs: said?.block.timeNs ?? null,
    patienceNs: said?.patienceNs ?? null,
    latencyMs: said && Math.round(said.latencyMs),
    requestsPerSecond: limiter.ratePerSecond,
    ...endpoint.asked,
  }
}
