// The SQL of the digest: when it was last sent.
import type { Database } from '../storage/database.ts'

export type DigestStore = ReturnType<typeof createDigestStore>

/** `schedule`: its expression and time zone; under another one it begins anew. */
export function createDigestStore(database: Pick<Database, 'one' | 'run'>, schedule: string) {
  return {
    /** When it was last sent, Unix ms; null: never by this schedule. */
    sentMs: (): number | null =>
      database.one<{ sent_ms: number }>('SELECT sent_ms FROM digest_sent WHERE schedule = ?', schedule)
        ?.sent_ms ?? null,
    sent(nowMs: number): void {
      database.run('DELETE FROM digest_sent WHERE schedule <> ?', schedule)
      database.run('INSERT OR REPLACE INTO digest_sent (schedule, sent_ms) VALUES (?, ?)', schedule, nowMs)
    },
  }
}
