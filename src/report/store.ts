// The SQL of the digest: when it was last sent.
import type { Database } from '../storage/database.ts'

export interface DigestStore {
  /** When it was last sent, Unix ms; null: never by this schedule. */
  sentMs(): number | null
  sent(nowMs: number): void
}

/** `schedule`: its expression and time zone; under another one it begins anew. */
export function createDigestStore(database: Pick<Database, 'one' | 'run'>, schedule: string): DigestStore {
  return {
    sentMs: () =>
      database.one<{ sent_ms: number }>('SELECT sent_ms FROM digest_sent WHERE schedule = ?', schedule)
        ?.sent_ms ?? null,
    sent(nowMs) {
      database.run('DELETE FROM digest_sent WHERE schedule <> ?', schedule)
      database.run('INSERT OR REPLACE INTO digest_sent (schedule, sent_ms) VALUES (?, ?)', schedule, nowMs)
    },
  }
}
