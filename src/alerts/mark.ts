// A message that was sent, edited when what it tells of is over, was seen since, or somebody has it (pure).
import type { Embed } from '../discord/command.ts'
import { embedSize, LIMIT } from '../words/limits.ts'
import { oneLine, plain, shorten } from '../words/text.ts'
import { clockUtc } from '../words/time.ts'
import { POST_MAX } from './compose.ts'
import { fitEmbed, type Payload, payload } from './payload.ts'
import type { AlertState, Message, NoticeKind } from './types.ts'

const GREY = 0x95a5a6
/**
 * What stands before a message, and before its lines, when it is over, when alerts are no longer about it, or when what it
 * says was seen since. The two white signs look alike, and are told apart by how they are written.
 */
const MARKS = {
  over: { first: '🟢 over: ', line: '🟢' },
  withdrawn: { first: '⚪ withdrawn: ', line: '⚪\ufe0f' },
  seen: { first: '⚪ seen since: ', line: '⚪' },
} as const
type Mark = keyof typeof MARKS
const MARKED_FIRST = /^(?:🟢 over|⚪ withdrawn|⚪ seen since): /u
const MARKED_LINE = /^(🟢|⚪\ufe0f?) ~~(.*)~~$/u

/** How an edit marks what a notice of this kind tells of. */
export const markOf = (kind: NoticeKind): Mark =>
  kind === 'confirmed' ? 'seen' : kind === 'withdrawn' ? 'withdrawn' : 'over'

/**
 * A message that was sent, edited to say that one of its alerts is over, or was seen since: its embed turns grey with
 * `text` as title, its line is struck out. `shown` are the messages that it was made of, in the order of its lines and
 * embeds. When all of them are over, the first line says so and the mention goes; `whole` says that they are, for a
 * line that stands alone for several.
 */
export function markOver(
  before: Payload,
  shown: readonly Message[],
  alertId: number,
  text: string,
  as: Mark = 'over',
  whole = false,
): Payload {
  const mark = MARKS[as]
  const sent = markHeld(before, shown, alertId, null)
  const lines = sent.content.split('\n')
  const single = lines.length === 1
  const isIt = ({ notice }: Message) => notice.alertId === alertId
  const index = shown.filter(({ embed }) => embed).findIndex(isIt)
  const embeds = sent.embeds.map((embed, at) => (at === index ? overEmbed(sent.embeds, at, text) : embed))
  // Below the first line, which sums them up.
  const marked = lines.map((line, at) => {
    if (at === 0 || !shown[at - 1] || !isIt(shown[at - 1]!)) return line
    return `${mark.line} ~~${line.replace(MARKED_LINE, '$2')}~~`
  })
  const alone = shown.length === 1 && isIt(shown[0]!) && isLineOf(shown[0]!, lines[0]!)
  const all = single ? whole || alone : marked.slice(1).every((line) => MARKED_LINE.test(line))
  if (all) {
    const bare = marked[0]!.replace(MARKED_FIRST, '').replace(/\s*<@[&!]?\d+>/g, '')
    // Where one was only seen since, or withdrawn, the message as a whole is not over.
    const signs = single ? [mark.line] : marked.slice(1).map((line) => MARKED_LINE.exec(line)?.[1])
    const least = (['seen', 'withdrawn', 'over'] as const).find((one) => signs.includes(MARKS[one].line))
    marked[0] = shorten(MARKS[least ?? as].first + bare, POST_MAX)
  }
  return payload(marked.join('\n'), embeds, [])
}

/** Longest note of who has an alert. */
export const NOTE_MAX = 200
const HELD = /^👀 .*(?:\n|$)/u
const HELD_LINE = / · 👀 .*$/u
/** In less room than this nothing is said. */
const HELD_MIN = 40

/** "👀 Ana has it until 18:00 UTC: new key on the way" */
export function holderText({ name, userId, atMs, untilMs, note }: NonNullable<AlertState['ack']>): string {
  const who = name ? plain(name, 40) : `<@${userId}>`
  return `👀 ${who} has it until ${clockUtc(untilMs, atMs)}${note ? `: ${plain(note, NOTE_MAX)}` : ''}`
}

/**
 * A message that was sent, edited to say who has one of its alerts (`text`; null: nobody): first in its embed; behind its
 * line where it has none, or no room.
 */
export function markHeld(
  sent: Payload,
  shown: readonly Message[],
  alertId: number,
  text: string | null,
): Payload {
  const isIt = ({ notice }: Message) => notice.alertId === alertId
  const at = shown.filter(({ embed }) => embed).findIndex(isIt)
  const single = sent.content.split('\n').length === 1
  // Below the first line, which sums up a storm.
  const line = single ? (shown.length === 1 && isIt(shown[0]!) ? 0 : -1) : shown.findIndex(isIt) + 1 || -1
  const lines = sent.content.split('\n').map((one, i) => (i === line ? one.replace(HELD_LINE, '') : one))
  const embeds = sent.embeds.map((embed, i) => {
    if (i !== at || !embed.description) return embed
    return { ...embed, description: embed.description.replace(HELD, '') }
  })
  if (text !== null) {
    const { description = '' } = embeds[at] ?? {}
    const total = embeds.reduce((sum, embed) => sum + embedSize(embed), 0)
    const room = Math.min(LIMIT.description - description.length, LIMIT.embedsTotal - total) - 1
    const left = LIMIT.content - lines.join('\n').length - ' · '.length
    if (embeds[at] && room >= HELD_MIN)
      embeds[at] = { ...embeds[at], description: `${shorten(text, room)}\n${description}`.trim() }
    else if (line >= 0 && left >= HELD_MIN) lines[line] += ` · ${shorten(text, left)}`
  }
  return payload(lines.join('\n'), embeds, [])
}

/** Whether a line that stands alone is a message's own, and not the one that sums up a storm. */
const isLineOf = ({ headline }: Message, line: string) =>
  line.replace(MARKED_FIRST, '').startsWith(oneLine(headline).slice(0, 80))

function overEmbed(embeds: readonly Embed[], at: number, text: string): Embed {
  const others = embeds.reduce((sum, embed, index) => sum + (index === at ? 0 : embedSize(embed)), 0)
  const over = { ...embeds[at]!, title: shorten(oneLine(text), LIMIT.title), color: GREY }
  const left = LIMIT.embedsTotal - others
  return fitEmbed(embedSize(over) <= left ? over : { ...over, fields: [] }, left)
}
