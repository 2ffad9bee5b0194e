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
 * told again at its level belongs to the incident that it has; what is worse is an incident of its own, so that it wakes
 * somebody although the one before was acknowledged.
 */
export function enqueuePages(database: Database, lane: string, messages: readonly Message[], nowMs: number) {
  const outbox = createOutbox(database)
  const pages = createPageStore(database)
  for (const posts of arrange(messages)) {
    const storm = posts.flat()
    const paged = storm.map((one) => ({ ...one, embed: storm.length === 1 ? one.embed : null }))
    const { alertId, level } = storm[0]!.notice
    const incident = pages.openIncident(lane, alertId, level)
    const id = outbox.enqueueStorm(lane, [paged], nowMs)
    if (incident === null) pages.addOver(lane, id, nowMs)
    else pages.join(id, incident)
  }
}
