// The one server that counts: answers, completion and rights hold there alone. Learnt once and kept.
import type { REST } from 'discord.js'
import { z } from 'zod'
import { type Clock, sleepUntil } from '../kernel/clock.ts'
import { MINUTE_MS } from '../kernel/duration.ts'
import { messageOf } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import { describeFailure } from './answer.ts'
import type { GuildStore } from './guild-store.ts'

/** Where something happened: in the server that counts, elsewhere (direct messages too), or that is not known yet. */
export type Place = 'mine' | 'elsewhere' | 'unknown'

export type Guild = ReturnType<typeof createGuild>

export interface GuildDeps {
  /** What the configuration names; it wins, and is kept for the time after. */
  configured: string | undefined
  store: GuildStore
  /**
   * The server of the webhook; null where it has none or is gone.
   * @throws when it cannot be asked now
   */
  webhookGuild: () => Promise<string | null>
  rest: () => REST
  clock: Clock
  logger: Logger
  signal: AbortSignal
  /** Says something in the channel, once while it lasts. */
  sayOnce: (about: string, text: string) => void
  /** Called when it has been learnt. */
  learnt: () => void
}

/** What is said to whoever uses a command before the server is known. */
export const UNKNOWN_GUILD =
  'I do not know yet which server is mine, so I answer nobody and pay nothing. Whoever runs me sets `discord.guildId`; `ibc-monitor doctor` says to what.'

const NOT_KNOWN =
  'It is not known which server is mine, so commands and the faucet are refused. Set `discord.guildId`; `ibc-monitor doctor` says to what. Alarms do not depend on it.'

/** Pauses before asking again, in milliseconds. */
const PAUSE_MS = MINUTE_MS / 2
const PAUSE_MAX_MS = 5 * MINUTE_MS

const guildsSchema = z.array(z.object({ id: z.string() }))

export function createGuild(deps: GuildDeps) {
  const { configured, store, clock, logger, signal } = deps
  let known = store.get()?.guildId ?? null
  let problem: string | null = null
  let learning = false
  if (configured !== undefined && configured !== known) keep(configured, 'configuration')

  function keep(guildId: string, learntFrom: 'configuration' | 'webhook' | 'membership'): void {
    known = guildId
    problem = null
    logger.info({ guildId, learntFrom }, 'this is the server in which commands are answered and rights count')
    try {
      store.keep(guildId)
    } catch (error) {
      logger.error({ err: error }, 'the server could not be kept; it is learnt again after the next start')
    }
  }

  /** One try. Returns why it is not known, or null. */
  async function ask(): Promise<string | null> {
    let fromWebhook: string | null
    try {
      fromWebhook = await deps.webhookGuild()
    } catch (error) {
      // What may pass is waited for: in its place a server could be taken that is a stranger's.
      return `the webhook could not be asked where it belongs (${messageOf(error)})`
    }
    if (fromWebhook !== null) {
      keep(fromWebhook, 'webhook')
      return null
    }
    try {
      const [guild, another] = guildsSchema.parse(await deps.rest().get('/users/@me/guilds'))
      if (!guild || another)
        return `the webhook does not tell it, and the bot is in ${guild ? 'several servers' : 'no server'}`
      keep(guild.id, 'membership')
      return null
    } catch (error) {
      return `Discord could not be asked for the servers that the bot is in (${describeFailure(error).message})`
    }
  }

  async function learn(): Promise<void> {
    for (let pauseMs = PAUSE_MS; !signal.aborted; pauseMs = Math.min(2 * pauseMs, PAUSE_MAX_MS)) {
      const why = await ask()
      if (signal.aborted) return
      if (why === null) return deps.learnt()
      const text = `it is not known which server is mine: ${why}. Set discord.guildId; until then commands and the faucet are refused. Alarms do not depend on it`
      if (text !== problem) logger.error(text)
      // `$status` is refused too meanwhile; what passes by the second look is not worth a word.
      if (problem !== null) deps.sayOnce('guild', `⚠️ ${NOT_KNOWN}`)
      problem = text
      await sleepUntil(clock, clock.now() + pauseMs, signal)
    }
  }

  return {
    /** Null until it is known. */
    id: () => known,
    /** Whoever adds a public bot to a server of their own has every permission there: it gives no right here. */
    placeOf: (guildId: string | null): Place =>
      known === null ? 'unknown' : guildId === known ? 'mine' : 'elsewhere',
    /** Why it is not known; null: it is. */
    problem: () => problem,
    /** Asks until it is known; in the background. */
    learn(): void {
      if (known !== null || learning) return
      learning = true
      void learn().catch((error) => logger.error({ err: error }, 'learning the server failed: this is a bug'))
    },
  }
}
