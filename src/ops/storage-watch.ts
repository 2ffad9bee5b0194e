// Whether the database can be written, in words for the channel.
import type { Clock } from '../kernel/clock.ts'
import { MINUTE_MS } from '../kernel/duration.ts'
import type { Database } from '../storage/database.ts'
import type { OwnPart } from './own-trouble.ts'

/** Another program's lock that is held for less is none of anybody's business. */
const LASTING_MS = MINUTE_MS
/** Unless it is held again and again: so often, and for a quarter of this time. */
const WINDOW_MS = 10 * MINUTE_MS
const OFTEN = 3
const LOOK_MS = 15_000

export function createStorageWatch(
  { trouble }: Pick<Database, 'trouble'>,
  clock: Pick<Clock, 'now'>,
): OwnPart {
  let seen: { atMs: number; sinceMs: number; text: string }[] = []
  return {
    name: 'database',
    lastsMs: LASTING_MS,
    over: 'my database can be written again, nothing is lost',
    trouble() {
      const nowMs = clock.now()
      const found = trouble()
      seen = seen.filter(({ atMs }) => Math.abs(nowMs - atMs) < WINDOW_MS)
      if (found && Math.abs(nowMs - (seen.at(-1)?.atMs ?? 0)) >= LOOK_MS) seen.push({ ...found, atMs: nowMs })
      const times = new Set(seen.map(({ sinceMs }) => sinceMs)).size
      const often = times >= OFTEN && seen.length * LOOK_MS >= WINDOW_MS / 4
      const shown = found ?? (often ? seen.at(-1)! : null)
      if (!shown) return null
      const { sinceMs } = often ? seen[0]! : shown
      const how = often ? ` again and again (${times} times in 10 min),` : ''
      const text = `My database has trouble${how} since <t:${Math.floor(sinceMs / 1000)}:R>. ${shown.text}`
      return { sinceMs, text }
    },
  }
}
