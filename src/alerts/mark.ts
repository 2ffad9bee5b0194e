// A message that was sent, edited when what it tells of is over, or was seen since (pure).
import type { Embed } from '../discord/command.ts'
import { embedSize, LIMIT } from '../words/limits.ts'
import { oneLine, shorten } from '../words/text.ts'
import { names, POST_MAX } from './compose.ts'
import { fitEmbed, type Payload, payload } from './payload.ts'
import type { NoticeKind } from './types.ts'

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
 * `text` as title, its line is struck out. When all of them are, the first line says so and the mention goes; `whole`
 * says that they are, for a line that stands alone without their numbers.
 */
export function markOver(
  sent: Payload,
  alertId: number,
  text: string,
  as: Mark = 'over',
  whole = false,
): Payload {
  const mark = MARKS[as]
  const lines = sent.content.split('\n')
  const single = lines.length === 1
  const index = sent.embeds.findIndex(({ footer }) => footer && names(footer.text, alertId))
  const embeds = sent.embeds.map((embed, at) => (at === index ? overEmbed(sent.embeds, at, text) : embed))
  const marked = lines.map((line, at) => {
    if (at === 0 || !names(line, alertId)) return line
    return `${mark.line} ~~${line.replace(MARKED_LINE, '$2')}~~`
  })
  const hit =
    index >= 0 ||
    marked.some((line, at) => line !== lines[at]) ||
    (single && (names(lines[0]!, alertId) || (whole && sent.embeds.length === 0)))
  const all = single ? hit : marked.slice(1).every((line) => MARKED_LINE.test(line))
  if (all) {
    const bare = marked[0]!.replace(MARKED_FIRST, '').replace(/\s*<@[&!]?\d+>/g, '')
    // Where one was only seen since, or withdrawn, the message as a whole is not over.
    const signs = single ? [mark.line] : marked.slice(1).map((line) => MARKED_LINE.exec(line)?.[1])
    const least = (['seen', 'withdrawn', 'over'] as const).find((one) => signs.includes(MARKS[one].line))
    marked[0] = shorten(MARKS[least ?? as].first + bare, POST_MAX)
  }
  return payload(marked.join('\n'), embeds, [])
}

function overEmbed(embeds: readonly Embed[], at: number, text: string): Embed {
  const others = embeds.reduce((sum, embed, index) => sum + (index === at ? 0 : embedSize(embed)), 0)
  const over = { ...embeds[at]!, title: shorten(oneLine(text), LIMIT.title), color: GREY }
  const left = LIMIT.embedsTotal - others
  return fitEmbed(embedSize(over) <= left ? over : { ...over, fields: [] }, left)
}
