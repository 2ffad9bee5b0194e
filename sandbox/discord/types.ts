// The shapes of the local Discord's world, written as Discord's API writes them (snake_case, ids as strings).

export interface User {
  id: string
  username: string
  global_name: string | null
  discriminator: string
  avatar: string | null
  bot?: boolean
}

export interface Role {
  id: string
  name: string
  /** A bit set, as a decimal text. */
  permissions: string
  position: number
  mentionable: boolean
  managed: boolean
  color: number
  hoist: boolean
}

export interface Overwrite {
  id: string
  /** 0 a role, 1 a member. */
  type: 0 | 1
  allow: string
  deny: string
}

export interface Channel {
  id: string
  /** 0 a text channel of the guild, 1 a direct message, 2 voice, 4 a category, 11 a thread, 12 a private one, 15 a forum. */
  type: number
  /** Who is in a private thread. */
  memberIds?: string[]
  /** Of a thread: its channel. */
  parent_id?: string
  thread_metadata?: {
    archived: boolean
    locked: boolean
    auto_archive_duration: number
    archive_timestamp: string
  }
  name?: string
  guild_id?: string
  position?: number
  permission_overwrites?: Overwrite[]
  recipients?: User[]
  last_message_id: string | null
}

/** What makes a channel an open thread of another: a public one, or (type 12) a private one. */
export const threadOf = (parentId: string, type: number) => ({
  parent_id: parentId,
  type: type === 12 ? 12 : 11,
  thread_metadata: {
    archived: false,
    locked: false,
    auto_archive_duration: 1440,
    archive_timestamp: '2026-01-01T00:00:00Z',
  },
})

export interface Member {
  user: User
  nick: string | null
  roles: string[]
  /** RFC 3339; null is what Discord sends for guests. */
  joined_at: string | null
  pending: boolean
  deaf: boolean
  mute: boolean
  flags: number
}

export interface EmbedObject {
  type?: string | null
  title?: string | null
  description?: string | null
  url?: string | null
  color?: number | null
  timestamp?: string | null
  fields?: { name: string; value: string; inline?: boolean | null }[] | null
  footer?: { text: string; icon_url?: string | null } | null
  author?: { name: string; url?: string | null; icon_url?: string | null } | null
  image?: { url: string } | null
  thumbnail?: { url: string } | null
}

/** An action row (1), button (2), select (3, 5 to 8), or a component of version 2. */
export interface Component {
  type: number
  custom_id?: string | null
  style?: number
  label?: string | null
  url?: string | null
  disabled?: boolean | null
  emoji?: unknown
  content?: string
  placeholder?: string | null
  min_values?: number | null
  max_values?: number | null
  options?: { label: string; value: string; description?: string | null; default?: boolean | null }[]
  components?: Component[]
}

export interface Attachment {
  id: string
  filename: string
  description?: string
  content_type: string
  size: number
  url: string
  proxy_url: string
}

export interface Message {
  id: string
  channel_id: string
  author: User
  content: string
  timestamp: string
  edited_timestamp: string | null
  tts: boolean
  mention_everyone: boolean
  /** Users who were pinged. */
  mentions: User[]
  /** Roles that were pinged. */
  mention_roles: string[]
  attachments: Attachment[]
  embeds: EmbedObject[]
  components: Component[]
  pinned: boolean
  /** 0 plain, 19 a reply, 20 the answer to a slash command. */
  type: number
  flags: number
  webhook_id?: string
  application_id?: string
  nonce?: string | number
  message_reference?: { message_id: string; channel_id: string; guild_id?: string; type: number }
  referenced_message?: Message | null
  interaction_metadata?: Record<string, unknown>
}

/** Bits of `Message.flags`. */
export const FLAGS = {
  suppressEmbeds: 1 << 2,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  suppressNotifications: 1 << 12,
  componentsV2: 1 << 15,
} as const

export interface Webhook {
  id: string
  token: string
  type: 1
  name: string
  avatar: string | null
  channel_id: string
  guild_id: string
  /** The application that made it; null when a person did. */
  application_id: string | null
}

export interface CommandOption {
  type: number
  name: string
  description: string
  required?: boolean | null
  autocomplete?: boolean | null
  choices?: { name: string; value: string | number }[] | null
  options?: CommandOption[] | null
  min_value?: number | null
  max_value?: number | null
  min_length?: number | null
  max_length?: number | null
}

export interface Command {
  id: string
  application_id: string
  guild_id?: string
  version: string
  type: number
  name: string
  description: string
  options: CommandOption[]
  default_member_permissions: string | null
  dm_permission?: boolean
  nsfw: boolean
  name_localizations?: Record<string, string> | null
  description_localizations?: Record<string, string> | null
  contexts?: number[] | null
  integration_types?: number[]
}

/** The switches of the developer portal. */
export interface Portal {
  messageContent: boolean
  guildMembers: boolean
  presences: boolean
  /** Interactions go to this URL, and no more to the gateway. */
  interactionsEndpoint: string | null
}

/** An option as a user filled it in. */
export interface FilledOption {
  name: string
  type: number
  value?: string | number | boolean
  focused?: boolean
  options?: FilledOption[]
}

/** A file as it was uploaded. */
export interface Upload {
  /** The form's field: `files[0]`. */
  field: string
  name: string
  type: string
  data: Buffer
}

/** Something that happens, for the gateway to tell. */
export interface Dispatch {
  t: string
  d: Record<string, unknown>
  /** The intent bit that a session must have; 0 for what everyone gets. */
  intent: number
}

/** The gateway's intents. */
export const INTENTS = {
  guilds: 1 << 0,
  guildMembers: 1 << 1,
  guildPresences: 1 << 8,
  guildMessages: 1 << 9,
  directMessages: 1 << 12,
  messageContent: 1 << 15,
} as const
