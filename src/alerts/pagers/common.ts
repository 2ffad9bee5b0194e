// What all kinds of pagers have in common (pure): how they are told who sends, and what an answer means that says little.
import { oneLine, shorten } from '../../words/text.ts'
import type { WebhookAnswer } from '../outbox/send.ts'
import { secondsOf } from '../outbox/verdict.ts'
import type { PagerTarget, PageVerdict } from './types.ts'

/** It may pass; where it is said how long to wait, it was refused for sure. */
export const wait = (reason: string, waitMs: number | null = null): PageVerdict => ({
  kind: 'wait',
  waitMs,
  reason,
  isCertain: waitMs !== null,
})

/** It may pass: nothing in the answer says more than its status. */
export function unclear({ status, headers }: WebhookAnswer, from: string): PageVerdict {
  const failing = status === 408 || status === 425 || status === 429 || status >= 500
  const reason = failing
    ? String(status)
    : `${status}: no answer of ${from} (a proxy or a login page before it?)`
  return wait(reason, status === 429 || status === 503 ? secondsOf(headers, 'retry-after') : null)
}

/** It will be refused again until somebody mends it; `text` is the pager's own, of any length. */
export const refused = (status: number, text: unknown): PageVerdict => ({
  kind: 'refused',
  reason: shorten(oneLine(`${status} ${typeof text === 'string' ? text : ''}`), 200),
})

/** What proves who sends, where that is asked for. */
export const proof = ({ token }: PagerTarget): Record<string, string> =>
  token === null ? {} : { authorization: `Bearer ${token}` }
