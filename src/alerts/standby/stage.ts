// What a second watcher has to tell waits in a lane of its own until it is known whether the first one has told it.
import type { Database } from '../../storage/database.ts'
import { type Destination, withUntagged } from '../outbox/commit.ts'
import { createOutbox } from '../outbox/store.ts'
import { STANDBY_LANE } from '../pagers/names.ts'
import type { Message } from '../types.ts'

/** A message with where it goes if the first one has not told it. */
export interface Staged extends Message {
  to: Destination[]
}

/** Takes the place of `commitNotices` in a second watcher. What was so at the first look is not told at all. */
export function stageNotices(
  database: Database,
  messages: readonly Message[],
  route: (message: Message) => Destination[],
  nowMs: number,
): void {
  const outbox = createOutbox(database)
  for (const message of messages) {
    const { notice } = message
    if (notice.kind === 'quiet') continue
    const to = route(message)
    // Where it is the only watcher from now on, it goes to the default as it is.
    const staged: Staged = {
      ...message,
      mention: notice.kind === 'escalated' ? message.mention : notice.mention ? (to[0]?.mention ?? []) : [],
      isStandbys: true,
      to,
    }
    outbox.enqueueStorm(STANDBY_LANE, [[withUntagged(outbox, staged, STANDBY_LANE)]], nowMs)
  }
}
