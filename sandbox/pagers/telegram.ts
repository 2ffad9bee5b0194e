// Telegram's Bot API as it answers to a bot that writes into a chat: its tokens, chats and limits, in its own words.
import { type Answered, type Asked, json, parsed } from './http.ts'

export interface TelegramMessage {
  chat_id: number | string
  text: string
  disable_notification?: boolean
}

export interface Telegram {
  token: string
  messages: TelegramMessage[]
  /** By their ids: one that is there, that has blocked the bot, or that has become another one (its id). */
  chats: Map<string, 'open' | 'blocked' | { movedTo: string }>
}

export const createTelegram = (token = '123456789:AAE-made-up-token-of-the-sandbox_0'): Telegram => ({
  token,
  messages: [],
  chats: new Map([['-1001234567890', 'open']]),
})

const TEXT_MAX = 4096

const refuse = (error_code: number, description: string, parameters?: object): Answered =>
  json(error_code, { ok: false, error_code, description, ...(parameters && { parameters }) })

export const retryAfter = (seconds: number): Answered =>
  refuse(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds })

export function answerTelegram({ path, query, body }: Asked, world: Telegram): Answered {
  const [, token, name] = /^\/bot([^/]+)\/(\w+)$/.exec(path) ?? []
  if (token === undefined) return refuse(404, 'Not Found')
  if (decodeURIComponent(token) !== world.token) return refuse(401, 'Unauthorized')
  const asked = parsed(body) ?? Object.fromEntries(query)
  if (name === 'getMe')
    return json(200, { ok: true, result: { id: 123456789, is_bot: true, username: 'sandbox_bot' } })
  if (name !== 'getChat' && name !== 'sendMessage') return refuse(404, 'Not Found')
  const chatId = String(asked.chat_id ?? '')
  if (chatId === '') return refuse(400, 'Bad Request: chat_id is empty')
  const chat = world.chats.get(chatId)
  if (chat === undefined) return refuse(400, 'Bad Request: chat not found')
  if (chat === 'blocked') return refuse(403, 'Forbidden: bot was blocked by the user')
  if (chat !== 'open')
    return refuse(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
      migrate_to_chat_id: Number(chat.movedTo),
    })
  if (name === 'getChat') return json(200, { ok: true, result: { id: Number(chatId), type: 'supergroup' } })
  const text = String(asked.text ?? '').trim()
  if (text === '') return refuse(400, 'Bad Request: message text is empty')
  if (text.length > TEXT_MAX) return refuse(400, 'Bad Request: message is too long')
  world.messages.push(asked as unknown as TelegramMessage)
  return json(200, { ok: true, result: { message_id: world.messages.length, chat: { id: chatId }, text } })
}
