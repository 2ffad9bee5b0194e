// Writes down what was said in a test's Discord where `TRANSCRIPTS` names a directory: two versions of the program are compared by it.
import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Message } from '../../sandbox/discord/types.ts'
import type { DiscordWorld } from '../../sandbox/discord/world.ts'

/** A message as a reader sees it: no ids of this run, no ports of this machine. */
function shown({ author, content, embeds, components, flags }: Message): string {
  const all = { by: author.username, content, flags, embeds, components }
  return JSON.stringify(all, null, 1).replace(/(127\.0\.0\.1|localhost):\d+/g, '$1:PORT')
}

/** Keeps every message, edit and removal of this world, in their order, in a file of the test that runs. */
export function transcribe(discord: DiscordWorld): void {
  const directory = process.env.TRANSCRIPTS
  if (!directory) return
  mkdirSync(directory, { recursive: true })
  const { testPath = '', currentTestName = '' } = expect.getState()
  const test = `${testPath.replace(/^.*\/test\//, '')} ${currentTestName}`
    .replace(/[^\w.-]+/g, '_')
    .slice(0, 200)
  const add = (what: string) => (message: Message) => {
    appendFileSync(join(directory, `${test}.txt`), `${what} ${message.timestamp} ${shown(message)}\n`)
  }
  discord.onMessage(add('posted'))
  discord.onEdit(add('edited'))
  discord.onDelete(add('removed'))
}
