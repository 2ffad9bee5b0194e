// The secret of a pager by Telegram: the bot's token and the chat; before them the address of a Bot API server of one's own.
import type { PagerTarget } from '../types.ts'

const API = 'https://api.telegram.org'

export function telegramTarget(
  url: string | null,
  [token, chat, ...more]: readonly string[],
): PagerTarget | string {
  const fits = /^\d{5,20}:[-_\w]{20,100}$/.test(token ?? '') && /^(-?\d{1,20}|@\w{3,64})$/.test(chat ?? '')
  if (!fits || more.length > 0)
    return "Put the bot's token (from @BotFather) into it, a space, and the chat's id (a number, for groups with - before it) or @channel."
  return { url: (url ?? API).replace(/\/+$/, ''), token: token!, to: chat! }
}
