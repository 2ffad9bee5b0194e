// Writes src and sandbox as plain JavaScript into a folder: what `npm pack` packs, and what tests start processes from.
import { execFileSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Builds into `out` what the `project` says, one of tsc's files below the root. */
export function build(out, project = 'tsconfig.pack.json') {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, '-p', project, '--outDir', out], { cwd: ROOT, stdio: 'inherit' })
  // Migrations and the like; what tsc has written is there already.
  const isOther = (path) => !['.ts', '.js'].includes(extname(path))
  for (const folder of ['src', 'sandbox']) {
    cpSync(join(ROOT, folder), join(out, folder), { recursive: true, filter: isOther })
  }
}
