// What is read back from a channel. Types alone.
import type { Embed } from '../../discord/command.ts'

/** A message that stands in a channel, as far as it is needed to know it again. */
export interface SeenMessage {
  id: string
  content: string
  embeds: readonly Pick<Embed, 'title' | 'description'>[]
  webhookId: string | null
  /** The bot's own account wrote it. */
  isOwn?: boolean
  /** It came through a webhook that another application made. */
  isForeign?: boolean
  /** The account of some bot wrote it. */
  isBot?: boolean
  /** It answers a command. */
  isAnswer?: boolean
  /** When it was changed last, Unix ms; null: never. */
  editedMs?: number | null
  /** What stands in the text files that are attached. */
  files?: readonly string[]
}

/**
 * The channel's messages since a moment (Unix ms), by the bot's own account. Null where it may not read them; throws
 * where it could not this time.
 */
export type ReadChannel = (channelId: string, sinceMs: number) => Promise<SeenMessage[] | null>
