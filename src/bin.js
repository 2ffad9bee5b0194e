#!/usr/bin/env node
// The executable: plain JavaScript, so that a Node that is too old is told; then it hands over to main.ts.
import { existsSync } from 'node:fs'
import module from 'node:module'
import { isatty } from 'node:tty'
import { fileURLToPath } from 'node:url'
import { nodeProblem } from './kernel/node-version.js'

const problem = nodeProblem(process.versions.node)
if (problem) {
  console.error(problem)
  process.exit(2)
}
if (process.argv[2] === 'demo' && process.argv.slice(3).every((word) => word === '--script')) {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    // Until the demo listens itself.
    process.on(signal, () => process.listenerCount(signal) > 1 || process.exit(process.argv[3] ? 1 : 0))
  }
  // Said before anything is loaded, which takes a second or several.
  process.stdout.write('ibc-monitor, the demo: loading …\n')
}
// Until the bot notes it: not even while it is loading does a hangup end what nobody would start again.
if (!isatty(2) && /^(start|-.*)?$/.test(process.argv[2] ?? '')) process.on('SIGHUP', () => {})
// Kept beside what npm installed, where nobody else writes: on Node 24 `--help` takes twice as long without it.
module.enableCompileCache?.(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)))
// Node runs TypeScript by itself from 22.18 on; in what is built there is none.
if (!process.features.typescript && existsSync(new URL('main.ts', import.meta.url))) await import('tsx')
const { main } = await import('./main.ts')
await main(process.argv)
