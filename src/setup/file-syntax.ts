// Reads a tool's file, TOML, YAML or JSON, into plain values; what is wrong in it is said without its text.
import { parse as parseToml, TomlError } from 'smol-toml'
import { isScalar, LineCounter, parseDocument, visit, YAMLParseError } from 'yaml'
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
  ['<…>', /<%|<[A-Za-z][\w .:/-]*>/],
  ['$…', /(^|['"\s])\$[A-Z_]{2}/],
]

/** How a template is written that a text has in it, such as `{{…}}`; null where it has none. */
export const templateIn = (text: string): string | null =>
  TEMPLATES.find(([, pattern]) => pattern.test(text))?.[0] ?? null

const PARSERS = {
  TOML: (text: string): unknown => parseToml(text, { integersAsBigInt: 'asNeeded' }),
  YAML: parseYaml,
  JSON: parseJsonFile,
}

/** A file that takes longer than a few seconds to read is no configuration. */
const LARGEST_YAML = 1024 * 1024

function parseYaml(text: string): unknown {
  const lineCounter = new LineCounter()
  // The library compares each key with all before it.
  const options = { lineCounter, uniqueKeys: false, merge: true, logLevel: 'error' } as const
  const document = parseDocument(text, options)
  if (document.errors[0]) throw document.errors[0]
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>()
      for (const { key } of items.filter((pair) => isScalar(pair.key))) {
        const { value, range } = key as { value: unknown; range: [number] }
        const { line, col: column } = lineCounter.linePos(range[0])
        if (seen.has(value)) throw new SyntaxProblem({ line, column }, 'duplicate key')
        seen.add(value)
      }
    },
  })
  // Aliases are not expanded without end: a small file must not become a large one.
  return document.toJS({ maxAliasCount: 100 })
}

/**
 * Reads a file by what stands in it; where that does not tell, by the end of its name.
 * @throws {UsageError} when it is none of TOML, YAML and JSON; by place and reason, without text of the file
 */
export function parseFile(text: string, name = ''): unknown {
  if (/^\s*</.test(text))
    throw new UsageError('This is a web page or XML: save the configuration itself, as raw text.')
  const syntax = syntaxOf(text, name)
  if (syntax === 'YAML' && text.length > LARGEST_YAML)
    throw new UsageError('This file is too large to be a configuration.')
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
