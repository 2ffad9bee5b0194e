// What the features see of Discord: pure types of commands, calls and replies, and their pages. No discord.js here.
import type { z } from 'zod'

/** An embed as Discord's API takes it (snake_case), only the parts that are used. */
export interface Embed {
  title?: string
  description?: string
  url?: string
  color?: number
  fields?: { name: string; value: string; inline?: boolean }[]
  footer?: { text: string }
}

/** Who called. Ids are snowflakes, as strings. */
export interface Caller {
  userId: string
  /** Display name, for logs only. */
  name: string
  roleIds: readonly string[]
  /** May manage the bot: an admin role of the configuration, or without any the permission Manage Server. */
  isAdmin: boolean
  /** When the member joined the server, Unix ms; null where Discord did not say. */
  joinedAtMs: number | null
  /** Membership screening is not passed. */
  pending: boolean
}

/** One use of a command. */
export interface Call {
  /** Unique for this use: the id of the interaction or of the message. */
  id: string
  door: 'prefix' | 'slash' | 'button'
  caller: Caller
  channelId: string
  guildId: string | null
  /** Page asked for, from 0. */
  page: number
  /** When the call was received, Unix ms of the bot's clock. */
  nowMs: number
  /** Whether the caller may write in a channel of this server; null: that cannot be told. */
  mayWriteIn(channelId: string): Promise<boolean | null>
  /** How a user types a command here: `data osmosis` gives `$data osmosis` or `/data osmosis`. */
  show(command: string): string
  /**
   * Changes the answer while the command runs or later: 15 minutes long for a slash command, without a limit for
   * a prefix command. False when it can no longer be changed.
   */
  edit(reply: Reply): Promise<boolean>
  /**
   * A direct message to a user. False when their DMs are closed, or it can never be sent.
   * @throws what may pass: it can be sent later
   */
  dm(userId: string, reply: Reply, signal?: AbortSignal): Promise<boolean>
}

/** An answer. What is too long is split into pages or messages by the gateway's side, never cut in the middle. */
export interface Reply {
  text?: string
  embeds?: Embed[]
  /**
   * Page shown, from 0, of `count`: buttons to the others are added, and the command is run again with `call.page`
   * by whoever presses them. A page should fit into one message; turning it replaces the first message only.
   */
  page?: { index: number; count: number }
  files?: { name: string; data: Buffer }[]
  /** Called where the answer to a slash command could not be sent. */
  unsent?: () => void
  /** Exactly who may be pinged by this answer; nobody where left out. */
  mentions?: { users?: string[]; roles?: string[] }
}

/** What of a list stands on the page that was asked for, with so many lines; `before`: how many come before it. */
export function pageOf<T>(all: readonly T[], lines: number, { page }: Pick<Call, 'page'>) {
  const count = Math.max(1, Math.ceil(all.length / lines))
  const index = Math.min(Math.max(0, page), count - 1)
  const before = index * lines
  return { shown: all.slice(before, before + lines), before, page: { index, count } }
}

/**
 * Says a text in a channel by the bot's own account; false when it could not be said, null where nobody knows. Nobody is
 * pinged but `mentions`.
 * The same `nonce` (25 characters at most) again within some minutes says nothing a second time.
 */
export type SayInChannel = (
  channelId: string,
  text: string,
  how?: { mentions?: Reply['mentions']; nonce?: string },
) => Promise<boolean | null>

export interface ArgSpec {
  /** Discord's rule: `^[-_'\p{L}\p{N}]{1,32}$`, lower case. */
  name: string
  /** At most 100 characters. */
  summary: string
  required?: boolean
  /** What `run` gets (before the schema): text, a safe integer as a number, a user's id. Text where left out. */
  kind?: 'string' | 'integer' | 'user'
  /** Takes the rest of the line in prefix form. */
  rest?: boolean
  /**
   * A closed list; the slash option offers it. In prefix form a value that is one of these goes here even when
   * optional arguments before it were left out: `$data expired`.
   */
  choices?: readonly string[]
  /** Completion for the slash option: at most 25 are shown. */
  complete?: (typed: string) => { name: string; value: string }[]
  /** Checks and converts the value; its messages are shown to the user. Not asked for what was left out. */
  schema?: z.ZodType
}

/** A command: one definition behind both doors. */
// biome-ignore lint/suspicious/noExplicitAny: each command names its own argument type; the registry holds them all
export interface Command<Args = any> {
  name: string
  /** At most 100 characters; also the slash description. */
  summary: string
  /** An example as typed after the prefix, such as `data osmosis expired`. */
  example: string
  args: readonly ArgSpec[]
  access: 'everyone' | 'admin' | 'moderator'
  /** `slash`: the prefix does not know it. */
  doors?: 'both' | 'slash'
  /** The slash answer is seen by the caller alone; fixed when the answer is deferred. */
  ephemeral?: boolean
  /** May be used outside `commandChannels`: it says itself who may use it, or where. */
  anyChannel?: boolean
  /**
   * @throws {Refusal} a "no" for the user
   */
  run(args: Args, call: Call): Promise<Reply>
}

/** Every command of the bot, `help` included. */
export interface CommandRegistry {
  readonly commands: readonly Command[]
  get(name: string): Command | undefined
  /** Names that the prefix knows (without the slash-only ones). */
  readonly prefixNames: readonly string[]
}
