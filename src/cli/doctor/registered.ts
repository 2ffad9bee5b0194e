// The doctor's look at the chains that were added from the channel: read beside a running bot, asked with its guards.
import { join } from 'node:path'
import { restoredChain } from '../../chains/origins.ts'
import { chainStore, type RegisteredChain } from '../../chains/store.ts'
import type { Settings } from '../../config/index.ts'
import { messageOf } from '../../kernel/errors.ts'
import { DATABASE_FILE } from '../../storage/database.ts'
import { readDatabase } from '../../storage/inspect.ts'
import { type ChainLook, type ChainLookDeps, lookAtChain } from './chains.ts'
import { about, type Finding } from './findings.ts'

const { ok, wrong } = about('chains')

const MARK = ' (added from the channel)'

/**
 * Asks the endpoints of the chains in the database of `dataDirectory`, as far as the bot would. Nothing is found where
 * there is no database or SQLite cannot read it: that is for the look at the machine to say.
 */
export async function lookAtRegistered(
  settings: Settings,
  dataDirectory: string,
  deps: Omit<ChainLookDeps, 'guard'>,
): Promise<{ findings: Finding[]; looks: ChainLook[] }> {
  let registered: RegisteredChain[]
  try {
    const file = join(dataDirectory, DATABASE_FILE)
    registered = readDatabase(file, (database) => chainStore(database).all()) ?? []
  } catch (error) {
    const text = `the database does not tell them: ${messageOf(error)}`
    const restore =
      'Stop the bot and restore a backup (ibc-monitor restore FILE); the bot does not start with it.'
    return { findings: [wrong('chains added from the channel', text, restore)], looks: [] }
  }
  const findings: Finding[] = []
  const asked: Promise<ChainLook>[] = []
  const { prefix } = settings.discord
  const again = `Register it again with ${prefix === false ? '/' : prefix}register_chain`
  for (const one of registered) {
    const subject = one.chainId + MARK
    const configured = settings.chains.find(({ chainId }) => chainId === one.chainId)
    if (configured) {
      findings.push(ok(subject, `${configured.place} of the configuration wins over it, so it is not asked`))
      continue
    }
    const restored = restoredChain(one, settings)
    if (!restored.ok) {
      const text = `the bot leaves it out, its endpoint is not asked: ${restored.problem}`
      findings.push(wrong(subject, text, `${again} and a URL that may be asked.`))
      continue
    }
    const mend = `${again} and an endpoint that works, or write it into the configuration, where it can have several.`
    const source = { mark: MARK, place: 'the database', mend }
    asked.push(lookAtChain(restored.chain, source, { ...deps, guard: restored.guard }))
  }
  return { findings, looks: await Promise.all(asked) }
}
