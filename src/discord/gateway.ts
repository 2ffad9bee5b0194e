// The bot's door to Discord: keeps a session open, hands messages and interactions to their handlers, says how it is.
import { type Client, Events } from 'discord.js'
import { atMost, type Clock, sleepUntil } from '../kernel/clock.ts'
import { deferred } from '../kernel/deferred.ts'
import { formatDuration, MINUTE_MS } from '../kernel/duration.ts'
import { UsageError } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import { backoff } from '../net/backoff.ts'
import type { Database } from '../storage/database.ts'
import { describeFailure } from './answer.ts'
import { botMayWrite } from './caller.ts'
import { createChannels, type ReadMessage } from './channels.ts'
import type { Call, CommandRegistry, SayInChannel } from './command.ts'
import type { AccessPolicy } from './dispatch.ts'
import { createSeen, type DoorDeps } from './door.ts'
import { createGuild } from './guild.ts'
import { createGuildStore } from './guild-store.ts'
import { handleInteraction } from './interactions.ts'
import { createLogins } from './logins.ts'
import { handleMessage } from './messages.ts'
import { createRegistration } from './registration.ts'
import { impatientRest } from './rest-agent.ts'
import { type Ending, openSession, type Session } from './session.ts'
import { createTwinWatch, TWIN_PROBLEM } from './twin.ts'

export interface DiscordOptions extends AccessPolicy {
  token: string
  /** Base of the API, such as `https://discord.com/api`, without the version. */
  apiBase: string
  /** The one server that is served, by the configuration; left out: the webhook's, else the only one the bot is in. */
  guildId?: string
  /** @throws when the webhook cannot be asked now; null where it tells no server */
  webhookGuild?: () => Promise<string | null>
  database: Database
  /** Says what is wrong in the channel, once while it lasts; null: it is over. */
  sayOnce?: (about: string, text: string | null) => void
  /** Another process answered an interaction of this user; `proof`: a sentence where it is not the first time lately. */
  answeredElsewhere?: (userId: string, proof: string | null) => void
  /** False: slash commands only, and no privileged intent is asked for. */
  prefix: string | false
  registry: CommandRegistry
  /** It is to make webhooks of its own, and is invited with that right. */
  managesWebhooks?: boolean
  clock: Clock
  logger: Logger
}

export interface DiscordStatus {
  /**
   * `no-content-intent`: slash commands work, the prefix does not. `refused`: Discord does not take the token (or the
   * bot as it is configured there). `down`: no connection, tried again.
   */
  state: 'connecting' | 'ready' | 'no-content-intent' | 'refused' | 'down'
  /** What is wrong and how to mend it; null when all is well. */
  problem: string | null
}

export interface DiscordDoor {
  /**
   * Begins to connect. Resolves when connected or when the first try failed for a reason that may pass (it goes on
   * trying).
   * @throws {TokenRefused} when the token is refused at the first try; it is tried again, seldom, until `stop`
   */
  start(): Promise<void>
  /** Lets running commands finish (5 s at most) and disconnects. */
  stop(): Promise<void>
  status(): DiscordStatus
  sayInChannel: SayInChannel
  dm: Call['dm']
  /** Messages since a moment (Unix ms), oldest first; null when the channel cannot be read. */
  readChannel(channelId: string, sinceMs: number): Promise<ReadMessage[] | null>
  /** Whether the bot's own account may write there; null or undefined: not known. */
  mayWriteIn(channelId: string): boolean | null | undefined
}

/** Discord does not take the token. */
export class TokenRefused extends UsageError {
  override name = 'TokenRefused'
}

const TOKEN_PROBLEM =
  'Discord refuses the token: copy it anew from the Developer Portal (your application, Bot, Reset Token) into DISCORD_TOKEN'
const INTENT_PROBLEM =
  'the Message Content intent is off, so commands with the prefix do not work (slash commands do): switch it on in the Developer Portal (your application, Bot, Privileged Gateway Intents, Message Content Intent) and restart, or set prefix: false'

/** Pauses before another try, in milliseconds. */
const REFUSED_PAUSE_MS = 15 * MINUTE_MS
const LOST_PAUSE_MAX_MS = 5 * MINUTE_MS
const FINISH_MS = 5000

/** Makes the door. Nothing is sent before `start`. */
export function createDiscord(options: DiscordOptions): DiscordDoor {
  const { token, apiBase, registry, clock, logger, sayOnce = () => {} } = options
  const rest = impatientRest(apiBase, token)
  const channels = createChannels(rest, logger)
  const stopping = new AbortController()
  const logins = createLogins({ clock, logger, sayOnce })
  const running = new Set<Promise<unknown>>()
  /** The outcome of the first try to connect. */
  const first = deferred()
  const problems: Partial<Record<'connection' | 'twin' | 'intent', string | null>> = {}
  let state: DiscordStatus['state'] = 'connecting'
  let withMessages = options.prefix !== false
  let session: Session | undefined
  /** Null until the first connection. */
  let applicationId: string | null = null
  let loop: Promise<void> | undefined
  let stopped: Promise<void> | undefined

  const kept = createGuildStore(options.database)
  const guild = createGuild({
    configured: options.guildId,
    store: kept,
    webhookGuild: options.webhookGuild ?? (async () => null),
    rest,
    clock,
    logger,
    signal: stopping.signal,
    sayOnce,
    learnt: () => register(),
  })
  const { signal } = stopping
  const registration = createRegistration({ ...options, rest, store: kept, signal, sayOnce })
  const register = () => {
    const guildId = guild.id()
    if (applicationId !== null && guildId !== null) registration.ensure(applicationId, guildId)
  }
  const isTwinProven = createTwinWatch(clock)

  const deps: DoorDeps = {
    registry,
    policy: options,
    guild,
    answeredElsewhere(userId) {
      if (isTwinProven() && !problems.twin) {
        problems.twin = TWIN_PROBLEM
        logger.error(TWIN_PROBLEM)
        sayOnce('twin', `⚠️ ${TWIN_PROBLEM}`)
      }
      options.answeredElsewhere?.(userId, problems.twin ?? null)
    },
    prefix: options.prefix,
    clock,
    logger,
    isNew: createSeen(),
    dm: channels.dm,
  }

  /** Runs a handler to its end, unless the bot is stopping; what it throws is a bug and ends nothing else. */
  function track(handle: () => Promise<unknown>): void {
    if (stopped) return
    const tracked: Promise<unknown> = handle()
      .catch((error) => logger.error({ err: describeFailure(error) }, 'handling an event of Discord failed'))
      .finally(() => running.delete(tracked))
    running.add(tracked)
  }

  function onUp(client: Client<true>): void {
    state = problems.intent ? 'no-content-intent' : 'ready'
    problems.connection = null
    applicationId = client.application.id
    logger.info({ user: client.user.tag }, 'connected to Discord')
    logins.up()
    first.resolve()
    track(async () => register())
  }

  function onTrouble(): void {
    if (state !== 'connecting') logger.warn('the connection to Discord broke; connecting again')
    state = 'connecting'
    problems.connection = 'the connection to Discord is broken; connecting again'
    logins.down()
    first.resolve()
  }

  /** One session from login to its end. */
  async function runSession(): Promise<Ending> {
    const { identifyPauseMs } = logins
    const opened = openSession({ ...options, withMessages, identifyPauseMs, onUp, onTrouble })
    session = opened
    opened.client.on(Events.MessageCreate, (message) => track(() => handleMessage(message, deps)))
    opened.client.on(Events.InteractionCreate, (one) => track(() => handleInteraction(one, deps)))
    const mine = (work: () => void) => (on: { id: string }) =>
      track(async () => on.id === guild.id() && work())
    opened.client.on(Events.GuildDelete, mine(registration.left)).on(Events.GuildCreate, mine(register))
    const ending = await opened.ended
    logins.down()
    if (ending.kind !== 'closed') await opened.close()
    return ending
  }

  async function run(): Promise<void> {
    let failures = 0
    while (!stopping.signal.aborted) {
      const sinceMs = clock.now()
      const ending = await runSession()
      if (ending.kind === 'closed') return
      if (ending.kind === 'intents' && withMessages) {
        problems.intent = INTENT_PROBLEM
        logger.error(INTENT_PROBLEM)
        withMessages = false
        logins.forget()
        continue
      }
      if (ending.kind !== 'early') failures = clock.now() - sinceMs > LOST_PAUSE_MAX_MS ? 1 : failures + 1
      const pauseMs = settle(ending, failures)
      await sleepUntil(clock, clock.now() + pauseMs, stopping.signal)
    }
  }

  /** Notes why a session ended, and says how long to wait before the next. Milliseconds. */
  function settle(ending: Ending, failures: number): number {
    if (ending.kind === 'early') {
      state = 'down'
      problems.connection = `no connection to Discord: the next try comes in ${formatDuration(ending.pauseMs)}`
      logins.tooEarly(ending.pauseMs, ending.left)
      first.resolve()
      return ending.pauseMs
    }
    if (ending.kind === 'lost') {
      state = 'down'
      problems.connection = `no connection to Discord: ${ending.reason}`
      const pauseMs = backoff(failures, { firstMs: 1000, mostMs: LOST_PAUSE_MAX_MS, random: Math.random })
      logger.warn({ pauseMs: Math.round(pauseMs) }, problems.connection)
      first.resolve()
      return pauseMs
    }
    state = 'refused'
    problems.connection =
      ending.kind === 'fatal'
        ? `Discord refuses the connection with close code ${ending.code}`
        : TOKEN_PROBLEM
    logger.error(problems.connection)
    if (ending.kind === 'token') first.reject(new TokenRefused(TOKEN_PROBLEM))
    first.resolve()
    return REFUSED_PAUSE_MS
  }

  async function end(): Promise<void> {
    await atMost(clock, FINISH_MS, Promise.all(running))
    stopping.abort()
    logins.down()
    first.resolve()
    await session?.close()
    await loop
  }

  return {
    start() {
      // Another process may have been ended since it was said.
      sayOnce('twin', null)
      guild.learn()
      loop ??= run()
      return first.promise
    },
    stop: () => (stopped ??= end()),
    status() {
      return {
        state,
        problem:
          [...Object.values(problems), logins.problem(), guild.problem(), ...registration.problems()]
            .filter(Boolean)
            .join('; ') || null,
      }
    },
    sayInChannel: channels.say,
    dm: channels.dm,
    readChannel: channels.read,
    mayWriteIn: (channelId) => session && botMayWrite(session.client, channelId),
  }
}
