// What the answer of a webhook that is not ours means (pure): a 2xx is an acceptance, unless it says that it is none.
import type { WebhookAnswer } from '../../outbox/send.ts'
import { refused, unclear, wait } from '../common.ts'
import type { PageVerdict } from '../types.ts'

export function webhookVerdict(answer: WebhookAnswer): PageVerdict {
  const { status, body } = answer
  if (status >= 200 && status < 300) {
    if (typeof body === 'string' && isPage(body))
      return wait(`${status} with a page (a proxy or a login page before it?)`)
    return saysNo(body) ? refused(status, 'with an error in it') : { kind: 'accepted' }
  }
  // What stands in it may name the address, which is a secret.
  const mayPass = status === 408 || status === 425 || status === 429
  return status >= 400 && status < 500 && !mayPass ? refused(status, '') : unclear(answer, 'the webhook')
}

const isPage = (text: string) =>
  /^\s*</.test(text) && /<(!doctype html|html|head|body)\b/i.test(text.slice(0, 1000))

const ERROR = /^(errors?|errcode|errorMessage)$/i
const NO = /^(false|no|0)$/i

/** The ways in which an answer says with a status of success that it is none. */
function saysNo(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false
  if (Array.isArray(body)) return body.some(saysNo)
  return Object.entries(body).some(([name, value]) => {
    if (ERROR.test(name))
      return typeof value === 'object' ? Object.keys(value ?? {}).length > 0 : isThere(value)
    if (name === 'ok' || name === 'success') return NO.test(String(value))
    if (name !== 'status' && name !== 'statusCode') return false
    return Number(value) >= 400 || /^(err|fail|reject|invalid)/i.test(String(value))
  })
}

const isThere = (value: unknown) => Boolean(value) && !/^(0|false|no|none|null|ok)$/i.test(String(value))
