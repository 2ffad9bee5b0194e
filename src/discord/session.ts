// One connection to Discord's gateway, from login to its end; reconnecting within a session is discord.js's work.
import { once } from 'node:events'
import {
  type APIGatewayBotInfo,
  Client,
  DefaultRestOptions,
  DiscordjsErrorCodes,
  Events,
  GatewayCloseCodes,
  GatewayIntentBits,
  Options,
  type REST,
  RESTEvents,
  SimpleShardingStrategy,
} from 'discord.js'
import { atMost, type Clock, systemClock } from '../kernel/clock.ts'
import { deferred } from '../kernel/deferred.ts'
import { MINUTE_MS } from '../kernel/duration.ts'
import { messageOf } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import type { LoginsLeft } from './identify-pace.ts'
import { RATE_LIMIT_PATIENCE_MS, restAgent } from './rest-agent.ts'

/**
 * Why a session is over. `token`: refused. `intents`: one was asked for that is not switched on. `fatal`: another
 * close code after which trying again is useless. `lost`: the network or Discord; to be tried again. `early`: it would
 * have to log in (again), and it is too early for that. `closed`: by us.
 */
export type Ending =
  | { kind: 'token' | 'intents' | 'closed' }
  | { kind: 'fatal'; code: number }
  | { kind: 'lost'; reason: string }
  | { kind: 'early'; pauseMs: number; left: LoginsLeft }

export interface SessionOptions {
  token: string
  apiBase: string
  /** Asks for GuildMessages and the privileged MessageContent too. */
  withMessages: boolean
  clock: Clock
  logger: Logger
  /** Asked before each login (IDENTIFY, not RESUME): how long it has to wait, in milliseconds. */
  identifyPauseMs(left: LoginsLeft): number
  /** Connected (again): once discord.js is ready, and after each reconnect. */
  onUp(client: Client<true>): void
  /** The connection broke, or could not be made yet; discord.js tries again by itself. */
  onTrouble(): void
}

export type Session = ReturnType<typeof openSession>

/** A session that is not up for so long is given up, and a new one begun. Milliseconds. */
const GIVE_UP_MS = 2 * MINUTE_MS

/** Opens a session and logs in. */
export function openSession(options: SessionOptions) {
  const { clock, logger } = options
  const shards: ShardInside[] = []
  const { promise: ended, resolve: end } = deferred<Ending>()
  const client = createClient(options, shards, (pauseMs, left) => end({ kind: 'early', pauseMs, left }))
  let cancelWatch: (() => void) | null = null
  const watch = () => {
    // Not anew at each try: discord.js makes two in a second.
    cancelWatch ??= clock.at(clock.now() + GIVE_UP_MS, () =>
      end({ kind: 'lost', reason: 'not connected for too long' }),
    )
  }
  const unwatch = () => {
    cancelWatch?.()
    cancelWatch = null
  }
  const up = () => {
    if (!client.isReady()) return
    unwatch()
    options.onUp(client)
  }
  const down = () => {
    watch()
    options.onTrouble()
  }
  client.on(Events.ClientReady, () => {
    listenForRefusal(client, () => end({ kind: 'lost', reason: 'Discord answered 401' }))
    up()
  })
  client.on(Events.ShardReady, up)
  client.on(Events.ShardResume, up)
  client.on(Events.ShardReconnecting, down)
  client.on(Events.ShardError, (error) =>
    logger.warn({ problem: messageOf(error) }, "Discord's gateway failed"),
  )
  client.on(Events.Error, (error) => logger.warn({ problem: messageOf(error) }, "Discord's client failed"))
  client.on(Events.Warn, (problem) => logger.warn({ problem }, "Discord's client warns"))
  client.on(Events.ShardDisconnect, ({ code }) => end(endingOf(code)))
  watch()
  // What cannot stand in a header would fail as if it were the network.
  if (!/^[\x21-\x7e]+$/.test(options.token)) end({ kind: 'token' })
  else client.login(options.token).catch((error) => end(loginEnding(error)))

  void ended.then(unwatch)
  return {
    client,
    /** Resolves when the session is over for good; never rejects. */
    ended,
    async close(): Promise<void> {
      end({ kind: 'closed' })
      client.removeAllListeners()
      client.on(Events.Error, () => {})
      await destroy(client, shards)
    },
  }
}

/**
 * After a 401 discord.js forgets the token and answers nothing any more: a new session finds out what is true. The
 * tokens of interactions are others, and refused when they are old.
 */
function listenForRefusal(client: Client, refused: () => void): void {
  client.rest.on(RESTEvents.Response, ({ route }, { status }) => {
    if (status === 401 && !/^\/(webhooks|interactions)\//.test(route)) refused()
  })
}

const CALLBACK = /\/interactions\/\d+\/[^/]+\/callback(\?|$)/

/**
 * Sends a request, but makes what discord.js would repeat by itself a failure where an interaction is acknowledged: a
 * repetition of one that did arrive is refused (40060) and looks like another process with this token.
 */
const makeRequest: REST['options']['makeRequest'] = async (url, init) => {
  if (!CALLBACK.test(url)) return DefaultRestOptions.makeRequest(url, init)
  let status: number
  try {
    const response = await DefaultRestOptions.makeRequest(url, init)
    if (response.status < 500) return response
    status = response.status
  } catch (cause) {
    throw new Error('there was no answer to the acknowledgement', { cause })
  }
  throw new Error(`Discord answered the acknowledgement with ${status}`)
}

function createClient(
  options: Pick<SessionOptions, 'apiBase' | 'withMessages' | 'identifyPauseMs'>,
  shards: ShardInside[],
  tooEarly: (pauseMs: number, left: LoginsLeft) => void,
): Client {
  const { Guilds, GuildMessages, MessageContent } = GatewayIntentBits
  /** Whether a login may be made now; if not, the session is over. */
  function mayIdentify({ session_start_limit: limit }: APIGatewayBotInfo): boolean {
    const left = { total: limit.total, remaining: limit.remaining, resetAfterMs: limit.reset_after }
    const pauseMs = options.identifyPauseMs(left)
    if (pauseMs > 0) tooEarly(pauseMs, left)
    return pauseMs <= 0
  }
  return new Client({
    intents: options.withMessages ? [Guilds, GuildMessages, MessageContent] : [Guilds],
    allowedMentions: { parse: [] },
    rest: {
      api: options.apiBase,
      agent: restAgent(),
      makeRequest,
      rejectOnRateLimit: ({ route, retryAfter }) =>
        route.startsWith('/interactions/') || retryAfter > RATE_LIMIT_PATIENCE_MS,
    },
    // Interactions wait in discord.js until every server has been described; they live three seconds.
    waitGuildTimeout: 2000,
    ws: {
      buildStrategy: (manager) =>
        new WatchedStrategy(manager, shards, async () => {
          // discord.js makes an error of it that only tells when there are some again.
          const info = await manager.fetchGatewayInformation()
          if (info.session_start_limit.remaining <= 0) mayIdentify(info)
        }),
      // All logins pass here, also those that discord.js makes by itself when a session cannot be resumed.
      async buildIdentifyThrottler(manager) {
        let info = await manager.fetchGatewayInformation()
        let first = true
        return {
          async waitForIdentify(_shardId, signal) {
            // Never throws while the connection stands: discord.js would log in all the same.
            if (!first) info = await manager.fetchGatewayInformation(true).catch(() => info)
            first = false
            if (!mayIdentify(info) && !signal.aborted) await once(signal, 'abort')
            signal.throwIfAborted()
          },
        }
      },
    },
    makeCache: Options.cacheWithLimits({
      ...SMALL_CACHES,
      GuildMemberManager: { maxSize: 50, keepOverLimit: (member) => member.id === member.client.user.id },
      UserManager: { maxSize: 50, keepOverLimit: (user) => user.id === user.client.user.id },
    }),
    sweepers: { threads: { interval: 3600, lifetime: 3600 } },
  })
}

/** What the bot never looks up. Guilds, channels, roles and overwrites are needed for permissions and stay. */
const UNUSED = `ApplicationCommand ApplicationEmoji AutoModerationRule BaseGuildEmoji DMMessage Entitlement GuildBan
  GuildEmoji GuildInvite GuildMessage GuildScheduledEvent GuildSoundboardSound GuildSticker Message Presence Reaction
  ReactionUser StageInstance ThreadMember VoiceState`
const SMALL_CACHES = Object.fromEntries(UNUSED.split(/\s+/).map((one) => [`${one}Manager`, 0]))

function endingOf(code: number): Ending {
  if (code === GatewayCloseCodes.AuthenticationFailed) return { kind: 'token' }
  if (code === GatewayCloseCodes.DisallowedIntents) return { kind: 'intents' }
  return { kind: 'fatal', code }
}

function loginEnding(error: unknown): Ending {
  if ((error as { code?: unknown }).code === DiscordjsErrorCodes.TokenInvalid) return { kind: 'token' }
  return { kind: 'lost', reason: messageOf(error) }
}

/** The parts of discord.js's shard that are needed to stop it for certain. */
interface ShardInside {
  internalConnect(): Promise<void>
  connection: { readyState: number; terminate(): void; on(event: 'error', listener: () => void): void } | null
}

/** Puts every shard that is made into a list: discord.js forgets them when it destroys them. */
class WatchedStrategy extends SimpleShardingStrategy {
  readonly #made: ShardInside[]
  readonly #beforeConnect: () => Promise<void>

  constructor(
    manager: ConstructorParameters<typeof SimpleShardingStrategy>[0],
    made: ShardInside[],
    beforeConnect: () => Promise<void>,
  ) {
    super(manager)
    this.#made = made
    this.#beforeConnect = beforeConnect
  }

  override async spawn(shardIds: number[]): Promise<void> {
    await super.spawn(shardIds)
    await this.#beforeConnect()
    const { shards } = this as unknown as { shards: Map<number, ShardInside> }
    this.#made.push(...shards.values())
  }
}

/** How long a polite goodbye to the gateway may take, in milliseconds. */
const GOODBYE_MS = 1500

/**
 * Destroys a client. discord.js connects a shard again that is destroyed while it connects or waits half a second
 * before its next try, and leaves a socket behind whose failure nobody hears (it would end the process).
 */
async function destroy(client: Client, shards: ShardInside[]): Promise<void> {
  const sockets = shards.map((shard) => shard.connection)
  for (const shard of shards) shard.internalConnect = async () => {}
  for (const socket of sockets) socket?.on('error', () => {})
  await atMost(systemClock, GOODBYE_MS, client.destroy())
  for (const socket of sockets) socket?.terminate()
}
