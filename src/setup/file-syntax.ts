// Reads a tool's file, TOML, YAML or JSON, into plain values; what is wrong in it is said without its text.
import { parse as parseToml, TomlError } from 'smol-toml'
import { parse as parseYaml, YAMLParseError } from 'yaml'
import { UsageError } from '../kernel/errors.ts'
import { parseJsonFile, SyntaxProblem, withoutQuotes } from '../words/syntax.ts'

/** A table of TOML, a mapping of YAML, an object of JSON. */
export type Table = Record<string, unknown>

export const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Where a value is still to be put in: ${…} and {{…}} of most tools, {% … %} and <…>, $NAME of a shell. */
const TEMPLATES: [mark: string, RegExp][] = [
  ['{{…}}', /\{\{/],
  [`$${'{…}'}`, /\$\{/],
  ['{%…%}', /\{%/],
  ['<…>', /<[A-Za-z][\w .:/-]*>/],
  ['$…', /(^|['"\s])\$[A-Z_]{2}/],
]

/** How a template is written that a text has in it, such as `{{…}}`; null where it has none. */
export const templateIn = (text: string): string | null =>
  TEMPLATES.find(([, pattern]) => pattern.test(text))?.[0] ?? null

const PARSERS = {
  TOML: (text: string): unknown => parseToml(text, { integersAsBigInt: 'asNeeded' }),
  // Aliases are not expanded without end: a small file must not become a large one.
  YAML: (text: string): unknown => parseYaml(text, { maxAliasCount: 100, logLevel: 'error', merge: true }),
  JSON: parseJsonFile,
}

/**
 * Reads a file by what stands in it; where that does not tell, by the end of its name.
 * @throws {UsageError} when it is none of TOML, YAML and JSON; by place and reason, without text of the file
 */
export function parseFile(text: string, name = ''): unknown {
  const syntax = syntaxOf(text, name)
  try {
    return PARSERS[syntax](text)
  } catch (error) {
    const lines = text.split('\n')
    const at = lines.findIndex((line) => !/^\s*(#|\/\/)/.test(line) && templateIn(line) !== null)
    if (at === -1) throw new UsageError(`This cannot be read as ${syntax}: ${problemText(error)}`)
    throw new UsageError(
      `This is a template: line ${at + 1} has ${templateIn(lines[at]!)} in it. Import the file that is made of it, with its values.`,
    )
  }
}

function syntaxOf(text: string, name: string): keyof typeof PARSERS {
  const first = text.split('\n').find((line) => !/^\s*(#.*)?$/.test(line)) ?? ''
  if (/^\s*(\[\[?[^\]]+\]|[\w."'-]+\s*=)/.test(first) && !/^\s*\[\s*["{]/.test(first)) return 'TOML'
  if (/\.json$/i.test(name)) return 'JSON'
  return /\.toml$/i.test(name) && !/^\s*(---|[\w."'-]+:(\s|$))/.test(first) ? 'TOML' : 'YAML'
}

/** In the words of the parser's code, or without what it quotes: its message may repeat the file. */
function problemText(error: unknown): string {
  if (error instanceof SyntaxProblem) return error.message
  if (error instanceof TomlError) {
    return new SyntaxProblem(error, withoutQuotes(error.message.replace('Invalid TOML document: ', '')))
      .message
  }
  if (!(error instanceof YAMLParseError)) return 'an alias in it cannot be resolved'
  const place = error.linePos?.[0]
  const reason = error.code.toLowerCase().replaceAll('_', ' ')
  return new SyntaxProblem(place ? { line: place.line, column: place.col } : null, reason).message
}
