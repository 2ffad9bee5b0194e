// How soon the bot may log in to the gateway again: Discord resets a token after 1,000 logins (IDENTIFY) in a day.
import type { Clock } from '../kernel/clock.ts'
import { MINUTE_MS } from '../kernel/duration.ts'

/** What `GET /gateway/bot` says of logins. */
export interface LoginsLeft {
  total: number
  remaining: number
  /** Until `remaining` is `total` again, in milliseconds. */
  resetAfterMs: number
}

/** Each login costs one, and each so long of a session pays one back: at most 288 logins a day, and a first few. */
const PAID_BACK_MS = 5 * MINUTE_MS
/** 5 s are Discord's own least distance of two logins. */
const PAUSE_MS = 5000
const PAUSE_MAX_MS = 15 * MINUTE_MS
/** Enough for the longest pause; a session of 45 minutes makes up for everything. */
const SHORT_MAX = 9
/** Below this share of the day's logins, what is left is spread over the time until there are more. */
const SCARCE = 0.1

/** Makes the pace of one process. `random` is from 0 to 1. */
export function createIdentifyPace(clock: Pick<Clock, 'now'>, random: () => number = Math.random) {
  let short = 0
  /** When the present session came up and when it was last lost, Unix ms. */
  let session: { upMs: number | null; downMs: number | null } | null = null
  let pause: { untilMs: number; ms: number } | null = null

  function pauseMs({ total, remaining, resetAfterMs }: LoginsLeft): number {
    const spread = remaining < total * SCARCE ? resetAfterMs / Math.max(1, remaining) : 0
    if (!session) return spread
    const { upMs, downMs } = session
    const lastedMs = upMs === null ? 0 : Math.max(0, (downMs ?? clock.now()) - upMs)
    short = Math.min(SHORT_MAX, Math.max(0, short + 1 - lastedMs / PAID_BACK_MS))
    const doubled = PAUSE_MS * 2 ** Math.max(0, short - 1)
    const grown = short === 0 ? 0 : Math.min(PAUSE_MAX_MS, doubled) * (1 + random() / 2)
    return Math.max(grown, spread)
  }

  return {
    /**
     * How long to wait before the next login, in milliseconds; 0: it is made now, and counted. A pause that was waited
     * for is not asked for again.
     */
    ask(left: LoginsLeft): number {
      const nowMs = clock.now()
      if (!pause) {
        const ms = pauseMs(left)
        pause = { untilMs: (session?.downMs ?? nowMs) + ms, ms }
      }
      // A clock that was set back makes no pause longer.
      const restMs = Math.min(pause.untilMs - nowMs, pause.ms)
      const waitMs = left.remaining <= 0 ? Math.max(left.resetAfterMs, PAUSE_MS) : restMs
      if (waitMs > 0) return Math.ceil(waitMs)
      pause = null
      session = { upMs: null, downMs: null }
      return 0
    },
    /** The session is up: it began, or was resumed. */
    up(): void {
      session ??= { upMs: null, downMs: null }
      session.upMs ??= clock.now()
      session.downMs = null
    },
    /** The connection broke; it may still be resumed. */
    down(): void {
      if (session) session.downMs ??= clock.now()
    },
    /** The present session is not looked at when it ends: it was refused for a reason that is mended. */
    forget(): void {
      session = null
    },
    /** Sessions that ended too soon, as far as longer ones have not made up for them. */
    short: () => short,
  }
}
