// Holds what can be kept in the head: no circle of files, one exported name for one thing, functions that end.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'vite'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

interface Node {
  type: string
  start: number
  end: number
  [key: string]: unknown
}

interface Parsed {
  /** Path below the root, such as `src/app.ts`. */
  path: string
  text: string
  body: Node[]
}

const parsed: Parsed[] = ['src', 'sandbox'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|js)$/.test(path))
    .map((path) => {
      const file = join(ROOT, folder, path)
      const text = readFileSync(file, 'utf8')
      const { program } = parseSync(file, text)
      return { path: relative(ROOT, file), text, body: program.body as unknown as Node[] }
    }),
)

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

const childrenOf = (node: Node): Node[] => Object.values(node).flat().filter(isNode)

/** The files that a file imports or re-exports, types too: a circle of types is read in a circle as well. */
function importsOf({ path, body }: Parsed): string[] {
  return body
    .map(({ source }) => (source as { value?: unknown } | null | undefined)?.value)
    .filter((one) => typeof one === 'string' && one.startsWith('.'))
    .map((one) => relative(ROOT, resolve(ROOT, dirname(path), one as string)))
}

/** Those of `nodes` that lead back to themselves, each circle once. */
function circles(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const visit = (at: string, way: string[]) => {
    if (way.includes(at)) {
      found.push([...way.slice(way.indexOf(at)), at].join(' → '))
      return
    }
    if (done.has(at)) return
    for (const next of edges.get(at) ?? []) visit(next, [...way, at])
    done.add(at)
  }
  for (const one of edges.keys()) visit(one, [])
  return found
}

const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']

interface Measured {
  name: string
  lines: number
  /** It gives back functions: a `createX`. */
  factory: boolean
}

/** What a function gives back: the arguments of its own returns. */
function returnsOf(node: Node): Node[] {
  if (!FUNCTIONS.includes(node.type)) return []
  const body = node.body as Node
  if (body.type !== 'BlockStatement') return [body]
  const found: Node[] = []
  const visit = (one: Node) => {
    if (FUNCTIONS.includes(one.type)) return
    if (one.type === 'ReturnStatement' && isNode(one.argument)) found.push(one.argument)
    for (const child of childrenOf(one)) visit(child)
  }
  visit(body)
  return found
}

/** Whether a function gives back functions: itself one, or an object that has some, by its own or by another's name. */
function isFactory(node: Node): boolean {
  const named = new Map<string, Node>()
  for (const statement of childrenOf(node.body as Node)) {
    if (statement.type === 'FunctionDeclaration')
      named.set((statement.id as { name?: string }).name!, statement)
    if (statement.type !== 'VariableDeclaration') continue
    for (const { id, init } of statement.declarations as Node[]) {
      if (isNode(init)) named.set((id as { name?: string }).name ?? '', init)
    }
  }
  const gives = (value: Node): boolean => {
    if (FUNCTIONS.includes(value.type)) return true
    if (value.type === 'Identifier') {
      const meant = named.get(value.name as string)
      return meant !== undefined && meant !== value && gives(meant)
    }
    return (
      value.type === 'ObjectExpression' &&
      (value.properties as Node[]).some((property) => isNode(property.value) && gives(property.value))
    )
  }
  return returnsOf(node).some(gives)
}

function functionsOf({ path, text, body }: Parsed): Measured[] {
  const found: Measured[] = []
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length
  const visit = (node: Node, given: string | null) => {
    if (FUNCTIONS.includes(node.type)) {
      found.push({
        name: (node.id as { name?: string } | null)?.name ?? given ?? `(in ${path})`,
        lines: lineAt(node.end) - lineAt(node.start) + 1,
        factory: isFactory(node),
      })
    }
    const named = ['VariableDeclarator', 'Property', 'MethodDefinition', 'PropertyDefinition'].includes(
      node.type,
    )
    const name = ((node.id ?? node.key) as { name?: string } | null | undefined)?.name ?? null
    for (const child of childrenOf(node)) visit(child, named ? name : null)
  }
  for (const node of body) visit(node, null)
  return found
}

const FUNCTION_LINES = 60
const FACTORY_LINES = 120

/**
 * Functions that are longer today, with their lines. The list may only shrink: a number that is no longer true is taken
 * down, a function that has become short enough is taken out.
 */
const LONGER: Record<string, number> = {
  createPool: 165,
  createDiscord: 180,
  createHeadCheck: 154,
  createLane: 124,
  playStory: 124,
  probeDiscord: 100,
  judge: 64,
}

describe('the files', () => {
  it('are read: declarations, imports and functions are found', () => {
    expect(parsed.length).toBeGreaterThan(200)
    expect(importsOf(parsed.find(({ path }) => path === 'src/app.ts')!)).toContain('src/kernel/clock.ts')
    expect(parsed.flatMap(functionsOf).length).toBeGreaterThan(1000)
  })

  it('of the program and of the sandbox import each other in no circle', () => {
    expect(circles(new Map(parsed.map((one) => [one.path, importsOf(one)])))).toEqual([])
  })

  it('of the sandbox lie in folders without a circle', () => {
    const folderOf = (path: string) => path.split('/').slice(0, 2).join('/')
    const edges = new Map<string, string[]>()
    for (const one of parsed.filter(({ path }) => path.startsWith('sandbox/'))) {
      const others = importsOf(one).map(folderOf)
      const own = folderOf(one.path)
      edges.set(own, [...(edges.get(own) ?? []), ...others.filter((other) => other !== own)])
    }
    expect(circles(edges)).toEqual([])
  })
})

describe('a name', () => {
  it('is declared and exported once in the program', () => {
    const places = new Map<string, string[]>()
    for (const { path, body } of parsed.filter((one) => one.path.startsWith('src/'))) {
      for (const node of body) {
        const declared =
          node.type === 'ExportNamedDeclaration' && isNode(node.declaration) ? node.declaration : null
        if (!declared) continue
        const all = declared.type === 'VariableDeclaration' ? (declared.declarations as Node[]) : [declared]
        // An interface and a function of one file may share their name; it is one thing then.
        for (const name of new Set(all.map(({ id }) => (id as { name?: string }).name!))) {
          const known = places.get(name) ?? []
          if (!known.includes(path)) places.set(name, [...known, path])
        }
      }
    }
    expect([...places].filter(([, files]) => files.length > 1)).toEqual([])
  })
})

describe('a function', () => {
  it(`ends within ${FUNCTION_LINES} lines, one that makes others within ${FACTORY_LINES}`, () => {
    const long = parsed
      .flatMap((one) => functionsOf(one).map((measured) => ({ ...measured, path: one.path })))
      .filter(({ lines, factory }) => lines > (factory ? FACTORY_LINES : FUNCTION_LINES))
    const longest = new Map<string, number>()
    for (const { name, lines } of long) longest.set(name, Math.max(lines, longest.get(name) ?? 0))
    expect(long.filter(({ name, lines }) => lines > (LONGER[name] ?? 0))).toEqual([])
    expect(Object.entries(LONGER).filter(([name, lines]) => longest.get(name) !== lines)).toEqual([])
  })
})
