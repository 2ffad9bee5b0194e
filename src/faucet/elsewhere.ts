// What another process with the same token does to the faucet: it has a history of its own, and would pay twice.
import type { Clock } from '../kernel/clock.ts'
import type { FaucetSettings } from './schema.ts'
import type { Reason } from './types.ts'

export type Elsewhere = ReturnType<typeof createElsewhere>

export function createElsewhere(deps: {
  settings: readonly FaucetSettings[]
  clock: Clock
  say: (channelId: string, text: string) => Promise<boolean | null>
}) {
  const { settings, clock, say } = deps
  /** When another process answered a user, Unix ms. */
  const answeredMs = new Map<string, number>()
  let stopped = false
  const longestMs = Math.max(...settings.map(({ everyMs }) => everyMs))
  const untold = new Set(settings.flatMap(({ auditChannel }) => auditChannel ?? []))

  return {
    /** Another process answered an interaction of this user; `proof`: a sentence where it is not the first time lately. */
    seen(userId: string, proof: string | null): void {
      const nowMs = clock.now()
      for (const [id, atMs] of answeredMs) if (nowMs - atMs >= longestMs) answeredMs.delete(id)
      answeredMs.set(userId, nowMs)
      if (proof === null) return
      stopped = true
      // What cannot be said now is tried again at the next time.
      for (const channelId of untold) {
        untold.delete(channelId)
        void say(channelId, `⛔ ${proof}`).then((said) => said || untold.add(channelId))
      }
    },

    /** Why this user is not paid now because of it: what another process may have paid counts as paid here. */
    reasons(userId: string, everyMs: number): Reason[] {
      if (stopped) return [{ code: 'twin' }]
      const lastMs = answeredMs.get(userId) ?? Number.NEGATIVE_INFINITY
      const againMs = lastMs + everyMs
      return clock.now() < againMs ? [{ code: 'elsewhere', lastMs, againMs }] : []
    },
  }
}
