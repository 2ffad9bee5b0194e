// What `npm pack` and `npm publish` put into the tarball: plain JavaScript in dist/, and a package.json for Node 22.18
// or later. `prepack` makes both, `postpack` puts everything back, and where npm fails or is killed, `watch` does.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, ROOT } from './build.js'

const MANIFEST = join(ROOT, 'package.json')
const DIST = join(ROOT, 'dist')
/** package.json as it was, beside it so that putting it back is one rename. */
const KEPT = join(ROOT, 'package.json.kept')

function prepack() {
  restore()
  const npm = npmProcess()
  spawn(process.execPath, [fileURLToPath(import.meta.url), 'watch', String(npm)], {
    detached: true,
    stdio: 'ignore',
  }).unref()
  try {
    writeFileSync(KEPT, readFileSync(MANIFEST))
    build(DIST)
    const manifest = `${JSON.stringify(published(JSON.parse(readFileSync(KEPT, 'utf8'))), null, 2)}\n`
    // Read for the version, and the Node that is needed.
    writeFileSync(join(DIST, 'package.json'), manifest)
    writeFileSync(MANIFEST, manifest)
    // Then nobody packs it, and the watcher may have looked before there was anything to put back.
    if (!alive(npm)) throw new Error('npm has ended meanwhile')
  } catch (error) {
    restore()
    throw error
  }
}

/** package.json for those who install from a registry: SQLite's one driver has its binaries with it. */
function published(manifest) {
  const { scripts, devDependencies, allowScripts, ...rest } = manifest
  const { tsx, ...dependencies } = rest.dependencies
  return {
    ...rest,
    bin: { 'ibc-monitor': 'dist/src/bin.js' },
    files: ['dist', 'CHANGELOG.md'],
    engines: { node: '>=22.18' },
    dependencies: { ...dependencies, 'better-sqlite3': rest.optionalDependencies['better-sqlite3'] },
    optionalDependencies: undefined,
  }
}

function restore() {
  if (existsSync(KEPT)) renameSync(KEPT, MANIFEST)
  rmSync(DIST, { recursive: true, force: true })
}

/** The npm that runs this: its parent, or the parent of the shell between them. */
function npmProcess() {
  const shell = /(^|\/)(ba|da|z|)sh$/.test(ps('comm', process.ppid))
  return shell ? Number(ps('ppid', process.ppid)) : process.ppid
}

const ps = (column, pid) =>
  execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim()

/** Puts everything back when npm is gone; ends when `postpack` has. */
function watch(npm) {
  let seen = false
  const look = setInterval(() => {
    const there = existsSync(KEPT)
    seen ||= there
    if (alive(npm) && (there || !seen)) return
    clearInterval(look)
    if (there) restore()
  }, 200)
}

function alive(pid) {
  // What has lost its parent is handed to the first process, which in a container may be npm itself.
  if (pid === 1) return /npm|node/.test(ps('comm', pid))
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const [step, pid] = process.argv.slice(2)
if (step === 'prepack') prepack()
else if (step === 'postpack') restore()
else if (step === 'watch') watch(Number(pid))
else throw new Error('usage: node scripts/pack.js prepack|postpack')
