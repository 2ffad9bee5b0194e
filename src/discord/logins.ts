// The logins to the gateway: how soon the next may come, and what is said where sessions do not last.
import type { Clock } from '../kernel/clock.ts'
import { formatDuration, MINUTE_MS } from '../kernel/duration.ts'
import type { Logger } from '../kernel/logger.ts'
import { createIdentifyPace, type LoginsLeft } from './identify-pace.ts'

/** A session that lasts so long is a good one: what was said is over. */
const GOOD_MS = 5 * MINUTE_MS
/** A pause of this length is said in the channel too: the third short session in a row. */
const SAID_FROM_MS = 20_000

export function createLogins(deps: {
  clock: Clock
  logger: Logger
  /** Says something in the channel, once while it lasts; null: it is over. */
  sayOnce: (about: string, text: string | null) => void
}) {
  const { clock, logger, sayOnce } = deps
  const pace = createIdentifyPace(clock)
  let problem: string | null = null
  let cancel = () => {}

  function good(): void {
    problem = null
    sayOnce('sessions', null)
  }

  return {
    identifyPauseMs: pace.ask,
    up(): void {
      pace.up()
      cancel()
      cancel = clock.at(clock.now() + GOOD_MS, good)
    },
    down(): void {
      pace.down()
      cancel()
    },
    forget: pace.forget,
    /** The bot does not log in now, but in so many milliseconds: says so. */
    tooEarly(pauseMs: number, { remaining, total, resetAfterMs }: LoginsLeft): void {
      const why =
        pace.short() > 0
          ? 'Sessions with Discord end soon after they begin'
          : 'Few logins to Discord are left'
      const left = `${remaining} of ${total} are left for the next ${formatDuration(resetAfterMs)}`
      problem = `${why}, so the bot logs in ever more seldom: Discord takes a token away that logs in too often (${left})`
      logger.warn({ pauseMs, remaining, total, resetAfterMs }, problem)
      if (pauseMs < SAID_FROM_MS) return
      sayOnce(
        'sessions',
        `⚠️ ${why}. I log in ever more seldom, because Discord takes a token away that logs in too often; until it holds, commands and the faucet may not answer. Alarms go on. See whether another program uses my token, and https://discordstatus.com.`,
      )
    },
    /** What is wrong, until a session has lasted. */
    problem: () => problem,
  }
}
