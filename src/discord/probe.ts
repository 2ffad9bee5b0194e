// Asks Discord what the doctor wants to know: token, gateway, intents, servers, roles, channels. Changes nothing there.
import { DiscordAPIError, HTTPError, REST, Routes } from 'discord.js'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { systemClock } from '../kernel/clock.ts'
import { messageOf } from '../kernel/errors.ts'
import { FORUMS, THREADS } from './own-webhooks.ts'
import { mayTagAll, missingRights, permissionsOf, type Right, type Standing } from './permissions.ts'
import { restAgent } from './rest-agent.ts'

/** An answer, or why there is none. `status` and `code` are null where Discord did not answer at all. */
export type Asked<T> =
  | { ok: true; value: T }
  | { ok: false; status: number | null; code: number | null; reason: string }

export interface GuildFacts {
  name: string
  roles: ReadonlyMap<string, { name: string; mentionable: boolean }>
  /** What the bot may not do in general. */
  missing: Right[]
}

export type ChannelFacts = ReturnType<typeof channelFacts>

export interface DiscordFacts {
  user: { id: string; tag: string }
  /** Message Content is switched on in the Developer Portal. */
  application: Asked<{ id: string; messageContent: boolean; interactionsEndpoint?: string | null }>
  sessions: Asked<{ total: number; remaining: number; resetAfterMs: number }>
  /** Why the gateway's socket did not greet; null: it did. */
  socketProblem: string | null
  /** The configured server, or all that the bot is in; or why that is not known. */
  guilds: Asked<ReadonlyMap<string, Asked<GuildFacts>>>
  /** Names of the registered slash commands, of the configured server or of all. */
  commands: Asked<string[]>
  channels: ReadonlyMap<string, Asked<ChannelFacts>>
  /** Whether these users are members of one of the servers. */
  members: ReadonlyMap<string, Asked<boolean>>
}

export interface ProbeOptions {
  token: string
  /** Base of the API, without the version. */
  apiBase: string
  guildId: string | null
  channelIds: readonly string[]
  userIds: readonly string[]
  timeoutMs: number
}

/** Bits of an application's flags: Message Content is on (verified bots; all others). */
const MESSAGE_CONTENT_FLAGS = (1 << 18) | (1 << 19)
/** More servers than this are not looked at. */
const MOST_GUILDS = 20
const HELLO = 10

const user = z.object({ id: z.string(), username: z.string(), discriminator: z.string().optional() })
const application = z.object({
  id: z.string(),
  flags: z.number().default(0),
  interactions_endpoint_url: z.string().nullish(),
})
const gateway = z.object({
  url: z.string(),
  session_start_limit: z.object({ total: z.number(), remaining: z.number(), reset_after: z.number() }),
})
const bits = z.string().transform((text) => BigInt(text))
const guild = z.object({
  name: z.string(),
  owner_id: z.string(),
  roles: z.array(z.object({ id: z.string(), name: z.string(), permissions: bits, mentionable: z.boolean() })),
})
const member = z.object({ roles: z.array(z.string()) })
const channel = z.object({
  type: z.number(),
  name: z.string().nullish(),
  guild_id: z.string().nullish(),
  parent_id: z.string().nullish(),
  permission_overwrites: z
    .array(z.object({ id: z.string(), type: z.number(), allow: bits, deny: bits }))
    .default([]),
})
const ids = z.array(z.object({ id: z.string() }))
const names = z.array(z.object({ name: z.string() }))

/** The facts, or why the token does not even tell whose it is. Never throws what Discord or the network can cause. */
export async function probeDiscord(options: ProbeOptions): Promise<Asked<DiscordFacts>> {
  const { token, apiBase, guildId, timeoutMs } = options
  // What cannot stand in a header would fail as if it were the network.
  if (!/^[\x21-\x7e]+$/.test(token))
    return { ok: false, status: 401, code: null, reason: 'it holds characters that no token has' }
  const rest = new REST({ api: apiBase, agent: restAgent(), timeout: timeoutMs, retries: 1 }).setToken(token)

  async function ask<T>(route: `/${string}`, schema: z.ZodType<T>): Promise<Asked<T>> {
    try {
      return { ok: true, value: schema.parse(await rest.get(route)) }
    } catch (error) {
      return refusal(error)
    }
  }

  const me = await ask(Routes.user(), user)
  if (!me.ok) return me
  const { id, username, discriminator } = me.value
  const tag = discriminator && discriminator !== '0' ? `${username}#${discriminator}` : username

  const standings = new Map<string, Standing>()
  async function lookAtGuild(guildId: string): Promise<Asked<GuildFacts>> {
    const [server, self] = await Promise.all([
      ask(Routes.guild(guildId), guild),
      ask(Routes.guildMember(guildId, id), member),
    ])
    if (!server.ok) return server
    if (!self.ok) return self
    const { name, owner_id: ownerId, roles } = server.value
    const standing = {
      guildId,
      ownerId,
      userId: id,
      roleIds: self.value.roles,
      roles: new Map(roles.map((role) => [role.id, role.permissions])),
    }
    standings.set(guildId, standing)
    const value = {
      name,
      roles: new Map(roles.map((role) => [role.id, { name: role.name, mentionable: role.mentionable }])),
      missing: missingRights(permissionsOf(standing)),
    }
    return { ok: true, value }
  }

  async function lookAtChannel(channelId: string): Promise<Asked<ChannelFacts>> {
    const found = await ask(Routes.channel(channelId), channel)
    if (!found.ok) return found
    const { type, guild_id: guildId = null, parent_id: parentId } = found.value
    const inThread = THREADS.includes(type)
    // A thread has the rights of its channel.
    const place = inThread && parentId ? await ask(Routes.channel(parentId), channel) : found
    if (!place.ok) return place
    if (guildId !== null && !standings.has(guildId)) await lookAtGuild(guildId)
    const standing = guildId === null ? undefined : standings.get(guildId)
    const rights = standing ? permissionsOf(standing, place.value.permission_overwrites) : ~0n
    return { ok: true, value: channelFacts(channelId, found.value, rights) }
  }

  const [app, bot] = await Promise.all([
    ask(Routes.currentApplication(), application),
    ask(Routes.gatewayBot(), gateway),
  ])
  const socketProblem = bot.ok ? await greet(bot.value.url, timeoutMs) : bot.reason
  const guildIds =
    guildId === null
      ? mapped(await ask('/users/@me/guilds', ids), (all) => all.slice(0, MOST_GUILDS).map((one) => one.id))
      : ({ ok: true, value: [guildId] } as const)
  const guilds = guildIds.ok
    ? { ok: true as const, value: await together(guildIds.value, lookAtGuild) }
    : guildIds
  const applicationId = app.ok ? app.value.id : id
  const commands = await ask(
    guildId === null
      ? Routes.applicationCommands(applicationId)
      : Routes.applicationGuildCommands(applicationId, guildId),
    names,
  )
  const channels = await together(options.channelIds, lookAtChannel)
  const members = await together(options.userIds, (userId) =>
    isMember([...standings.keys()], (server) => ask(Routes.guildMember(server, userId), z.unknown())),
  )
  return {
    ok: true,
    value: {
      user: { id, tag },
      application: mapped(app, applicationFacts),
      sessions: mapped(bot, ({ session_start_limit: { total, remaining, reset_after } }) => ({
        total,
        remaining,
        resetAfterMs: reset_after,
      })),
      socketProblem,
      guilds,
      commands: mapped(commands, (all) => all.map(({ name }) => name)),
      channels,
      members,
    },
  }
}

function channelFacts(id: string, one: z.infer<typeof channel>, rights: bigint) {
  const inThread = THREADS.includes(one.type)
  return {
    name: one.name ?? id,
    guildId: one.guild_id ?? null,
    /** Takes no messages outside of its posts. */
    isForum: FORUMS.includes(one.type),
    /** Of a thread: its channel. */
    parentId: (inThread && one.parent_id) || null,
    missing: missingRights(rights, inThread),
    /** The bot may tag roles there that are not mentionable. */
    mayTagAll: mayTagAll(rights),
  }
}

const applicationFacts = (one: z.infer<typeof application>) => ({
  id: one.id,
  interactionsEndpoint: one.interactions_endpoint_url,
  messageContent: (one.flags & MESSAGE_CONTENT_FLAGS) !== 0,
})

/** In one of the servers; only where none of them says yes, an answer that is missing counts. */
async function isMember(
  guildIds: readonly string[],
  ask: (guildId: string) => Promise<Asked<unknown>>,
): Promise<Asked<boolean>> {
  const answers = await Promise.all(guildIds.map(ask))
  if (answers.some(({ ok }) => ok)) return { ok: true, value: true }
  const unclear = answers.find((one) => !one.ok && one.status !== 404)
  return unclear && !unclear.ok ? unclear : { ok: true, value: false }
}

async function together<T>(
  keys: readonly string[],
  look: (key: string) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  const found = new Map<string, T>()
  await Promise.all(
    [...new Set(keys)].map(async (key) => {
      found.set(key, await look(key))
    }),
  )
  return found
}

function mapped<T, U>(asked: Asked<T>, change: (value: T) => U): Asked<U> {
  return asked.ok ? { ok: true, value: change(asked.value) } : asked
}

function refusal(error: unknown): Asked<never> {
  if (error instanceof DiscordAPIError) {
    const code = typeof error.code === 'number' ? error.code : null
    return { ok: false, status: error.status, code, reason: `${error.status} ${error.message}` }
  }
  if (error instanceof HTTPError) {
    return { ok: false, status: error.status, code: null, reason: String(error.status) }
  }
  if (error instanceof z.ZodError) {
    return { ok: false, status: 200, code: null, reason: 'the answer is not what Discord gives' }
  }
  const cause = (error as { cause?: { code?: unknown } } | null)?.cause?.code
  const reason = typeof cause === 'string' ? `${messageOf(error)} (${cause})` : messageOf(error)
  return { ok: false, status: null, code: null, reason }
}

/** Opens the gateway's socket and waits for its greeting; nobody logs in. Null, or why there was none. */
function greet(url: string, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url}/?v=10&encoding=json`, { handshakeTimeout: timeoutMs })
    const late = () => end(`no greeting within ${timeoutMs / 1000} s`)
    const cancel = systemClock.at(systemClock.now() + timeoutMs, late)
    const end = (problem: string | null) => {
      cancel()
      resolve(problem)
      socket.terminate()
    }
    socket.on('message', (data) => end(isHello(String(data)) ? null : 'it greeted in another language'))
    socket.on('close', (code) => end(`closed with code ${code}`))
    socket.on('error', (error) =>
      end(messageOf(error) || (error as { code?: string }).code || 'no connection'),
    )
  })
}

function isHello(text: string): boolean {
  try {
    return (JSON.parse(text) as { op?: unknown } | null)?.op === HELLO
  } catch {
    return false
  }
}
