// Who called, and where: from a cached member or from the raw one that Discord sends when the guild is not cached.
import {
  type APIInteractionGuildMember,
  type BaseInteraction,
  ChannelType,
  type Client,
  DiscordAPIError,
  GuildMember,
  type GuildTextBasedChannel,
  type Message,
  PermissionFlagsBits,
  type PermissionsBitField,
  RESTJSONErrorCodes,
  type User,
} from 'discord.js'
import type { Call, Caller } from './command.ts'
import type { AccessPolicy } from './dispatch.ts'

/** The caller of a command. `permissions` are the member's, where Discord gave them. */
export function callerOf(
  user: User,
  member: GuildMember | APIInteractionGuildMember | null,
  permissions: Readonly<PermissionsBitField> | null,
  policy: AccessPolicy,
): Caller {
  const roleIds = rolesOf(member)
  const isAdmin = policy.adminRoles
    ? policy.adminRoles.some((id) => roleIds.includes(id))
    : (permissions?.has(PermissionFlagsBits.ManageGuild) ?? false)
  return {
    userId: user.id,
    name: user.displayName,
    roleIds,
    isAdmin,
    joinedAtMs: joinedAt(member),
    pending: member?.pending ?? false,
  }
}

/** The channel of a message or an interaction and, for a thread, the channel that it belongs to. */
export function channelIdsOf({
  channel,
  channelId,
}: Pick<BaseInteraction | Message, 'channel' | 'channelId'>) {
  const parentId = channel?.isThread() ? channel.parentId : null
  return [channelId, parentId].filter((id) => id !== null)
}

/** Whether a member may write in a channel, as far as is known. */
export function mayWrite(channel: GuildTextBasedChannel, member: GuildMember | null): boolean | null {
  const send = channel.isThread()
    ? PermissionFlagsBits.SendMessagesInThreads
    : PermissionFlagsBits.SendMessages
  return (member && channel.permissionsFor(member)?.has([PermissionFlagsBits.ViewChannel, send])) ?? null
}

/** Whether the bot's own account may write in a channel, as far as its connection knows. */
export function botMayWrite({ channels }: Client, channelId: string): boolean | null {
  const channel = channels.cache.get(channelId)
  return channel?.isTextBased() && !channel.isDMBased() ? mayWrite(channel, channel.guild.members.me) : null
}

/** Makes the question whether whoever sent this may write in a channel of the same server. */
export const writerOf =
  ({ client, guildId, member }: BaseInteraction | Message, { id }: User): Call['mayWriteIn'] =>
  async (channelId) => {
    try {
      const channel = await client.channels.fetch(channelId)
      if (!channel?.isTextBased() || channel.isDMBased() || channel.guildId !== guildId) return null
      const known = member instanceof GuildMember ? member : await channel.guild.members.fetch(id)
      const may = mayWrite(channel, known)
      const isOpen = channel.type !== ChannelType.PrivateThread
      if (!may || isOpen || channel.permissionsFor(known).has(PermissionFlagsBits.ManageThreads)) return may
      await channel.members.fetch({ member: id, force: true })
      return true
    } catch (error) {
      const isNoMember = error instanceof DiscordAPIError && error.code === RESTJSONErrorCodes.UnknownMember
      return isNoMember ? false : null
    }
  }

function rolesOf(member: GuildMember | APIInteractionGuildMember | null): string[] {
  if (!member) return []
  return Array.isArray(member.roles) ? [...member.roles] : [...member.roles.cache.keys()]
}

function joinedAt(member: GuildMember | APIInteractionGuildMember | null): number | null {
  if (!member) return null
  if ('joinedTimestamp' in member) return member.joinedTimestamp
  const ms = Date.parse(member.joined_at ?? '')
  return Number.isNaN(ms) ? null : ms
}
