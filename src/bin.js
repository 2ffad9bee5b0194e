#!/usr/bin/env node
// The executable: plain JavaScript, so that a Node that is too old is told; then it hands over to main.ts.
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { nodeProblem } from './kernel/node-version.js'

const problem = nodeProblem(process.versions.node)
if (problem) {
  console.error(problem)
  process.exit(2)
}
// Kept beside what npm installed, where nobody else writes: on Node 24 `--help` takes twice as long without it.
module.enableCompileCache?.(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)))
// Node runs TypeScript by itself from 22.18 on.
if (!process.features.typescript) await import('tsx')
const { main } = await import('./main.ts')
await main(process.argv)
