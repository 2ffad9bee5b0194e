// Reads the literals that a Python file assigns to names, as text: nothing is executed, whatever stands there.
import { type LogicalLine, logicalLines, type PyToken } from './python-tokens.ts'

/** A literal and the line it begins in (from 1). Numbers keep their digits: ids are larger than a double holds. */
export type PyValue = { line: number } & (
  | { kind: 'string'; value: string }
  | { kind: 'number'; text: string }
  | { kind: 'constant'; value: true | false | null }
  | { kind: 'list' | 'tuple' | 'set'; items: PyValue[] }
  | { kind: 'dict'; entries: [PyValue, PyValue][] }
)

/** A statement that was left alone, or a part of one. */
export interface Skipped {
  line: number
  /** The name it would assign, or that the statement begins with. */
  name: string | null
  /** Why, in words: "is worked out by code (`os`)", "a string that does not end". */
  reason: string
}

export interface PyFile {
  /** Name → literal; where a name is assigned twice, the last one. */
  values: Map<string, PyValue>
  skipped: Skipped[]
}

/** Deeper nesting than this is no configuration. */
const DEEPEST = 50

/** Python itself refuses to read integers with more digits. */
const MOST_DIGITS = 4300

const CONSTANTS = new Map<string, true | false | null>([
  ['True', true],
  ['False', false],
  ['None', null],
  // Python writes these floats so, and does not read them: a threshold of one is none.
  ['nan', null],
  ['inf', null],
])

const CLOSING: Record<string, string> = { '[': ']', '(': ')', '{': '}' }

/**
 * Reads the assignments of literals at the top level of a Python file: dicts, lists, tuples, sets, strings,
 * numbers, True, False, None, and names that stand for one of these. Everything else is reported as skipped; inside of
 * brackets it costs its own item, which is None then. Never throws, never runs anything; time is linear in the length.
 */
export function readPython(source: string): PyFile {
  const file: PyFile = { values: new Map(), skipped: [] }
  for (const line of logicalLines(source)) {
    if (line.top) for (const statement of statementsOf(line)) readStatement(statement, file)
  }
  return file
}

/** The statements of one logical line, which semicolons separate. */
function statementsOf({ tokens }: LogicalLine): PyToken[][] {
  const statements: PyToken[][] = [[]]
  for (const token of tokens) {
    if (token.kind === 'op' && token.text === ';') statements.push([])
    else statements.at(-1)!.push(token)
  }
  return statements.filter((statement) => statement.length > 0)
}

function readStatement(tokens: PyToken[], file: PyFile): void {
  const first = tokens[0]!
  const { names, value: rest } = assigned(tokens)
  // A lone string is a docstring.
  if (names.length === 0 && tokens.every(({ kind }) => kind === 'string')) return
  if (names.length === 0) {
    const name = first.kind === 'name' ? first.text : null
    file.skipped.push({ line: first.line, name, reason: 'is code' })
    return
  }
  try {
    const reader = new Reader(rest, file.values)
    const value = reader.whole()
    for (const name of names) {
      file.values.set(name, value)
      for (const { line, message } of reader.lost) file.skipped.push({ line, name, reason: message })
    }
  } catch (error) {
    if (!(error instanceof NotALiteral)) throw error
    for (const name of names) {
      file.values.delete(name)
      file.skipped.push({ line: error.line, name, reason: error.message })
    }
  }
}

/** The names of `a = b = …` or `a: type = …`, none when the tokens are no assignment to plain names; and the value. */
function assigned(tokens: PyToken[]): { names: string[]; value: PyToken[] } {
  const isName = (at: number) => tokens[at]?.kind === 'name'
  if (isName(0) && isOp(tokens[1], ':')) {
    const equals = tokens.findIndex((token) => isOp(token, '='))
    return { names: equals < 0 ? [] : [tokens[0]!.text], value: tokens.slice(equals + 1) }
  }
  const names: string[] = []
  let at = 0
  for (; isName(at) && isOp(tokens[at + 1], '=') && !isOp(tokens[at + 2], '='); at += 2)
    names.push(tokens[at]!.text)
  return { names, value: tokens.slice(at) }
}

function isOp(token: PyToken | undefined, text: string): boolean {
  return token?.kind === 'op' && token.text === text
}

class NotALiteral extends Error {
  readonly line: number
  /** All that follows is lost with it. */
  readonly isRest: boolean
  constructor(line: number, message: string, isRest = false) {
    super(message)
    this.line = line
    this.isRest = isRest
  }
}

/** Reads one value from tokens. */
class Reader {
  /** Why items are missing. */
  readonly lost: NotALiteral[] = []
  readonly #tokens: PyToken[]
  readonly #known: ReadonlyMap<string, PyValue>
  #at = 0

  /** @param known what names stand for */
  constructor(tokens: PyToken[], known: ReadonlyMap<string, PyValue>) {
    this.#tokens = tokens
    this.#known = known
  }

  /** The one value that all tokens make. */
  whole(): PyValue {
    const value = this.#value(0)
    // `a = 1, 2` is a tuple without brackets.
    const isTuple = isOp(this.#tokens[this.#at], ',')
    const items = [value]
    while (this.#takeOp(',') && this.#at < this.#tokens.length) items.push(this.#value(0))
    const rest = this.#tokens[this.#at]
    if (rest) throw this.#notLiteral(rest)
    return isTuple ? { kind: 'tuple', items, line: value.line } : value
  }

  #value(depth: number): PyValue {
    const token = this.#tokens[this.#at]
    if (!token) {
      const last = this.#tokens.at(-1)
      throw new NotALiteral(last?.line ?? 1, 'breaks off: a bracket or a value is missing')
    }
    if (depth > DEEPEST) throw new NotALiteral(token.line, 'is nested too deeply')
    this.#at += 1
    if (token.kind === 'string') return this.#string(token)
    if (token.kind === 'number') return { kind: 'number', text: numberText(token), line: token.line }
    if (token.kind === 'name' && CONSTANTS.has(token.text)) {
      return { kind: 'constant', value: CONSTANTS.get(token.text)!, line: token.line }
    }
    const known = token.kind === 'name' ? this.#known.get(token.text) : undefined
    if (known) return { ...known, line: token.line }
    if (token.kind === 'op') {
      if (token.text === '-' || token.text === '+') return this.#signed(token)
      if (token.text === '[' || token.text === '(') {
        const { items, comma } = this.#items(token, depth)
        if (token.text === '[') return { kind: 'list', items, line: token.line }
        return items.length === 1 && !comma ? items[0]! : { kind: 'tuple', items, line: token.line }
      }
      if (token.text === '{') return this.#braces(token, depth)
    }
    throw this.#notLiteral(token)
  }

  /** Neighbouring strings are one string. */
  #string(first: PyToken): PyValue {
    const parts: string[] = []
    let token: PyToken | undefined = first
    while (token?.kind === 'string') {
      if (token.value === null) throw new NotALiteral(token.line, 'is a template (an f-string) or bytes')
      parts.push(token.value)
      token = this.#tokens[this.#at]
      if (token?.kind === 'string') this.#at += 1
    }
    return { kind: 'string', value: parts.join(''), line: first.line }
  }

  #signed(sign: PyToken): PyValue {
    const token = this.#tokens[this.#at]
    if (token?.kind === 'name' && token.text === 'inf') return this.#value(0)
    if (token?.kind !== 'number') throw this.#notLiteral(token ?? sign)
    this.#at += 1
    return { kind: 'number', text: `${sign.text === '-' ? '-' : ''}${numberText(token)}`, line: sign.line }
  }

  #items(open: PyToken, depth: number): { items: PyValue[]; comma: boolean } {
    const items: PyValue[] = []
    let comma = false
    while (!this.#isClosed(open)) {
      const { line } = this.#tokens[this.#at]!
      items.push(this.#one(open, () => this.#value(depth + 1)) ?? { kind: 'constant', value: null, line })
      comma = this.#takeOp(',')
    }
    return { items, comma }
  }

  #braces(open: PyToken, depth: number): PyValue {
    const items: PyValue[] = []
    const entries: [PyValue, PyValue][] = []
    while (!this.#isClosed(open)) {
      const key = this.#one(open, () => this.#value(depth + 1), ':')
      if (key && this.#takeOp(':')) {
        const { line } = this.#tokens[this.#at] ?? open
        const value = this.#one(open, () => this.#value(depth + 1))
        entries.push([key, value ?? { kind: 'constant', value: null, line }])
      } else if (key) items.push(key)
      this.#takeOp(',')
    }
    if (items.length === 0) return { kind: 'dict', entries, line: open.line }
    if (entries.length > 0) throw new NotALiteral(open.line, 'mixes a dict and a set')
    return { kind: 'set', items, line: open.line }
  }

  /** Whether the bracket is closed here, or never is: then what was read until there is all. */
  #isClosed(open: PyToken): boolean {
    if (this.#takeOp(CLOSING[open.text]!)) return true
    if (this.#at < this.#tokens.length) return false
    if (this.lost.at(-1)?.isRest !== true)
      this.lost.push(new NotALiteral(open.line, `has a \`${open.text}\` that is never closed`, true))
    return true
  }

  /** What stands up to the next comma, closing bracket or `end`; null where it is no literal, and that is noted. */
  #one(open: PyToken, read: () => PyValue, end?: string): PyValue | null {
    const from = this.#at
    const isEnd = (token: PyToken | undefined) =>
      !token || [',', CLOSING[open.text], end].some((text) => text !== undefined && isOp(token, text))
    try {
      const value = read()
      const next = this.#tokens[this.#at]
      if (isEnd(next)) return value
      // Two values side by side are no expression.
      if (next!.kind !== 'string' && next!.kind !== 'number' && !isOp(next, '{'))
        throw this.#notLiteral(next!)
      this.lost.push(new NotALiteral(next!.line, 'lacks a comma'))
      return value
    } catch (error) {
      if (!(error instanceof NotALiteral)) throw error
      let depth = 0
      for (this.#at = from; this.#at < this.#tokens.length; this.#at += 1) {
        const token = this.#tokens[this.#at]!
        // After a string that does not end nobody knows which bracket is one.
        if (token.kind === 'bad') this.#at = this.#tokens.length
        if (depth === 0 && (isOp(token, ',') || isOp(token, CLOSING[open.text]!))) break
        if (token.kind === 'op' && token.text in CLOSING) depth += 1
        else if (token.kind === 'op' && [')', ']', '}'].includes(token.text)) depth -= 1
      }
      const isRest = this.#at >= this.#tokens.length
      const message = isRest ? `${error.message}, and what follows there is lost` : error.message
      this.lost.push(new NotALiteral(error.line, message, isRest))
      return null
    }
  }

  #takeOp(text: string): boolean {
    if (!isOp(this.#tokens[this.#at], text)) return false
    this.#at += 1
    return true
  }

  #notLiteral(token: PyToken): NotALiteral {
    if (token.kind === 'bad') return new NotALiteral(token.line, `has ${token.text}`)
    if (token.kind === 'name') return new NotALiteral(token.line, 'is worked out by code')
    // Only a mark is shown: anything else may be a secret that lost its quotes.
    const what = token.kind === 'op' ? `\`${token.text}\`` : `a ${token.kind}`
    return new NotALiteral(token.line, `has ${what} where it does not belong`)
  }
}

/** A number's digits without underscores; hexadecimal and the like as decimal. */
function numberText({ text, line }: PyToken): string {
  const plain = text.replaceAll('_', '')
  if (text.length > MOST_DIGITS) throw new NotALiteral(line, 'has a number that is too long')
  if (/^0[xob]/i.test(plain) && plain.length > 2 && !/j$/i.test(plain)) return BigInt(plain).toString()
  if (/^(0+|[1-9]\d*)$/.test(plain)) return BigInt(plain).toString()
  if (/^(\d+\.\d*|\.\d+|\d+(?=e))(e[+-]?\d+)?$/i.test(plain)) return plain
  throw new NotALiteral(line, 'has a number that is none')
}
