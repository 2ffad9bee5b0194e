// Time as an argument: the clock that everything which waits or asks for "now" is handed.

/** A source of time. Tests and the demo hand in one that can be moved by hand. */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number
  /** Resolves after `ms` milliseconds of this clock, or at once (without an error) when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls `run` once when this clock reaches `atMs` (Unix ms). Returns a function that cancels it. */
  at(atMs: number, run: () => void): () => void
}

/** `Clock.sleep` over a clock's timers: resolves at `atMs` (Unix ms) or when `signal` aborts. */
export function sleepUntil(clock: Pick<Clock, 'at'>, atMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = () => {
      cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.at(atMs, done)
    signal?.addEventListener('abort', done, { once: true })
  })
}

/**
 * What `work` gives; undefined where it takes longer than `ms` milliseconds of the clock, or `signal` aborts. Rejects as
 * `work` does.
 */
export async function atMost<T>(
  clock: Pick<Clock, 'sleep'>,
  ms: number,
  work: Promise<T>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  const ended = new AbortController()
  const until = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal
  try {
    return (await Promise.race([work, clock.sleep(ms, until)])) ?? undefined
  } finally {
    ended.abort()
  }
}

/** The same clock; what a timer's work throws goes to `failed` and ends nothing else: nobody would catch it. */
export const guarded = (clock: Clock, failed: (error: unknown) => void): Clock => ({
  now: () => clock.now(),
  sleep: (ms, signal) => clock.sleep(ms, signal),
  at: (atMs, run) =>
    clock.at(atMs, () => {
      try {
        run()
      } catch (error) {
        failed(error)
      }
    }),
})

/** The longest delay that Node's timers take; longer ones are cut into pieces. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleepUntil(systemClock, Date.now() + ms, signal),
  at(atMs, run) {
    let timer: NodeJS.Timeout
    const arm = () => {
      const left = atMs - Date.now()
      timer = left > LONGEST_TIMER_MS ? setTimeout(arm, LONGEST_TIMER_MS) : setTimeout(run, Math.max(0, left))
    }
    arm()
    return () => clearTimeout(timer)
  },
}
