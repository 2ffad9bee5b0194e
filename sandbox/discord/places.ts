// The places and people of the local Discord: one guild with its roles, channels, members and webhooks.
import type { Clock } from '../../src/kernel/clock.ts'
import type { DmRefusal } from './errors.ts'
import { snowflakeAt, snowflakes } from './ids.ts'
import {
  BOT_PERMISSIONS,
  EVERYONE_PERMISSIONS,
  type PermissionName,
  permissionBits,
  permissionsOf,
} from './permissions.ts'
import {
  type Channel,
  type Command,
  type Dispatch,
  INTENTS,
  type Member,
  type Portal,
  type Role,
  threadOf,
  type User,
  type Webhook,
} from './types.ts'

const DAY_MS = 86_400_000

export interface WorldOptions {
  clock: Clock
  guildName?: string
  /** The bot's token; a fixed one where left out. */
  token?: string
  /** The switches for privileged intents in the developer portal. Message Content is on where left out. */
  messageContent?: boolean
  guildMembers?: boolean
  /** What the bot's own role may do; the usual set where left out. */
  botPermissions?: readonly PermissionName[]
}

export interface Guild {
  id: string
  name: string
  owner_id: string
  roles: Map<string, Role>
  channels: Map<string, Channel>
}

/** Who and what is there. What happens to it is told to whoever listens to `onDispatch`. */
export class Places {
  readonly clock: Clock
  /** A new id, greater than all before. */
  readonly nextId: () => string
  readonly bot: User
  readonly guild: Guild
  readonly users = new Map<string, User>()
  readonly members = new Map<string, Member>()
  readonly directChannels = new Map<string, Channel>()
  readonly dmRefusals = new Map<string, DmRefusal>()
  readonly webhooks = new Map<string, Webhook>()
  readonly botRole: Role
  /** Ids of further servers that the bot was added to; nothing happens in them. */
  readonly otherGuilds: string[] = []
  /** Registered commands: of the guild, and global ones. */
  commands: { guild: Command[]; global: Command[] } = { guild: [], global: [] }
  token: string
  portal: Portal
  readonly #listeners = new Set<(event: Dispatch) => void>()

  constructor(options: WorldOptions) {
    const { clock } = options
    this.clock = clock
    this.nextId = snowflakes(clock)
    this.token = options.token ?? 'MTAwMDAwMDAwMDAwMDAwMDAwMA.GsAnDb.a-local-token-that-opens-nothing'
    this.portal = {
      messageContent: options.messageContent ?? true,
      guildMembers: options.guildMembers ?? false,
      presences: false,
      interactionsEndpoint: null,
    }
    const guildId = snowflakeAt(clock.now() - 700 * DAY_MS)
    const owner = this.addUser({ name: 'owner', createdAtMs: clock.now() - 900 * DAY_MS })
    this.guild = {
      id: guildId,
      name: options.guildName ?? 'Relayers',
      owner_id: owner.id,
      roles: new Map(),
      channels: new Map(),
    }
    this.#setRole({ id: guildId, name: '@everyone', permissions: permissionBits(EVERYONE_PERMISSIONS) })
    this.botRole = this.#setRole({
      id: snowflakeAt(clock.now() - 600 * DAY_MS, 1n),
      name: 'ibc-monitor',
      permissions: permissionBits(options.botPermissions ?? BOT_PERMISSIONS),
      managed: true,
    })
    this.bot = this.addUser({ name: 'ibc-monitor', createdAtMs: clock.now() - 600 * DAY_MS, bot: true })
    this.join(owner, { joinedAtMs: clock.now() - 700 * DAY_MS })
    this.join(this.bot, { joinedAtMs: clock.now() - 600 * DAY_MS, roles: [this.botRole.id] })
  }

  /** The application has the id of its bot. */
  get applicationId(): string {
    return this.bot.id
  }

  /** A user who is in no guild that the bot knows. */
  addUser(options: { name: string; createdAtMs?: number; id?: string; bot?: boolean }): User {
    const id = options.id ?? this.#freeId(options.createdAtMs ?? this.clock.now() - 365 * DAY_MS)
    const base = { id, username: options.name, global_name: options.bot ? null : options.name, avatar: null }
    const user: User = {
      ...base,
      discriminator: options.bot ? '0001' : '0',
      ...(options.bot ? { bot: true } : {}),
    }
    this.users.set(id, user)
    return user
  }

  /** A member of the guild; an account of a year that joined 100 days ago where nothing else is said. */
  addMember(options: {
    name: string
    id?: string
    createdAtMs?: number
    joinedAtMs?: number | null
    roles?: readonly string[]
    pending?: boolean
    dm?: DmRefusal
  }): Member {
    const user = this.addUser(options)
    if (options.dm) this.dmRefusals.set(user.id, options.dm)
    return this.join(user, options)
  }

  /** A member leaves, or is thrown out; also the bot. */
  removeMember(userId: string): void {
    const member = this.members.get(userId)
    if (!member) throw new Error(`no member ${userId}`)
    this.members.delete(userId)
    if (member.user === this.bot) {
      this.commands.guild = []
      this.dispatch({ t: 'GUILD_DELETE', d: { id: this.guild.id }, intent: INTENTS.guilds })
      return
    }
    const d = { guild_id: this.guild.id, user: member.user }
    this.dispatch({ t: 'GUILD_MEMBER_REMOVE', d, intent: INTENTS.guildMembers })
  }

  addRole(name: string, permissions: readonly PermissionName[] = [], mentionable = false): Role {
    const role = this.#setRole({
      id: this.nextId(),
      name,
      permissions: permissionBits(permissions),
      mentionable,
    })
    this.dispatch({ t: 'GUILD_ROLE_CREATE', d: { guild_id: this.guild.id, role }, intent: INTENTS.guilds })
    return role
  }

  /** A text channel, one of another type, or a thread of `parentId`, in which the bot may not do what `denyBot` names. */
  addChannel(
    name: string,
    options: { denyBot?: readonly PermissionName[]; type?: number; parentId?: string } = {},
  ): Channel {
    const { parentId, type = 0 } = options
    const channel: Channel = {
      id: this.nextId(),
      type,
      name,
      guild_id: this.guild.id,
      position: this.guild.channels.size,
      permission_overwrites: [],
      last_message_id: null,
      ...(parentId && threadOf(parentId, type)),
    }
    this.guild.channels.set(channel.id, channel)
    this.dispatch({
      t: parentId ? 'THREAD_CREATE' : 'CHANNEL_CREATE',
      d: { ...channel },
      intent: INTENTS.guilds,
    })
    if (options.denyBot) this.denyBot(channel.id, options.denyBot)
    return channel
  }

  /** Sets what the bot may not do in a channel, and what it may; or `roleId`, everyone's being that of the server. */
  denyBot(
    channelId: string,
    names: readonly PermissionName[],
    allowed: PermissionName[] = [],
    roleId = this.botRole.id,
  ): void {
    const channel = this.guild.channels.get(channelId)!
    const [deny, allow] = [String(permissionBits(names)), String(permissionBits(allowed))]
    const others = channel.permission_overwrites!.filter(({ id }) => id !== roleId)
    channel.permission_overwrites = [...others, { id: roleId, type: 0, allow, deny }]
    this.dispatch({ t: 'CHANNEL_UPDATE', d: structuredClone({ ...channel }), intent: INTENTS.guilds })
  }

  /** Deletes a channel, with its webhooks. */
  deleteChannel(channelId: string): void {
    const channel = this.guild.channels.get(channelId)
    if (!channel) throw new Error(`no channel ${channelId}`)
    this.guild.channels.delete(channelId)
    for (const webhook of [...this.webhooks.values()]) {
      if (webhook.channel_id === channelId) this.webhooks.delete(webhook.id)
    }
    this.dispatch({ t: 'CHANNEL_DELETE', d: { ...channel }, intent: INTENTS.guilds })
  }

  /** A channel of the guild, or a direct one. */
  channel(channelId: string): Channel | undefined {
    return (
      this.guild.channels.get(channelId) ??
      [...this.directChannels.values()].find((one) => one.id === channelId)
    )
  }

  /** The direct channel between the bot and a user, made when it is not there. */
  directChannel(userId: string): Channel {
    const known = this.directChannels.get(userId)
    if (known) return known
    const user = this.users.get(userId)
    if (!user) throw new Error(`no user ${userId}`)
    const channel: Channel = { id: this.nextId(), type: 1, recipients: [user], last_message_id: null }
    this.directChannels.set(userId, channel)
    return channel
  }

  /** A webhook; `applicationId` null (the default): a person made it in the channel's settings. */
  createWebhook(channelId: string, options: { name?: string; applicationId?: string | null } = {}): Webhook {
    const id = this.nextId()
    const webhook: Webhook = {
      id,
      token: `a-webhook-token-that-opens-nothing-${id}`,
      type: 1,
      name: options.name ?? 'Alerts',
      avatar: null,
      channel_id: channelId,
      guild_id: this.guild.id,
      application_id: options.applicationId ?? null,
    }
    this.webhooks.set(id, webhook)
    return webhook
  }

  deleteWebhook(webhookId: string): void {
    this.webhooks.delete(webhookId)
  }

  permissions(userId: string, channelId?: string): bigint {
    const member = this.members.get(userId)
    if (!member) return 0n
    const channel = channelId ? this.guild.channels.get(channelId) : undefined
    const place = channel?.parent_id ? this.guild.channels.get(channel.parent_id) : channel
    return permissionsOf(member, this.guild, place)
  }

  onDispatch(listener: (event: Dispatch) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Tells the gateway of an event. */
  dispatch(event: Dispatch): void {
    for (const listener of this.#listeners) listener(event)
  }

  #freeId(createdAtMs: number): string {
    for (let sequence = 0n; ; sequence++) {
      const id = snowflakeAt(createdAtMs, sequence)
      if (!this.users.has(id)) return id
    }
  }

  #setRole(one: {
    id: string
    name: string
    permissions: bigint
    managed?: boolean
    mentionable?: boolean
  }): Role {
    const { id, name, managed = false, mentionable = false } = one
    const permissions = String(one.permissions)
    const position = this.guild.roles.size
    const role: Role = { id, name, permissions, managed, mentionable, position, color: 0, hoist: false }
    this.guild.roles.set(id, role)
    return role
  }

  protected join(
    user: User,
    options: { joinedAtMs?: number | null; roles?: readonly string[]; pending?: boolean },
  ): Member {
    const { joinedAtMs = this.clock.now() - 100 * DAY_MS, roles = [], pending = false } = options
    const joined_at = joinedAtMs === null ? null : new Date(joinedAtMs).toISOString()
    const member: Member = {
      user,
      nick: null,
      roles: [...roles],
      joined_at,
      pending,
      deaf: false,
      mute: false,
      flags: 0,
    }
    this.members.set(user.id, member)
    const d = { guild_id: this.guild.id, ...structuredClone(member) }
    this.dispatch({ t: 'GUILD_MEMBER_ADD', d, intent: INTENTS.guildMembers })
    return member
  }
}
