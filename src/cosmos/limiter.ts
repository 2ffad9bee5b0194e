// The speed limit of one endpoint, found by itself: pure, the time of every event is an argument.

/** Lowest rate: one request in five seconds keeps finding out whether an endpoint is well again. */
const SLOWEST_PER_SECOND = 0.2
/** Rate of the very first requests; doubles with every round trip while all is well. */
const FIRST_PER_SECOND = 32
/** Requests that may go at once after a quiet moment, as a share of a second's worth. */
const BURST_SECONDS = 0.1
/** Above its threshold the rate rises by this share of itself in a second: from 75 % back to the limit takes five. */
const CREEP_PER_SECOND = 0.06
const WINDOW_MS = 1000

/**
 * What came back: `ok` an answer of the node; `limited` 429; `refused` a ban; `fault` 5xx or a time-out;
 * `other` what says nothing about speed (connection refused, a body that is not JSON, given up by the caller).
 */
export type RequestOutcome = 'ok' | 'limited' | 'refused' | 'fault' | 'other'

/** May change while they count. */
export interface Ceilings {
  readonly inFlight: number
  readonly requestsPerSecond: number
}

export type Limiter = ReturnType<typeof createLimiter>

/**
 * A token bucket whose rate is found as TCP finds its window (RFC 5681: slow start, additive increase, multiplicative
 * decrease), below two ceilings: `requestsPerSecond` and `inFlight` requests without an answer.
 */
export function createLimiter(ceilings: Ceilings) {
  let rate = FIRST_PER_SECOND
  /** Below it the rate doubles, above it it creeps. */
  let threshold = Number.POSITIVE_INFINITY
  let tokens = Number.POSITIVE_INFINITY
  let filledAtMs = Number.NaN
  let pausedUntilMs = 0
  let inFlight = 0
  let roundTripMs: number | null = null
  let raisedAtMs = Number.NEGATIVE_INFINITY
  let loweredAtMs = Number.NEGATIVE_INFINITY
  /** Last moment at which a request had to wait: only a rate that is used up says anything about the endpoint. */
  let wantedAtMs = Number.NEGATIVE_INFINITY
  const answers = createWindow()

  function capacity(): number {
    return Math.max(1, rate * BURST_SECONDS)
  }

  function fill(nowMs: number): void {
    // A clock that was set back must not stop the flow.
    const passedMs = nowMs > filledAtMs ? nowMs - filledAtMs : 0
    filledAtMs = nowMs
    rate = Math.min(rate, ceilings.requestsPerSecond)
    tokens = Math.min(capacity(), tokens + (rate * passedMs) / 1000)
  }

  function raise(nowMs: number, trip: number): void {
    const sinceMs = nowMs - raisedAtMs
    if (sinceMs < trip || wantedAtMs <= raisedAtMs) return
    const creep = Math.max(0.05, rate * CREEP_PER_SECOND) * (Math.min(sinceMs, 5000) / 1000)
    rate = Math.min(
      ceilings.requestsPerSecond,
      rate < threshold ? Math.min(rate * 2, Math.max(threshold, rate + creep)) : rate + creep,
    )
    raisedAtMs = nowMs
  }

  function lower(nowMs: number, outcome: 'limited' | 'refused' | 'fault', trip: number): void {
    if (nowMs - loweredAtMs < Math.max(trip, WINDOW_MS)) return
    const busy = nowMs - wantedAtMs <= WINDOW_MS
    // What the places in flight allow is all that was ever tried; a rate above it is only a number.
    const used = Math.min(rate, (ceilings.inFlight * 1000) / Math.max(1, trip))
    if (outcome !== 'fault') {
      rate = busy ? Math.min(used, answers.perSecond(nowMs)) * 0.75 : used / 2
      threshold = rate
    } else {
      rate = used / 2
      threshold = Math.max(rate, Math.min(threshold, used) * 0.7)
    }
    const slowest = Math.min(SLOWEST_PER_SECOND, ceilings.requestsPerSecond)
    rate = Math.max(slowest, rate)
    threshold = Math.max(slowest, threshold)
    tokens = Math.min(tokens, 0)
    loweredAtMs = nowMs
    raisedAtMs = nowMs
  }

  function waitMs(nowMs: number): number {
    if (nowMs < pausedUntilMs) return pausedUntilMs - nowMs
    fill(nowMs)
    const isFull = inFlight >= ceilings.inFlight
    if (!isFull && tokens >= 1) return 0
    wantedAtMs = nowMs
    return isFull ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(((1 - tokens) * 1000) / rate))
  }

  function force(): void {
    // As many as may be there, where nothing was asked before.
    tokens = Math.min(capacity(), tokens) - 1
    inFlight++
  }

  return {
    /** Somebody wants to send one request: 0 = may be sent now; else milliseconds to wait, Infinity while all places are taken. */
    waitMs,
    /** One request is sent; without leave on credit (the second one of one question). */
    force,
    /** One request came to its end. `roundTripMs` is what it took. */
    done(nowMs: number, outcome: RequestOutcome, tookMs: number) {
      inFlight--
      if (outcome === 'other') return
      if (outcome !== 'ok') return lower(nowMs, outcome, roundTripMs ?? tookMs)
      roundTripMs = roundTripMs === null ? tookMs : roundTripMs * 0.8 + tookMs * 0.2
      answers.count(nowMs)
      raise(nowMs, roundTripMs)
    },
    /** Nothing more before `untilMs` (Retry-After). */
    pause(untilMs: number): void {
      pausedUntilMs = Math.max(pausedUntilMs, untilMs)
    },
    get pausedUntilMs(): number {
      return pausedUntilMs
    },
    get inFlight(): number {
      return inFlight
    },
    /** Requests per second allowed at the moment. */
    get ratePerSecond(): number {
      return Math.min(rate, ceilings.requestsPerSecond)
    },
    /** Smoothed round trip in milliseconds; null before the first answer. */
    get roundTripMs(): number | null {
      return roundTripMs
    },
  }
}

/** Answers in the current and in the last window: the speed that the endpoint really kept up. */
function createWindow() {
  let atMs = 0
  let answered = 0
  let answeredBefore = 0

  function turn(nowMs: number): void {
    const passedMs = nowMs - atMs
    if (passedMs >= 0 && passedMs < WINDOW_MS) return
    answeredBefore = passedMs >= 0 && passedMs < 2 * WINDOW_MS ? answered : 0
    answered = 0
    atMs = passedMs >= 0 && passedMs < 2 * WINDOW_MS ? atMs + WINDOW_MS : nowMs
  }

  return {
    count(nowMs: number): void {
      turn(nowMs)
      answered++
    },
    perSecond(nowMs: number): number {
      turn(nowMs)
      return answered + answeredBefore * (1 - (nowMs - atMs) / WINDOW_MS)
    },
  }
}
