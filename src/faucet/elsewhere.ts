// What another process with the same token does to the faucet: it has a history of its own, and would pay twice.
import type { Clock } from '../kernel/clock.ts'
import { MINUTE_MS } from '../kernel/duration.ts'
import type { FaucetSettings } from './schema.ts'
import type { Reason } from './types.ts'

/** For so long a user whom another process answered is not paid here; by then it is proven, or was a whim of Discord. */
const DOUBT_MS = 10 * MINUTE_MS

export interface Elsewhere {
  /** Another process answered an interaction of this user; `proof`: a sentence where it is not the first time lately. */
  seen(userId: string, proof: string | null): void
  /** Why this user is not paid now because of it. */
  reasons(userId: string): Reason[]
}

export function createElsewhere(deps: {
  settings: readonly FaucetSettings[]
  clock: Clock
  say: (channelId: string, text: string) => Promise<boolean>
}): Elsewhere {
  const { settings, clock, say } = deps
  /** When another process answered a user, Unix ms. */
  const answeredMs = new Map<string, number>()
  let stopped = false
  const untold = new Set(settings.flatMap(({ auditChannel }) => auditChannel ?? []))

  return {
    seen(userId, proof) {
      const nowMs = clock.now()
      for (const [id, atMs] of answeredMs) if (nowMs - atMs >= DOUBT_MS) answeredMs.delete(id)
      answeredMs.set(userId, nowMs)
      if (proof === null) return
      stopped = true
      // What cannot be said now is tried again at the next time.
      for (const channelId of untold) {
        untold.delete(channelId)
        void say(channelId, `⛔ ${proof}`).then((said) => said || untold.add(channelId))
      }
    },
    reasons(userId) {
      if (stopped) return [{ code: 'twin' }]
      const atMs = answeredMs.get(userId)
      const againMs = (atMs ?? 0) + DOUBT_MS
      return atMs === undefined || clock.now() >= againMs ? [] : [{ code: 'elsewhere', againMs }]
    },
  }
}
