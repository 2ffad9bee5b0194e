// A webhook that has taken nothing for five minutes is an alert of the pagers alone: Discord cannot tell it.
import type { Clock } from '../../kernel/clock.ts'
import { MINUTE_MS } from '../../kernel/duration.ts'
import { oneLine, shorten } from '../../words/text.ts'
import { NO_REMINDERS } from '../life.ts'
import type { DeliveryStatus } from '../outbox/status.ts'
import { createReports, type ReportDeps, seen } from '../report.ts'
import type { NamedPager } from './targets.ts'

const LASTS_MS = 5 * MINUTE_MS

/** Returns a function that looks at the webhooks. It is over when one works, or nothing waits for it any more. */
export function createDeadWebhooks(
  deps: Omit<ReportDeps, 'route' | 'settings'> & { clock: Clock; pagers: readonly NamedPager[] },
): (webhooks: DeliveryStatus['webhooks']) => void {
  const { alerts, clock, pagers } = deps
  const route = () => pagers.map(({ lane }) => ({ webhook: lane, mention: [], from: 'critical' as const }))
  const commit = createReports({ ...deps, route, settings: { alerts: { escalate: null } } })
  return (webhooks) => {
    const nowMs = clock.now()
    for (const { name, failsSinceMs, goneReason, lastError, waiting } of webhooks) {
      const identity = `webhook:${name}`
      const state = alerts.loadState(identity)
      const isDead = failsSinceMs !== null && Math.abs(nowMs - failsSinceMs) >= LASTS_MS
      const isWell = failsSinceMs === null && waiting === 0
      const isOpen = state?.alertId != null
      if (isDead ? isOpen : !(isWell && isOpen)) continue
      const why = shorten(oneLine(goneReason ?? lastError ?? 'no answer'), 200)
      const held = `${waiting} ${waiting === 1 ? 'message waits' : 'messages wait'}`
      commit(nowMs, (report) =>
        report(
          identity,
          seen(isDead ? 'critical' : 'ok', isDead ? { sinceMs: failsSinceMs } : {}),
          NO_REMINDERS,
          (notice) => ({
            identity,
            notice,
            headline: `🔴 Alerts do not reach Discord: the webhook ${name} takes nothing (${why}). ${held}, none is lost`,
            group: null,
            embed: null,
            mention: [],
          }),
          state,
        ),
      )
    }
  }
}
