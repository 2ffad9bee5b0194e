// Making what others wrote harmless for Discord and for a terminal; shortening it; splitting long answers at line ends.
import { LIMIT } from './limits.ts'
import { grouped } from './numbers.ts'

/** Longest name of a chain, client or token in a message; real ones are shorter. */
const LABEL_MAX = 40
/** A chain's label with its chain id (at most 64 characters) beside the name. */
export const CHAIN_LABEL_MAX = LABEL_MAX + 64 + ' ()'.length

// Control characters, line and paragraph separators, and the marks that turn the reading direction around.
const INVISIBLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu

/** One line without control characters, marks of direction, or what JSON cannot carry (lone surrogates). */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(INVISIBLE, ' ').replace(/ {2,}/g, ' ').trim()
}

/**
 * Text from a user or an upstream, to stand in a sentence: on one line, at most `max` characters, without live
 * mentions, links, emoji or markdown. Discord shows a backslash before a punctuation mark as the mark alone.
 */
export function plain(text: string, max = 300): string {
  return shorten(oneLine(text), max)
    .replace(/[\\*_~`|<>@:/[\]()]/g, '\\$&')
    .replace(/^(?:[#+>-]|\d+(?=\.))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`))
}

/** Text from a user or an upstream as inline code, where nothing is live. At most `max` characters of it. */
export function code(text: string, max = 100): string {
  // A look-alike stands for the back tick: there is no way to write one inside of inline code.
  return `\`${shorten(oneLine(text), max).replaceAll('`', 'ˋ') || ' '}\``
}

/**
 * A name or id for a line that also a lock screen shows: what Discord would make a mention, link or markup
 * of, and what is invisible or turns the text around, becomes `?`. Anybody can create a client that tracks a
 * "chain" of any name. At most `max` characters.
 */
export function label(text: string, max = LABEL_MAX): string {
  const safe = text.replace(/[^\p{L}\p{N} .,:_+'&()-]/gu, '?').trim()
  return safe.length <= max ? safe || '?' : `${safe.slice(0, wholeCharacters(safe, max - 1))}…`
}

/** A text without control characters but the ends of its lines, for a terminal or a log. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]+|[\p{Cf}\u2028\u2029]+/gu, ' ')
}

/** A text as a part of one line of a terminal: `instead` stands for each character that could steer it. */
export function printableLine(text: string, instead = ' '): string {
  return text.replace(/[\p{C}\u2028\u2029]/gu, instead)
}

/** At most `max` characters (UTF-16 units); what is longer ends with … at a word, or at least not inside a character. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text
  if (max < 1) return ''
  const cut = text.slice(0, wholeCharacters(text, max - 1))
  const words = /^([\s\S]*\S)\s+\S*$/.exec(cut)?.[1] ?? ''
  return `${words.length > cut.length / 2 ? words : cut}…`
}

/** Room that a code block may need to be closed and opened again, with its language. */
const FENCE_ROOM = 40

/**
 * Splits text into pieces of at most `max` characters, at line ends; a line that alone is longer is split at
 * spaces, and only a word that is longer still inside of it. A code block that is split is closed and opened
 * again. Nothing but the line ends or spaces at the cuts is lost. Empty text gives no piece.
 */
export function splitText(text: string, max: number = LIMIT.content): string[] {
  const pieces: string[] = []
  let piece = ''
  let fence = ''
  const flush = () => {
    if (piece.trim() && piece !== fence) pieces.push(fence ? `${piece}\n\`\`\`` : piece.trimEnd())
    piece = fence
  }
  for (const line of text.split('\n')) {
    const turns = line.split('```').length % 2 === 0
    const reserve = fence || turns ? 4 : 0
    for (const part of cutLine(line, max - (reserve && FENCE_ROOM))) {
      if (piece.length + 1 + part.length + (fence && turns ? 0 : reserve) > max) flush()
      piece = piece ? `${piece}\n${part}` : part
    }
    if (turns) fence = fence ? '' : (/^```\w{0,30}$/.exec(line)?.[0] ?? '```')
  }
  fence = ''
  flush()
  return pieces
}

/** Cuts a line into parts of at most `max` characters: at a space in the second half of each, else anywhere. */
function cutLine(line: string, max: number): string[] {
  const parts: string[] = []
  let left = line
  while (left.length > max) {
    const space = left.lastIndexOf(' ', max)
    const end = space > max / 2 ? space : wholeCharacters(left, max) || max
    parts.push(left.slice(0, end))
    left = left.slice(end).trimStart()
  }
  return [...parts, left]
}

/** `end`, or one less where that would cut a surrogate pair in two. */
function wholeCharacters(text: string, end: number): number {
  const unit = text.charCodeAt(end - 1)
  return unit >= 0xd800 && unit <= 0xdbff ? end - 1 : end
}

/** Up to `max` of a list, then how many more: "lcd-a, lcd-b and 12 more". */
export const someOf = (list: readonly string[], max: number): string =>
  list.slice(0, max).join(', ') + (list.length > max ? ` and ${grouped(list.length - max)} more` : '')

/** The first lines of a list, and a last one that says how many more there are. */
export const someLines = (list: readonly string[], max: number): string[] => [
  ...list.slice(0, max),
  ...(list.length > max ? [`and ${grouped(list.length - max)} more`] : []),
]

/** As `someOf`, of ids, each of at most `longest` characters. */
export const idList = (ids: readonly string[], max: number, longest = 30): string =>
  someOf(
    ids.map((id) => label(id, longest)),
    max,
  )
