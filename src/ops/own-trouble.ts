// Tells in the channel of the alerts, by the bot's own account, what is wrong with the bot itself: once it lasts, and when it is over.
import type { Delivery } from '../alerts/outbox/deliver.ts'
import type { Clock } from '../kernel/clock.ts'
import { DAY_MS } from '../kernel/duration.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Database } from '../storage/database.ts'
import { createSaidStore } from './store.ts'

/** Something of the bot that may fail while the rest goes on. */
export interface OwnPart {
  /** Its name, short. */
  name: string
  /** What is wrong with it now, what mends it and what goes on, for people, and since when, Unix ms; null: nothing, as far as is known. */
  trouble(): { sinceMs: number; text: string } | null
  /** What lasts for less is not told; it is over when it has been well for as long. */
  lastsMs: number
  over: string
}

/** What is wrong with each of them now. */
export const problemsOf = (parts: readonly OwnPart[]): string[] =>
  parts.flatMap((part) => part.trouble()?.text ?? [])

const LOOK_MS = 15_000

export function createOwnTroubles(deps: {
  database: Database
  parts: readonly OwnPart[]
  clock: Clock
  logger: Logger
  /** Says it by the bot's own account where alerts go; false where that could not be done. */
  tell: Delivery['tell']
  /** Where the bot's own account cannot say it. */
  sayOnce: (about: string, text: string | null) => void
}): { start(): void; stop(): void } {
  const { clock, logger, sayOnce } = deps
  let cancel = () => {}

  const looks = deps.parts.map(({ name, trouble, lastsMs, over }) => {
    const told = memoOf(deps.database, `${name} trouble`)
    let wellMs: number | null = null
    const since = (ms: number) => Math.abs(clock.now() - ms)
    const tell = async (text: string, nonce: string) => {
      if (!(await deps.tell(text, { nonce }))) sayOnce(name, text)
    }
    return async () => {
      const found = trouble()
      if (found) wellMs = null
      else wellMs ??= clock.now()
      const atMs = told.get()
      if (found && since(found.sinceMs) >= lastsMs && (atMs === null || since(atMs) >= DAY_MS)) {
        told.set(clock.now())
        await tell(`⚠️ ${found.text}`, `${name}${told.get()}`)
      } else if (atMs !== null && wellMs !== null && since(wellMs) >= lastsMs) {
        told.set(null)
        await tell(`🟢 over: ${over}`, `${name}-${atMs}`)
        sayOnce(name, null)
      }
    }
  })

  function look(): void {
    cancel = clock.at(clock.now() + LOOK_MS, look)
    for (const one of looks)
      one().catch((error) => logger.error({ err: error }, 'what is wrong with the bot could not be told'))
  }

  return { start: look, stop: () => cancel() }
}

/** A time (Unix ms), kept over restarts too as far as the database can: it may be what fails. */
function memoOf(database: Database, about: string) {
  const store = createSaidStore(database)
  const attempt = <T>(work: () => T): T | null => {
    try {
      return work()
    } catch {
      return null
    }
  }
  let memo: number | null | undefined
  const get = () => {
    if (memo === undefined) memo = attempt(() => Number(store.textOf(about))) || null
    return memo
  }
  return {
    get,
    set(atMs: number | null): void {
      memo = atMs
      attempt(() => (atMs === null ? store.over(about) : store.said(about, String(atMs))))
    },
  }
}
