// The ways of paging by their names: each is loaded when a pager of its kind is configured.
import type { PagerName } from './settings.ts'
import type { PagerKind } from './types.ts'

const LOAD: Readonly<Record<PagerName, () => Promise<PagerKind>>> = {
  async pagerduty() {
    const { pagerdutyQuestion, pagerdutyRequest } = await import('./pagerduty/message.ts')
    const { pagerdutyVerdict } = await import('./pagerduty/verdict.ts')
    return { request: pagerdutyRequest, verdict: pagerdutyVerdict, question: pagerdutyQuestion }
  },
  async ntfy() {
    const { ntfyQuestion, ntfyRequest } = await import('./ntfy/message.ts')
    const { ntfyVerdict } = await import('./ntfy/verdict.ts')
    return { request: ntfyRequest, verdict: ntfyVerdict, question: ntfyQuestion }
  },
  async telegram() {
    const { telegramQuestion, telegramRequest } = await import('./telegram/message.ts')
    const { telegramVerdict } = await import('./telegram/verdict.ts')
    return { request: telegramRequest, verdict: telegramVerdict, question: telegramQuestion }
  },
  async webhook() {
    const { webhookRequest } = await import('./webhook/message.ts')
    const { webhookVerdict } = await import('./webhook/verdict.ts')
    return { request: webhookRequest, verdict: webhookVerdict, question: null }
  },
}

export const loadKind = (kind: PagerName): Promise<PagerKind> => LOAD[kind]()
