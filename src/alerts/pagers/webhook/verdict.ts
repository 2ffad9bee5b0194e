// What the answer of a webhook that is not ours means (pure): a 2xx is an acceptance, unless it says that it is none.
import type { WebhookAnswer } from '../../outbox/send.ts'
import { refused, unclear, wait } from '../common.ts'
import type { PageVerdict } from '../types.ts'

export function webhookVerdict(answer: WebhookAnswer): PageVerdict {
  const { status, body } = answer
  if (status >= 200 && status < 300) {
    if (typeof body === 'string' && /^\s*<(!doctype|html)/i.test(body))
      return wait(`${status} with a page (a proxy or a login page before it?)`)
    return saysNo(body) ? refused(status, 'with an error in it') : { kind: 'accepted' }
  }
  // What stands in it may name the address, which is a secret.
  const mayPass = status === 408 || status === 425 || status === 429
  return status >= 400 && status < 500 && !mayPass ? refused(status, '') : unclear(answer, 'the webhook')
}

/** The ways in which an answer says with a status of success that it is none. */
function saysNo(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false
  const { ok, success, error, errors, status } = body as Record<string, unknown>
  const isThere = (one: unknown) => (Array.isArray(one) ? one.length > 0 : Boolean(one))
  const failed = typeof status === 'string' && /^(error|fail)/i.test(status)
  return ok === false || success === false || isThere(error) || isThere(errors) || failed
}
