// Registers the slash commands: one bulk overwrite, left out when Discord has the same set already.
import { isDeepStrictEqual } from 'node:util'
import { type REST, Routes } from 'discord.js'
import { z } from 'zod'
import type { Logger } from '../kernel/logger.ts'
import { isDiscordsWord } from './answer.ts'
import type { CommandRegistry } from './command.ts'
import { slashPayload } from './registry.ts'

const RegisteredSchema = z.array(z.record(z.string(), z.unknown()))

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
  const query = new URLSearchParams({ with_localizations: 'true' })
  const registered = RegisteredSchema.safeParse(await rest.get(route, { query }))
  if (registered.success && sameCommands(registered.data, wanted)) return false
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

/** Fields of commands, options and choices that Discord leaves at their default where they are not sent. */
const FIELDS = new Set(
  'type name name_localizations description description_localizations options default_member_permissions nsfw required autocomplete choices value channel_types min_value max_value min_length max_length'.split(
    ' ',
  ),
)

/**
 * Whether what Discord has is what is wanted, in every field that is sent and in those that would be reset. What it
 * fills in by itself (ids, contexts, how the application is installed) counts where it is sent alone.
 */
export function sameCommands(registered: readonly object[], wanted: readonly object[]): boolean {
  const sent = new Set<string>()
  JSON.stringify(wanted, (key, value) => {
    sent.add(key)
    return value
  })
  const isCounted = (key: string) => FIELDS.has(key) || sent.has(key)
  const byName = (commands: readonly object[]) =>
    commands.map((one) => JSON.stringify(counted('', one, isCounted))).sort()
  return isDeepStrictEqual(byName(registered), byName(wanted))
}

/** What counts of a value: sorted keys, nothing that is the default. */
function counted(key: string, value: unknown, isCounted: (key: string) => boolean): unknown {
  if (key === 'default_member_permissions' && value != null) return String(value)
  if (Array.isArray(value)) {
    // Of numbers the order means nothing.
    const sorted = value.every((one) => typeof one === 'number') ? value.toSorted() : value
    return sorted.map((one) => counted('', one, isCounted))
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .filter(([name]) => key.endsWith('_localizations') || isCounted(name))
    .map(([name, one]) => [name, counted(name, one, isCounted)] as const)
    .filter(([, one]) => one != null && one !== false && !isEmpty(one))
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const isEmpty = (value: unknown) => typeof value === 'object' && Object.keys(value as object).length === 0
