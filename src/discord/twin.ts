// Notices another process with the same token: Discord says that it answered what this one was asked (40060).
import type { Clock } from '../kernel/clock.ts'
import { MINUTE_MS } from '../kernel/duration.ts'

export const TWIN_PROBLEM =
  'another process runs with the token of this bot: Discord said twice within ten minutes that somebody else had answered. Each has a database of its own and would pay the same person, so this one pays nothing more. End one of them, then restart the other'

/** Within this time the second one proves it; one alone may be a whim of Discord. */
const WITHIN_MS = 10 * MINUTE_MS

/** Returns what is called when Discord said so; it returns whether it is proven, which then stays so. */
export function createTwinWatch(clock: Pick<Clock, 'now'>): () => boolean {
  let lastMs: number | null = null
  let isProven = false
  return () => {
    const nowMs = clock.now()
    isProven ||= lastMs !== null && Math.abs(nowMs - lastMs) < WITHIN_MS
    lastMs = nowMs
    return isProven
  }
}
