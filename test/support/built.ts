// The program as plain JavaScript, as `npm pack` packs it: a process of it starts in half the time that tsx takes.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, ROOT } from '../../scripts/build.js'

/** What to run in place of the source file `path`, which is given from the root: `src/bin.js`. */
export function built(path: string): string {
  // A Node that runs TypeScript by itself does so as fast.
  if ((process.features as { typescript?: unknown }).typescript) return join(ROOT, path)
  const ready = join(folder(), 'ready')
  if (!existsSync(ready)) {
    const own = join(folder(), String(process.pid))
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

/** One for all workers; outside of vitest one for this process. */
function folder(): string {
  const known = process.env.IBC_MONITOR_BUILT
  if (known) return known
  const made = mkdtempSync(join(tmpdir(), 'ibc-monitor-built-'))
  process.on('exit', () => rmSync(made, { recursive: true, force: true }))
  process.env.IBC_MONITOR_BUILT = made
  return made
}
