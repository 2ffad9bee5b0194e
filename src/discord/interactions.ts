// The slash door: application commands, completion of their options, and page buttons.
import {
  type AutocompleteInteraction,
  type BaseInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  DiscordAPIError,
  MessageFlags,
  MessageFlagsBitField,
} from 'discord.js'
import { type AnswerTransport, type CallAnswer, createAnswer, describeFailure } from './answer.ts'
import type { RawArgs } from './arguments.ts'
import { callerOf, channelIdsOf, writerOf } from './caller.ts'
import type { Call, Command, Reply } from './command.ts'
import { prepare } from './dispatch.ts'
import { type DoorDeps, makeCall } from './door.ts'
import { UNKNOWN_GUILD } from './guild.ts'
import { decodePage, type PageTarget, toPayloads } from './reply.ts'

/** How long an interaction's token lives (Discord's limit), in milliseconds. */
const TOKEN_LIFE_MS = 15 * 60_000

/** Handles one interaction of the gateway. Never throws for what a user or Discord does. */
export async function handleInteraction(interaction: BaseInteraction, deps: DoorDeps): Promise<void> {
  const answers = interaction.isChatInputCommand() || interaction.isButton() || interaction.isAutocomplete()
  if (!answers || !deps.isNew(interaction.id)) return
  const place = deps.guild.placeOf(interaction.guildId)
  if (interaction.isAutocomplete()) return complete(interaction, place === 'mine', deps)
  if (place !== 'mine') {
    const text = place === 'unknown' ? UNKNOWN_GUILD : 'I answer only in the server that I was set up for.'
    await refuse(interaction, { text }, deps)
    return
  }
  await (interaction.isButton() ? press(interaction, deps) : slash(interaction, deps))
}

async function slash(interaction: ChatInputCommandInteraction, deps: DoorDeps): Promise<void> {
  const command = deps.registry.get(interaction.commandName)
  if (!command) {
    const text = 'I do not know this command any more; the list will be renewed soon.'
    await refuse(interaction, { text }, deps)
    return
  }
  const ready = await prepared(interaction, command, 0, () => optionTexts(command, interaction), deps)
  if (!ready) return
  // Deferred before anything is run: an answer that comes after three seconds would be lost, and what it did not.
  const flags = command.ephemeral ? MessageFlags.Ephemeral : undefined
  if (!(await acknowledged(interaction, interaction.deferReply({ flags }), deps))) return
  const { reply } = await ready.run()
  if (!(await ready.answer.send(reply))) reply.unsent?.()
}

async function press(interaction: ButtonInteraction, deps: DoorDeps): Promise<void> {
  const page = decodePage(interaction.customId)
  const command = page && deps.registry.get(page.command)
  if (!page || !command || page.args.length > Math.max(1, command.args.length)) {
    await refuse(interaction, { text: 'This button is too old; please type the command again.' }, deps)
    return
  }
  const ready = await prepared(interaction, command, page.page, () => textsOf(command, page), deps)
  if (!ready) return
  if (!(await acknowledged(interaction, interaction.deferUpdate(), deps))) return
  const { reply, failed } = await ready.run()
  if (!failed) {
    await ready.answer.send(reply)
    return
  }
  // The list that everybody sees stays as it is; only who pressed learns why.
  const [payload] = toPayloads(reply)
  await acknowledged(interaction, interaction.followUp({ ...payload!, flags: MessageFlags.Ephemeral }), deps)
}

/** The call, ready to run, and its answer; null where it is refused, which is said. */
async function prepared(
  interaction: ChatInputCommandInteraction | ButtonInteraction,
  command: Command,
  page: number,
  readArgs: () => RawArgs,
  deps: DoorDeps,
) {
  const answer = createAnswer(interactionTransport(interaction, deps), deps.logger)
  const call = callOf(interaction, page, answer, deps)
  const ready = prepare(command, readArgs, call, channelIdsOf(interaction), deps)
  if ('refused' in ready) {
    await refuse(interaction, ready.refused, deps)
    return null
  }
  answer.target = ready.target
  return { answer, run: ready.run }
}

async function complete(interaction: AutocompleteInteraction, mine: boolean, deps: DoorDeps): Promise<void> {
  try {
    await interaction.respond(mine ? completions(interaction, deps) : [])
  } catch (error) {
    noteTwin(interaction, error, deps)
    deps.logger.debug({ err: describeFailure(error) }, 'a completion came too late')
  }
}

function completions(
  interaction: AutocompleteInteraction,
  deps: DoorDeps,
): { name: string; value: string }[] {
  const focused = interaction.options.getFocused(true)
  const command = deps.registry.get(interaction.commandName)
  const arg = command?.args.find((one) => one.name === focused.name)
  try {
    return (arg?.complete?.(String(focused.value)) ?? [])
      .filter(({ name, value }) => name.length >= 1 && value.length >= 1 && value.length <= 100)
      .slice(0, 25)
      .map(({ name, value }) => ({ name: name.slice(0, 100), value }))
  } catch (error) {
    deps.logger.error({ command: command?.name, err: error }, 'completing an option failed')
    return []
  }
}

function callOf(
  interaction: ChatInputCommandInteraction | ButtonInteraction,
  page: number,
  answer: CallAnswer,
  deps: DoorDeps,
): Call {
  const caller = callerOf(interaction.user, interaction.member, interaction.memberPermissions, deps.policy)
  const { id, channelId, guildId } = interaction
  // A list that was asked for by prefix goes on speaking of the prefix when its pages are turned.
  const slash = !interaction.isButton() || isSlashAnswer(interaction)
  const door = interaction.isButton() ? 'button' : 'slash'
  const mayWriteIn = writerOf(interaction, interaction.user)
  return makeCall({ id, door, slash, caller, channelId, guildId, page, mayWriteIn }, answer, deps)
}

/** Whether the button is on the answer to a slash command; the message comes raw where the channel is not cached. */
function isSlashAnswer({ message }: ButtonInteraction): boolean {
  const raw = message as { interactionMetadata?: unknown; interaction_metadata?: unknown }
  return Boolean(raw.interactionMetadata ?? raw.interaction_metadata)
}

function optionTexts(command: Command, interaction: ChatInputCommandInteraction): RawArgs {
  const given = command.args.map((arg) => [arg.name, interaction.options.get(arg.name)?.value] as const)
  return Object.fromEntries(
    given.filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)]),
  )
}

function textsOf(command: Command, page: PageTarget): RawArgs {
  return Object.fromEntries(command.args.map((arg, i) => [arg.name, page.args[i] ?? '']))
}

function interactionTransport(
  interaction: ChatInputCommandInteraction | ButtonInteraction,
  deps: DoorDeps,
): AnswerTransport {
  const endMs = deps.clock.now() + TOKEN_LIFE_MS
  return {
    first: async (payload) => (await interaction.editReply(payload)).id,
    more: async (payload) => {
      const flags = isEphemeral(interaction) ? MessageFlags.Ephemeral : undefined
      return (await interaction.followUp({ ...payload, flags })).id
    },
    edit: async (id, payload, isFirst) => {
      await interaction.editReply({ ...payload, message: isFirst ? '@original' : id })
    },
    remove: (id) => interaction.deleteReply(id),
    isOpen: () => (interaction.deferred || interaction.replied) && deps.clock.now() < endMs,
  }
}

/** Whether the answer is seen by the caller alone: as it was deferred, or as the message with the button is. */
function isEphemeral(interaction: ChatInputCommandInteraction | ButtonInteraction): boolean {
  if (!interaction.isButton()) return interaction.ephemeral === true
  return new MessageFlagsBitField(interaction.message.flags).has(MessageFlags.Ephemeral)
}

/** Answers at once, seen by the caller alone. */
async function refuse(
  interaction: ChatInputCommandInteraction | ButtonInteraction,
  reply: Reply,
  deps: DoorDeps,
): Promise<void> {
  const [payload] = toPayloads(reply)
  await acknowledged(interaction, interaction.reply({ ...payload!, flags: MessageFlags.Ephemeral }), deps)
}

/**
 * Whether Discord took it. It does not when the interaction came too late, or was answered by another process: then
 * nothing is run, since nobody would learn of it. It is not known where no answer came: then neither.
 */
async function acknowledged(
  interaction: BaseInteraction,
  request: Promise<unknown>,
  deps: DoorDeps,
): Promise<boolean> {
  try {
    await request
    return true
  } catch (error) {
    deps.logger.warn({ err: describeFailure(error) }, 'an interaction could not be answered; nothing was run')
    noteTwin(interaction, error, deps)
    return false
  }
}

/** Acknowledgements are never repeated, so what was answered already was answered by somebody else. */
function noteTwin(interaction: BaseInteraction, error: unknown, deps: DoorDeps): void {
  const ALREADY_ACKNOWLEDGED = 40060
  if (error instanceof DiscordAPIError && error.code === ALREADY_ACKNOWLEDGED)
    deps.answeredElsewhere(interaction.user.id)
}
