// The ways of paging by their names.
import { ntfyQuestion, ntfyRequest } from './ntfy/message.ts'
import { ntfyVerdict } from './ntfy/verdict.ts'
import { pagerdutyQuestion, pagerdutyRequest } from './pagerduty/message.ts'
import { pagerdutyVerdict } from './pagerduty/verdict.ts'
import type { PagerName } from './settings.ts'
import { telegramQuestion, telegramRequest } from './telegram/message.ts'
import { telegramVerdict } from './telegram/verdict.ts'
import type { PagerKind } from './types.ts'
import { webhookRequest } from './webhook/message.ts'
import { webhookVerdict } from './webhook/verdict.ts'

export const KINDS: Readonly<Record<PagerName, PagerKind>> = {
  pagerduty: { request: pagerdutyRequest, verdict: pagerdutyVerdict, question: pagerdutyQuestion },
  ntfy: { request: ntfyRequest, verdict: ntfyVerdict, question: ntfyQuestion },
  telegram: { request: telegramRequest, verdict: telegramVerdict, question: telegramQuestion },
  webhook: { request: webhookRequest, verdict: webhookVerdict, question: null },
}
