// The SQL of what was said about the bot itself.
import type { Database } from '../storage/database.ts'

export function createSaidStore({ sql }: Database) {
  return {
    textOf: (about: string): string | null =>
      (sql.prepare('SELECT text FROM said_once WHERE about = ?').get(about) as { text: string } | undefined)
        ?.text ?? null,
    said(about: string, text: string, nowMs: number): void {
      sql
        .prepare(
          `INSERT INTO said_once (about, text, said_ms) VALUES (?, ?, ?)
           ON CONFLICT (about) DO UPDATE SET text = excluded.text, said_ms = excluded.said_ms`,
        )
        .run(about, text, nowMs)
    },
    over(about: string): void {
      sql.prepare('DELETE FROM said_once WHERE about = ?').run(about)
    },
  }
}
