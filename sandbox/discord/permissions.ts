// Who may do what where: Discord's computation over roles and a channel's overwrites.
import type { Channel, Member, Role } from './types.ts'

/** The permission bits that the sandbox looks at. */
export const PERMISSIONS = {
  ADMINISTRATOR: 1n << 3n,
  MANAGE_GUILD: 1n << 5n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  MANAGE_MESSAGES: 1n << 13n,
  EMBED_LINKS: 1n << 14n,
  ATTACH_FILES: 1n << 15n,
  READ_MESSAGE_HISTORY: 1n << 16n,
  MENTION_EVERYONE: 1n << 17n,
  MANAGE_WEBHOOKS: 1n << 29n,
  USE_APPLICATION_COMMANDS: 1n << 31n,
  SEND_MESSAGES_IN_THREADS: 1n << 38n,
} as const

export type PermissionName = keyof typeof PERMISSIONS

/** What the bot's own role may do, and what everyone may, where nothing else is said. */
export const BOT_PERMISSIONS: readonly PermissionName[] = [
  'VIEW_CHANNEL',
  'SEND_MESSAGES',
  'EMBED_LINKS',
  'ATTACH_FILES',
  'READ_MESSAGE_HISTORY',
  'MANAGE_WEBHOOKS',
  'USE_APPLICATION_COMMANDS',
  'SEND_MESSAGES_IN_THREADS',
]

export const EVERYONE_PERMISSIONS: readonly PermissionName[] = [
  'VIEW_CHANNEL',
  'SEND_MESSAGES',
  'EMBED_LINKS',
  'ATTACH_FILES',
  'READ_MESSAGE_HISTORY',
  'USE_APPLICATION_COMMANDS',
  'SEND_MESSAGES_IN_THREADS',
]

const ALL = (1n << 53n) - 1n

/** Joins names to a bit set. */
export function permissionBits(names: readonly PermissionName[]): bigint {
  return names.reduce((bits, name) => bits | PERMISSIONS[name], 0n)
}

/** A member's permissions in a guild, and in one channel of it where that is given. */
export function permissionsOf(
  member: Member,
  guild: { id: string; owner_id: string; roles: ReadonlyMap<string, Role> },
  channel?: Channel,
): bigint {
  if (member.user.id === guild.owner_id) return ALL
  const roleIds = [guild.id, ...member.roles]
  let bits = 0n
  for (const id of roleIds) bits |= BigInt(guild.roles.get(id)?.permissions ?? 0)
  if (bits & PERMISSIONS.ADMINISTRATOR) return ALL
  const overwrites = channel?.permission_overwrites ?? []
  const everyone = overwrites.find((one) => one.id === guild.id)
  if (everyone) bits = (bits & ~BigInt(everyone.deny)) | BigInt(everyone.allow)
  let [deny, allow] = [0n, 0n]
  for (const one of overwrites) {
    if (one.type !== 0 || one.id === guild.id || !member.roles.includes(one.id)) continue
    deny |= BigInt(one.deny)
    allow |= BigInt(one.allow)
  }
  bits = (bits & ~deny) | allow
  const own = overwrites.find((one) => one.type === 1 && one.id === member.user.id)
  return own ? (bits & ~BigInt(own.deny)) | BigInt(own.allow) : bits
}
