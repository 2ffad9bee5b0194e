// The pace of an endpoint, and with it that of its host: all that this process asks there shares it, chain by chain in turn.
// What somebody waits for goes first.
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
export type HostLimiter = ReturnType<typeof createHostLimiter>

interface Host {
  limiter: Limiter
  /** Everybody there with the limits of each: the smallest counts for all. */
  members: Map<Member, Ceilings>
  /** Those that want a place: who has waited longest comes first, and goes to the end with every place it gets. */
  lines: { urgent: Set<Seat>; patient: Set<Seat> }
  /** Whose turn it is. */
  next: Seat | null
  /** Places given so far. */
  given: number
  arm(): void
  serve(): void
}

/** A member in one of the two lines. */
interface Seat {
  member: Member
  line: Set<Seat>
}

/** Three of four places go to the urgent first, the fourth to the patient: neither waits for ever. */
export const inTurn = <T>(given: number, urgent: T, patient: T): readonly [T, T] =>
  given % 4 === 3 ? [patient, urgent] : [urgent, patient]

function firstOf({ lines, given }: Host): Seat | undefined {
  for (const line of inTurn(given, lines.urgent, lines.patient)) for (const seat of line) return seat
}

/** The hosts of this process, for each clock of the wire. */
const hosts = new WeakMap<Clock, Map<string, Host>>()

/**
 * The limiter of an endpoint at `url`. Endpoints are at one host where host and port are the same, whatever their keys
 * are. A 429 slows down the whole host; a 5xx, a time-out or a 403 says nothing about the other chains there.
 */
export function createHostLimiter(url: string, ceilings: Ceilings, wire: Clock, member: Member) {
  const own = createLimiter(ceilings)
  const host = hostOf(url, wire)
  host.members.set(member, ceilings)
  const { limiter: shared, lines } = host
  const seats = { urgent: { member, line: lines.urgent }, patient: { member, line: lines.patient } }
  const force = () => {
    host.given++
    own.force()
    shared.force()
  }
  return {
    waitMs: (nowMs: number): number => Math.max(own.waitMs(nowMs), shared.waitMs(nowMs)),
    /** Takes leave to send one request where `waitMs` gives it; `patient`: others of its host go first, three of four times. */
    tryTake(nowMs: number, patient = false): number {
      const seat = patient ? seats.patient : seats.urgent
      const ownMs = own.waitMs(nowMs)
      const sharedMs = shared.waitMs(nowMs)
      if (ownMs > 0) return ownMs
      if (sharedMs > 0 || (host.next ?? firstOf(host) ?? seat) !== seat) {
        seat.line.add(seat)
        host.arm()
        return Number.POSITIVE_INFINITY
      }
      host.next = null
      seat.line.delete(seat)
      force()
      return 0
    },
    force,
    done(nowMs: number, outcome: RequestOutcome, roundTripMs: number): void {
      own.done(nowMs, outcome, roundTripMs)
      shared.done(nowMs, ofHost(outcome), roundTripMs)
      host.serve()
    },
    pause: own.pause,
    /** Nothing more of the whole host before `untilMs`. */
    pauseHost(untilMs: number): void {
      shared.pause(untilMs)
      for (const one of [...host.members.keys()]) one.paused()
      host.arm()
    },
    /** Its limits count no more for the host. */
    leave(): void {
      host.members.delete(member)
      for (const seat of Object.values(seats)) seat.line.delete(seat)
      host.serve()
    },
    get pausedUntilMs(): number {
      return Math.max(own.pausedUntilMs, shared.pausedUntilMs)
    },
    get inFlight(): number {
      return own.inFlight
    },
    get ratePerSecond(): number {
      return Math.min(own.ratePerSecond, shared.ratePerSecond)
    },
    get roundTripMs(): number | null {
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

/** What an endpoint or its host asked for, in words; null: nothing more. */
export const waitText = ({ pausedUntilMs }: Pick<Limiter, 'pausedUntilMs'>, nowMs: number): string | null =>
  pausedUntilMs > nowMs ? `asks to wait ${Math.ceil((pausedUntilMs - nowMs) / 1000)} s` : null

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
    lines: { urgent: new Set(), patient: new Set() },
    next: null,
    given: 0,
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
      const waitMs = firstOf(host) ? host.limiter.waitMs(nowMs) : Number.POSITIVE_INFINITY
      // Where all places are taken, whoever leaves serves the others.
      cancelWake = Number.isFinite(waitMs) ? wire.at(nowMs + waitMs, host.serve) : () => {}
    },
    serve() {
      for (let seat = firstOf(host); seat && host.limiter.waitMs(wire.now()) === 0; seat = firstOf(host)) {
        seat.line.delete(seat)
        host.next = seat
        seat.member.turn()
        host.next = null
      }
      host.arm()
    },
  }
  return host
}
