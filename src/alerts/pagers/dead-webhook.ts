// A webhook that has taken nothing for five minutes is an alert of the pagers alone: Discord cannot tell it.
import type { Clock } from '../../kernel/clock.ts'
import { MINUTE_MS } from '../../kernel/duration.ts'
import { oneLine, shorten } from '../../words/text.ts'
import { NO_REMINDERS } from '../life.ts'
import { oneLiner } from '../outbox/commit.ts'
import type { DeliveryStatus } from '../outbox/status.ts'
import { createReports, type ReportDeps, seen } from '../report.ts'
import { WEBHOOK_ALERT } from './names.ts'
import type { NamedPager } from './targets.ts'

const LASTS_MS = 5 * MINUTE_MS

/** Returns a function that looks at the webhooks. It is over when one works, nothing waits for it, or it is configured no more. */
export function createDeadWebhooks(
  deps: Omit<ReportDeps, 'route' | 'settings'> & { clock: Clock; pagers: readonly NamedPager[] },
): (webhooks: DeliveryStatus['webhooks']) => void {
  const { alerts, clock, pagers } = deps
  const route = () => pagers.map(({ lane }) => ({ webhook: lane, mention: [], from: 'critical' as const }))
  const commit = createReports({ ...deps, route, settings: { alerts: { escalate: null } } })
  return (webhooks) => {
    const nowMs = clock.now()
    const states = alerts.loadStates(WEBHOOK_ALERT)
    const found = new Map(pagers.length === 0 ? [] : webhooks.map((one) => [WEBHOOK_ALERT + one.name, one]))
    for (const identity of new Set([...states.keys(), ...found.keys()])) {
      const { name, failsSinceMs = null, goneReason, lastError, waiting = 0 } = found.get(identity) ?? {}
      const isDead = failsSinceMs !== null && Math.abs(nowMs - failsSinceMs) >= LASTS_MS
      const isWell = failsSinceMs === null && waiting === 0
      if (states.get(identity)?.alertId == null ? !isDead : !isWell) continue
      const why = shorten(oneLine(goneReason ?? lastError ?? 'no answer'), 200)
      const held = `${waiting} ${waiting === 1 ? 'message waits' : 'messages wait'}`
      const headline = `🔴 Alerts do not reach Discord: the webhook ${name} takes nothing (${why}). ${held}, none is lost`
      const observed = seen(isDead ? 'critical' : 'ok', isDead ? { sinceMs: failsSinceMs } : {})
      commit(nowMs, (report) =>
        report(identity, observed, NO_REMINDERS, (notice) => oneLiner(identity, notice, headline)),
      )
    }
  }
}
