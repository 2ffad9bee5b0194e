// Registers the slash commands, by one bulk overwrite; and takes them away where they stand twice.
import { type REST, Routes } from 'discord.js'
import { z } from 'zod'
import type { Logger } from '../kernel/logger.ts'
import { isDiscordsWord } from './answer.ts'
import type { CommandRegistry } from './command.ts'
import { slashPayload } from './registry.ts'

/**
 * Registers every command in the server `guildId`, where they appear at once; those that are there already stay as
 * they are, and keep their ids.
 * @throws whatever the request failed with
 */
export async function deployCommands(
  rest: REST,
  applicationId: string,
  guildId: string,
  registry: CommandRegistry,
): Promise<void> {
  const route = Routes.applicationGuildCommands(applicationId, guildId)
  await rest.put(route, { body: registry.commands.map(slashPayload) })
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

const ApplicationSchema = z.object({ interactions_endpoint_url: z.string().nullish() })

/**
 * What is wrong with where Discord sends interactions; null: they come to the bot's own connection.
 * @throws when Discord does not say
 */
export async function endpointProblem(rest: REST): Promise<ReturnType<typeof interactionsElsewhere>> {
  const application = ApplicationSchema.parse(await rest.get(Routes.currentApplication()))
  return interactionsElsewhere(application.interactions_endpoint_url)
}

/** `url`: of the application; its path may hold a secret. Null: none is set. */
export function interactionsElsewhere(
  url: string | null | undefined,
): { problem: string; mend: string } | null {
  if (!url) return null
  const host = URL.canParse(url) ? new URL(url).host : 'another address'
  return {
    problem: `Discord sends slash commands and buttons to ${host} and not to this bot`,
    mend: 'empty Interactions Endpoint URL in the Developer Portal (your application, General Information)',
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
