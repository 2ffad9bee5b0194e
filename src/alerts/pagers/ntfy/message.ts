// A message as ntfy takes it, published as JSON (pure).
import { RANK } from '../../../words/levels.ts'
import { shorten } from '../../../words/text.ts'
import type { Request } from '../../outbox/send.ts'
import { proof } from '../common.ts'
import type { PagerTarget, PageToSend } from '../types.ts'

/** A message of more than 4,096 bytes becomes a file; a character has three bytes at most, or is two units with four. */
const MESSAGE_MAX = 1300

const LOOK = {
  trigger: { title: (level: string) => `IBC: ${level}`, emoji: 'rotating_light' },
  acknowledge: { title: () => 'Somebody has it', emoji: 'eyes' },
  resolve: { title: () => 'No alarm any more', emoji: 'white_check_mark' },
} as const

/** 5 is the loudest of five; 2 makes no sound. */
function priorityOf({ action, level }: PageToSend): number {
  if (action !== 'trigger') return 2
  return RANK[level] >= RANK.critical ? 5 : 4
}

export function ntfyRequest(target: PagerTarget, page: PageToSend): Request {
  const { title, emoji } = LOOK[page.action]
  const body = {
    topic: target.to,
    title: title(page.level),
    message: shorten([page.summary, page.details].filter(Boolean).join('\n'), MESSAGE_MAX),
    priority: priorityOf(page),
    tags: [emoji, page.level],
    ...(page.url !== null && { click: page.url }),
  }
  return { method: 'POST', url: target.url, headers: proof(target), body }
}

export const ntfyQuestion = ({ url }: PagerTarget): Request => ({
  method: 'GET',
  url: new URL('v1/health', url).href,
})
