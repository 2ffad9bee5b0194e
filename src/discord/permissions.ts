// What a member may do in a server or channel (pure), and which of the rights that the bot needs are missing.
import { PermissionFlagsBits } from 'discord.js'

/** The rights that the bot uses, as Discord's settings call them. */
export const NEEDED = {
  'View Channels': PermissionFlagsBits.ViewChannel,
  'Send Messages': PermissionFlagsBits.SendMessages,
  'Embed Links': PermissionFlagsBits.EmbedLinks,
  'Attach Files': PermissionFlagsBits.AttachFiles,
  'Read Message History': PermissionFlagsBits.ReadMessageHistory,
} as const

export type Right = keyof typeof NEEDED

export interface Overwrite {
  id: string
  /** 0 a role, 1 a member. */
  type: number
  allow: bigint
  deny: bigint
}

/** The roles of a server and those of the member in question. */
export interface Standing {
  guildId: string
  ownerId: string
  userId: string
  roleIds: readonly string[]
  /** Permissions by role id; that of everyone has the server's id. */
  roles: ReadonlyMap<string, bigint>
}

const ALL = ~0n

/** The permission bits of a member in a server, or in a channel with these overwrites (Discord's order of them). */
export function permissionsOf(standing: Standing, overwrites: readonly Overwrite[] = []): bigint {
  const { guildId, ownerId, userId, roleIds, roles } = standing
  if (userId === ownerId) return ALL
  let bits = roles.get(guildId) ?? 0n
  for (const id of roleIds) bits |= roles.get(id) ?? 0n
  if (bits & PermissionFlagsBits.Administrator) return ALL
  const apply = (some: readonly Overwrite[]) => {
    const deny = some.reduce((all, one) => all | one.deny, 0n)
    const allow = some.reduce((all, one) => all | one.allow, 0n)
    bits = (bits & ~deny) | allow
  }
  apply(overwrites.filter(({ type, id }) => type === 0 && id === guildId))
  apply(overwrites.filter(({ type, id }) => type === 0 && id !== guildId && roleIds.includes(id)))
  apply(overwrites.filter(({ type, id }) => type === 1 && id === userId))
  return bits
}

/** Those of the needed rights that are missing; in a thread, messages are sent by another right. */
export function missingRights(bits: bigint, inThread = false): Right[] {
  // Who cannot see a channel can do nothing in it.
  if (!(bits & PermissionFlagsBits.ViewChannel)) return Object.keys(NEEDED) as Right[]
  const bitOf = (right: Right) =>
    inThread && right === 'Send Messages' ? PermissionFlagsBits.SendMessagesInThreads : NEEDED[right]
  return (Object.keys(NEEDED) as Right[]).filter((right) => !(bits & bitOf(right)))
}

/** Whether a member may tag roles that are not mentionable; a webhook always may. */
export const mayTagAll = (bits: bigint): boolean => (bits & PermissionFlagsBits.MentionEveryone) !== 0n

/**
 * Where the bot is invited from, with the rights that it needs and its slash commands; `managesWebhooks`: it is to make
 * its own.
 */
export function inviteUrl(applicationId: string, managesWebhooks = false): string {
  const more = managesWebhooks ? PermissionFlagsBits.ManageWebhooks : 0n
  const bits = Object.values(NEEDED).reduce(
    (all, bit) => all | bit,
    PermissionFlagsBits.SendMessagesInThreads | PermissionFlagsBits.MentionEveryone | more,
  )
  return `https://discord.com/oauth2/authorize?client_id=${applicationId}&scope=bot+applications.commands&permissions=${bits}`
}
