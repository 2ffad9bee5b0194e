// What a person types into the demo's Discord: a message, a slash command, or a press of a page button.
import { messageOf } from '../../src/kernel/errors.ts'
import type { InteractionHandle } from '../discord/interactions.ts'
import type { CommandOption, Message } from '../discord/types.ts'
import type { OptionValues } from '../discord/users.ts'
import type { Scene } from './world.ts'

/** How long an answer is waited for before the next line is read, in real milliseconds. */
const ANSWER_MS = 3000
/** Discord's option types that are no text. */
const INTEGER = 4
const BOOLEAN = 5
const NUMBER = 10

/**
 * Writes `line` as the person at the terminal: `#faucet` alone goes to that channel, `/data osmosis` is a slash
 * command, `>` and `<` press the page buttons of the newest answer that has some, everything else is a message.
 * Resolves when the answer is there, or none comes. Returns what Discord's own client would say about it.
 */
export async function speak(scene: Scene, line: string): Promise<string[]> {
  const { discord } = scene
  const { userId, channelId } = scene.at
  try {
    const place = /^#(\S+)$/.exec(line)?.[1]
    if (place !== undefined) return [go(scene, place)]
    if (line === '>' || line === '<') return await answered(scene, pressPage(scene, line))
    if (line.startsWith('/')) {
      const [name = '', ...typed] = splitWords(line.slice(1))
      const words = typed.map((word) => mentionOf(scene, word))
      const command = [...discord.commands.guild, ...discord.commands.global].find((one) => one.name === name)
      if (!command) return [`there is no /${name}; there is: ${commandNames(scene)}`]
      const values = optionValues(command.options, words)
      return await answered(scene, discord.slash(userId, channelId, name, values))
    }
    const replied = nextMessage(scene, (one) => one.message_reference?.message_id === sentId)
    const sentId = discord.say(userId, channelId, line).id
    const prefix = scene.settings.discord.prefix
    if (prefix !== false && line.startsWith(prefix)) await replied.within(ANSWER_MS)
    replied.stop()
    return []
  } catch (error) {
    return [messageOf(error)]
  }
}

/** @throws when there is no such channel */
function go(scene: Scene, name: string): string {
  const found = Object.entries(scene.channels).find(([known]) => known === name)
  if (!found) {
    const known = Object.keys(scene.channels).map((one) => `#${one}`)
    throw new Error(`there is no #${name}; there is: ${known.join(', ')}`)
  }
  scene.at.channelId = found[1]
  return `you are in #${name} now`
}

/** `@newcomer` and `#faucet` as Discord's client sends them. */
function mentionOf({ people, channels }: Scene, word: string): string {
  const name = word.slice(1)
  const found = Object.entries(word.startsWith('@') ? people : channels).find(([known]) => known === name)
  return /^[@#]/.test(word) && found ? `<${word[0]}${found[1]}>` : word
}

const commandNames = ({ discord }: Scene) => discord.commands.guild.map(({ name }) => `/${name}`).join(', ')

async function answered(scene: Scene, interaction: InteractionHandle): Promise<string[]> {
  const late = new AbortController()
  const timeout = scene.clock.sleep(ANSWER_MS, late.signal).then(() => [])
  const reply = interaction.reply.then(() => [])
  const silent = interaction.acknowledged.then(() => new Promise<never>(() => {}))
  try {
    return await Promise.race([reply, silent, timeout])
  } finally {
    late.abort()
  }
}

function pressPage({ discord, at }: Scene, line: '<' | '>'): InteractionHandle {
  const label = line === '>' ? '▶' : '◀'
  for (const message of discord.messages(at.channelId, at.userId).reverse()) {
    const buttons = message.components.flatMap(({ components = [] }) => components)
    const button = buttons.find((one) => one.label === label)
    if (!button) continue
    if (button.disabled || !button.custom_id) throw new Error('there is no further page in this direction')
    return discord.press(at.userId, message, button.custom_id)
  }
  throw new Error('no answer has pages')
}

/** Words as a person separates them: by spaces, except within double quotes. */
export function splitWords(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '')
}

/**
 * Values for a slash command's options: `name:value` as Discord shows them, else in their order, except that a value
 * which is a choice of a later option goes there. The last option takes what is left.
 */
export function optionValues(options: readonly CommandOption[], words: readonly string[]): OptionValues {
  const values: Record<string, string | number | boolean> = {}
  for (const [index, word] of words.entries()) {
    const named = options.find(({ name }) => word.startsWith(`${name}:`))
    const free = options.filter(({ name }) => values[name] === undefined)
    const isChoice = (one: CommandOption) => one.choices?.some(({ value }) => String(value) === word)
    const option = named ?? free.find(isChoice) ?? free[0]
    if (!option) throw new Error(`too many words: ${words.slice(index).join(' ')}`)
    const text = named ? word.slice(named.name.length + 1) : word
    if (!named && free.length === 1 && !option.choices && index < words.length - 1) {
      values[option.name] = converted(option, words.slice(index).join(' '))
      break
    }
    values[option.name] = converted(option, text)
  }
  return values
}

function converted({ type }: CommandOption, text: string): string | number | boolean {
  if (type === INTEGER || type === NUMBER) return Number(text)
  if (type === BOOLEAN) return text === 'true'
  return /^<[@#][!&]?(\d+)>$/.exec(text)?.[1] ?? text
}

/** Waits for a message that fits, from now on. */
function nextMessage(scene: Scene, fits: (message: Message) => boolean) {
  let found = () => {}
  const seen = new Promise<void>((resolve) => {
    found = resolve
  })
  const stop = scene.discord.onMessage((message) => {
    // Looked at in the next turn: the id of what was said is not known before.
    queueMicrotask(() => fits(message) && found())
  })
  return {
    stop,
    async within(ms: number): Promise<void> {
      const late = new AbortController()
      await Promise.race([seen, scene.clock.sleep(ms, late.signal)])
      late.abort()
    },
  }
}
