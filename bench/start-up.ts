// npm run bench:start-up: how long `--help`, `check` of two local chains, and `start` until it watches take; medians.
import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import Table from 'cli-table3'
import { closeOutside, makeOutside, oneCritical } from '../test/support/bot-process.ts'

const ROUNDS = 9

const outside = await makeOutside({ build: oneCritical })

async function wholeMs(command: string): Promise<number> {
  const startedMs = performance.now()
  await outside.run(command).ended
  return performance.now() - startedMs
}

async function untilItWatchesMs(): Promise<number> {
  const startedMs = performance.now()
  const bot = outside.run('start')
  while (!bot.err().includes(' watches ')) await once(bot.child.stderr!, 'data')
  const tookMs = performance.now() - startedMs
  bot.child.kill('SIGTERM')
  await bot.ended
  return tookMs
}

async function medianMs(measure: () => Promise<number>): Promise<number> {
  const all: number[] = []
  for (let round = 0; round < ROUNDS; round++) all.push(await measure())
  return all.sort((a, b) => a - b)[ROUNDS >> 1]!
}

const table = new Table({
  head: [`Node ${process.versions.node}`, 'median ms'],
  style: { head: [], border: [] },
})
table.push(
  ['--help', Math.round(await medianMs(() => wholeMs('--help')))],
  ['check', Math.round(await medianMs(() => wholeMs('check')))],
  ['start, until it watches', Math.round(await medianMs(untilItWatchesMs))],
)
console.log(table.toString())
await closeOutside()
process.exit(0)
