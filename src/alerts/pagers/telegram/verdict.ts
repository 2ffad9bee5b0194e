// What Telegram's answer means (pure): only `ok` is an acceptance, whatever the status.
import { z } from 'zod'
import type { WebhookAnswer } from '../../outbox/send.ts'
import { refused, unclear, wait } from '../common.ts'
import type { PageVerdict } from '../types.ts'

const answerSchema = z.looseObject({
  ok: z.boolean(),
  error_code: z.number().optional(),
  description: z.string().default(''),
  parameters: z
    .looseObject({ retry_after: z.number().optional(), migrate_to_chat_id: z.number().optional() })
    .default({}),
})

export function telegramVerdict(answer: WebhookAnswer): PageVerdict {
  const body = answerSchema.safeParse(answer.body).data
  if (!body) return unclear(answer, 'Telegram')
  if (body.ok) return answer.status === 200 ? { kind: 'accepted' } : unclear(answer, 'Telegram')
  const { retry_after: seconds, migrate_to_chat_id: movedTo } = body.parameters
  const status = body.error_code ?? answer.status
  const verdict = refused(status, body.description)
  if (movedTo !== undefined && verdict.kind === 'refused') return { ...verdict, to: String(movedTo) }
  if (seconds !== undefined) return wait(`${status}, to be asked again in ${seconds} s`, seconds * 1000)
  return status === 429 || status >= 500 ? unclear({ ...answer, status }, 'Telegram') : verdict
}
