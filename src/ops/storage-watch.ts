// Whether the database can be written, in words for the channel.
import { MINUTE_MS } from '../kernel/duration.ts'
import type { Database } from '../storage/database.ts'
import type { OwnPart } from './own-trouble.ts'

/** Another program's lock that is held for less is none of anybody's business. */
const LASTING_MS = MINUTE_MS

export function createStorageWatch({ trouble }: Pick<Database, 'trouble'>): OwnPart {
  return {
    name: 'database',
    lastsMs: LASTING_MS,
    over: 'my database can be written again, nothing is lost',
    trouble() {
      const found = trouble()
      if (!found) return null
      const { sinceMs, text } = found
      return { sinceMs, text: `My database has trouble since <t:${Math.floor(sinceMs / 1000)}:R>. ${text}` }
    },
  }
}
