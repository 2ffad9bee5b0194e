// Cuts a Python source into tokens and logical lines, in one pass: the text is only looked at, never run.

export interface PyToken {
  kind: 'name' | 'number' | 'string' | 'op' | 'bad'
  /** The token as written; for a bad one, what is wrong with it. */
  text: string
  /** For strings: the text that is meant; null where only running it would tell (f-strings, bytes). */
  value: string | null
  /** Line number, from 1. */
  line: number
}

/** The line of one statement: brackets and backslashes join physical lines. */
export interface LogicalLine {
  tokens: PyToken[]
  /** It begins in the first column: not inside of a `def`, `if` or `class`. */
  top: boolean
}

const SKIPPED = /[ \t\f]+|\\\n|#[^\n]*/y
const STRING_START = /([rRbBuUfFtT]{0,2})('''|"""|'|")/y
const NUMBER =
  /(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)[jJ]?/y
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy

/** Cuts the whole source. Total and linear: every text gives lines; what is no Python gives `bad` tokens. */
export function logicalLines(source: string): LogicalLine[] {
  const text = source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  const lines: LogicalLine[] = []
  let tokens: PyToken[] = []
  let top = true
  let line = 1
  let lineStart = 0
  let depth = 0
  let at = 0

  const take = (
    kind: PyToken['kind'],
    end: number,
    shown = text.slice(at, end),
    value: string | null = null,
  ) => {
    if (tokens.length === 0) top = at === lineStart
    tokens.push({ kind, text: shown, value, line })
    line += newlines(text, at, end)
    at = end
  }
  const finish = () => {
    if (tokens.length > 0) lines.push({ tokens, top })
    tokens = []
  }
  while (at < text.length) {
    const skipped = endOf(SKIPPED, text, at)
    if (skipped !== null) {
      line += newlines(text, at, skipped)
      at = skipped
      continue
    }
    if (text[at] === '\n') {
      if (depth === 0) finish()
      line += 1
      at += 1
      lineStart = at
      continue
    }
    const string = stringAt(text, at)
    if (string) {
      if (string.problem === null) take('string', string.end, undefined, string.value)
      else take('bad', string.end, string.problem)
      continue
    }
    const number = endOf(NUMBER, text, at)
    const end = number ?? endOf(NAME, text, at)
    if (end !== null) {
      take(number === null ? 'name' : 'number', end)
      continue
    }
    const op = String.fromCodePoint(text.codePointAt(at)!)
    if ('([{'.includes(op)) depth += 1
    if (')]}'.includes(op)) depth = Math.max(0, depth - 1)
    take('op', at + op.length)
  }
  finish()
  return lines
}

function endOf(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : null
}

function newlines(text: string, from: number, to: number): number {
  let count = 0
  for (let i = from; i < to; i += 1) if (text[i] === '\n') count += 1
  return count
}

/** Reads the string literal at `at`; null: there is none. One that does not end reaches to where Python would give up. */
function stringAt(text: string, at: number) {
  STRING_START.lastIndex = at
  const [, prefix, quote] = STRING_START.exec(text) ?? []
  if (prefix === undefined || quote === undefined) return null
  const raw = /r/i.test(prefix)
  const triple = quote.length === 3
  const parts: string[] = []
  let problem: string | null = null
  let i = at + prefix.length + quote.length
  let plainFrom = i
  while (!text.startsWith(quote, i)) {
    const char = text[i]
    if (char === undefined || (char === '\n' && !triple)) {
      return { end: Math.min(i, text.length), value: null, problem: 'a string that does not end' }
    }
    if (char !== '\\') {
      i += 1
    } else if (raw) {
      i += 2
    } else {
      const escaped = readEscape(text, i)
      parts.push(text.slice(plainFrom, i), escaped.value)
      problem ??= escaped.problem
      i = escaped.end
      plainFrom = i
    }
  }
  parts.push(text.slice(plainFrom, i))
  const value = parts.join('')
  const known = !/b/i.test(prefix) && !(/[ft]/i.test(prefix) && /[{}]/.test(value))
  return { end: i + quote.length, value: known ? value : null, problem }
}

const ESCAPES: Record<string, string> = {
  ...{ '\n': '', '\\': '\\', "'": "'", '"': '"' },
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
}

const HEX_LENGTH: Record<string, number> = { x: 2, u: 4, U: 8 }

/** Reads the escape whose backslash is at `at`. What Python does not know stays as it is, backslash and all. */
function readEscape(text: string, at: number): { value: string; end: number; problem: string | null } {
  const letter = text[at + 1] ?? ''
  const read = (value: string, length: number, problem: string | null = null) => ({
    value,
    end: Math.min(at + length, text.length),
    problem,
  })
  if (Object.hasOwn(ESCAPES, letter)) return read(ESCAPES[letter]!, 2)
  const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0]
  if (octal) return read(String.fromCharCode(Number.parseInt(octal, 8)), 1 + octal.length)
  const length = HEX_LENGTH[letter]
  if (length !== undefined) {
    const digits = text.slice(at + 2, at + 2 + length)
    const code = /^[\da-fA-F]+$/.test(digits) && digits.length === length ? Number.parseInt(digits, 16) : -1
    if (code < 0 || code > 0x10ffff) return read('', 2, `an escape \\${letter} without its ${length} digits`)
    return read(String.fromCodePoint(code), 2 + length)
  }
  if (letter === 'N') return read('', 2, 'an escape \\N{…}, which is not read here')
  return read(`\\${letter}`, 2)
}
