// Holds the arrows between the rooms, and the habits that a reader counts on, by reading every source file.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const SRC = join(ROOT, 'src')

interface Source {
  /** Path below src/, such as `ibc/store.ts`. */
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

/** What features see of Discord: pure types. */
const DISCORD = ['discord/command.ts']
/** The configuration's types are everybody's; what is loaded is handed over. */
const CONFIG = ['config.ts', 'config-schema.ts']

/** Which rooms (or files) each room may import besides itself. */
const ARROWS: Record<string, string[]> = {
  kernel: [],
  words: ['kernel'],
  storage: ['kernel'],
  cosmos: ['words', 'kernel'],
  chains: ['words', 'kernel', 'storage', 'cosmos', ...DISCORD, ...CONFIG],
  alerts: ['words', 'kernel', 'storage', ...DISCORD, ...CONFIG],
  discord: ['words', 'kernel', 'storage'],
  ibc: ['words', 'kernel', 'storage', 'cosmos', 'chains', 'alerts', ...DISCORD, ...CONFIG],
  wallets: ['words', 'kernel', 'storage', 'cosmos', 'chains', 'alerts', ...DISCORD, ...CONFIG],
  faucet: ['words', 'kernel', 'storage', 'cosmos', 'chains', 'alerts', ...DISCORD, ...CONFIG],
  schedule: ['kernel'],
  ops: ['words', 'kernel', 'storage', 'alerts', 'chains', ...CONFIG],
}

const violations = (check: (source: Source) => string[]) =>
  sources.flatMap((source) => check(source).map((problem) => `${source.path}: ${problem}`))

describe('the rooms', () => {
  it('are read: the test sees the files and their imports', () => {
    expect(sources.length).toBeGreaterThan(80)
    expect(sources.find(({ path }) => path === 'app.ts')!.imports).toEqual(
      expect.arrayContaining(['node:fs', './ibc/room.ts', './kernel/clock.ts']),
    )
    const rooms = new Set(sources.map(({ path }) => roomOf(path)).filter((room) => !/\.(ts|js)$/.test(room)))
    expect([...rooms].filter((room) => !ARROWS[room] && !['cli', 'importer'].includes(room))).toEqual([])
  })

  it('import only what their arrows point to', () => {
    expect(
      violations((source) => {
        const room = roomOf(source.path)
        const allowed = ARROWS[room]
        if (!allowed) return []
        return local(source)
          .filter(
            (path) => roomOf(path) !== room && !allowed.includes(roomOf(path)) && !allowed.includes(path),
          )
          .map((path) => `imports ${path}`)
      }),
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

  it('of the features never import each other', () => {
    const features = ['ibc', 'wallets', 'faucet']
    expect(
      violations((source) => {
        const room = roomOf(source.path)
        if (!features.includes(room)) return []
        return local(source)
          .map(roomOf)
          .filter((other) => features.includes(other) && other !== room)
          .map((other) => `imports ${other}`)
      }),
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
