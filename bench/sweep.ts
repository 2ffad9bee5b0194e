// npm run bench: a sweep of 3,000 connections over 20 chains, beside a loop that makes the fewest requests.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import Table from 'cli-table3'
import type { BenchResult, RunnerRequest } from './runner.ts'
import type { WorldReady, WorldRequest } from './world.ts'

const SPOKES = 20
const PER_SPOKE = 150
const LATENCY_MS = 50
const ENDANGERED = 30
const EXPIRED = 300
const UNLIMITED = 1_000_000
/** Each pair is measured so often, in turn; the medians are printed, because machines are noisy. */
const ROUNDS = 3

type Figures = BenchResult & { requests: number }

/** A process of the bench, asked by messages. */
async function start<Ready>(file: string, args: (string | number)[] = []) {
  const child = fork(new URL(file, import.meta.url), args.map(String), { execArgv: ['--import', 'tsx'] })
  child.on('exit', (code) => {
    if (code) {
      console.error(`${file} ended with ${code}`)
      process.exit(1)
    }
  })
  return { child, ready: (file === './world.ts' ? (await once(child, 'message'))[0] : null) as Ready }
}

async function ask<T>(child: ChildProcess, message: object): Promise<T> {
  const answer = once(child, 'message')
  child.send(message)
  return (await answer)[0] as T
}

const { child: world, ready } = await start<WorldReady>('./world.ts', [
  SPOKES,
  PER_SPOKE,
  LATENCY_MS,
  ENDANGERED,
  EXPIRED,
])
const tell = (request: WorldRequest) => ask<{ requests: number; moved: number }>(world, request)

async function measure(runner: ChildProcess, limits: Partial<RunnerRequest>): Promise<Figures> {
  await tell({ kind: 'reset' })
  const { chains, hubId, endangered } = ready
  const request = { inFlight: 32, requestsPerSecond: UNLIMITED, ...limits, chains, hubId, endangered }
  const result = await ask<BenchResult>(runner, request)
  return { ...result, requests: (await tell({ kind: 'count' })).requests }
}

const table = new Table({
  head: [
    'sweep',
    'in flight',
    'who',
    'wall s',
    'requests',
    'CPU s',
    'peak MiB',
    'endangered known s',
    'wall ×',
    'requests ×',
    'CPU ×',
  ],
  style: { head: [], border: [], compact: true },
})
const seconds = (ms: number | null) => (ms === null ? '' : (ms / 1000).toFixed(2))

/** The middle one of some numbers. */
const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!

/** Rows of medians over the rounds; ratios are the medians of each round's own ratio. */
function rows(name: string, inFlight: number, rounds: { floor: Figures; ours: Figures }[]): void {
  const row = (who: 'floor' | 'ours') => {
    const of = (part: keyof Figures) => median(rounds.map((round) => round[who][part] ?? 0))
    const known = who === 'ours' && name === 'first' ? seconds(of('knownMs')) : ''
    return [
      name,
      inFlight,
      who,
      seconds(of('wallMs')),
      of('requests'),
      seconds(of('cpuMs')),
      of('peakMiB').toFixed(0),
      known,
    ]
  }
  const ratio = (part: 'wallMs' | 'requests' | 'cpuMs') =>
    median(rounds.map(({ floor, ours }) => ours[part] / floor[part])).toFixed(2)
  table.push([...row('floor'), '', '', ''])
  table.push([...row('ours'), ratio('wallMs'), ratio('requests'), ratio('cpuMs')])
}

for (const inFlight of [64, 256]) {
  const first: { floor: Figures; ours: Figures }[] = []
  const next: typeof first = []
  for (let round = 0; round < ROUNDS; round++) {
    const floor = (await start('./floor.ts')).child
    const ours = (await start('./ours.ts')).child
    first.push({ floor: await measure(floor, { inFlight }), ours: await measure(ours, { inFlight }) })
    await tell({ kind: 'move', share: 0.01 })
    next.push({ floor: await measure(floor, { inFlight }), ours: await measure(ours, { inFlight }) })
    floor.disconnect()
    ours.disconnect()
  }
  rows('first', inFlight, first)
  rows('1 % moved', inFlight, next)
}

const polite = (await start('./ours.ts')).child
const figures = await measure(polite, { requestsPerSecond: 10, untilKnown: true })
polite.disconnect()
world.disconnect()
console.log(
  `${SPOKES * PER_SPOKE} connections over ${SPOKES} chains, ${2 * SPOKES * PER_SPOKE} clients, ${LATENCY_MS} ms per answer; ${ENDANGERED} endangered, ${EXPIRED} expired`,
)
console.log(table.toString())
console.log(
  `At 10 requests a second and endpoint every endangered client was known, written and alerted about after ${seconds(figures.knownMs)} s and ${figures.requests} requests.`,
)
