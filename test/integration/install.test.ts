// What an install must hold for SQLite to be there, and what is said where it is not.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const json = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'))

describe('the lockfile', () => {
  const { packages } = json('package-lock.json')
  const newest = packages['node_modules/better-sqlite3']
  const forNode20 = packages['node_modules/sqlite-node20/node_modules/better-sqlite3']

  it('keeps npm from compiling better-sqlite3 13, which has its binaries with it', () => {
    // npm does not write this field. Where `npm install` has removed it, put it back by hand: without it `npm ci` of npm
    // 10 runs node-gyp, and where that fails it removes the package without a word.
    expect(newest.gypfile).toBe(false)
  })

  it('lets npm compile better-sqlite3 12 on Node 20, by its name alone', () => {
    // npm takes a version for what it is only where the lockfile says from which registry it comes, and this one names
    // none: an allowance for one version is then no allowance, and nothing is compiled.
    expect(json('package.json').allowScripts['better-sqlite3']).toBe(true)
    expect(forNode20.hasInstallScript).toBe(true)
  })
})

describe('without a SQLite that can be used', () => {
  const major = Number(process.versions.napi) >= 10 ? 13 : 12
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ibc-monitor-install-'))
    for (const file of ['package.json', 'src/storage/sqlite.ts', 'src/kernel/errors.ts'])
      cpSync(join(ROOT, file), join(folder, file))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  function installed(version: string, code: string): void {
    const at = join(folder, 'node_modules/better-sqlite3')
    mkdirSync(at, { recursive: true })
    writeFileSync(join(at, 'package.json'), JSON.stringify({ version, main: 'index.js' }))
    writeFileSync(join(at, 'index.js'), code)
  }

  function said(): string {
    const code = `
      import { openSqlite } from ${JSON.stringify(join(folder, 'src/storage/sqlite.ts'))}
      try { openSqlite(':memory:') } catch (error) { console.log(error.name + ': ' + error.message) }`
    const run = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
      encoding: 'utf8',
      cwd: ROOT,
    })
    return run.stdout + run.stderr
  }

  it.each([
    ['nothing', () => {}, 'is not installed'],
    ['another version', () => installed('11.0.0', ''), 'is needed, 11.0.0 is installed'],
    [
      'a broken one',
      () => installed(`${major}.9.9`, `throw new Error('no binary\\nfor this machine')`),
      `${major}.9.9 does not load (no binary)`,
    ],
  ])('says what to do: %s', (_, install, what) => {
    install()
    const text = said()
    expect(text).toMatch(
      new RegExp(`^LastingError: SQLite cannot be used with Node ${process.versions.node}: .*\n$`),
    )
    expect(text).toContain(what)
    expect(text).toContain('Run `npm ci` with this Node, without --omit=optional')
  })
})
