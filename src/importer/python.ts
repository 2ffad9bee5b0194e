// Reads the literals that a Python file assigns to names, as text: nothing is executed, whatever stands there.
import { type LogicalLine, logicalLines, type Token } from './python-tokens.ts'

/** A literal and the line it begins in (from 1). Numbers keep their digits: ids are larger than a double holds. */
export type PyValue = { line: number } & (
  | { kind: 'string'; value: string }
  | { kind: 'number'; text: string }
  | { kind: 'constant'; value: true | false | null }
  | { kind: 'list' | 'tuple' | 'set'; items: PyValue[] }
  | { kind: 'dict'; entries: [PyValue, PyValue][] }
)

/** A statement that was left alone. */
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
 * numbers, True, False, None. Everything else is reported as skipped. Never throws, never runs anything; time is
 * linear in the length.
 */
export function readPython(source: string): PyFile {
  const file: PyFile = { values: new Map(), skipped: [] }
  for (const line of logicalLines(source)) {
    if (line.top) for (const statement of statementsOf(line)) readStatement(statement, file)
  }
  return file
}

/** The statements of one logical line, which semicolons separate. */
function statementsOf({ tokens }: LogicalLine): Token[][] {
  const statements: Token[][] = [[]]
  for (const token of tokens) {
    if (token.kind === 'op' && token.text === ';') statements.push([])
    else statements.at(-1)!.push(token)
  }
  return statements.filter((statement) => statement.length > 0)
}

function readStatement(tokens: Token[], file: PyFile): void {
  const first = tokens[0]!
  const names = targetsOf(tokens)
  // A lone string is a docstring.
  if (names.length === 0 && tokens.every(({ kind }) => kind === 'string')) return
  if (names.length === 0) {
    const name = first.kind === 'name' ? first.text : null
    file.skipped.push({ line: first.line, name, reason: 'is code' })
    return
  }
  try {
    const reader = new Reader(tokens.slice(valueStart(tokens)))
    const value = reader.whole()
    for (const name of names) file.values.set(name, value)
  } catch (error) {
    if (!(error instanceof NotALiteral)) throw error
    for (const name of names) {
      file.values.delete(name)
      file.skipped.push({ line: error.line, name, reason: error.message })
    }
  }
}

/** The names of `a = b = …` or `a: type = …`; empty when the tokens are no assignment to plain names. */
function targetsOf(tokens: Token[]): string[] {
  const names: string[] = []
  const start = valueStart(tokens)
  const annotated = isOp(tokens[1], ':')
  for (let i = 0; i < start && (!annotated || i === 0); i += 2) {
    if (tokens[i]!.kind !== 'name') return []
    names.push(tokens[i]!.text)
  }
  return names
}

/** The index after the last `=` of the targets; 0 when there is none. */
function valueStart(tokens: Token[]): number {
  if (tokens[0]?.kind !== 'name') return 0
  if (isOp(tokens[1], ':')) {
    const equals = tokens.findIndex((token) => isOp(token, '='))
    return equals + 1
  }
  let at = 0
  while (tokens[at]?.kind === 'name' && isOp(tokens[at + 1], '=') && !isOp(tokens[at + 2], '=')) at += 2
  return at
}

function isOp(token: Token | undefined, text: string): boolean {
  return token?.kind === 'op' && token.text === text
}

class NotALiteral extends Error {
  readonly line: number
  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

/** Reads one value from tokens. */
class Reader {
  readonly #tokens: Token[]
  #at = 0

  constructor(tokens: Token[]) {
    this.#tokens = tokens
  }

  /** The one value that all tokens make. */
  whole(): PyValue {
    const value = this.#value(0)
    // `a = 1, 2` is a tuple without brackets.
    if (isOp(this.#tokens[this.#at], ',')) {
      const items = [value]
      while (this.#takeOp(',') && this.#at < this.#tokens.length) items.push(this.#value(0))
      this.#end()
      return { kind: 'tuple', items, line: value.line }
    }
    this.#end()
    return value
  }

  #end(): void {
    const rest = this.#tokens[this.#at]
    if (rest) throw this.#notLiteral(rest)
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
    if (token.kind === 'op') {
      if (token.text === '-' || token.text === '+') return this.#signed(token)
      if (token.text === '[')
        return { kind: 'list', items: this.#items(token, depth).items, line: token.line }
      if (token.text === '(') {
        const { items, comma } = this.#items(token, depth)
        return items.length === 1 && !comma ? items[0]! : { kind: 'tuple', items, line: token.line }
      }
      if (token.text === '{') return this.#braces(token, depth)
    }
    throw this.#notLiteral(token)
  }

  /** Neighbouring strings are one string. */
  #string(first: Token): PyValue {
    const parts: string[] = []
    let token: Token | undefined = first
    while (token?.kind === 'string') {
      if (token.value === null) throw new NotALiteral(token.line, 'is an f-string or bytes')
      parts.push(token.value)
      token = this.#tokens[this.#at]
      if (token?.kind === 'string') this.#at += 1
    }
    return { kind: 'string', value: parts.join(''), line: first.line }
  }

  #signed(sign: Token): PyValue {
    const token = this.#tokens[this.#at]
    if (token?.kind === 'name' && token.text === 'inf') return this.#value(0)
    if (token?.kind !== 'number') throw this.#notLiteral(token ?? sign)
    this.#at += 1
    return { kind: 'number', text: `${sign.text === '-' ? '-' : ''}${numberText(token)}`, line: sign.line }
  }

  #items(open: Token, depth: number): { items: PyValue[]; comma: boolean } {
    const items: PyValue[] = []
    let comma = false
    while (!this.#takeOp(CLOSING[open.text]!)) {
      items.push(this.#value(depth + 1))
      comma = this.#separator(open)
    }
    return { items, comma }
  }

  #braces(open: Token, depth: number): PyValue {
    const items: PyValue[] = []
    const entries: [PyValue, PyValue][] = []
    while (!this.#takeOp('}')) {
      const key = this.#value(depth + 1)
      if (this.#takeOp(':')) entries.push([key, this.#value(depth + 1)])
      else items.push(key)
      this.#separator(open)
    }
    if (items.length === 0) return { kind: 'dict', entries, line: open.line }
    if (entries.length > 0) throw new NotALiteral(open.line, 'mixes a dict and a set')
    return { kind: 'set', items, line: open.line }
  }

  /** After an item: a comma, or the closing bracket next. Returns whether there was a comma. */
  #separator(open: Token): boolean {
    if (this.#takeOp(',')) return true
    const next = this.#tokens[this.#at]
    if (!next) throw new NotALiteral(open.line, `has a \`${open.text}\` that is never closed`)
    if (!isOp(next, CLOSING[open.text]!)) throw this.#notLiteral(next)
    return false
  }

  #takeOp(text: string): boolean {
    if (!isOp(this.#tokens[this.#at], text)) return false
    this.#at += 1
    return true
  }

  #notLiteral(token: Token): NotALiteral {
    if (token.kind === 'bad') return new NotALiteral(token.line, `has ${token.text}`)
    if (token.kind === 'name') return new NotALiteral(token.line, 'is worked out by code')
    // Only a mark is shown: anything else may be a secret that lost its quotes.
    const what = token.kind === 'op' ? `\`${token.text}\`` : `a ${token.kind}`
    return new NotALiteral(token.line, `has ${what} where it does not belong`)
  }
}

/** A number's digits without underscores; hexadecimal and the like as decimal. */
function numberText({ text, line }: Token): string {
  const plain = text.replaceAll('_', '')
  if (text.length > MOST_DIGITS) throw new NotALiteral(line, 'has a number that is too long')
  if (/^0[xob]/i.test(plain) && plain.length > 2 && !/j$/i.test(plain)) return BigInt(plain).toString()
  if (/^(0+|[1-9]\d*)$/.test(plain)) return BigInt(plain).toString()
  if (/^(\d+\.\d*|\.\d+|\d+(?=e))(e[+-]?\d+)?$/i.test(plain)) return plain
  throw new NotALiteral(line, 'has a number that is none')
}

/**
 * A number's text as a plain decimal without exponent (`1e-3` → `0.001`), exactly; null when its exponent is
 * beyond reason.
 */
export function plainDecimal(text: string): string | null {
  const match = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text)
  if (!match) return null
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match
  const exponent = Number(exponentText)
  if (Math.abs(exponent) > 100) return null
  const digits = '0'.repeat(100) + whole + fraction + '0'.repeat(100)
  const point = 100 + whole.length + exponent
  const left = digits.slice(0, point).replace(/^0+(?=\d)/, '') || '0'
  const right = digits.slice(point).replace(/0+$/, '')
  return `${sign}${left}${right ? `.${right}` : ''}`
}
