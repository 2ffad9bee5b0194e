// What an ntfy server's answer to a message means (pure).
import { z } from 'zod'
import type { WebhookAnswer } from '../../outbox/send.ts'
import { refused, unclear } from '../common.ts'
import type { PageVerdict } from '../types.ts'

const published = z.looseObject({ id: z.string(), event: z.literal('message') })
/** What it answers to the question whether it is well. */
const health = z.looseObject({ healthy: z.literal(true) })
const error = z.looseObject({ code: z.number(), error: z.string() })

export function ntfyVerdict(answer: WebhookAnswer): PageVerdict {
  const { status, body } = answer
  if (status === 200 && z.union([published, health]).safeParse(body).success) return { kind: 'accepted' }
  const said = error.safeParse(body).data
  return said && status < 500 && status !== 429 ? refused(status, said.error) : unclear(answer, 'ntfy')
}
