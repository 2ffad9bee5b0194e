// A clock that can be moved: stands still (tests) or runs with an offset to the machine's clock (the demo).
import { type Clock, sleepUntil } from '../src/kernel/clock.ts'

interface Timer {
  atMs: number
  run: () => void
}

/** A clock whose time is moved by hand; timers that become due on the way run in order, at their own time. */
export class ManualClock implements Clock {
  #nowMs: number
  readonly #timers = new Set<Timer>()

  constructor(startMs = Date.UTC(2026, 10, 20, 10, 0, 0)) {
    this.#nowMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepUntil(this, this.#nowMs + ms, signal)
  }

  at(atMs: number, run: () => void): () => void {
    // Like a machine's: whole milliseconds.
    const timer = { atMs: Math.ceil(atMs), run }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** How many timers are waiting. */
  get waiting(): number {
    return this.#timers.size
  }

  /**
   * Moves time forward by `ms`. Between two timers the event loop is given a few turns, so that what a timer
   * started (promises, loopback I/O that is ready) can set its next timer.
   */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms
    for (;;) {
      await settle()
      const next = [...this.#timers].sort((a, b) => a.atMs - b.atMs)[0]
      if (!next || next.atMs > endMs) break
      this.#timers.delete(next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.run()
    }
    this.#nowMs = endMs
    await settle()
  }

  /** Sets the time without running timers: a clock that was wrong, or goes backwards. */
  set(nowMs: number): void {
    this.#nowMs = nowMs
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** Runs with the machine's clock, but can be shifted forward; timers passed over by a shift run at once. */
export class ShiftedClock implements Clock {
  #offsetMs = 0
  readonly #timers = new Map<Timer, NodeJS.Timeout>()

  now(): number {
    return Date.now() + this.#offsetMs
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepUntil(this, this.now() + ms, signal)
  }

  at(atMs: number, run: () => void): () => void {
    const timer = { atMs, run }
    this.#arm(timer)
    return () => {
      clearTimeout(this.#timers.get(timer))
      this.#timers.delete(timer)
    }
  }

  /** Moves this clock by `ms` against the machine's clock. */
  shift(ms: number): void {
    this.#offsetMs += ms
    for (const [timer, handle] of [...this.#timers]) {
      clearTimeout(handle)
      this.#arm(timer)
    }
  }

  #arm(timer: Timer): void {
    const leftMs = Math.max(0, timer.atMs - this.now())
    const fire = () => {
      if (timer.atMs > this.now()) return this.#arm(timer)
      this.#timers.delete(timer)
      timer.run()
    }
    this.#timers.set(timer, setTimeout(fire, Math.min(leftMs, 2 ** 31 - 1)))
  }
}
