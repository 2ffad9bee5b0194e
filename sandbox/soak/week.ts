// `npm run soak:week`: a week like a week. 200 clients that are kept alive, strangers' that die, endpoints that are dead.
import { ENDPOINT_FAULTS } from './faults.ts'
import { HOUR, MINUTE, type PairSpec, type Story } from './happening.ts'
import { runStory } from './run.ts'

const DAY = 24 * HOUR
const NAMES = ['alpha', 'beta', 'gamma', 'delta', 'epsilon']
const ENDPOINTS = 5
/** 60 % of the registry's endpoints. */
const DEAD = 3
const STRANGERS = 3

function weekStory(): Story {
  const chains = NAMES.map((name) => ({
    chainId: `${name}-1`,
    name: name[0]!.toUpperCase() + name.slice(1),
    blockMs: 6_000,
    endpoints: ENDPOINTS,
    names: true,
  }))
  const ids = chains.map(({ chainId }) => chainId)
  const pair = (i: number, of: Partial<PairSpec>): PairSpec => ({
    a: ids[i % 5]!,
    b: ids[(i + 1 + (i % 3)) % 5]!,
    trustingPeriodMs: 14 * DAY,
    refreshAt: i % 3 === 0 ? 1 / 3 : 2 / 3,
    channels: 1,
    // Each is somewhere between two updates.
    age: ((i % 3 === 0 ? 1 / 3 : 2 / 3) * (i % 17)) / 17,
    mine: true,
    ...of,
  })
  const own = Array.from({ length: 100 }, (_, i) => pair(i, {}))
  const strangers = Array.from({ length: STRANGERS }, (_, i) =>
    pair(i, { age: 0.62 + i * 0.03, refreshAt: 0.75, mine: false }),
  )
  const story: Story = {
    seed: 0,
    chains,
    pairs: [...own, ...strangers],
    happenings: [],
    endMs: 7 * DAY,
    digest: '0 9 * * 1',
    stepMs: 30_000,
  }
  const { happenings } = story
  const kinds = ['500', 'reset', 'html', 'another chain', 'far behind', '429', 'not JSON']
  const fail = (chain: number, endpoint: number, fault: string) => {
    const { faults, reads } = ENDPOINT_FAULTS[fault]!
    happenings.push({ atMs: 0, kind: 'endpoint', chainId: ids[chain]!, endpoint, fault, faults, reads })
  }
  for (const chain of ids.keys())
    for (let n = 0; n < DEAD; n++) fail(chain, n, kinds[(chain * DEAD + n) % kinds.length]!)
  fail(1, ENDPOINTS - 1, 'lagging balancer')
  for (let i = 0; i < STRANGERS; i++)
    happenings.push({ atMs: 0, kind: 'keeper', client: (own.length + i) * 2, here: false })
  happenings.push({ atMs: 3 * DAY, kind: 'halt', chainId: ids[2]! })
  happenings.push({ atMs: 3 * DAY + 50 * MINUTE, kind: 'resume', chainId: ids[2]! })
  const discord = { kind: 'status', status: 500 } as const
  happenings.push({ atMs: 5 * DAY, kind: 'discord', door: 'any', fault: 'Discord 500', discord })
  happenings.push({ atMs: 5 * DAY + HOUR, kind: 'discord', door: 'any', fault: null, discord: null })
  happenings.sort((a, b) => a.atMs - b.atMs)
  return story
}

const story = weekStory()
const { findings, requests, tookMs, strangers } = await runStory(story)
const posts = requests.filter(({ method, accepted }) => method === 'POST' && accepted)
const isOf = (text: string) => strangers.some((who) => text.includes(`${who} (tracks`))
const told = new Map<string, number>()
const problems: string[] = findings.map(({ kind, text }) => `${kind}: ${text}`)
for (const { content, tags = [], atMs } of posts) {
  console.log(`${new Date(atMs).toISOString().slice(5, 16)} ${content}`)
  if (tags.length > 0) problems.push(`somebody is called: ${content}`)
  const level = /^(\S+ )?(?:.* left|EXPIRED|FROZEN)/u.exec(content)?.[0].replace(/\d+ \w+ left/, 'left')
  if (isOf(content)) {
    const key = `${strangers.find((who) => content.includes(who))} ${level}`
    told.set(key, (told.get(key) ?? 0) + 1)
  } else if (!content.startsWith('📋') && !/HALTED|makes blocks again/.test(content))
    problems.push(`nothing of interest: ${content}`)
}
for (const [key, times] of told) if (times > 1) problems.push(`${times} times: ${key}`)
for (const problem of problems) console.log(`  ${problem}`)
console.log(`\n${posts.length} posts, ${problems.length} problems, ${(tookMs / 1000).toFixed(0)} s`)
process.exit(problems.length === 0 ? 0 : 1)
