// Keeps the slash commands registered in the one server, tries again until it works, and says when the bot is not in it.

import { RateLimitError } from 'discord.js'
import { MINUTE_MS } from '../kernel/duration.ts'
import { clockUtc } from '../words/time.ts'
import { describeFailure } from './answer.ts'
import type { CommandRegistry } from './command.ts'
import { deployCommands, emptyCommands, endpointProblem, isMember } from './deploy.ts'
import type { GuildDeps } from './guild.ts'
import { inviteUrl } from './permissions.ts'

export interface RegistrationDeps extends Pick<GuildDeps, 'rest' | 'store' | 'clock' | 'logger' | 'signal'> {
  registry: CommandRegistry
  managesWebhooks?: boolean
  /** Says something in the channel, once while it lasts; null: it is over. */
  sayOnce: (about: string, text: string | null) => void
}

/** Pauses before another try, in milliseconds. */
const PAUSE_MS = MINUTE_MS
const PAUSE_MAX_MS = 30 * MINUTE_MS

export function createRegistration(deps: RegistrationDeps) {
  const { rest, store, clock, logger, signal } = deps
  let where = { applicationId: '', guildId: '' }
  let running = false
  let isRegistered = false
  let wake = () => {}
  let outside: string | null = null
  let endpoint: string | null = null
  let failure: string | null = null

  /** Looked at again until it is well. */
  async function lookAtEndpoint(): Promise<void> {
    try {
      const elsewhere = await endpointProblem(rest())
      const found = elsewhere && `${elsewhere.problem}: ${elsewhere.mend}`
      if (found !== null && found !== endpoint) logger.error(found)
      endpoint = found
      deps.sayOnce('interactions', found && `⚠️ ${found}. Alarms do not depend on it.`)
    } catch (error) {
      logger.debug({ err: describeFailure(error) }, 'the application could not be looked up')
    }
  }

  /** Returns how long to wait before another try, at least, in milliseconds; null: it is done. */
  async function attempt({ applicationId, guildId }: typeof where): Promise<number | null> {
    await lookAtEndpoint()
    if (isRegistered) return endpoint === null ? null : 0
    try {
      if (!(await isMember(rest(), guildId))) {
        outOfGuild()
        return 0
      }
      outside = null
      deps.sayOnce('guild', null)
      await deployCommands(rest(), applicationId, guildId, deps.registry)
      const before = store.get()?.commandsIn ?? null
      // Left where they were, every command would stand twice.
      if (before !== guildId) await emptyCommands(rest(), applicationId, before, logger)
      store.commandsAreIn(guildId)
      logger.info('slash commands are registered')
      failure = null
      isRegistered = true
      return endpoint === null ? null : 0
    } catch (error) {
      failure = failureText(error, inviteUrl(applicationId, deps.managesWebhooks), clock.now())
      logger.warn({ err: describeFailure(error) }, failure)
      return error instanceof RateLimitError ? error.retryAfter : 0
    }
  }

  async function run(): Promise<void> {
    running = true
    for (let pauseMs: number = PAUSE_MS; !signal.aborted; pauseMs = Math.min(2 * pauseMs, PAUSE_MAX_MS)) {
      const waitMs = await attempt(where)
      if (waitMs === null) break
      const woken = new AbortController()
      wake = () => woken.abort()
      await clock.sleep(Math.max(pauseMs, waitMs), AbortSignal.any([woken.signal, signal]))
    }
    running = false
  }

  function outOfGuild(): void {
    const { applicationId, guildId } = where
    outside = `the bot is not in its server ${guildId}, so commands and the faucet answer nobody: invite it with ${inviteUrl(applicationId, deps.managesWebhooks)}, or correct discord.guildId. Alarms do not depend on it`
    failure = null
    logger.error(outside)
    deps.sayOnce('guild', `⚠️ ${outside[0]!.toUpperCase()}${outside.slice(1)}.`)
  }

  return {
    /** Looks whether the bot is in the server and registers them; what waits before its next try does it now. */
    ensure(applicationId: string, guildId: string): void {
      where = { applicationId, guildId }
      isRegistered = false
      wake()
      if (!running) void run()
    },
    /** The bot has been thrown out of the server. */
    left: outOfGuild,
    /** What is wrong and how to mend it. */
    problems: (): string[] => [outside, endpoint, failure].filter((one) => one !== null),
  }
}

/** What is wrong with the slash commands, in words that help. */
function failureText(error: unknown, invite: string, nowMs: number): string {
  if (error instanceof RateLimitError)
    return `slash commands wait for Discord until ${clockUtc(nowMs + error.retryAfter, nowMs)}; nothing else does`
  const MISSING_ACCESS = 50001
  if ((error as { code?: unknown }).code === MISSING_ACCESS) {
    return `slash commands could not be registered: the bot was invited without the scope applications.commands; invite it with ${invite}`
  }
  const { message } = describeFailure(error)
  return `slash commands could not be registered (${message.split('\n')[0]}); tried again later`
}
