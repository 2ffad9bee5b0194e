// What a user's client does: it lets through only what Discord's own client would, and makes interactions of it.
import type { Autocomplete, InteractionHandle, Interactions } from './interactions.ts'
import type { Messages } from './messages.ts'
import { PERMISSIONS } from './permissions.ts'
import type { Places } from './places.ts'
import type { Command, CommandOption, FilledOption, Message } from './types.ts'
import { flat } from './validate-components.ts'

/** Places with what is said and done there. */
export type Peopled = Places & { readonly posts: Messages; readonly interactions: Interactions }

/** Options as a user fills them in, by name. */
export type OptionValues = Readonly<Record<string, string | number | boolean>>

const TYPES = { string: 3, integer: 4, boolean: 5, user: 6, channel: 7, role: 8, mentionable: 9, number: 10 }
const SLASH = 2
const COMPONENT = 3
const AUTOCOMPLETE = 4

/** See `DiscordWorld.slash`. `name` holds subcommands too: `faucet pause`. */
export function slash(
  world: Peopled,
  userId: string,
  channelId: string,
  name: string,
  values: OptionValues,
): InteractionHandle {
  const { command, path, options } = findCommand(world, userId, channelId, name)
  for (const one of options) {
    if (one.required && values[one.name] === undefined) throw new Error(`/${name}: ${one.name} is required`)
  }
  const filled = fill(world, name, options, values, null)
  const data = commandData(world, command, path, filled)
  return world.interactions.start(SLASH, userId, channelId, {
    ...envelope(world, userId, channelId, SLASH),
    data,
  })
}

/** See `DiscordWorld.autocomplete`. */
export function autocomplete(
  world: Peopled,
  userId: string,
  channelId: string,
  name: string,
  values: OptionValues,
  focused: string,
): Promise<Autocomplete> {
  const { command, path, options } = findCommand(world, userId, channelId, name)
  const option = options.find((one) => one.name === focused)
  if (!option?.autocomplete) throw new Error(`/${name}: ${focused} has no autocompletion`)
  const filled = fill(world, name, options, { [focused]: '', ...values }, focused)
  const data = commandData(world, command, path, filled)
  const base = envelope(world, userId, channelId, AUTOCOMPLETE)
  return world.interactions.start(AUTOCOMPLETE, userId, channelId, { ...base, data }).choices
}

/** See `DiscordWorld.press`. */
export function press(world: Peopled, userId: string, message: Message, customId: string): InteractionHandle {
  const button = flat(message.components).find((one) => one.type === 2 && one.custom_id === customId)
  if (!button) throw new Error(`message ${message.id} has no button ${customId}`)
  if (button.disabled) throw new Error(`button ${customId} is disabled`)
  if (!world.posts.visibleTo(message, userId))
    throw new Error(`user ${userId} does not see message ${message.id}`)
  if (message.application_id !== world.applicationId && message.author.id !== world.bot.id) {
    throw new Error(`message ${message.id} belongs to no application of this bot`)
  }
  const data = { component_type: 2, custom_id: customId }
  const base = envelope(world, userId, message.channel_id, COMPONENT)
  const payload = { ...base, data, message: structuredClone(message) }
  return world.interactions.start(COMPONENT, userId, message.channel_id, payload, message)
}

function findCommand(world: Peopled, userId: string, channelId: string, fullName: string) {
  const [name = '', ...subnames] = fullName.split(' ')
  const channel = world.channel(channelId)
  if (!channel) throw new Error(`no channel ${channelId}`)
  const known = channel.guild_id ? [...world.commands.guild, ...world.commands.global] : world.commands.global
  const command = known.find((one) => one.name === name)
  if (!command) throw new Error(`/${name} is not registered`)
  if (channel.guild_id) {
    const have = world.permissions(userId, channelId)
    const needed = PERMISSIONS.VIEW_CHANNEL | PERMISSIONS.USE_APPLICATION_COMMANDS
    if ((have & needed) !== needed)
      throw new Error(`user ${userId} may use no commands in channel ${channelId}`)
    const wanted = BigInt(command.default_member_permissions ?? 0)
    if ((have & wanted) !== wanted) throw new Error(`user ${userId} may not use /${name}`)
  }
  let { options } = command
  const path: CommandOption[] = []
  for (const subname of subnames) {
    const next = options.find((one) => one.type <= 2 && one.name === subname)
    if (!next) throw new Error(`/${fullName} is not registered`)
    path.push(next)
    options = next.options ?? []
  }
  if (options.some((one) => one.type <= 2)) throw new Error(`/${fullName} needs a subcommand`)
  return { command, path, options }
}

function fill(
  world: Peopled,
  name: string,
  options: readonly CommandOption[],
  values: OptionValues,
  focused: string | null,
): FilledOption[] {
  return Object.entries(values).map(([key, value]) => {
    const option = options.find((one) => one.name === key)
    if (!option) throw new Error(`/${name} has no option ${key}`)
    // What is being typed is not checked yet, and comes as text.
    if (key === focused) return { name: key, type: option.type, value: String(value), focused: true }
    const wrong = whyWrong(world, option, value)
    if (wrong) throw new Error(`/${name}: ${key} ${wrong}`)
    return { name: key, type: option.type, value }
  })
}

function whyWrong(world: Peopled, option: CommandOption, value: string | number | boolean): string | null {
  const { type, choices, min_value, max_value, min_length, max_length } = option
  if (choices?.length) return choices.some((one) => one.value === value) ? null : 'is not one of the choices'
  if (type === TYPES.string) {
    if (typeof value !== 'string' || value === '') return 'is no text'
    if (value.length < (min_length ?? 0)) return 'is too short'
    return value.length > (max_length ?? 6000) ? 'is too long' : null
  }
  if (type === TYPES.integer || type === TYPES.number) {
    if (typeof value !== 'number' || (type === TYPES.integer && !Number.isSafeInteger(value)))
      return 'is no number'
    if (min_value != null && value < min_value) return 'is too small'
    return max_value != null && value > max_value ? 'is too large' : null
  }
  if (type === TYPES.boolean) return typeof value === 'boolean' ? null : 'is neither true nor false'
  const id = String(value)
  if (type === TYPES.user) return world.users.has(id) ? null : 'is no user'
  if (type === TYPES.role) return world.guild.roles.has(id) ? null : 'is no role'
  if (type === TYPES.channel) return world.guild.channels.has(id) ? null : 'is no channel'
  return null
}

function commandData(
  world: Peopled,
  command: Command,
  path: readonly CommandOption[],
  filled: FilledOption[],
): Record<string, unknown> {
  const nested = [...path].reverse().reduce<FilledOption[]>((inner, one) => {
    return [{ name: one.name, type: one.type, options: inner }]
  }, filled)
  const resolved: Record<string, Record<string, unknown>> = {}
  for (const { type, value } of filled) {
    const id = String(value)
    if (type === TYPES.user) {
      resolved.users = { ...resolved.users, [id]: world.users.get(id) }
      const member = world.members.get(id)
      if (member) {
        const { user: _, ...rest } = member
        resolved.members = {
          ...resolved.members,
          [id]: { ...rest, permissions: String(world.permissions(id)) },
        }
      }
    }
    if (type === TYPES.role) resolved.roles = { ...resolved.roles, [id]: world.guild.roles.get(id) }
    if (type === TYPES.channel) resolved.channels = { ...resolved.channels, [id]: world.channel(id) }
  }
  return {
    id: command.id,
    name: command.name,
    type: 1,
    ...(command.guild_id ? { guild_id: command.guild_id } : {}),
    options: nested,
    ...(Object.keys(resolved).length > 0 ? { resolved } : {}),
  }
}

/** What every interaction carries. */
function envelope(world: Peopled, userId: string, channelId: string, type: number): Record<string, unknown> {
  const channel = world.channel(channelId)
  const user = world.users.get(userId)
  if (!channel || !user) throw new Error(`no user ${userId} or no channel ${channelId}`)
  const shared = {
    application_id: world.applicationId,
    type,
    version: 1,
    channel_id: channelId,
    locale: 'en-US',
    entitlements: [],
    attachment_size_limit: 10_485_760,
  }
  if (!channel.guild_id) {
    const owners = { '1': '0' }
    return {
      ...shared,
      channel,
      user,
      context: 1,
      authorizing_integration_owners: owners,
      app_permissions: '0',
    }
  }
  const member = world.members.get(userId)
  if (!member) throw new Error(`user ${userId} is no member of the guild`)
  const permissions = String(world.permissions(userId, channelId))
  return {
    ...shared,
    channel: { ...channel, permissions },
    guild_id: world.guild.id,
    guild: { id: world.guild.id, locale: 'en-US', features: [] },
    guild_locale: 'en-US',
    member: { ...member, permissions },
    context: 0,
    authorizing_integration_owners: { '0': world.guild.id },
    app_permissions: String(world.permissions(world.bot.id, channelId)),
  }
}
