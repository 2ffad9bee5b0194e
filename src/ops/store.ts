// The SQL of what was said about the bot itself.
import type { Database } from '../storage/database.ts'

export function createSaidStore({ sql }: Database) {
  return {
    textOf: (about: string): string | null =>
      (sql.prepare('SELECT text FROM said_once WHERE about = ?').get(about) as { text: string } | undefined)
        ?.text ?? null,
    said(about: string, text: string): void {
      sql.prepare('INSERT OR REPLACE INTO said_once (about, text) VALUES (?, ?)').run(about, text)
    },
    over(about: string): void {
      sql.prepare('DELETE FROM said_once WHERE about = ?').run(about)
    },
  }
}
