// A message that was sent, as it stands when some of its lines are over, were seen since, or somebody has them (pure).
import type { Embed } from '../discord/command.ts'
import { embedSize, LIMIT } from '../words/limits.ts'
import { oneLine, plain, shorten } from '../words/text.ts'
import { clockUtc } from '../words/time.ts'
import { POST_MAX } from './compose.ts'
import { fitEmbed, type Payload, payload } from './payload.ts'
import type { AlertState, Message, NoticeKind } from './types.ts'

const GREY = 0x95a5a6
/**
 * What stands before a message, and before its lines, when what it says was seen since, when alerts are no longer about
 * it, or when it is over. A second watcher tells the two white signs, which look alike, apart by how they are written.
 */
const MARKS = {
  seen: { first: '⚪ seen since: ', line: '⚪' },
  withdrawn: { first: '⚪ withdrawn: ', line: '⚪\ufe0f' },
  over: { first: '🟢 over: ', line: '🟢' },
} as const
type Mark = keyof typeof MARKS

/** How a notice of this kind marks what was told before. */
export const markOf = (kind: NoticeKind): Mark =>
  kind === 'confirmed' ? 'seen' : kind === 'withdrawn' ? 'withdrawn' : 'over'

/** What became of one of the messages that were sent as one. */
export interface SentLine {
  message: Message
  /** Null: it stands as it was told. */
  as: Mark | null
  /** What is said of that, the new title of its embed; null: nobody knows any more. */
  title: string | null
  /** "👀 Ana has it"; null: nobody has it. */
  held: string | null
}

/** Longest note of who has an alert. */
export const NOTE_MAX = 200
/** In less room than this nothing is said of who has it. */
const HELD_MIN = 40

/** "👀 Ana has it until 18:00 UTC: new key on the way" */
export function holderText({ name, userId, atMs, untilMs, note }: NonNullable<AlertState['ack']>): string {
  const who = name ? plain(name, 40) : `<@${userId}>`
  return `👀 ${who} has it until ${clockUtc(untilMs, atMs)}${note ? `: ${plain(note, NOTE_MAX)}` : ''}`
}

/**
 * `sent`, made of `lines` in their order, as it stands now: a line that is marked is struck out and its embed grey. When
 * all are, the first line says so and the mention goes. Who has an alert stands first in its embed; behind its line where
 * it has none, or no room.
 */
export function render(sent: Payload, lines: readonly SentLine[]): Payload {
  const [first = '', ...own] = sent.content.split('\n')
  // The first line sums up a storm, unless it stands alone.
  const content = [
    markedFirst(first, lines),
    ...own.map((line, i) => (lines[i]?.as ? `${MARKS[lines[i].as].line} ~~${line}~~` : line)),
  ]
  const embeds = [...sent.embeds]
  const withEmbed = lines.filter(({ message }) => message.embed)
  for (const [at, { as, title }] of withEmbed.entries())
    if (as && title !== null && embeds[at]) embeds[at] = greyEmbed(embeds, at, title)
  for (const [i, line] of lines.entries()) {
    if (line.held === null) continue
    const at = withEmbed.indexOf(line)
    const { description = '' } = embeds[at] ?? {}
    const total = embeds.reduce((sum, embed) => sum + embedSize(embed), 0)
    const room = Math.min(LIMIT.description - description.length, LIMIT.embedsTotal - total) - 1
    const left = LIMIT.content - content.join('\n').length - ' · '.length
    const place = own.length > 0 ? i + 1 : lines.length === 1 ? 0 : -1
    if (embeds[at] && room >= HELD_MIN)
      embeds[at] = { ...embeds[at], description: `${shorten(line.held, room)}\n${description}`.trim() }
    else if (content[place] !== undefined && left >= HELD_MIN)
      content[place] += ` · ${shorten(line.held, left)}`
  }
  return payload(content.join('\n'), embeds, [])
}

/** Where one was only seen since, or withdrawn, the message as a whole is not over. */
function markedFirst(first: string, lines: readonly SentLine[]): string {
  if (lines.some(({ as }) => as === null)) return first
  const least = (Object.keys(MARKS) as Mark[]).find((mark) => lines.some(({ as }) => as === mark))
  const bare = first.replace(/\s*<@[&!]?\d+>/g, '')
  return least ? shorten(MARKS[least].first + bare, POST_MAX) : first
}

function greyEmbed(embeds: readonly Embed[], at: number, text: string): Embed {
  const others = embeds.reduce((sum, embed, index) => sum + (index === at ? 0 : embedSize(embed)), 0)
  const grey = { ...embeds[at]!, title: shorten(oneLine(text), LIMIT.title), color: GREY }
  const left = LIMIT.embedsTotal - others
  return fitEmbed(embedSize(grey) <= left ? grey : { ...grey, fields: [] }, left)
}
