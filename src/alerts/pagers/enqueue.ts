// Puts pages into the outbox, inside the transaction that keeps what they tell of.
import type { Database } from '../../storage/database.ts'
import { RANK } from '../../words/levels.ts'
import { arrange } from '../compose.ts'
import { isAlarm } from '../life.ts'
import { createOutbox } from '../outbox/store.ts'
import type { Level, Message } from '../types.ts'
import { createPageStore } from './store.ts'

/** Whether a message wakes somebody: what would carry a mention, from a level on; what is escalated by its own rule. */
export const isPaged = ({ notice }: Message, from: Level): boolean =>
  isAlarm(notice) &&
  notice.mention &&
  (notice.kind === 'escalated' ? notice.pages === true : RANK[notice.level] >= RANK[from])

/**
 * One page for each message that tags somebody, however many alerts stand in it; it is over when all of them are. What is
 * told again at its level belongs to the incident that it has; what is worse, told although somebody had it, or told with
 * what is new is an incident of its own: PagerDuty calls nobody for one that was acknowledged.
 */
export function enqueuePages(database: Database, lane: string, messages: readonly Message[], nowMs: number) {
  const outbox = createOutbox(database)
  const pages = createPageStore(database)
  for (const posts of arrange(messages)) {
    const storm = posts.flat()
    const paged = storm.map((one) => ({ ...one, embed: storm.length === 1 ? one.embed : null }))
    const incidents = storm.map(({ notice }) => pages.openIncident(lane, notice.alertId, notice.level))
    const id = outbox.enqueueStorm(lane, [paged], nowMs)
    if (incidents.includes(null)) pages.addOver(lane, id, nowMs)
    else pages.join(id, incidents[0]!)
  }
}
