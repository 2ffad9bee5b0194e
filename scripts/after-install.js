// Run by npm when it has installed: says what to do where this Node is too old or has no SQLite. npm itself removes an
// optional package that could not be built without a word.
import { nodeProblem } from '../src/kernel/node-version.js'

try {
  const problem = nodeProblem(process.versions.node)
  if (problem) throw new Error(problem)
  if (!process.features.typescript) await import('tsx')
  const { openSqlite } = await import('../src/storage/sqlite.ts')
  openSqlite(':memory:').close()
} catch (error) {
  console.error(`\n${error.message}\n`)
  process.exit(1)
}
