// What happens in one seed's world, and when: made up before it begins, so that a seed is one story (pure).
import { HOUR, type Story } from './happening.ts'
import {
  commands,
  crowd,
  discordFaults,
  endpointFaults,
  freezes,
  halts,
  keepers,
  kills,
  outages,
  pagers,
  poisons,
  resets,
  restarts,
  rooms,
  storage,
  uses,
} from './misfortune.ts'
import { nearTheEnd, untoldAtStart } from './misfortune-at-start.ts'
import { acks } from './misfortune-of-people.ts'
import { standby } from './misfortune-of-two.ts'
import { createRandom, type Random } from './random.ts'

/** What may be in a story, with how often it is. */
const MISFORTUNES: Record<string, { share: number; add: (story: Story, random: Random) => void }> = {
  endpoints: { share: 0.7, add: endpointFaults },
  discord: { share: 0.6, add: discordFaults },
  poison: { share: 0.3, add: poisons },
  storage: { share: 0.2, add: storage },
  rooms: { share: 0.3, add: rooms },
  halts: { share: 0.45, add: halts },
  freezes: { share: 0.6, add: freezes },
  uses: { share: 0.6, add: uses },
  restarts: { share: 0.35, add: restarts },
  kills: { share: 0.6, add: kills },
  resets: { share: 0.15, add: resets },
  pagers: { share: 0.4, add: pagers },
  outages: { share: 0.3, add: outages },
}
/** So many seeds have a second watcher. */
const STANDBY_SHARE = 0.2
/** In so many somebody has an alert now and then. */
const ACKS_SHARE = 0.3
export const MISFORTUNE_NAMES = ['crowd', 'standby', 'acks', ...Object.keys(MISFORTUNES)]

/** One of ten is near its end, the others were updated not long ago. */
const ageOf = (share: number) => (share < 0.1 ? 0.87 + share : share * 0.3)

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
    names: random.chance(0.5),
    pageItems: random.pick([undefined, 2, 3]),
  }))
  const pairs = chains.flatMap((a, i) =>
    chains.slice(i + 1).flatMap((b) =>
      Array.from({ length: random.whole(1, 3) }, () => ({
        a: a.chainId,
        b: b.chainId,
        trustingPeriodMs: random.pick([2, 4, 6, 8, 12, 24]) * HOUR,
        // Each end has its own period.
        otherPeriodMs: random.pick([2, 4, 6, 8, 12, 24]) * HOUR,
        // Whoever comes just in time shows who has not looked since.
        refreshAt: random.pick([1 / 3, 2 / 3, 0.79]),
        channels: random.pick([1, 1, 1, 2, 0]),
        // Some were lost before anybody looked, or near their end.
        age: random.chance(0.1) ? 1.2 : ageOf(random.next()),
      })),
    ),
  )
  const story: Story = {
    seed,
    chains,
    pairs,
    happenings: [],
    endMs,
    remindEveryMs: 4 * HOUR,
    digest: '30 */3 * * *',
  }
  for (const [pair, { age }] of pairs.entries()) if (age > 0.5 && age < 1) nearTheEnd(story, pair)
  if (has('crowd', 0.25)) crowd(story, random)
  for (let client = 0; client < pairs.length * 2; client++) keepers(story, client, random)
  commands(story, random)
  // Each seed turns on a random part of what can go wrong.
  for (const [name, { share, add }] of Object.entries(MISFORTUNES)) if (has(name, share)) add(story, random)
  // By numbers of its own: with it and without it the rest of a story is the same.
  const others = createRandom(~seed)
  if (only.length === 0 ? others.chance(STANDBY_SHARE) : only.includes('standby')) standby(story, others)
  if (only.length === 0 ? others.chance(ACKS_SHARE) : only.includes('acks')) acks(story, others)
  untoldAtStart(story)
  story.happenings.sort((a, b) => a.atMs - b.atMs)
  return story
}
