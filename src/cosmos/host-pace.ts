// The pace of an endpoint, and with it that of its host: all that this process asks there shares it, chain by chain in turn.
import type { Clock } from '../kernel/clock.ts'
import { type Ceilings, createLimiter, type Limiter, type RequestOutcome } from './limiter.ts'

/** Whoever waits at a host. */
export interface Member {
  /** It may take one place now. */
  turn(): void
  /** The host asked everybody to wait. */
  paused(): void
}

/** The limiter of one endpoint below that of its host. */
export interface HostLimiter extends Limiter {
  /** Nothing more of the whole host before `untilMs`. */
  pauseHost(untilMs: number): void
  /** Its limits count no more for the host. */
  leave(): void
}

interface Host {
  limiter: Limiter
  /** Everybody there with the limits of each: the smallest counts for all. */
  members: Map<Member, Ceilings>
  /** Those that want a place: who has waited longest comes first, and goes to the end with every place it gets. */
  line: Set<Member>
  /** Whose turn it is. */
  next: Member | null
  arm(): void
  serve(): void
}

/** The hosts of this process, for each clock of the wire. */
const hosts = new WeakMap<Clock, Map<string, Host>>()

/**
 * The limiter of an endpoint at `url`. Endpoints are at one host where host and port are the same, whatever their keys
 * are. A 429 slows down the whole host; a 5xx, a time-out or a 403 says nothing about the other chains there.
 */
export function createHostLimiter(url: string, ceilings: Ceilings, wire: Clock, member: Member): HostLimiter {
  const own = createLimiter(ceilings)
  const host = hostOf(url, wire)
  host.members.set(member, ceilings)
  const { limiter: shared, line } = host
  return {
    waitMs: (nowMs) => Math.max(own.waitMs(nowMs), shared.waitMs(nowMs)),
    tryTake(nowMs) {
      const ownMs = own.waitMs(nowMs)
      const sharedMs = shared.waitMs(nowMs)
      if (ownMs > 0) return ownMs
      const [first = member] = line
      if (sharedMs > 0 || (first !== member && host.next !== member)) {
        line.add(member)
        host.arm()
        return Number.POSITIVE_INFINITY
      }
      host.next = null
      line.delete(member)
      own.force()
      shared.force()
      return 0
    },
    force() {
      own.force()
      shared.force()
    },
    done(nowMs, outcome, roundTripMs) {
      own.done(nowMs, outcome, roundTripMs)
      shared.done(nowMs, ofHost(outcome), roundTripMs)
      host.serve()
    },
    pause: own.pause,
    pauseHost(untilMs) {
      shared.pause(untilMs)
      for (const one of [...host.members.keys()]) one.paused()
      host.arm()
    },
    leave() {
      host.members.delete(member)
      line.delete(member)
      host.serve()
    },
    get pausedUntilMs() {
      return Math.max(own.pausedUntilMs, shared.pausedUntilMs)
    },
    get inFlight() {
      return own.inFlight
    },
    get ratePerSecond() {
      return Math.min(own.ratePerSecond, shared.ratePerSecond)
    },
    get roundTripMs() {
      return own.roundTripMs
    },
  }
}

/** One that has no limits of its own: for a single request, which counts all the same. */
export const passingBy = (url: string, wire: Clock): HostLimiter =>
  createHostLimiter(
    url,
    { inFlight: Number.POSITIVE_INFINITY, requestsPerSecond: Number.POSITIVE_INFINITY },
    wire,
    { turn() {}, paused() {} },
  )

const ofHost = (outcome: RequestOutcome): RequestOutcome =>
  outcome === 'ok' || outcome === 'limited' ? outcome : 'other'

function hostOf(url: string, wire: Clock): Host {
  const here = hosts.get(wire) ?? new Map<string, Host>()
  hosts.set(wire, here)
  // What a host asked for outlives those that it was said to.
  for (const [name, { members, limiter }] of here)
    if (members.size === 0 && limiter.pausedUntilMs <= wire.now()) here.delete(name)
  const name = new URL(url).host.replace(/\.(?=:|$)/, '')
  const host = here.get(name) ?? createHost(wire)
  here.set(name, host)
  return host
}

function createHost(wire: Clock): Host {
  let cancelWake = () => {}
  const members: Host['members'] = new Map()
  const least = (of: keyof Ceilings) => Math.min(...[...members.values()].map((ceilings) => ceilings[of]))
  const host: Host = {
    members,
    line: new Set(),
    next: null,
    limiter: createLimiter({
      get inFlight() {
        return least('inFlight')
      },
      get requestsPerSecond() {
        return least('requestsPerSecond')
      },
    }),
    arm() {
      cancelWake()
      const nowMs = wire.now()
      const waitMs = host.line.size > 0 ? host.limiter.waitMs(nowMs) : Number.POSITIVE_INFINITY
      // Where all places are taken, whoever leaves serves the others.
      cancelWake = Number.isFinite(waitMs) ? wire.at(nowMs + waitMs, host.serve) : () => {}
    },
    serve() {
      while (host.line.size > 0 && host.limiter.waitMs(wire.now()) === 0) {
        const [member] = host.line
        host.line.delete(member!)
        host.next = member!
        member!.turn()
        host.next = null
      }
      host.arm()
    },
  }
  return host
}
