// Holds the arrows between the rooms, and the habits that a reader counts on, by reading every source file.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const SRC = join(ROOT, 'src')
/** What a test file has at most: a longer one is divided by what it holds. */
const TEST_LINES = 330

interface Source {
  /** Path below src/, such as `clients/store.ts`. */
  path: string
  text: string
  /** Specifiers of everything that it imports, types and dynamic imports too. */
  imports: string[]
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|js)$/.test(path))
    .map((path) => join(directory, path))
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*'([^']+)'|(?:^|\n)import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g

const sources: Source[] = filesBelow(SRC).map((file) => {
  const text = readFileSync(file, 'utf8')
  const imports = [...text.matchAll(IMPORT)].map((match) => (match[1] ?? match[2] ?? match[3])!)
  return { path: relative(SRC, file), text, imports }
})

/** The paths below src/ (or outside of it, with `../`) that a source imports. */
const local = ({ path, imports }: Source) =>
  imports.filter((one) => one.startsWith('.')).map((one) => relative(SRC, resolve(SRC, dirname(path), one)))

const packages = ({ imports }: Source) => imports.filter((one) => !one.startsWith('.'))

const roomOf = (path: string) => (path.includes('/') ? path.split('/')[0]! : path)

/**
 * The floors of the house, the highest first: what stands on one imports what is below, and of its own floor nothing but
 * itself. Features see no other feature, and of discord/ its pure types alone.
 */
const FLOORS: string[][] = [
  ['bin.js'],
  ['main.ts'],
  ['cli', 'setup'],
  ['app.ts'],
  ['life.ts'],
  ['config', 'config.ts'],
  ['report'],
  ['clients', 'wallets', 'faucet'],
  ['ops', 'discord'],
  ['chains'],
  ['alerts'],
  ['discord/command.ts'],
  ['watch', 'cosmos'],
  ['net', 'storage'],
  ['words'],
  ['kernel', 'version.ts'],
]
/** What only the composition root, the configuration and the command line see of discord/: all but its types. */
const SEES_DISCORD = ['app.ts', 'life.ts', 'cli', 'setup', 'config']

const placeOf = (path: string) => (path === 'discord/command.ts' ? path : roomOf(path))
const floorOf = (path: string) => FLOORS.findIndex((places) => places.includes(placeOf(path)))

function pointsDown(from: string, to: string): boolean {
  if (placeOf(from) === placeOf(to) || placeOf(from) === 'config.ts') return true
  // Types beside the folder that they describe.
  if (placeOf(from) === 'discord/command.ts' && roomOf(to) === 'discord') return false
  if (placeOf(to) === 'discord') return SEES_DISCORD.includes(placeOf(from))
  return floorOf(from) < floorOf(to)
}

const violations = (check: (source: Source) => string[]) =>
  sources.flatMap((source) => check(source).map((problem) => `${source.path}: ${problem}`))

describe('the rooms', () => {
  it('are read: the test sees the files and their imports', () => {
    expect(sources.length).toBeGreaterThan(80)
    expect(sources.find(({ path }) => path === 'app.ts')!.imports).toEqual(
      expect.arrayContaining(['./clients/index.ts', './kernel/clock.ts']),
    )
    expect(sources.filter(({ path }) => floorOf(path) < 0).map(({ path }) => path)).toEqual([])
  })

  it('import only what is below them, and of their own floor themselves alone', () => {
    expect(
      violations((source) =>
        local(source)
          .filter((path) => !path.startsWith('..') && !pointsDown(source.path, path))
          .map((path) => `imports ${path}`),
      ),
    ).toEqual([])
  })

  it('are built in app.ts, which only the front door, the command line and the demo know', () => {
    expect(
      violations((source) =>
        local(source).includes('app.ts') && source.path !== 'main.ts' && roomOf(source.path) !== 'cli'
          ? ['imports app.ts']
          : [],
      ),
    ).toEqual([])
  })

  it('the sandbox is no part of the program: only the demo is loaded, when it is asked for', () => {
    expect(
      violations((source) =>
        local(source)
          .filter((path) => path.startsWith('..') && !path.endsWith('package.json'))
          .filter((path) => !(source.path === 'main.ts' && path.startsWith('../sandbox/demo/')))
          .map((path) => `imports ${path}`),
      ),
    ).toEqual([])
  })
})

describe('what only one place does', () => {
  it('discord.js is imported in discord/ alone', () => {
    expect(
      violations((source) =>
        roomOf(source.path) === 'discord'
          ? []
          : packages(source).filter((name) => /^(discord\.js|@discordjs\/)/.test(name)),
      ),
    ).toEqual([])
  })

  it('SQL stands in store.ts files and storage/ alone, and only storage/ prepares it', () => {
    expect(
      violations(({ path, text }) => {
        if (roomOf(path) === 'storage') return []
        const driver = /\.(prepare|pragma)\(|\bsql\.exec\(|\bsql\.transaction\(/g
        const statements = /\bdatabase\.(all|each|one|run)\b/g
        return (
          text.match(
            path.endsWith('store.ts') ? driver : RegExp(`${driver.source}|${statements.source}`, 'g'),
          ) ?? []
        )
      }),
    ).toEqual([])
  })

  it('process.env is read in main.ts and config.ts alone', () => {
    expect(
      violations(({ path, text }) =>
        ['main.ts', 'config.ts'].includes(path) ? [] : (text.match(/process\.env\b/g) ?? []),
      ),
    ).toEqual([])
  })

  it('the wall clock is read in the clocks alone; everything else is handed the time', () => {
    const wall = /\bDate\.now\(\)|\bnew Date\(\)|\bperformance\.now\(\)|(?<![.\w])set(Timeout|Interval)\(/g
    const clocks = ['kernel/clock.ts', 'kernel/manual-clock.ts']
    expect(
      violations(({ path, text }) => {
        const code = text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
        return clocks.includes(path) ? [] : (code.match(wall) ?? [])
      }),
    ).toEqual([])
  })

  it('nothing runs at import: no module of a room awaits or calls anything at its top', () => {
    expect(
      violations(({ path, text }) => (path === 'bin.js' ? [] : (text.match(/^(await |void )/gm) ?? []))),
    ).toEqual([])
  })
})

describe('every file', () => {
  const written = ['src', 'sandbox', 'bench', 'test'].flatMap((folder) => {
    try {
      return filesBelow(join(ROOT, folder)).filter((file) => !file.includes('/fixtures/'))
    } catch {
      return []
    }
  })

  it('says its purpose in its first line', () => {
    const without = written.filter((file) => {
      const [first, second] = readFileSync(file, 'utf8').split('\n')
      return !/^\/\/ \S.{10,}/.test(first!.startsWith('#!') ? second! : first!)
    })
    expect(without.map((file) => relative(ROOT, file))).toEqual([])
  })

  it('of the program and the sandbox is short enough to be read at once', () => {
    const long = written
      .filter((file) => /^(src|sandbox|bench)\//.test(relative(ROOT, file)))
      .map((file) => ({
        file: relative(ROOT, file),
        lines: readFileSync(file, 'utf8').split('\n').length - 1,
      }))
      .filter(({ lines }) => lines > 310)
    expect(long).toEqual([])
  })
})

describe('the tests', () => {
  const below = (folder: string) => filesBelow(join(ROOT, folder)).map((file) => relative(ROOT, file))

  it('of units lie where the source lies that they are about', () => {
    const folders = new Set(sources.map(({ path }) => dirname(path)))
    const astray = below('test/unit').filter((path) => {
      const folder = relative('test/unit', dirname(path)) || '.'
      // The first minute is one of the sandbox's.
      return !folders.has(folder) && folder !== 'demo'
    })
    expect(astray).toEqual([])
  })

  it(`can be kept in the head: no file has more than ${TEST_LINES} lines`, () => {
    const long = below('test')
      .map((path) => ({ path, lines: readFileSync(join(ROOT, path), 'utf8').split('\n').length - 1 }))
      .filter(({ path, lines }) => path.endsWith('.test.ts') && lines > TEST_LINES)
    expect(long).toEqual([])
  })
})
