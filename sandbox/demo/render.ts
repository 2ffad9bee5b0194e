// A message of the local Discord as lines for a terminal (pure): author, text, embeds, files, buttons.

import type { Colours } from '../../src/cli/colours.ts'
import { formatUtc } from '../../src/kernel/duration.ts'
import { type Component, type EmbedObject, FLAGS, type Message, type User } from '../discord/types.ts'
import type { DiscordWorld } from '../discord/world.ts'
import { markdownLines, type TextContext } from './markdown.ts'

export interface RenderOptions {
  discord: Pick<DiscordWorld, 'users' | 'guild' | 'channel'>
  nowMs: number
  /** Columns of the terminal. */
  width: number
  colours: Colours
  /** Stands behind buttons: how they are pressed here. */
  buttonsHint?: string
}

/** What was shown of a message, to show only what an edit changed. */
export interface Shown {
  content: string
  embeds: EmbedObject[]
  components: string
}

/** Remembers how a message looks now. */
export function shownOf({ content, embeds, components }: Message): Shown {
  return { content, embeds: structuredClone(embeds), components: JSON.stringify(components) }
}

/** Whether it says only "the bot is thinking": its answer is still to come. */
export const isLoading = ({ flags }: Message) => (flags & FLAGS.loading) !== 0

/**
 * The lines of a message. `before`: how it was shown last, for an edit; of its parts only those that have changed
 * are shown again.
 */
export function messageLines(message: Message, options: RenderOptions, before?: Shown): string[] {
  const context = contextOf(message, options)
  const { width } = options
  const now = shownOf(message)
  const same = now.content === '' || now.content === before?.content
  const text = same ? [] : markdownLines(now.content, width - 2, context)
  const embeds = now.embeds
    .map((one, index) => embedLines(one, width - 2, context, before?.embeds[index]))
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
  const files = before
    ? []
    : message.attachments.map(({ filename, size }) => `📎 ${filename} (${size} bytes)`)
  const buttons = now.components === before?.components ? [] : buttonLines(message.components, options)
  const body = [...text, ...embeds, ...files, ...buttons]
  return [
    head(message, options, before !== undefined),
    ...body.map((line) => (line === '' ? '' : `  ${line}`)),
  ]
}

/** "#alerts  ibc-monitor APP  Sat 28 Nov 10:06 UTC  (edited)" */
function head(message: Message, { discord, nowMs, colours }: RenderOptions, edited: boolean): string {
  const { channel_id, author, timestamp, flags, webhook_id } = message
  const channel = discord.channel(channel_id)
  const parts = [
    colours.cyan(
      channel?.guild_id ? `#${channel.name}` : `direct message to ${nameOf(channel?.recipients?.[0])}`,
    ),
    colours.bold(author.global_name ?? author.username),
    author.bot || webhook_id ? colours.inverse(' APP ') : '',
    colours.dim(`${formatUtc(Date.parse(timestamp), nowMs)} ${originOf(message)}`.trim()),
    edited ? colours.yellow('(edited)') : '',
    (flags & FLAGS.ephemeral) !== 0 ? colours.dim(`(only ${readerOf(message)} can see this)`) : '',
  ]
  return parts.filter(Boolean).join(' ')
}

const nameOf = (user: User | undefined) => user?.global_name ?? user?.username ?? 'nobody'

/** Who called for an answer that nobody else sees. */
const readerOf = ({ interaction_metadata }: Message) => nameOf(interaction_metadata?.user as User | undefined)

/** What a message answers. */
function originOf({ referenced_message, interaction_metadata }: Message): string {
  const name = interaction_metadata?.name
  if (typeof name === 'string') return `↪ /${name}`
  return referenced_message ? `↪ ${cut(referenced_message.content, LONGEST_ORIGIN)}` : ''
}

/** So many characters of what is answered fit behind the author and the time. */
const LONGEST_ORIGIN = 40

const cut = (text: string, longest: number) =>
  text.length > longest ? `${text.slice(0, longest - 1)}…` : text

function contextOf(message: Message, { discord, nowMs, colours }: RenderOptions): TextContext {
  const pinged = new Set([...message.mention_roles, ...message.mentions.map(({ id }) => id)])
  return {
    nowMs,
    colours,
    pings: (id) => pinged.has(id),
    nameOf(kind, id) {
      if (kind === 'role') return discord.guild.roles.get(id)?.name ?? null
      if (kind === 'channel') return discord.guild.channels.get(id)?.name ?? null
      const user = discord.users.get(id)
      return user ? (user.global_name ?? user.username) : null
    },
  }
}

/** What of an embed is not as it was before, behind a bar of its colour. */
function embedLines(
  embed: EmbedObject,
  width: number,
  context: TextContext,
  before: EmbedObject = {},
): string[] {
  const { colours } = context
  const bar = barPaint(embed.color ?? null, colours)('▌')
  const lines: string[] = []
  const add = (
    text: string | null | undefined,
    was: string | null | undefined,
    paint: (line: string) => string = (line) => line,
  ) => {
    if (text && text !== was) lines.push(...markdownLines(text, width - 2, context).map(paint))
  }
  add(embed.author?.name, before.author?.name, colours.dim)
  add(embed.title, before.title, colours.bold)
  add(embed.url, before.url, colours.dim)
  add(embed.description, before.description)
  const fields = ({ fields }: EmbedObject) =>
    fields?.map(({ name, value }) => `\n**${name}**\n${value}`).join('\n')
  add(fields(embed), fields(before))
  add(embed.footer?.text, before.footer?.text, colours.dim)
  return lines.map((line) => `${bar} ${line}`)
}

/** The terminal's colour that is nearest to an embed's. */
function barPaint(rgb: number | null, colours: Colours): (text: string) => string {
  if (rgb === null) return colours.dim
  const [red, green, blue] = [(rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255] as const
  const most = Math.max(red, green, blue)
  if (most - Math.min(red, green, blue) < 40) return colours.dim
  if (blue === most) return colours.blue
  if (green === most) return green - red < 60 ? colours.yellow : colours.green
  return green > red * 0.6 ? colours.yellow : colours.red
}

function buttonLines(rows: readonly Component[], { colours, buttonsHint }: RenderOptions): string[] {
  return rows
    .map(({ components = [] }) =>
      components
        .map(({ label, url, disabled }) => {
          const text = `[ ${label ?? '?'}${url ? ` ${url}` : ''} ]`
          return disabled ? colours.dim(text) : colours.bold(text)
        })
        .join(' '),
    )
    .filter((line) => line !== '')
    .map((line) => (buttonsHint ? `${line}  ${colours.dim(buttonsHint)}` : line))
}
