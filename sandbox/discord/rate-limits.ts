// Rate limits: windows by key in the world's time, with Discord's headers.
import { createHash } from 'node:crypto'
import type { Clock } from '../../src/kernel/clock.ts'

export interface Limit {
  count: number
  perMs: number
}

interface Window {
  endsMs: number
  used: number
}

/** What a request is told about its limit. */
export interface Allowance {
  headers: Record<string, string>
  /** Milliseconds to wait; null when the request may pass. */
  waitMs: number | null
}

export class RateLimits {
  readonly #clock: Pick<Clock, 'now'>
  readonly #windows = new Map<string, Window>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /**
   * Counts a request. The first limit is the one that the headers show.
   * The reset is told in the world's time, as Unix seconds.
   */
  take(key: string, limits: readonly Limit[]): Allowance {
    const nowMs = this.#clock.now()
    const windows = limits.map((limit, index) => ({
      limit,
      window: this.#window(`${index}:${key}`, limit, nowMs),
    }))
    const full = windows.filter(({ limit, window }) => window.used >= limit.count)
    if (full.length === 0) for (const { window } of windows) window.used++
    const shown = full[0] ?? windows[0]!
    const waitMs = full.length > 0 ? Math.max(...full.map(({ window }) => window.endsMs)) - nowMs : null
    const left = Math.max(0, shown.limit.count - shown.window.used)
    return { waitMs, headers: limitHeaders(key, shown.limit.count, left, shown.window.endsMs, nowMs) }
  }

  #window(key: string, limit: Limit, nowMs: number): Window {
    const known = this.#windows.get(key)
    if (known && known.endsMs > nowMs) return known
    const fresh = { endsMs: nowMs + limit.perMs, used: 0 }
    this.#windows.set(key, fresh)
    return fresh
  }
}

function limitHeaders(key: string, limit: number, left: number, endsMs: number, nowMs: number) {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(left),
    'x-ratelimit-reset': (endsMs / 1000).toFixed(3),
    'x-ratelimit-reset-after': ((endsMs - nowMs) / 1000).toFixed(3),
    'x-ratelimit-bucket': createHash('md5').update(key).digest('hex'),
  }
}
