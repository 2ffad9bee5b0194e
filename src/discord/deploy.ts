// Registers the slash commands: one bulk overwrite, left out when Discord has the same set already.
import { isDeepStrictEqual } from 'node:util'
import { type REST, Routes } from 'discord.js'
import { z } from 'zod'
import { type Registry, type SlashCommand, slashPayload } from './registry.ts'

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

/** A slash command as it is sent; `contexts` (servers only) exists for commands that are not of one server. */
type Deployed = SlashCommand & { contexts?: [0] }

/**
 * Registers every command: of the server `guildId` (they appear at once), else for all servers. Returns whether
 * anything had to be changed.
 * @throws whatever the request failed with
 */
export async function deployCommands(
  rest: REST,
  applicationId: string,
  guildId: string | undefined,
  registry: Registry,
): Promise<boolean> {
  const route = guildId
    ? Routes.applicationGuildCommands(applicationId, guildId)
    : Routes.applicationCommands(applicationId)
  const wanted: Deployed[] = registry.commands.map((command) =>
    guildId ? slashPayload(command) : { ...slashPayload(command), contexts: [0] },
  )
  const registered = RegisteredSchema.safeParse(await rest.get(route))
  if (registered.success && isDeepStrictEqual(normalise(registered.data), normalise(wanted))) return false
  await rest.put(route, { body: wanted })
  return true
}

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
