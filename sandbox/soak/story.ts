// What happens in one seed's world, and when: made up before it begins, so that a seed is one story (pure).
import type { Faults } from '../chains/faults.ts'
import type { Fault as DiscordFault } from '../discord/faults.ts'
import { createRandom, type Random } from './random.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

type Reads = 'all' | 'part' | 'nothing'

/** What can be wrong with an endpoint, and how much can be read through it then. */
const ENDPOINT_FAULTS: Record<string, { faults: Faults; reads: Reads }> = {
  '500': { faults: { status: 500 }, reads: 'nothing' },
  '503': { faults: { status: 503 }, reads: 'nothing' },
  html: { faults: { html: 502 }, reads: 'nothing' },
  reset: { faults: { reset: true }, reads: 'nothing' },
  '429': { faults: { tooMany: true }, reads: 'nothing' },
  'not JSON': { faults: { notJson: true }, reads: 'nothing' },
  'another chain': { faults: { chainId: 'mallory-1' }, reads: 'nothing' },
  'far behind': { faults: { behindMs: HOUR }, reads: 'nothing' },
  hangs: { faults: { hang: true }, reads: 'nothing' },
  cut: { faults: { cut: true }, reads: 'nothing' },
  'no consensus states': { faults: { only: /consensus_states/, status: 500 }, reads: 'part' },
  'no client list': { faults: { only: /client_states\?/, html: 502 }, reads: 'part' },
  'lagging balancer': { faults: { laggingBlocks: 4 }, reads: 'all' },
  // The wire's time is 2,000 times the machine's: two seconds, which is slow and no time-out.
  slow: { faults: { latencyMs: 1 }, reads: 'all' },
}

const DISCORD_FAULTS: Record<string, DiscordFault> = {
  'Discord 500': { kind: 'status', status: 500 },
  'Discord 503': { kind: 'status', status: 503 },
  'Discord resets': { kind: 'reset' },
  'Discord loses answers': { kind: 'reset', afterAccept: true },
  'Discord rate limit': { kind: 'rate-limit', retryAfterS: 20 },
}

export type Happening = { atMs: number } & (
  | {
      kind: 'endpoint'
      chainId: string
      endpoint: number
      fault: string | null
      faults: Faults
      reads: Reads
    }
  | { kind: 'discord'; fault: string | null; discord: DiscordFault | null }
  | { kind: 'halt' | 'resume'; chainId: string }
  | { kind: 'freeze' | 'recover'; client: number }
  | { kind: 'keeper'; client: number; here: boolean }
  | { kind: 'restart' }
  | { kind: 'off' | 'on' }
)

/** A connection of the world; each of its ends is a client, in this order. */
export interface PairSpec {
  a: string
  b: string
  trustingPeriodMs: number
  /** Share of the period at which whoever keeps it alive updates it: hermes 1/3, rly 2/3. */
  refreshAt: number
  channels: number
}

export interface Story {
  seed: number
  chains: { chainId: string; name: string; blockMs: number; endpoints: number }[]
  pairs: PairSpec[]
  happenings: Happening[]
  endMs: number
}

/** Makes up the story of a seed; times are milliseconds since it began. */
export function storyOf(seed: number, hours: number): Story {
  const random = createRandom(seed)
  const endMs = hours * HOUR
  const chains = ['alpha', 'beta', 'gamma'].map((name) => ({
    chainId: `${name}-1`,
    name: name[0]!.toUpperCase() + name.slice(1),
    blockMs: random.pick([2_000, 6_000, 6_000, 12_000]),
    endpoints: random.whole(1, 3),
  }))
  const pairs = chains.flatMap((a, i) =>
    chains.slice(i + 1).flatMap((b) =>
      Array.from({ length: random.whole(1, 3) }, () => ({
        a: a.chainId,
        b: b.chainId,
        trustingPeriodMs: random.pick([4, 8, 12, 24, 30]) * HOUR,
        refreshAt: random.pick([1 / 3, 2 / 3]),
        channels: random.pick([1, 1, 1, 2, 0]),
      })),
    ),
  )
  const story: Story = { seed, chains, pairs, happenings: [], endMs }
  for (let client = 0; client < pairs.length * 2; client++) keepers(story, client, random)
  // Each seed turns on a random part of what can go wrong.
  if (random.chance(0.8)) endpointFaults(story, random)
  if (random.chance(0.5)) discordFaults(story, random)
  if (random.chance(0.4)) halts(story, random)
  if (random.chance(0.4)) freezes(story, random)
  if (random.chance(0.4)) restarts(story, random)
  story.happenings.sort((a, b) => a.atMs - b.atMs)
  return story
}

/** Who keeps a client alive is away now and then, for long enough that it matters. */
function keepers({ pairs, happenings, endMs }: Story, client: number, random: Random): void {
  const periodMs = pairs[client >> 1]!.trustingPeriodMs
  for (let atMs = random.next() * periodMs; atMs < endMs; ) {
    const awayMs = periodMs * (0.4 + random.next() * 0.9)
    happenings.push({ atMs, kind: 'keeper', client, here: false })
    happenings.push({ atMs: atMs + awayMs, kind: 'keeper', client, here: true })
    // Whoever comes too late asks governance.
    happenings.push({ atMs: atMs + awayMs + random.whole(20, 240) * MINUTE, kind: 'recover', client })
    atMs += awayMs + periodMs * (1 + random.next() * 3)
  }
}

function endpointFaults({ chains, happenings, endMs }: Story, random: Random): void {
  const kinds = Object.keys(ENDPOINT_FAULTS).filter(() => random.chance(0.4))
  if (kinds.length === 0) return
  for (const { chainId, endpoints } of chains) {
    for (let endpoint = 0; endpoint < endpoints; endpoint++) {
      let atMs = random.next() * 6 * HOUR
      while (atMs < endMs) {
        const fault = random.pick(kinds)
        const { faults, reads } = ENDPOINT_FAULTS[fault]!
        const untilMs = atMs + random.whole(1, 180) * MINUTE
        const which = { kind: 'endpoint', chainId, endpoint } as const
        happenings.push({ atMs, ...which, fault, faults, reads })
        happenings.push({ atMs: untilMs, ...which, fault: null, faults: {}, reads: 'all' })
        atMs = untilMs + random.whole(10, 600) * MINUTE
      }
    }
  }
}

function discordFaults({ happenings, endMs }: Story, random: Random): void {
  for (let atMs = random.next() * 8 * HOUR; atMs < endMs; ) {
    const fault = random.pick(Object.keys(DISCORD_FAULTS))
    const untilMs = atMs + random.whole(1, 60) * MINUTE
    happenings.push({ atMs, kind: 'discord', fault, discord: DISCORD_FAULTS[fault]! })
    happenings.push({ atMs: untilMs, kind: 'discord', fault: null, discord: null })
    atMs = untilMs + random.whole(60, 900) * MINUTE
  }
}

function halts({ chains, happenings, endMs }: Story, random: Random): void {
  const { chainId } = random.pick(chains)
  const atMs = random.next() * endMs * 0.7
  happenings.push({ atMs, kind: 'halt', chainId })
  happenings.push({ atMs: atMs + random.whole(10, 400) * MINUTE, kind: 'resume', chainId })
}

function freezes({ pairs, happenings, endMs }: Story, random: Random): void {
  for (let times = random.whole(1, 3); times > 0; times--) {
    const client = random.whole(0, pairs.length * 2 - 1)
    const atMs = random.next() * endMs * 0.8
    happenings.push({ atMs, kind: 'freeze', client })
    happenings.push({ atMs: atMs + random.whole(30, 600) * MINUTE, kind: 'recover', client })
  }
}

function restarts({ happenings, endMs }: Story, random: Random): void {
  for (let atMs = random.next() * 8 * HOUR; atMs < endMs; atMs += random.whole(120, 900) * MINUTE) {
    if (random.chance(0.5)) happenings.push({ atMs, kind: 'restart' })
    else {
      happenings.push({ atMs, kind: 'off' })
      happenings.push({ atMs: atMs + random.whole(5, 90) * MINUTE, kind: 'on' })
    }
  }
}
