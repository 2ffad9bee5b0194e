// An event of PagerDuty's Events API v2 (pure).
import { shorten } from '../../../words/text.ts'
import type { Request } from '../../outbox/send.ts'
import type { Level } from '../../types.ts'
import type { PagerTarget, PageToSend } from '../types.ts'

const SUMMARY_MAX = 1024
const ALERTS_MAX = 100

const SEVERITY: Partial<Record<Level, string>> = {
  critical: 'critical',
  expired: 'critical',
  frozen: 'critical',
  blind: 'error',
  dry: 'error',
}

export function pagerdutyRequest({ url, token }: PagerTarget, page: PageToSend): Request {
  const { action, key, level, summary, details, atMs, alerts } = page
  const event = { routing_key: token, event_action: action, dedup_key: key }
  if (action !== 'trigger') return { method: 'POST', url, body: event }
  const payload = {
    summary: shorten(summary, SUMMARY_MAX) || level,
    source: shorten(alerts[0]?.identity ?? 'ibc-monitor', 200),
    severity: SEVERITY[level] ?? 'warning',
    timestamp: new Date(atMs).toISOString(),
    component: 'ibc',
    class: level,
    custom_details: {
      details,
      alerts: alerts.slice(0, ALERTS_MAX).map(({ number, headline }) => `#${number} ${headline}`),
    },
  }
  const links = page.url === null ? [] : [{ href: page.url, text: 'The alert in Discord' }]
  return { method: 'POST', url, body: { ...event, payload, links, client: 'ibc-monitor' } }
}

/** That what was never triggered is over changes nothing, and is refused where the key is wrong. */
export const pagerdutyQuestion = ({ url, token }: PagerTarget): Request => ({
  method: 'POST',
  url,
  body: { routing_key: token, event_action: 'resolve', dedup_key: 'ibc-monitor/doctor' },
})
