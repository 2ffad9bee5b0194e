// Who may ask which endpoint when: one line of waiting questions for all endpoints of a pool, first come, first served, and
// before those that nobody waits for.
import type { Clock } from '../kernel/clock.ts'
import { onAbort } from '../net/aborts.ts'
import type { Endpoint } from './endpoint.ts'
import { inTurn } from './host-pace.ts'
import type { RequestOutcome } from './limiter.ts'

interface Waiter {
  accepts: (endpoint: Endpoint) => boolean
  isPatient: () => boolean
  resolve: (endpoint: Endpoint | null) => void
}

export type Turnstile = ReturnType<typeof createTurnstile>

/** `clock` is the time of the wire. */
export function createTurnstile(endpoints: readonly Endpoint[], clock: Clock) {
  let line = new Set<Waiter>()
  /** Places given so far. */
  let given = 0
  let cancelWake = () => {}
  let wakeAtMs = Number.POSITIVE_INFINITY
  let closed = false

  /** Lower is sooner: the round trip times the requests that share it. */
  function expected(endpoint: Endpoint): number {
    return Math.max(1, endpoint.limiter.roundTripMs ?? 1) * (1 + endpoint.limiter.inFlight)
  }

  function wakeIn(ms: number, nowMs: number): void {
    if (!Number.isFinite(ms) || nowMs + ms >= wakeAtMs) return
    cancelWake()
    wakeAtMs = nowMs + ms
    cancelWake = clock.at(wakeAtMs, () => {
      wakeAtMs = Number.POSITIVE_INFINITY
      pump()
    })
  }

  function pump(): void {
    const nowMs = clock.now()
    for (const patient of inTurn(given, false, true)) {
      const open = new Set(endpoints)
      for (const waiter of line) {
        if (open.size === 0) break
        const taken = waiter.isPatient() === patient && take(waiter, open, nowMs)
        if (!taken) continue
        given++
        line.delete(waiter)
        waiter.resolve(taken)
      }
    }
  }

  /** A place at the best endpoint that the waiter accepts; those without room leave `open`. */
  function take(waiter: Waiter, open: Set<Endpoint>, nowMs: number): Endpoint | null {
    for (;;) {
      let best: Endpoint | null = null
      for (const endpoint of open) {
        if (waiter.accepts(endpoint) && (!best || expected(endpoint) < expected(best))) best = endpoint
      }
      if (!best) return null
      const waitMs = best.limiter.tryTake(nowMs, waiter.isPatient())
      if (waitMs === 0) return best
      wakeIn(waitMs, nowMs)
      open.delete(best)
    }
  }

  function sendHome(): void {
    for (const waiter of line) {
      if (!closed && endpoints.some(waiter.accepts)) continue
      line.delete(waiter)
      waiter.resolve(null)
    }
  }

  return {
    /**
     * Waits for the first endpoint that `accepts` and has room, and takes one of its places. Null when none accepts
     * any more, or the signal aborted. Whoever is patient lets others go first; that may change while it waits. `again`
     * goes before those who ask for the first time.
     */
    enter(
      accepts: (endpoint: Endpoint) => boolean,
      isPatient: () => boolean,
      { again = false, signal }: { again?: boolean; signal?: AbortSignal } = {},
    ): Promise<Endpoint | null> {
      if (closed || signal?.aborted || !endpoints.some(accepts)) return Promise.resolve(null)
      return new Promise((resolve) => {
        const waiter: Waiter = { accepts, isPatient, resolve }
        line = again ? new Set([waiter, ...line]) : line.add(waiter)
        if (signal) {
          const stopListening = onAbort(signal, () => {
            if (line.delete(waiter)) resolve(null)
          })
          waiter.resolve = (endpoint) => {
            stopListening()
            resolve(endpoint)
          }
        }
        pump()
      })
    },
    /** Gives the place back. */
    leave(endpoint: Endpoint, outcome: RequestOutcome, roundTripMs: number): void {
      endpoint.asked.requests++
      if (outcome !== 'ok') endpoint.asked.errors++
      endpoint.limiter.done(clock.now(), outcome, roundTripMs)
      pump()
    },
    /** Lets in whoever may go. */
    pump,
    /** To be called when an endpoint became usable or unusable. */
    changed(): void {
      sendHome()
      pump()
    },
    /** Sends everybody home. */
    close(): void {
      closed = true
      cancelWake()
      sendHome()
    },
  }
}
