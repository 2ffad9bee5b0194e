// REST: the application, the guild, its channels, roles, members and commands.
import {
  DiscordError,
  dmRefused,
  invalidForm,
  missingAccess,
  unknownChannel,
  unknownGuild,
  unknownMember,
  unknownUser,
} from './errors.ts'
import { guildObject } from './guild-view.ts'
import { isSnowflake } from './ids.ts'
import { PERMISSIONS } from './permissions.ts'
import { bot, noContent, ok, open, queryInt, type RestCall, type Route } from './rest.ts'
import type { Channel, Command } from './types.ts'
import { parseCommands } from './validate-commands.ts'
import type { DiscordWorld } from './world.ts'

/** Flags of an application without verification, for the privileged intents that are switched on. */
const APPLICATION_FLAGS = { presences: 1 << 13, guildMembers: 1 << 15, messageContent: 1 << 19 } as const

/** A channel that the bot may look at. @throws {DiscordError} 10003, 50001 */
export function visibleChannel({ world, params }: RestCall): Channel {
  const channel = world.channel(params.channel_id!)
  if (!channel) throw unknownChannel()
  if (channel.guild_id && !(world.permissions(world.bot.id, channel.id) & PERMISSIONS.VIEW_CHANNEL)) {
    throw missingAccess()
  }
  return channel
}

/** @throws {DiscordError} 10004 for a guild that the bot is not in */
export function knownGuild({ world, params }: RestCall): void {
  if (params.guild_id !== world.guild.id || !world.members.has(world.bot.id)) throw unknownGuild()
}

const gatewayBot = {
  shards: 1,
  session_start_limit: { total: 1000, remaining: 999, reset_after: 14_400_000, max_concurrency: 1 },
}

function application(world: DiscordWorld) {
  const { bot: user, portal, guild, users } = world
  const on = Object.entries(APPLICATION_FLAGS).filter(([name]) => portal[name as keyof typeof portal])
  return {
    id: world.applicationId,
    name: user.username,
    icon: null,
    description: '',
    summary: '',
    type: null,
    bot: user,
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    flags: on.reduce((flags, [, bit]) => flags | bit, 0),
    owner: users.get(guild.owner_id),
    team: null,
    approximate_guild_count: 1,
    interactions_endpoint_url: portal.interactionsEndpoint,
  }
}

/** @throws {DiscordError} 20012 for another's application */
function ownApplication({ world, params }: RestCall): void {
  if (params.application_id === world.applicationId) return
  throw new DiscordError(403, 20012, 'You are not authorized to perform this action on this application')
}

function commandScope(call: RestCall): 'guild' | 'global' {
  ownApplication(call)
  if (call.params.guild_id === undefined) return 'global'
  if (call.params.guild_id !== call.world.guild.id || !call.world.members.has(call.world.bot.id))
    throw missingAccess()
  return 'guild'
}

/** Bulk overwrite: what has the same name keeps its id; what did not change keeps its version too. */
function overwriteCommands(call: RestCall) {
  const { world, body } = call
  const scope = commandScope(call)
  const before = world.commands[scope]
  world.commands[scope] = parseCommands(body).map((one) => {
    const known = before.find((other) => other.name === one.name)
    const { default_member_permissions: permissions } = one
    const command: Command = {
      id: known?.id ?? world.nextId(),
      application_id: world.applicationId,
      ...(scope === 'guild' ? { guild_id: world.guild.id } : {}),
      version: known?.version ?? '',
      type: 1,
      name: one.name,
      description: one.description,
      options: one.options ?? [],
      default_member_permissions: permissions == null ? null : String(permissions),
      nsfw: one.nsfw ?? false,
      name_localizations: one.name_localizations ?? null,
      description_localizations: one.description_localizations ?? null,
      // What is not sent is filled in, by how the application may be installed.
      dm_permission: one.dm_permission ?? true,
      contexts: one.contexts ?? null,
      integration_types: one.integration_types ?? [0, 1],
    }
    if (JSON.stringify(command) !== JSON.stringify(known)) command.version = world.nextId()
    return command
  })
  return ok(world.commands[scope])
}

function openDirect({ world, body }: RestCall) {
  const recipientId = (body as { recipient_id?: unknown } | undefined)?.recipient_id
  if (!isSnowflake(recipientId)) {
    const [code, message] =
      recipientId === undefined
        ? ['BASE_TYPE_REQUIRED', 'This field is required']
        : ['NUMBER_TYPE_COERCE', `Value "${recipientId}" is not snowflake.`]
    throw invalidForm([{ path: ['recipient_id'], code, message }])
  }
  if (!world.users.has(recipientId)) throw new DiscordError(400, 50033, 'Invalid Recipient(s)')
  if (recipientId === world.bot.id) throw dmRefused('closed')
  if (world.dmRefusals.get(recipientId) === 'too-fast') throw dmRefused('too-fast')
  return ok(world.directChannel(recipientId))
}

const COMMANDS = '/applications/{application_id}/commands'
const GUILD_COMMANDS = '/applications/{application_id}/guilds/{guild_id}/commands'

/** The localizations only to who asks for them. */
function listCommands(call: RestCall) {
  const all = call.world.commands[commandScope(call)]
  if (call.query.get('with_localizations') === 'true') return ok(all)
  return ok(all.map(({ name_localizations: _, description_localizations: __, ...one }) => one))
}

export const guildRoutes: Route[] = [
  open('GET', '/gateway', ({ gateway }) => ok({ url: gateway.url })),
  bot('GET', '/gateway/bot', ({ gateway }) => ok({ url: gateway.url, ...gatewayBot })),
  bot('GET', '/users/@me', ({ world }) => ok({ ...world.bot, verified: true, mfa_enabled: true, flags: 0 })),
  bot('GET', '/users/@me/guilds', ({ world }) => {
    const shown = { icon: null, banner: null, owner: false, features: [] }
    const permissions = String(world.permissions(world.bot.id))
    const own = world.members.has(world.bot.id) ? [world.guild] : []
    const all = [...own, ...world.otherGuilds.map((id) => ({ id, name: `server ${id}` }))]
    return ok(all.map(({ id, name }) => ({ id, name, permissions, ...shown })))
  }),
  bot('POST', '/users/@me/channels', openDirect),
  bot('GET', '/users/{user_id}', ({ world, params }) => {
    const user = world.users.get(params.user_id!)
    if (!user) throw unknownUser()
    return ok(user)
  }),
  bot('GET', '/applications/@me', ({ world }) => ok(application(world))),
  bot('GET', '/oauth2/applications/@me', ({ world }) => ok(application(world))),
  bot('GET', COMMANDS, listCommands),
  bot('PUT', COMMANDS, overwriteCommands),
  bot('GET', GUILD_COMMANDS, listCommands),
  bot('PUT', GUILD_COMMANDS, overwriteCommands),
  bot('GET', '/guilds/{guild_id}', (call) => {
    knownGuild(call)
    return ok(guildObject(call.world))
  }),
  bot('GET', '/guilds/{guild_id}/channels', (call) => {
    knownGuild(call)
    return ok([...call.world.guild.channels.values()])
  }),
  bot('GET', '/guilds/{guild_id}/roles', (call) => {
    knownGuild(call)
    return ok([...call.world.guild.roles.values()])
  }),
  bot('GET', '/guilds/{guild_id}/members', (call) => {
    knownGuild(call)
    if (!call.world.portal.guildMembers) throw missingAccess()
    const limit = queryInt(call.query, 'limit', 1, 1000, 1)
    const after = BigInt(call.query.get('after') ?? 0)
    return ok([...call.world.members.values()].filter((one) => BigInt(one.user.id) > after).slice(0, limit))
  }),
  bot('GET', '/guilds/{guild_id}/members/{user_id}', (call) => {
    knownGuild(call)
    const member = call.world.members.get(call.params.user_id!)
    if (!member) throw call.world.users.has(call.params.user_id!) ? unknownMember() : unknownUser()
    return ok(member)
  }),
  bot('GET', '/channels/{channel_id}', (call) => ok(visibleChannel(call))),
  bot('GET', '/channels/{channel_id}/thread-members/{user_id}', (call) => {
    const { id, memberIds } = visibleChannel(call)
    const userId = call.params.user_id!
    if (!memberIds?.includes(userId)) throw unknownMember()
    return ok({
      id,
      user_id: userId,
      join_timestamp: call.world.members.get(userId)?.joined_at,
      flags: 0,
    })
  }),
  bot('POST', '/channels/{channel_id}/typing', (call) => {
    visibleChannel(call)
    return noContent
  }),
]
