// `npm run soak -- --seed N [--seeds COUNT] [--hours H]`: plays seeded worlds and prints what the auditor finds.
import { Command, InvalidArgumentError } from 'commander'
import { judge } from '../auditor/judge.ts'
import { POLICY } from '../auditor/log.ts'
import { saidOf } from '../auditor/said.ts'
import { truthOf } from '../auditor/truth.ts'
import { coverageOf, coverageTable } from './coverage.ts'
import { storyOf } from './story.ts'
import { play } from './world.ts'

/** A seed in which fewer notices were due has shown nothing. */
const LEAST_DUE = 10

const whole = (text: string) => {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('not a whole number above 0')
  return number
}

const { seed, seeds, hours, verbose } = new Command()
  .option('--seed <number>', 'the first seed', whole, 1)
  .option('--seeds <count>', 'how many seeds, one after the other', whole, 1)
  .option('--hours <hours>', 'how long each world lasts', whole, 48)
  .option('--verbose', 'what was said, too')
  .parse()
  .opts<{ seed: number; seeds: number; hours: number; verbose?: boolean }>()

let found = 0
const coverage = new Map<string, number>()
for (let one = seed; one < seed + seeds; one++) {
  const beganMs = Date.now()
  const story = storyOf(one, hours)
  const { events, requests, endMs, errors } = await play(story)
  const truth = truthOf(events, POLICY)
  const said = saidOf(requests, truth)
  const { findings, due } = judge(truth, said, POLICY, endMs)
  const counts = (['warning', 'critical', 'expired', 'frozen', 'over'] as const)
    .map((level) => `${due.filter((each) => each.level === level).length} ${level}`)
    .join(', ')
  const few = due.length < LEAST_DUE ? ' (does not count: too few)' : ''
  const tookS = ((Date.now() - beganMs) / 1000).toFixed(1)
  console.log(
    `seed ${one}: due ${counts}${few}; ${requests.length} posts, ${findings.length} findings, ${tookS} s`,
  )
  for (const { kind, about, atMs, text } of findings) {
    console.log(`  ${kind}: ${about} ${new Date(atMs).toISOString().slice(0, 19)}: ${text}`)
  }
  for (const line of errors.slice(0, 5)) console.log(`  log: ${line.slice(0, 300)}`)
  if (verbose)
    for (const { atMs, content } of requests)
      console.log(`    ${new Date(atMs).toISOString().slice(5, 19)} ${content}`)
  found += findings.length
  if (due.length >= LEAST_DUE) coverageOf(coverage, events, due, endMs)
}
console.log(
  `\nWhat was due while it was so, by kind of fault (rows) and of notice:\n${coverageTable(coverage)}`,
)
process.exit(found === 0 ? 0 : 1)
