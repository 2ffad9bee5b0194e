// What befalls two watchers of one world (pure).
import { type Act, HOUR, MINUTE, type Story } from './happening.ts'
import type { Random } from './random.ts'

/** The first one's process has misfortunes of its own. */
const BEFALLS: [Act, Act][] = [
  ['off', 'on'],
  ['stop', 'go'],
  ['cut', 'mend'],
]

/** A second watcher, and what befalls either of the two. Two cost twice as much: their story is half as long. */
export function standby(story: Story, random: Random): void {
  story.endMs /= 2
  const { happenings, endMs } = story
  story.standby = true
  for (let atMs = random.next() * 2 * HOUR; atMs < endMs; ) {
    const who = random.pick(['first', 'first', 'second'] as const)
    const [act, back] = random.pick(who === 'second' ? BEFALLS : BEFALLS.slice(1))
    const untilMs = atMs + random.whole(2, 90) * MINUTE
    happenings.push({ atMs, kind: 'watcher', who, act })
    happenings.push({ atMs: untilMs, kind: 'watcher', who, act: back })
    atMs = untilMs + random.whole(20, 120) * MINUTE
  }
  for (let atMs = HOUR; atMs < endMs; atMs += random.whole(60, 200) * MINUTE)
    happenings.push({ atMs, kind: 'watcher', who: 'second', act: 'kill' })
}
