// A clock of the wire that runs faster than the machine's, for pauses that are real ones to a pool of endpoints.
import { type Clock, sleepUntil } from '../src/kernel/clock.ts'

/**
 * Runs `times` as fast as the machine's clock; never faster than this process gets on, which holds the nodes too: a busy
 * machine makes no time-outs.
 */
export function createFastClock(times: number): Clock {
  let nowMs = Date.now()
  const timers = new Set<{ atMs: number; run: () => void }>()
  setInterval(() => {
    nowMs += times
    for (const timer of timers) if (timer.atMs <= nowMs && timers.delete(timer)) timer.run()
  }, 1).unref()
  const clock: Clock = {
    now: () => nowMs,
    sleep: (ms, signal) => sleepUntil(clock, nowMs + ms, signal),
    at(atMs, run) {
      const timer = { atMs, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
  }
  return clock
}
