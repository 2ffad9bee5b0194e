// Discord's markdown as lines for a terminal (pure): marks, mentions and times read, wrapped at a width, coloured.
import type { Colours } from '../../src/cli/colours.ts'
import { formatUtc } from '../../src/kernel/duration.ts'

export interface TextContext {
  /** The reader's time, Unix ms. */
  nowMs: number
  colours: Colours
  /** Names of what can be mentioned, by id; null where it is not known. */
  nameOf(kind: 'user' | 'role' | 'channel', id: string): string | null
  /** Whether the message pings this user or role (a mention that does not is pale). */
  pings(id: string): boolean
}

/** A word, or a piece of one, with how it looks. */
interface Piece {
  text: string
  paint: (text: string) => string
}

const TOKEN =
  /\\([^\w\s])|`([^`]+)`|(\*\*|~~|__)|<t:(-?\d+)(?::([a-zA-Z]))?>|<(@&|@!?|#)(\d+)>|\[([^\]]+)\]\((https?:[^)\s]+)\)|<(https?:[^>\s]+)>/g

/** Text with Discord's marks as lines of at most `width` columns. Code blocks are indented by two. */
export function markdownLines(text: string, width: number, context: TextContext): string[] {
  const { colours } = context
  // Every second part stands between fences; the fence's first line may name a language.
  return text.split('```').flatMap((part, index, parts) => {
    if (index % 2 === 0) {
      const after = index > 0 ? part.replace(/^\n/, '') : part
      const body = index < parts.length - 1 ? after.replace(/\n$/, '') : after
      if (body === '' && parts.length > 1) return []
      return body.split('\n').flatMap((line) => wrapped(line, width, context))
    }
    const code = part.replace(/^\w*\n/, '').replace(/\n$/, '')
    return code.split('\n').flatMap((line) => {
      const lines = wrap([...words([{ text: line, paint: colours.cyan }])], width - 4)
      return lines.map((one, at) => `${at === 0 ? '  ' : '    '}${one}`)
    })
  })
}

/** One line of text with marks, wrapped. */
function wrapped(line: string, width: number, context: TextContext): string[] {
  return wrap([...words(pieces(line, context))], width)
}

function pieces(line: string, context: TextContext): Piece[] {
  const { colours, nowMs } = context
  const found: Piece[] = []
  const on = new Set<string>()
  /** As the marks that are open now have it. */
  const look = () => {
    const [bold, underline, gone] = ['**', '__', '~~'].map((mark) => on.has(mark))
    return (text: string) => {
      let painted = text
      if (bold) painted = colours.bold(painted)
      if (underline) painted = colours.underline(painted)
      if (gone) painted = colours.dim(colours.strikethrough(painted))
      return painted
    }
  }
  const add = (text: string, paint: (text: string) => string = look()) => {
    if (text !== '') found.push({ text, paint })
  }
  let end = 0
  for (const match of line.matchAll(TOKEN)) {
    const [all, escaped, code, mark, seconds, style, kind, id, label, url, bare] = match
    add(line.slice(end, match.index))
    end = match.index + all.length
    if (escaped !== undefined) add(escaped)
    else if (code !== undefined) add(colours.wanted ? code : `\`${code}\``, colours.cyan)
    else if (mark !== undefined) {
      if (mark === '~~' && !colours.wanted) add(mark)
      if (!on.delete(mark)) on.add(mark)
    } else if (seconds !== undefined) add(timeText(Number(seconds) * 1000, style, nowMs))
    else if (kind !== undefined) addMention(kind, id!)
    else if (bare !== undefined) add(bare)
    else add(`${label} (${url})`)
  }
  add(line.slice(end))
  return found

  function addMention(kind: string, id: string): void {
    const what = kind === '@&' ? 'role' : kind === '#' ? 'channel' : 'user'
    const text = `${kind[0]}${context.nameOf(what, id) ?? 'unknown'}`
    add(text, context.pings(id) ? (one) => colours.bgYellow(colours.black(one)) : colours.yellow)
  }
}

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'always' })
const UNITS = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
  ['month', 12],
  ['year', Infinity],
] as const

/** "in 9 minutes", "3 days ago": a moment as Discord shows `<t:…:R>`, in the largest unit that is not zero. */
export function relativeTime(atMs: number, nowMs: number): string {
  let amount = (atMs - nowMs) / 1000
  for (const [unit, size] of UNITS) {
    const rounded = Math.round(amount)
    if (Math.abs(rounded) < size) return RELATIVE.format(rounded, unit)
    amount /= size
  }
  return 'in the far future'
}

function timeText(atMs: number, style: string | undefined, nowMs: number): string {
  return style === 'R' ? relativeTime(atMs, nowMs) : formatUtc(atMs, nowMs)
}

/** Words: the pieces that stand together without a space between them. */
function* words(line: readonly Piece[]): Generator<Piece[]> {
  let word: Piece[] = []
  for (const { text, paint } of line) {
    for (const [index, part] of text.split(' ').entries()) {
      if (index > 0) {
        yield word
        word = []
      }
      if (part !== '') word.push({ text: part, paint })
    }
  }
  yield word
}

/** What comes after this mark begins on a new line rather than being torn in two. */
const BETWEEN = '·'

/**
 * Words as lines of at most `width` columns, broken between two parts of a list (`a · b`) where that can be; a word
 * that alone is longer is cut.
 */
function wrap(line: readonly Piece[][], width: number): string[] {
  const lines: string[] = []
  let current = ''
  let column = 0
  const textOf = (word: readonly Piece[] | undefined) => word?.map(({ text }) => text).join('') ?? ''
  for (const [index, word] of line.entries()) {
    const begins = textOf(line[index - 1]) === BETWEEN
    const next = begins ? line.findIndex((one, at) => at > index && textOf(one) === BETWEEN) : index
    const part = line.slice(index, (next < 0 ? line.length : next) + 1).map(textOf)
    const partLong = columns(part.join(' '))
    const long = partLong <= width ? partLong : columns(textOf(word))
    if (index > 0 && column + 1 + long > width && column > 0) {
      lines.push(current)
      current = ''
      column = 0
    } else if (index > 0) {
      current += ' '
      column++
    }
    for (const { text, paint } of word) {
      let rest = text
      while (columns(rest) > width - column) {
        const head = fitting(rest, width - column)
        current += paint(head)
        lines.push(current)
        current = ''
        column = 0
        rest = rest.slice(head.length)
      }
      current += paint(rest)
      column += columns(rest)
    }
  }
  return [...lines, current]
}

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** How many columns of a terminal a text takes: an emoji takes two. */
export function columns(text: string): number {
  let sum = 0
  for (const { segment } of GRAPHEMES.segment(text)) sum += widthOf(segment)
  return sum
}

const widthOf = (grapheme: string) =>
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/u.test(
    grapheme,
  )
    ? 2
    : 1

/** The longest start of a text that fits into `width` columns; at least one character. */
function fitting(text: string, width: number): string {
  let head = ''
  let sum = 0
  for (const { segment } of GRAPHEMES.segment(text)) {
    sum += widthOf(segment)
    if (sum > width && head !== '') return head
    head += segment
  }
  return head
}
