// A page as the generic webhook gets it: JSON of our own, documented in docs/pagers.md (pure).
import type { Request } from '../../outbox/send.ts'
import { proof } from '../common.ts'
import type { PagerTarget, PageToSend } from '../types.ts'

/** Null where there is none, or where it is later than any date. */
const iso = (atMs: number | null) =>
  atMs === null || Math.abs(atMs) > LAST_MS ? null : new Date(atMs).toISOString()
const LAST_MS = 8.64e15

/** Fields may come, none is taken away or means something else while `version` is 1. */
export function webhookRequest(target: PagerTarget, { atMs, alerts, ...page }: PageToSend): Request {
  const body = {
    version: 1,
    ...page,
    at: iso(atMs),
    alerts: alerts.map(({ deadlineMs, ...alert }) => ({ ...alert, deadline: iso(deadlineMs) })),
  }
  return { method: 'POST', url: target.url, headers: proof(target), body }
}
