// What happens in one seed's world, and when: made up before it begins, so that a seed is one story (pure).
import type { Faults } from '../chains/faults.ts'
import type { Fault as DiscordFault } from '../discord/faults.ts'
import type { Reads, STORAGE_FAULTS } from './faults.ts'
import {
  commands,
  crowd,
  discordFaults,
  endpointFaults,
  freezes,
  halts,
  keepers,
  kills,
  poisons,
  restarts,
  rooms,
  storage,
  uses,
} from './misfortune.ts'
import { createRandom, type Random } from './random.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

export type Happening = { atMs: number } & (
  | {
      kind: 'endpoint'
      chainId: string
      endpoint: number
      fault: string | null
      faults: Faults
      reads: Reads
    }
  /** `door`: all of Discord, or the webhook alone; `quiet`: nothing is lost by it. */
  | { kind: 'discord'; door: 'any' | 'webhook'; fault: string | null; discord: DiscordFault | null }
  | { kind: 'odd'; fault: string | null; discord: DiscordFault | null }
  /** What is refused: messages with this client's headline, or with its command. */
  | { kind: 'poison'; client: number; part: 'headline' | 'command'; discord: DiscordFault | null }
  | { kind: 'storage'; fault: (typeof STORAGE_FAULTS)[number] | null }
  | { kind: 'room'; room: string; broken: boolean }
  | { kind: 'halt' | 'resume'; chainId: string }
  | { kind: 'freeze' | 'recover'; client: number }
  | { kind: 'keeper'; client: number; here: boolean }
  /** The channels of a pair are opened or closed. */
  | { kind: 'channels'; pair: number; open: boolean }
  /** Somebody types a command. */
  | { kind: 'types'; text: string }
  | { kind: 'restart' }
  | { kind: 'off' | 'on' }
  /** Killed so many turns of the event loop later, or when the next message has been taken. */
  | { kind: 'kill'; after: number | 'post' }
)

/** A connection of the world; each of its ends is a client, in this order. */
export interface PairSpec {
  a: string
  b: string
  trustingPeriodMs: number
  /** Share of the period at which whoever keeps it alive updates it: hermes 1/3, rly 2/3. */
  refreshAt: number
  channels: number
  /** Share of the period that has passed since the last update when the world begins. */
  age: number
  /** One of many that one relayer keeps alive. */
  crowd?: boolean
}

export interface Story {
  seed: number
  /** `names`: the configuration names some of its clients as the team's own. */
  chains: { chainId: string; name: string; blockMs: number; endpoints: number; names: boolean }[]
  pairs: PairSpec[]
  happenings: Happening[]
  endMs: number
}

/** What may be in a story, with how often it is. */
const MISFORTUNES: Record<string, { share: number; add: (story: Story, random: Random) => void }> = {
  endpoints: { share: 0.7, add: endpointFaults },
  discord: { share: 0.6, add: discordFaults },
  poison: { share: 0.3, add: poisons },
  storage: { share: 0.2, add: storage },
  rooms: { share: 0.3, add: rooms },
  halts: { share: 0.45, add: halts },
  freezes: { share: 0.6, add: freezes },
  uses: { share: 0.4, add: uses },
  restarts: { share: 0.3, add: restarts },
  kills: { share: 0.3, add: kills },
}
export const MISFORTUNE_NAMES = ['crowd', ...Object.keys(MISFORTUNES)]

/** Makes up the story of a seed; times are milliseconds since it began. `only`: these misfortunes, and always. */
export function storyOf(seed: number, hours: number, only: readonly string[] = []): Story {
  const random = createRandom(seed)
  const has = (name: string, share: number) =>
    only.length === 0 ? random.chance(share) : only.includes(name)
  const endMs = hours * HOUR
  const chains = ['alpha', 'beta', 'gamma'].map((name) => ({
    chainId: `${name}-1`,
    name: name[0]!.toUpperCase() + name.slice(1),
    blockMs: random.pick([2_000, 6_000, 6_000, 12_000]),
    endpoints: random.pick([1, 2, 2, 3]),
    names: random.chance(0.3),
  }))
  const pairs = chains.flatMap((a, i) =>
    chains.slice(i + 1).flatMap((b) =>
      Array.from({ length: random.whole(1, 3) }, () => ({
        a: a.chainId,
        b: b.chainId,
        trustingPeriodMs: random.pick([2, 4, 6, 8, 12, 24]) * HOUR,
        refreshAt: random.pick([1 / 3, 2 / 3]),
        channels: random.pick([1, 1, 1, 2, 0]),
        age: random.next() * 0.3,
      })),
    ),
  )
  const story: Story = { seed, chains, pairs, happenings: [], endMs }
  if (has('crowd', 0.25)) crowd(story, random)
  for (let client = 0; client < pairs.length * 2; client++) keepers(story, client, random)
  commands(story, random)
  // Each seed turns on a random part of what can go wrong.
  for (const [name, { share, add }] of Object.entries(MISFORTUNES)) if (has(name, share)) add(story, random)
  story.happenings.sort((a, b) => a.atMs - b.atMs)
  return story
}
