// A message as Telegram's Bot API takes it: plain text, with a sound only where somebody is called (pure).
import { shorten } from '../../../words/text.ts'
import type { Request } from '../../outbox/send.ts'
import type { PagerTarget, PageToSend } from '../types.ts'

const TEXT_MAX = 4096

export function telegramRequest(target: PagerTarget, { action, summary, details, url }: PageToSend): Request {
  const link = url === null ? '' : `\n${url}`
  const text = shorten([summary, details].filter(Boolean).join('\n'), TEXT_MAX - link.length) + link
  return ask(target, 'sendMessage', {
    chat_id: target.to,
    text,
    disable_notification: action !== 'trigger',
    link_preview_options: { is_disabled: true },
  })
}

/** Whether the token is right, and the chat there for this bot. */
export const telegramQuestion = (target: PagerTarget): Request =>
  ask(target, 'getChat', { chat_id: target.to })

const ask = ({ url, token }: PagerTarget, name: string, body: object): Request => ({
  method: 'POST',
  url: `${url}/bot${token}/${name}`,
  body,
})
