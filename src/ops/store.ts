// The SQL of what was said about the bot itself.
import type { Database } from '../storage/database.ts'

export function createSaidStore(database: Pick<Database, 'one' | 'run'>) {
  return {
    textOf: (about: string): string | null =>
      database.one<{ text: string }>('SELECT text FROM said_once WHERE about = ?', about)?.text ?? null,
    said(about: string, text: string): void {
      database.run('INSERT OR REPLACE INTO said_once (about, text) VALUES (?, ?)', about, text)
    },
    over(about: string): void {
      database.run('DELETE FROM said_once WHERE about = ?', about)
    },
  }
}
