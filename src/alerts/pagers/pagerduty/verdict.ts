// What PagerDuty's answer to an event means (pure): only its own 202 is an acceptance.
import { z } from 'zod'
import type { WebhookAnswer } from '../../outbox/send.ts'
import { refused, unclear } from '../common.ts'
import type { PageVerdict } from '../types.ts'

const answerSchema = z.looseObject({
  status: z.string(),
  message: z.string().default(''),
  errors: z.array(z.string()).default([]),
})

export function pagerdutyVerdict(answer: WebhookAnswer): PageVerdict {
  const { status } = answer
  const body = answerSchema.safeParse(answer.body).data
  if (status === 202 && body?.status === 'success') return { kind: 'accepted' }
  const isRefusal = [400, 401, 403, 404, 413].includes(status) || status < 300
  if (!body || !isRefusal) return unclear(answer, 'PagerDuty')
  return refused(status, [body.message, ...body.errors].filter(Boolean).join(': '))
}
