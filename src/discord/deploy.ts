// Registers the slash commands: one bulk overwrite, left out when Discord has the same set already.
import { isDeepStrictEqual } from 'node:util'
import { type REST, Routes } from 'discord.js'
import { z } from 'zod'
import type { Logger } from '../kernel/logger.ts'
import { isDiscordsWord } from './answer.ts'
import type { CommandRegistry } from './command.ts'
import { slashPayload } from './registry.ts'

const OptionSchema = z.object({
  type: z.number(),
  name: z.string(),
  description: z.string(),
  required: z.boolean().optional(),
  autocomplete: z.boolean().optional(),
  choices: z.array(z.object({ name: z.string(), value: z.union([z.string(), z.number()]) })).optional(),
})

const RegisteredSchema = z.array(
  z.object({
    type: z.number(),
    name: z.string(),
    description: z.string(),
    options: z.array(OptionSchema).optional(),
  }),
)

/**
 * Registers every command in the server `guildId`, where they appear at once. Returns whether anything had to be
 * changed.
 * @throws whatever the request failed with
 */
export async function deployCommands(
  rest: REST,
  applicationId: string,
  guildId: string,
  registry: CommandRegistry,
): Promise<boolean> {
  const route = Routes.applicationGuildCommands(applicationId, guildId)
  const wanted = registry.commands.map(slashPayload)
  const registered = RegisteredSchema.safeParse(await rest.get(route))
  if (registered.success && isDeepStrictEqual(normalise(registered.data), normalise(wanted))) return false
  await rest.put(route, { body: wanted })
  return true
}

/**
 * Takes away the commands of the server `guildId` (null: those for all servers).
 * @throws what may pass; where the bot has no access any more, nobody sees them either
 */
export async function emptyCommands(
  rest: REST,
  applicationId: string,
  guildId: string | null,
  logger: Logger,
): Promise<void> {
  const route =
    guildId === null
      ? Routes.applicationCommands(applicationId)
      : Routes.applicationGuildCommands(applicationId, guildId)
  try {
    const there = (await rest.get(route)) as unknown[]
    if (there.length === 0) return
    await rest.put(route, { body: [] })
    logger.info({ guildId, commands: there.length }, 'slash commands that stood twice are taken away')
  } catch (error) {
    if (!isNoAccess(error)) throw error
    logger.info({ guildId }, 'slash commands stay in a server that the bot cannot reach any more')
  }
}

/**
 * Whether the bot is in a server.
 * @throws when Discord does not say
 */
export async function isMember(rest: REST, guildId: string): Promise<boolean> {
  try {
    await rest.get(Routes.guild(guildId))
    return true
  } catch (error) {
    if (isNoAccess(error)) return false
    throw error
  }
}

const isNoAccess = (error: unknown) => isDiscordsWord(error) && (error.status === 403 || error.status === 404)

/** Commands by name: what is ours in them, without what Discord adds or leaves out where it is the default. */
function normalise(commands: z.infer<typeof RegisteredSchema>): unknown[] {
  return commands
    .map(({ type, name, description, options }) => ({
      type,
      name,
      description,
      options: (options ?? []).map((option) => ({
        type: option.type,
        name: option.name,
        description: option.description,
        required: option.required ?? false,
        autocomplete: option.autocomplete ?? false,
        choices: (option.choices ?? []).map((choice) => ({ name: choice.name, value: choice.value })),
      })),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
