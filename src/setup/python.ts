// Reads the literals that a Python file assigns to names, as text: nothing is executed, whatever stands there.
import { type PyToken, pythonStatements } from './python-tokens.ts'

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

/** What stands in a pair of brackets, or in a whole statement, cut at its commas. */
interface Group {
  kind: 'group'
  /** The opening bracket; empty for a statement. */
  text: string
  line: number
  parts: Node[][]
  isClosed: boolean
}
type Node = PyToken | Group

/**
 * Reads the assignments of literals at the top level of a Python file: dicts, lists, tuples, sets, strings,
 * numbers, True, False, None, and names that stand for one of these. Everything else is reported as skipped; inside of
 * brackets it costs its own item, which is None then. Never throws, never runs anything; time is linear in the length.
 */
export function readPython(source: string): PyFile {
  const file: PyFile = { values: new Map(), skipped: [] }
  let isBlock = false
  for (const { tokens, top } of pythonStatements(source)) {
    if (top) isBlock = isOp(tokens.at(-1), ':')
    // What is indented below nothing is only written so.
    if (top || !isBlock) readStatement(tokens, file)
  }
  return file
}

function readStatement(tokens: PyToken[], { values, skipped }: PyFile): void {
  const first = tokens[0]!
  const { names, value: rest } = assigned(tokens)
  // A lone string is a docstring.
  if (names.length === 0 && tokens.every(({ kind }) => kind === 'string')) return
  if (names.length === 0) {
    const name = first.kind === 'name' ? first.text : null
    skipped.push({ line: first.line, name, reason: 'is code' })
    return
  }
  const lost: NotALiteral[] = []
  let value: PyValue | null = null
  try {
    value = new Reader(values, lost).whole(grouped(rest, tokens.at(-1)!.line))
  } catch (error) {
    if (!(error instanceof NotALiteral)) throw error
    lost.splice(0, Number.POSITIVE_INFINITY, error)
  }
  for (const name of names) {
    if (value === null) values.delete(name)
    else values.set(name, value)
    for (const { line, message } of lost) skipped.push({ line, name, reason: message })
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

/** Nests what is in brackets. After a string that does not end nobody knows which bracket is one. */
function grouped(tokens: PyToken[], line: number): Group {
  const whole: Group = { kind: 'group', text: '', line, parts: [[]], isClosed: true }
  const open = [whole]
  for (const token of tokens) {
    const inner = open.at(-1)!
    const { kind, text, line } = token
    if (kind === 'op' && text === CLOSING[inner.text]) {
      inner.isClosed = true
      open.pop()
    } else if (isOp(token, ',')) inner.parts.push([])
    else if (kind === 'op' && text in CLOSING) {
      const group: Group = { kind: 'group', text, line, parts: [[]], isClosed: false }
      inner.parts.at(-1)!.push(group)
      open.push(group)
    } else inner.parts.at(-1)!.push(token)
    if (kind === 'bad') break
  }
  return whole
}

function isOp(node: Node | undefined, text: string): boolean {
  return node?.kind === 'op' && node.text === text
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

/** Reads values. What is left of a part stands in reverse: the next one is its last. */
class Reader {
  readonly #known: ReadonlyMap<string, PyValue>
  readonly #lost: NotALiteral[]

  /**
   * @param known what names stand for
   * @param lost takes why items are missing
   */
  constructor(known: ReadonlyMap<string, PyValue>, lost: NotALiteral[]) {
    this.#known = known
    this.#lost = lost
  }

  /** The one value that a statement makes: `1, 2` is a tuple without brackets. */
  whole({ parts, line }: Group): PyValue {
    const items = (parts.length > 1 ? given(parts) : parts).map((part) => {
      const left = part.toReversed()
      const value = this.#value(left, 0, line)
      if (left.length > 0) throw notLiteral(left.at(-1)!)
      return value
    })
    return parts.length > 1 ? { kind: 'tuple', items, line: items[0]!.line } : items[0]!
  }

  #value(left: Node[], depth: number, line: number): PyValue {
    const node = left.pop()
    if (!node) throw new NotALiteral(line, 'breaks off: a bracket or a value is missing')
    if (depth > DEEPEST) throw new NotALiteral(node.line, 'is nested too deeply')
    if (node.kind === 'group') return this.#group(node, depth)
    if (node.kind === 'string') return stringOf(node, left)
    if (node.kind === 'number') return { kind: 'number', text: numberText(node), line: node.line }
    if (node.kind === 'name' && CONSTANTS.has(node.text))
      return { kind: 'constant', value: CONSTANTS.get(node.text)!, line: node.line }
    const known = node.kind === 'name' ? this.#known.get(node.text) : undefined
    if (known) return { ...known, line: node.line }
    if (!isOp(node, '-') && !isOp(node, '+')) throw notLiteral(node)
    const signed = left.pop() ?? node
    if (signed.kind === 'name' && signed.text === 'inf') return NONE(signed.line)
    if (signed.kind !== 'number') throw notLiteral(signed)
    return { kind: 'number', text: (node.text === '-' ? '-' : '') + numberText(signed), line: node.line }
  }

  #group({ text, line, parts, isClosed }: Group, depth: number): PyValue {
    const items: PyValue[] = []
    const entries: [PyValue, PyValue][] = []
    for (const [index, part] of given(parts).entries()) {
      const left = part.toReversed()
      const isLast = !isClosed && index === parts.length - 1
      do {
        const at = left.at(-1)?.line ?? line
        const one = this.#one(left, depth, at, isLast, text === '{')
        if (text !== '{') items.push(one ?? NONE(at))
        else if (one && isOp(left.at(-1), ':')) {
          left.pop()
          const valueAt = left.at(-1)?.line ?? at
          entries.push([one, this.#one(left, depth, valueAt, isLast) ?? NONE(valueAt)])
        } else if (one) items.push(one)
      } while (left.length > 0)
    }
    if (!isClosed && this.#lost.at(-1)?.isRest !== true)
      this.#lost.push(new NotALiteral(line, `has a \`${text}\` that is never closed`, true))
    if (text === '[') return { kind: 'list', items, line }
    if (text === '(')
      return items.length === 1 && parts.length === 1 ? items[0]! : { kind: 'tuple', items, line }
    if (items.length === 0) return { kind: 'dict', entries, line }
    if (entries.length > 0) throw new NotALiteral(line, 'mixes a dict and a set')
    return { kind: 'set', items, line }
  }

  /** The next value of a part; null where it is no literal: that is noted, and the part is lost. */
  #one(left: Node[], depth: number, line: number, isLast: boolean, isKey = false): PyValue | null {
    try {
      const value = this.#value(left, depth + 1, line)
      const next = left.at(-1)
      if (!next || (isKey && isOp(next, ':'))) return value
      // Two values side by side are no expression.
      if (next.kind !== 'string' && next.kind !== 'number' && next.text !== '{') throw notLiteral(next)
      this.#lost.push(new NotALiteral(next.line, 'lacks a comma'))
      return value
    } catch (error) {
      if (!(error instanceof NotALiteral)) throw error
      left.length = 0
      const message = isLast ? `${error.message}, and what follows there is lost` : error.message
      this.#lost.push(new NotALiteral(error.line, message, isLast))
      return null
    }
  }
}

const NONE = (line: number): PyValue => ({ kind: 'constant', value: null, line })

/** Without the nothing behind the last comma. */
const given = (parts: readonly Node[][]) => (parts.at(-1)!.length === 0 ? parts.slice(0, -1) : parts)

/** Neighbouring strings are one string. */
function stringOf(first: PyToken, left: Node[]): PyValue {
  let value = ''
  for (let token: Node | undefined = first; token?.kind === 'string'; token = left.at(-1)) {
    if (token.value === null) throw new NotALiteral(token.line, 'is a template (an f-string) or bytes')
    value += token.value
    if (token !== first) left.pop()
  }
  return { kind: 'string', value, line: first.line }
}

function notLiteral({ kind, text, line }: Node): NotALiteral {
  if (kind === 'bad') return new NotALiteral(line, `has ${text}`)
  if (kind === 'name') return new NotALiteral(line, 'is worked out by code')
  // Only a mark is shown: anything else may be a secret that lost its quotes.
  const what = kind === 'op' || kind === 'group' ? `\`${text}\`` : `a ${kind}`
  return new NotALiteral(line, `has ${what} where it does not belong`)
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
