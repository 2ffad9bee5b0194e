// Cuts a Python source into tokens and statements, in one pass: the text is only looked at, never run.

export interface PyToken {
  kind: 'name' | 'number' | 'string' | 'op' | 'bad'
  /** The token as written; for a bad one, what is wrong with it. */
  text: string
  /** For strings: the text that is meant; null where only running it would tell (f-strings, bytes). */
  value: string | null
  /** Line number, from 1. */
  line: number
}

/** One statement: brackets and backslashes join physical lines, semicolons part them. */
export interface PyStatement {
  tokens: PyToken[]
  /** Its line begins in the first column: not inside of a `def`, `if` or `class`. */
  top: boolean
}

const NUMBER = String.raw`(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)[jJ]?`
/** In groups: what is skipped; a string's prefix and quote; a number; a name. The rest is a mark. */
const TOKEN = new RegExp(
  [
    String.raw`([ \t\f]+|\\\n|#[^\n]*)`,
    `([rRbBuUfFtT]{0,2})('''|"""|'|")`,
    `(${NUMBER})`,
    String.raw`([\p{L}_][\p{L}\p{N}_]*)`,
    '.',
  ].join('|'),
  'suy',
)

/** Cuts the whole source. Total and linear: every text gives statements; what is no Python gives `bad` tokens. */
export function pythonStatements(source: string): PyStatement[] {
  const text = source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  const statements: PyStatement[] = []
  let tokens: PyToken[] | null = null
  let top: boolean | null = null
  let line = 1
  let lineStart = 0
  let depth = 0
  for (let at = 0; at < text.length; ) {
    TOKEN.lastIndex = at
    const [whole, space, prefix, quote, number, name] = TOKEN.exec(text)!
    const bodyAt = at + whole.length
    const { end, value, problem } = quote ? stringAt(text, bodyAt, prefix!, quote) : { ...PLAIN, end: bodyAt }
    if (whole === '\n') lineStart = end
    if ((whole === '\n' && depth === 0) || whole === ';') {
      tokens = null
      if (whole === '\n') top = null
    } else if (space === undefined && whole !== '\n') {
      top ??= at === lineStart
      if (tokens === null) {
        tokens = []
        statements.push({ tokens, top })
      }
      const kind = quote ? 'string' : number ? 'number' : name ? 'name' : 'op'
      if (problem !== null) tokens.push({ kind: 'bad', text: problem, value, line })
      else tokens.push({ kind, text: text.slice(at, end), value, line })
      if (kind === 'op' && '([{'.includes(whole)) depth += 1
      if (kind === 'op' && ')]}'.includes(whole)) depth = Math.max(0, depth - 1)
    }
    line += text.slice(at, end).split('\n').length - 1
    at = end
  }
  return statements
}

const PLAIN = { value: null, problem: null }

/** Reads the string whose text begins at `at`. One that does not end reaches to where Python would give up. */
function stringAt(text: string, at: number, prefix: string, quote: string) {
  const isTriple = quote.length === 3
  const mark = new RegExp(`\\\\.?|${quote}${isTriple ? '' : '|\\n'}`, 'gs')
  mark.lastIndex = at
  let found = mark.exec(text)
  while (found?.[0].startsWith('\\')) found = mark.exec(text)
  if (found?.[0] !== quote)
    return { end: found?.index ?? text.length, value: null, problem: 'a string that does not end' }
  const written = text.slice(at, found.index)
  const { value, problem } = /r/i.test(prefix) ? { value: written, problem: null } : unescaped(written)
  const isKnown = !/b/i.test(prefix) && !(/[ft]/i.test(prefix) && /[{}]/.test(value))
  return { end: mark.lastIndex, value: isKnown ? value : null, problem }
}

const ESCAPE = /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/gs

const MEANT: Record<string, string> = {
  ...{ '\n': '', '\\': '\\', "'": "'", '"': '"' },
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
}

const HEX_DIGITS: Record<string, number> = { x: 2, u: 4, U: 8 }

/** What Python does not know stays as it is, backslash and all. */
function unescaped(written: string): { value: string; problem: string | null } {
  let problem: string | null = null
  const value = written.replace(ESCAPE, (all, octal, two, four, eight, letter = all[1]) => {
    const code = octal ? Number.parseInt(octal, 8) : Number.parseInt(two ?? four ?? eight, 16)
    if (code <= 0x10ffff) return String.fromCodePoint(code)
    if (letter in HEX_DIGITS) problem ??= `an escape \\${letter} without its ${HEX_DIGITS[letter]} digits`
    if (letter === 'N') problem ??= 'an escape \\N{…}, which is not read here'
    return Object.hasOwn(MEANT, letter) ? MEANT[letter]! : all
  })
  return { value, problem }
}
