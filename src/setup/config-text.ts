// Writes a configuration as TypeScript: commented, and laid out as the project's formatter would.
import type { ConfigInput } from '../config/schema.ts'
import type { ChainInput, Comments } from './plan.ts'

const LINE_WIDTH = 110

/**
 * The text of a configuration file: a plain object.
 * @param options.head lines of comment at the top; the first states the file's purpose
 */
export function configText(config: ConfigInput, options: { comments?: Comments; head: string[] }): string {
  const comments = options.comments ?? {}
  const around = Object.keys(comments).flatMap((path) =>
    [...path.matchAll(/[.[]/g)].map(({ index }) => path.slice(0, index)),
  )
  const body = write(config, '', 0, { comments, around: new Set(around) }, 'export default '.length)
  const head = options.head.map((line) => comment(line)).join('\n')
  return `${head}\nexport default ${body}\n`
}

/** `around`: the paths of what has a comment inside. */
interface Commented {
  comments: Comments
  around: ReadonlySet<string>
}

/** One value as it stands in the file; `column` is where its first character comes. */
function write(value: unknown, path: string, indent: number, commented: Commented, column: number): string {
  const { comments } = commented
  if (typeof value === 'string') return quoted(value)
  if (value === null || typeof value !== 'object') return String(value)
  const isList = Array.isArray(value)
  const [open, close] = isList ? '[]' : '{}'
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  const tail = comments[`${path}[]`]?.before ?? []
  if (entries.length === 0 && tail.length === 0) return `${open}${close}`
  const flat = mustBreak(value, path, commented) ? null : inline(value)
  // One character after it: the comma, or nothing.
  if (flat !== null && column + flat.length + 1 <= LINE_WIDTH) return flat
  const pad = ' '.repeat(indent + 2)
  const lines: string[] = []
  for (const [key, item] of entries) {
    const itemPath = isList ? `${path}[${key}]` : path ? `${path}.${key}` : key
    const { before = [], after } = comments[itemPath] ?? {}
    const name = isList ? '' : `${key}: `
    lines.push(...before.map((line) => `${pad}${comment(line)}`))
    const text = write(item, itemPath, indent + 2, commented, pad.length + name.length)
    lines.push(`${pad}${name}${text},${after ? ` ${comment(after)}` : ''}`)
  }
  lines.push(...tail.map((line) => `${pad}${comment(line)}`))
  return `${open}\n${lines.join('\n')}\n${' '.repeat(indent)}${close}`
}

/** Whether a value cannot stand on one line: the outermost two levels, comments inside, lists of several objects. */
function mustBreak(value: object, path: string, { around }: Commented): boolean {
  if (path === '' || path === 'chains' || around.has(path)) return true
  if (!Array.isArray(value)) return Object.values(value).some((item) => isTable(item))
  return isTable(value)
}

/** A list of several objects with several keys each: the formatter gives each a line. */
function isTable(value: unknown): boolean {
  if (!Array.isArray(value)) return false
  const isRow = (item: unknown) => typeof item === 'object' && item !== null && Object.keys(item).length > 1
  return value.length > 1 && value.every(isRow)
}

/** A value on one line. */
export function inline(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (value === null || typeof value !== 'object') return String(value)
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  const inside = entries.map(([key, item]) => `${key}: ${inline(item)}`).join(', ')
  return inside === '' ? '{}' : `{ ${inside} }`
}

/** Chains without a REST endpoint, as comments at the end of the list. */
export function toFillInComments(chains: readonly ChainInput[]): Comments {
  const lines = chains.map((chain) => `${inline(chain)},`)
  const before = ['With their REST endpoints these can be watched too:', ...lines]
  return chains.length === 0 ? {} : { 'chains[]': { before } }
}

/** A comment on one line, whatever the text holds. */
function comment(text: string): string {
  const line = printable(text).trimEnd()
  return line === '' ? '//' : `// ${line}`
}

/** A string literal; in the quotes that need fewer escapes, single ones where it does not matter. */
function quoted(text: string): string {
  const single = text.split("'").length
  const double = text.split('"').length
  const quote = single > double ? '"' : "'"
  const body = text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)
  return `${quote}${printable(body)}${quote}`
}

/** Characters that would end a line or could not be seen, as escapes. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`,
  )
}
