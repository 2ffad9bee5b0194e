// Commands that show whether the connection to Discord works.
import { expect } from 'vitest'
import type { Command } from '../../src/discord/command.ts'
import { botMessages, type TestBot, until } from './discord-bot.ts'

export let finish = () => {}
export const commands: Command[] = [
  {
    name: 'status',
    summary: 'How I am',
    example: 'status',
    access: 'everyone',
    args: [],
    run: async () => ({ text: 'fine' }),
  },
  {
    name: 'wait',
    summary: 'Takes long',
    example: 'wait',
    access: 'everyone',
    args: [],
    run: () =>
      new Promise((resolve) => {
        finish = () => resolve({ text: 'finished' })
      }),
  },
]

export const works = async (bot: TestBot) => {
  const before = botMessages(bot).length
  bot.world.say(bot.ann, bot.channelId, '$status')
  await until(() => botMessages(bot).length > before)
}
export const slashWorks = async (bot: TestBot) => {
  expect((await bot.world.slash(bot.ann, bot.channelId, 'status').reply).content).toBe('fine')
}
