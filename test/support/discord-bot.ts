// A bot with test commands, connected by real discord.js to the local Discord.
import { pino } from 'pino'
import { DiscordServer, type SpecValidator } from '../../sandbox/discord/server.ts'
import type { Message } from '../../sandbox/discord/types.ts'
import { DiscordWorld, type WorldOptions } from '../../sandbox/discord/world.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import type { Command } from '../../src/discord/command.ts'
import { createDiscord, type DiscordDoor, type DiscordOptions } from '../../src/discord/gateway.ts'
import { createRegistry } from '../../src/discord/registry.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { loadDiscordOpenApi } from './discord-openapi.ts'

type Settings = Partial<DiscordOptions> & { commands?: readonly Command[] }

export interface TestBot {
  clock: ManualClock
  world: DiscordWorld
  server: DiscordServer
  discord: DiscordDoor
  /** Lines of the log, parsed. */
  log: { level: number; msg: string; [key: string]: unknown }[]
  /** The first channel. */
  channelId: string
  /** A member without any rights. */
  ann: string
  /** Stops the bot and starts it anew, as a new process would; with other settings where given. */
  restart(settings?: Settings): Promise<void>
  /** Like `restart`, without waiting until the slash commands are registered. */
  reconnect(settings?: Settings): Promise<void>
  close(): Promise<void>
}

let validator: SpecValidator | undefined

/** Discord's own description of its API where `DISCORD_OPENAPI` names its file: all that is sent must fit it. */
function description(): SpecValidator | undefined {
  const file = process.env.DISCORD_OPENAPI
  if (file) validator ??= loadDiscordOpenApi(file)
  return validator
}

/** Makes a local Discord with one channel and one member, and a bot that is not started yet. */
export async function makeTestBot(
  commands: readonly Command[],
  settings: Settings | ((channelId: string) => Settings) = {},
  worldOptions: Partial<WorldOptions> = {},
): Promise<TestBot> {
  const clock = new ManualClock()
  const world = new DiscordWorld({ clock, ...worldOptions })
  const server = await new DiscordServer(world, { strictSpec: description() }).listen()
  const channelId = world.addChannel('general').id
  const ann = world.addMember({ name: 'ann' }).user.id
  const log: TestBot['log'] = []
  const write = (line: string) => {
    if (line.includes(world.token) || line.includes('an-interaction-token')) leaks.push(line)
    log.push(JSON.parse(line))
  }
  const leaks: string[] = []
  const database = openDatabase(':memory:', { nowMs: clock.now() })
  const logger = pino({ level: 'debug' }, { write })
  let current: Settings = { commands, ...(typeof settings === 'function' ? settings(channelId) : settings) }
  const make = () => {
    const { commands: given = [], ...rest } = current
    const base = {
      token: world.token,
      apiBase: server.apiBase,
      guildId: world.guild.id,
      prefix: '$',
      database,
      clock,
      logger,
    }
    return createDiscord({ ...base, registry: createRegistry(given), ...rest })
  }
  const bot: TestBot = {
    clock,
    world,
    server,
    discord: make(),
    log,
    channelId,
    ann,
    async restart(changed) {
      await bot.reconnect(changed)
      await registered(bot)
    },
    async reconnect(changed = {}) {
      await bot.discord.stop()
      current = { ...current, ...changed }
      bot.discord = make()
      log.length = 0
      await bot.discord.start()
    },
    async close() {
      await bot.discord.stop()
      world.close()
      await server.close()
      if (leaks.length > 0) throw new Error(`secrets in the log: ${leaks.join('')}`)
      if (server.violations.length > 0) throw new Error(JSON.stringify(server.violations, null, 2))
    },
  }
  return bot
}

/** Like `makeTestBot`, started and with its slash commands registered. */
export async function startTestBot(...args: Parameters<typeof makeTestBot>): Promise<TestBot> {
  const bot = await makeTestBot(...args)
  await bot.discord.start()
  await registered(bot)
  return bot
}

/** Waits until the slash commands are registered. */
export async function registered(bot: TestBot): Promise<void> {
  await until(() => bot.log.some((line) => line.msg === 'slash commands are registered'))
}

/** Waits for work on this machine (sockets, processes) until `seen` gives something. The limit is for what hangs. */
export async function until<T>(seen: () => T | undefined | null | false): Promise<T> {
  const lastMs = Date.now() + 100_000
  for (;;) {
    const value = seen()
    if (value) return value
    if (Date.now() > lastMs) throw new Error(`never seen: ${seen}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Messages of the bot in a channel. */
export function botMessages(bot: TestBot, channelId = bot.channelId): Message[] {
  return bot.world.messages(channelId).filter((message) => message.author.id === bot.world.bot.id)
}

/** What the tests do with a bot, shortly. `bot` is asked anew each time. */
export function acting(bot: () => TestBot) {
  const answers = () => botMessages(bot()).map((message) => message.content)
  const slash = (name: string, options = {}, channelId = bot().channelId, who = bot().ann) =>
    bot().world.slash(who, channelId, name, options)
  return {
    say: (text: string, channelId = bot().channelId, who = bot().ann) =>
      bot().world.say(who, channelId, text),
    slash,
    answers,
    answered: (count = 1) => until(() => answers().length >= count && answers()),
  }
}
