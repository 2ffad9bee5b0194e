// Says what is wrong with the bot itself through the webhook that alerts go to: once while it lasts.
import { bulletin, commitNotices } from '../alerts/outbox/commit.ts'
import { DEFAULT_WEBHOOK } from '../alerts/settings.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Database } from '../storage/database.ts'
import { createSaidStore } from './store.ts'

export type SayOnce = (about: string, text: string | null) => void

/** Says what an update has changed, where its migration asks for that with an empty text. */
export function sayChange(database: Database, sayOnce: SayOnce, about: string, text: string | null): void {
  if (createSaidStore(database).textOf(about) === '') sayOnce(about, text)
}

/**
 * Returns a function that says `text` unless that was said already, over restarts too; null: it is over, and would
 * be said anew. It tags nobody and never throws: the log and `$status` say it as well.
 */
export function createSayOnce(deps: {
  database: Database
  settings: { standby: boolean }
  clock: Clock
  logger: Logger
  committed: () => void
}): SayOnce {
  const { database, clock, logger } = deps
  const store = createSaidStore(database)
  return (about, text) => {
    try {
      if (text === null) return store.over(about)
      if (store.textOf(about) === text) return
      const nowMs = clock.now()
      database.tx(() => {
        store.said(about, text)
        commitNotices(
          database,
          [{ ...bulletin(`bot:${about}`, text, null, nowMs), isStandbys: deps.settings.standby }],
          () => [{ webhook: DEFAULT_WEBHOOK, mention: [] }],
          nowMs,
        )
      })
      deps.committed()
    } catch (error) {
      logger.error({ about, err: error }, 'what is wrong with the bot could not be told in the channel')
    }
  }
}
