// What is said of a file that cannot be parsed: where and why, but no text of it, because a secret may stand there.
import { basename } from 'node:path'
import { messageOf } from '../kernel/errors.ts'
import { printableLine } from './text.ts'

/** A file that is not in its format. The message is `line 2, column 30: reason`, without any text of the file. */
export class SyntaxProblem extends Error {
  override name = 'SyntaxProblem'
  constructor(place: { line: number; column: number } | null, reason: string) {
    super(`${place ? `line ${place.line}, column ${place.column}: ` : ''}${reason}`)
  }
}

/**
 * Parses JSON, with a byte order mark or without.
 * @throws {SyntaxProblem}
 */
export function parseJsonFile(file: string): unknown {
  const text = file.replace(/^\uFEFF/, '')
  try {
    return JSON.parse(text)
  } catch {
    const at = endOfJson(text)
    const before = text.slice(0, at).split('\n')
    const place = { line: before.length, column: before.at(-1)!.length + 1 }
    throw new SyntaxProblem(place, at === text.length ? 'it breaks off' : 'not JSON from here on')
  }
}

/** How far a text that is no JSON could be the beginning of some: V8 does not always say, and quotes instead. */
function endOfJson(text: string): number {
  let [good, bad] = [0, text.length + 1]
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (canGoOn(text.slice(0, middle))) good = middle
    else bad = middle
  }
  return good
}

function canGoOn(start: string): boolean {
  try {
    JSON.parse(start)
    return true
  } catch (error) {
    const { message } = error as Error
    return /end of JSON/.test(message) || message.includes(`position ${start.length}`)
  }
}

/**
 * What a parser complains of, without what it quotes: of that only marks such as `}` are left, and nothing of what it
 * "found" in place of what it expected.
 */
export function withoutQuotes(message: string): string {
  const marks: string[] = []
  const cut = message
    .split('\n')[0]!
    .replace(/,? but (found|got)\b.*/, '')
    .replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, (quoted) => {
      const isMark = /^.[^\p{L}\p{N}\p{C}]{1,3}.$/u.test(quoted)
      return isMark ? `\0${marks.push(quoted) - 1}\0` : '…'
    })
  // An odd quote, or a regular expression or an escape that is repeated.
  if (/["'`/\\]/.test(cut)) return 'it is not understood'
  return cut.replace(/\0(\d+)\0/g, (_, index) => marks[Number(index)]!)
}

/**
 * Why the module at `path` could not be loaded. What a parser says repeats the file; what the file itself throws is its
 * own affair.
 */
export function loadProblem(error: unknown, path: string): string {
  const message = messageOf(error)
  // esbuild, by which tsx reads most files; V8 and Node's own reader of TypeScript, whose place stands above the stack.
  const transform = /^(.*):(\d+):(\d+): ERROR: (.*)/m.exec(message)
  if (transform) {
    const [, file, line, column, reason] = transform
    return `${whereIn(file!, path)}line ${line}, column ${Number(column) + 1}: ${withoutQuotes(reason!)}`
  }
  if (error instanceof SyntaxError) {
    const place = /^(.*):(\d+)\n(?:.*\n)+?( *)\^+\n/.exec(error.stack ?? '')
    if (!place) return withoutQuotes(message)
    return `${whereIn(place[1]!, path)}line ${place[2]}, column ${place[3]!.length + 1}: ${withoutQuotes(message)}`
  }
  return printableLine(message).slice(0, 500)
}

/** A file that the one at `path` imports is named. */
function whereIn(file: string, path: string): string {
  const name = basename(file)
  return name === basename(path) ? '' : `in ${name}, `
}
