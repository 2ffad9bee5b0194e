// The prefix door: messages that begin with the prefix are run as commands and answered without a ping.
import { DiscordAPIError, type Message } from 'discord.js'
import { type AnswerTransport, createAnswer, describeFailure } from './answer.ts'
import { splitArgs } from './arguments.ts'
import { callerOf, channelIdsOf, mayWrite, writerOf } from './caller.ts'
import { isCommandChannel, prepare } from './dispatch.ts'
import { type DoorDeps, makeCall, showCommand } from './door.ts'
import { UNKNOWN_GUILD } from './guild.ts'
import { probablyMeant, readPrefixLine } from './parse-prefix.ts'
import type { AnswerPayload } from './reply.ts'

/** Handles one message of the gateway. Never throws for what a user or Discord does. */
export async function handleMessage(message: Message, deps: DoorDeps): Promise<void> {
  if (deps.prefix === false || message.author.bot || message.webhookId || message.system) return
  if (!message.inGuild()) return
  const place = deps.guild.placeOf(message.guildId)
  if (place === 'elsewhere') return
  const line = readPrefixLine(message.content, deps.prefix)
  if (!line) return

  const channelIds = channelIdsOf(message)
  const command = deps.registry.get(line.word)
  if (!command?.anyChannel && !isCommandChannel(channelIds, deps.policy)) return
  const meant = command ? null : probablyMeant(line.word, deps.registry.prefixNames)
  if (!command && (!meant || place === 'unknown')) return
  // As far as the cache knows; where it does not, Discord's answer decides.
  if (mayWrite(message.channel, message.guild.members.me) === false) {
    deps.logger.info({ channelId: message.channelId }, 'a command was typed where the bot may not write')
    return
  }
  if (!deps.isNew(message.id)) return

  const show = (text: string) => showCommand(text, false, deps)
  const answer = createAnswer(messageTransport(message), deps.logger)
  if (place === 'unknown') {
    await answer.send({ text: UNKNOWN_GUILD })
    return
  }
  if (!command) {
    await answer.send({ text: `Did you mean \`${show(meant!)}\`?` })
    return
  }
  if (command.doors === 'slash') {
    await answer.send({ text: `\`/${command.name}\` is a slash command: type \`/\` and choose it.` })
    return
  }
  const caller = callerOf(message.author, message.member, message.member?.permissions ?? null, deps.policy)
  const { id, channelId, guildId } = message
  const mayWriteIn = writerOf(message, message.author)
  const at = { id, door: 'prefix', slash: false, caller, channelId, guildId, page: 0, mayWriteIn } as const
  const call = makeCall(at, answer, deps)
  const prepared = prepare(command, () => splitArgs(command, line.rest, show), call, channelIds, deps)
  if ('refused' in prepared) {
    await answer.send(prepared.refused)
    return
  }
  answer.target = prepared.target
  const stopTyping = showTyping(message, deps)
  const { reply } = await prepared.run()
  stopTyping()
  await answer.send(reply)
}

/** How long a command may take before "is typing" is shown, in milliseconds. */
const TYPING_AFTER_MS = 800

/** Shows "is typing" when an answer takes a moment. Returns a function that calls it off. */
function showTyping(message: Message<true>, deps: DoorDeps): () => void {
  return deps.clock.at(deps.clock.now() + TYPING_AFTER_MS, () => {
    message.channel.sendTyping().catch((error) => {
      deps.logger.debug({ err: describeFailure(error) }, 'typing could not be shown')
    })
  })
}

/** Answers in the channel: the first message as a reply that pings nobody. */
function messageTransport(message: Message<true>): AnswerTransport {
  return {
    first: async (payload) => (await replyOrSend(message, payload)).id,
    more: async (payload) => (await message.channel.send(payload)).id,
    edit: async (id, payload) => void (await message.channel.messages.edit(id, payload)),
    remove: (id) => message.channel.messages.delete(id),
    isOpen: () => true,
  }
}

/** A reply needs the permission Read Message History; without it a plain message has to do. */
async function replyOrSend(message: Message<true>, payload: AnswerPayload): Promise<Message> {
  try {
    return await message.reply({ ...payload, failIfNotExists: false })
  } catch (error) {
    const CANNOT_REPLY_WITHOUT_HISTORY = 160002
    if (error instanceof DiscordAPIError && error.code === CANNOT_REPLY_WITHOUT_HISTORY) {
      return message.channel.send(payload)
    }
    throw error
  }
}
