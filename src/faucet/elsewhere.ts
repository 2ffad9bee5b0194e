// What another process with the same token does to the faucet: it has a history of its own, and would pay twice.
import type { Clock } from '../kernel/clock.ts'
import { MINUTE_MS } from '../kernel/duration.ts'
import type { Logger } from '../kernel/logger.ts'
import type { FaucetSettings } from './schema.ts'
import type { Reason } from './types.ts'

/** For so long a user whom another process answered is not paid here; by then it is proven, or was a whim of Discord. */
const DOUBT_MS = 10 * MINUTE_MS

export interface Elsewhere {
  /** Another process answered an interaction of this user; `proven`: not for the first time lately. */
  seen(userId: string, proven: boolean): void
  /** Why this user is not paid now because of it. */
  reasons(userId: string): Reason[]
}

export function createElsewhere(deps: {
  settings: readonly FaucetSettings[]
  clock: Clock
  logger: Logger
  say: (channelId: string, text: string) => Promise<boolean>
}): Elsewhere {
  const { settings, clock, logger, say } = deps
  /** When another process answered a user, Unix ms. */
  const answeredMs = new Map<string, number>()
  let stopped = false

  async function tellModerators(): Promise<void> {
    const text =
      '⛔ Another process runs with my token: Discord said twice within ten minutes that somebody else had answered. Each of us has a history of its own and would pay the same person, so I pay nothing more. End one of them, then restart the other.'
    const channels = new Set(settings.flatMap(({ auditChannel }) => auditChannel ?? []))
    await Promise.all([...channels].map((channelId) => say(channelId, text)))
  }

  return {
    seen(userId, proven) {
      const nowMs = clock.now()
      for (const [id, atMs] of answeredMs) if (nowMs - atMs >= DOUBT_MS) answeredMs.delete(id)
      answeredMs.set(userId, nowMs)
      if (!proven || stopped) return
      stopped = true
      logger.error('the faucet pays nothing more until the restart: another process runs with the same token')
      tellModerators().catch((error) => logger.warn({ err: error }, 'the audit channel could not be told'))
    },
    reasons(userId) {
      if (stopped) return [{ code: 'twin' }]
      const atMs = answeredMs.get(userId)
      const againMs = (atMs ?? 0) + DOUBT_MS
      return atMs === undefined || clock.now() >= againMs ? [] : [{ code: 'elsewhere', againMs }]
    },
  }
}
