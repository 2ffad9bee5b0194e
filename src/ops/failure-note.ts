// What ops/tell-failure.sh says when the service has failed, and where: in systemd's RuntimeDirectory=, which a full disk leaves alone.
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { code, oneLine } from '../words/text.ts'

/** `why`: the reason; `where`: the id of a channel in which the bot's own account may say it. null: there is none. */
export function noteForFailure(env: NodeJS.ProcessEnv, about: 'why' | 'where', text: string | null): void {
  if (!env.RUNTIME_DIRECTORY) return
  const file = join(env.RUNTIME_DIRECTORY, about)
  try {
    rmSync(file, { force: true })
    if (text === null) return
    // It becomes part of a JSON text.
    writeFileSync(file, JSON.stringify(about === 'why' ? code(oneLine(text), 300) : text).slice(1, -1))
    chmodSync(file, 0o644)
  } catch {
    // Then the line comes without it.
  }
}
