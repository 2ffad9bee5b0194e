// The program as plain JavaScript, as `npm pack` packs it: a process of it starts in half the time that tsx takes.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, ROOT } from '../../scripts/build.js'

/** Vitest's global set-up: the folder in which whichever worker needs it first builds. Returns what takes it away. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'ibc-monitor-built-'))
  process.env.IBC_MONITOR_BUILT = folder
  return () => rmSync(folder, { recursive: true, force: true })
}

/** What to run in place of the source file `path`, which is given from the root: `src/bin.js`. */
export function built(path: string): string {
  // A Node that runs TypeScript by itself does so as fast.
  if ((process.features as { typescript?: unknown }).typescript) return join(ROOT, path)
  if (!process.env.IBC_MONITOR_BUILT) process.on('exit', setup())
  const ready = join(process.env.IBC_MONITOR_BUILT!, 'ready')
  if (!existsSync(ready)) {
    const own = join(ready, `../${process.pid}`)
    mkdirSync(own)
    build(own, 'test/support/tsconfig.json')
    copyFileSync(join(ROOT, 'package.json'), join(own, 'package.json'))
    symlinkSync(join(ROOT, 'node_modules'), join(own, 'node_modules'))
    try {
      renameSync(own, ready)
    } catch {
      // Another worker was faster.
    }
  }
  return join(ready, path.replace(/\.ts$/, '.js'))
}
