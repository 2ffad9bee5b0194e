// `npm run soak -- --seed N [--seeds COUNT] [--hours H]`: plays seeded worlds and prints what the auditor finds.
import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError } from 'commander'
import { coverageTable, rareIn } from './coverage.ts'
import { knownAs } from './known.ts'
import { type Options, runSeed, type SeedResult } from './run.ts'
import { shrink } from './shrink.ts'
import { MISFORTUNE_NAMES, storyOf } from './story.ts'

/** A seed in which fewer notices were due has shown nothing. */
const LEAST_DUE = 10
/** So many seeds must have covered every kind. */
const MANY = 100

const whole = (text: string) => {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('not a whole number above 0')
  return number
}
const names = (text: string) => {
  const list = text.split(',')
  const odd = list.find((name) => !MISFORTUNE_NAMES.includes(name))
  if (odd !== undefined)
    throw new InvalidArgumentError(`no misfortune ${odd}: ${MISFORTUNE_NAMES.join(', ')}`)
  return list
}

const program = new Command()
  .option('--seed <number>', 'the first seed', whole, 1)
  .option('--seeds <count>', 'how many seeds, one after the other', whole, 1)
  .option('--hours <hours>', 'how long each world lasts', whole, 8)
  .option('--only <names>', 'these misfortunes alone, in every seed', names, [])
  // One more than there are cores: each waits for its wire now and then.
  .option('--jobs <count>', 'how many at once', whole, availableParallelism() + 1)
  .option('--until-found', 'end with the first finding')
  .option('--shrink', 'the shortest story of the first finding of a seed: takes long')
  .option('--verbose', 'what was said, too', false)
const {
  seed,
  seeds,
  jobs,
  untilFound,
  shrink: isToShrink,
  ...rest
} = program
  .parse()
  .opts<Options & { seed: number; seeds: number; jobs: number; untilFound?: boolean; shrink?: boolean }>()

if (process.send) {
  // One of several: plays what it is told to.
  process.on('message', async (one: number) => process.send!(await runSeed(one, rest)))
} else {
  const beganMs = Date.now()
  const results: SeedResult[] = []
  let next = seed
  const take = (result: SeedResult) => {
    results.push(result)
    print(result)
    if (untilFound && newIn(result).length > 0) next = seed + seeds
  }
  if (jobs === 1 || seeds === 1) while (next < seed + seeds) take(await runSeed(next++, rest))
  else await Promise.all(Array.from({ length: Math.min(jobs, seeds) }, () => child(take)))
  summary(results, Date.now() - beganMs)
  if (isToShrink) for (const result of results) await tellShortest(result)
  process.exit(results.some((one) => newIn(one).length > 0) ? 1 : 0)

  /** Lets a process of its own play one seed after the other. */
  async function child(done: (result: SeedResult) => void): Promise<void> {
    const played: ChildProcess = fork(fileURLToPath(import.meta.url), process.argv.slice(2))
    try {
      while (next < seed + seeds) {
        const one = next++
        done(
          await new Promise<SeedResult>((resolve, reject) => {
            played.once('message', resolve)
            played.once('exit', () => reject(new Error(`seed ${one}: the process ended`)))
            played.send(one)
          }),
        )
        played.removeAllListeners('exit')
      }
    } finally {
      played.kill()
    }
  }
}

function newIn({ findings }: SeedResult) {
  return findings.filter((finding) => knownAs(finding) === null)
}

/** What is left of a seed's story when all is left out without which its first finding is still made. */
async function tellShortest(result: SeedResult): Promise<void> {
  const [finding] = newIn(result)
  if (!finding) return
  const { happenings } = await shrink(storyOf(result.seed, rest.hours, rest.only), finding)
  console.log(`\nseed ${result.seed}, ${finding.kind} of ${finding.about}, with nothing but:`)
  for (const { atMs, ...what } of happenings)
    console.log(`  ${(atMs / 60_000).toFixed(0).padStart(5)} min ${JSON.stringify(what)}`)
}

function print({ seed: one, due, posts, kills, tookMs, findings, said }: SeedResult): void {
  const few = due.length < LEAST_DUE ? ' (does not count: too few)' : ''
  const took = `${(tookMs / 1000).toFixed(1)} s`
  console.log(
    `seed ${one}: ${due.length} due${few}, ${posts} messages, ${kills} kills, ${findings.length} findings, ${took}`,
  )
  for (const finding of findings) {
    const { kind, about, atMs, text, during } = finding
    const known = knownAs(finding)
    const at = new Date(atMs).toISOString().slice(0, 19)
    console.log(
      `  ${known ? `(known: ${known}) ` : ''}${kind}: ${about} ${at}: ${text}${during.length > 0 ? ` [${during.join(', ')}]` : ''}`,
    )
  }
  for (const line of said) console.log(`    ${line}`)
}

function summary(results: readonly SeedResult[], tookMs: number): void {
  const counted = results.filter(({ due }) => due.length >= LEAST_DUE)
  const coverage = new Map<string, number>()
  for (const [key, count] of counted.flatMap((one) => one.coverage))
    coverage.set(key, (coverage.get(key) ?? 0) + count)
  const sum = (of: (one: SeedResult) => number) => counted.reduce((all, one) => all + of(one), 0)
  console.log(
    `\nWhat was due while it was so, by kind of fault (rows) and of notice:\n${coverageTable(coverage)}`,
  )
  if (counted.length >= MANY) console.log(rareIn(coverage))
  const hours = Math.round((results.length * rest.hours * 60_000) / tookMs)
  console.log(
    `\n${counted.length} of ${results.length} seeds count: ${sum(({ due }) => due.length)} due, ` +
      `${sum(({ kills }) => kills)} kills, ${sum((one) => newIn(one).length)} findings; ${hours} hours of world a minute`,
  )
}
