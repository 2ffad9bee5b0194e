// The local Discord's server: REST under /api and /api/v10, and the gateway, on one port of this machine.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { DiscordError, invalidForm, notFound, unauthorized } from './errors.ts'
import { type Door, type Fault, Faults, FRONT_PAGE } from './faults.ts'
import { Gateway } from './gateway.ts'
import { type Limit, RateLimits } from './rate-limits.ts'
import { checkIds, findRoute, type Match, type RestReply, readBody } from './rest.ts'
import { guildRoutes } from './rest-guild.ts'
import { messageRoutes } from './rest-messages.ts'
import { webhookRoutes } from './rest-webhooks.ts'
import type { Upload, Webhook } from './types.ts'
import type { DiscordWorld } from './world.ts'

const ROUTES = [...guildRoutes, ...messageRoutes, ...webhookRoutes]

/** What was asked and what was answered. */
export interface RequestRecord {
  method: string
  /** The template of Discord's own description (`/channels/{channel_id}/messages`); the raw path where none fits. */
  path: string
  /** Without `/api/v10`. */
  rawPath: string
  query: string
  /** The JSON, also out of a form's `payload_json`. */
  body: unknown
  files: { field: string; name: string; type: string; size: number }[]
  /** 0 when no answer was given. */
  status: number
  response: unknown
  /** When it was answered, Unix ms of the world's clock. */
  atMs: number
}

/** Says what is wrong with a request by Discord's description of its API; empty when nothing is. */
export type SpecValidator = (request: { method: string; path: string; body: unknown }) => string[]

export interface ServerOptions {
  port?: number
  heartbeatMs?: number
  /** Findings are collected in `violations`. */
  strictSpec?: SpecValidator
  /** Of a webhook; 5 in 2 s and 30 in 60 s where left out. */
  webhookLimits?: readonly Limit[]
  /** Of a bot's route, in the world's time; none where left out (the headers then always leave room). */
  botLimits?: readonly Limit[]
}

const WEBHOOK_LIMITS: readonly Limit[] = [
  { count: 5, perMs: 2_000 },
  { count: 30, perMs: 60_000 },
]

const UNLIMITED: readonly Limit[] = [{ count: 1_000_000, perMs: 1_000 }]

/** The server over a world. The world goes on living when the server is closed. */
export class DiscordServer {
  readonly world: DiscordWorld
  readonly gateway: Gateway
  readonly faults = new Faults()
  /** How many requests are taken only after their sender has gone. */
  late = 0
  /** Every request, in order. */
  readonly requests: RequestRecord[] = []
  readonly violations: { request: RequestRecord; problems: string[] }[] = []
  readonly #http: Server
  readonly #options: ServerOptions
  readonly #limits: RateLimits
  readonly #listeners = new Set<(request: RequestRecord) => void>()

  constructor(world: DiscordWorld, options: ServerOptions = {}) {
    this.world = world
    this.#options = options
    this.#limits = new RateLimits(world.clock)
    this.#http = createServer((request, response) => void this.#handle(request, response))
    this.gateway = new Gateway(world, this.#http, options)
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject)
      this.#http.listen(this.#options.port ?? 0, '127.0.0.1', resolve)
    })
    return this
  }

  /** What `DISCORD_API_BASE` is set to. */
  get apiBase(): string {
    const address = this.#http.address()
    if (!address || typeof address === 'string') throw new Error('the server does not listen')
    return `http://127.0.0.1:${address.port}/api`
  }

  webhookUrl(webhook: Pick<Webhook, 'id' | 'token'>): string {
    return `${this.apiBase}/webhooks/${webhook.id}/${webhook.token}`
  }

  /** Calls `listener` after every request. Returns the way out. */
  onRequest(listener: (request: RequestRecord) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Requests that count towards the ban of an address (401, 403, 429; 10,000 in 10 minutes at Discord). */
  get invalidRequests(): number {
    return this.requests.filter(({ status }) => [401, 403, 429].includes(status)).length
  }

  async close(): Promise<void> {
    this.gateway.close()
    const closed = new Promise((resolve) => this.#http.close(resolve))
    this.#http.closeAllConnections()
    await closed
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = new URL(request.url ?? '/', 'http://localhost')
    const rawPath = address.pathname.replace(/^\/api(\/v\d+)?(?=\/)/, '')
    const method = request.method ?? 'GET'
    const record: RequestRecord = {
      method,
      path: rawPath,
      rawPath,
      query: address.search.slice(1),
      body: undefined,
      files: [],
      status: 0,
      response: undefined,
      atMs: 0,
    }
    let fault: Fault | null = null
    let headers: Record<string, string> = {}
    let reply: RestReply
    try {
      const match = this.#route(address.pathname, record)
      record.path = match.route.path
      const { body, uploads } = await readBody(request)
      record.body = body
      record.files = uploads.map(({ field, name, type, data }) => ({ field, name, type, size: data.length }))
      this.#checkSpec(record)
      const door = this.#door(match)
      fault = this.faults.next(door, record)
      if (fault?.kind === 'late') {
        this.late++
        await new Promise((resolve) => response.once('close', resolve))
        await this.world.clock.sleep(fault.afterMs)
        this.late--
      }
      if (fault && fault.kind !== 'late' && !('afterAccept' in fault && fault.afterAccept)) {
        reply = faultReply(fault)
      } else {
        const passed = this.#admit(match, door, request)
        headers = passed.headers
        reply = passed.refusal ?? this.#run(match, address.searchParams, body, uploads)
        if (fault) reply = faultReply(fault)
      }
    } catch (error) {
      if (!(error instanceof DiscordError)) {
        reply = {
          status: 500,
          body: { message: `the sandbox has a bug: ${(error as Error).stack}`, code: 0 },
        }
      } else reply = { status: error.status, body: error.toJSON() }
    }
    const silent = fault?.kind === 'reset' || fault?.kind === 'hang' || fault?.kind === 'late'
    record.status = silent ? 0 : reply.status
    record.response = structuredClone(reply.body)
    record.atMs = this.world.clock.now()
    this.requests.push(record)
    if (fault?.kind === 'reset') request.socket.destroy()
    else if (!silent) write(response, reply, { ...headers, ...faultHeaders(fault) })
    for (const listener of this.#listeners) listener(record)
  }

  #run({ route, params }: Match, query: URLSearchParams, body: unknown, uploads: Upload[]): RestReply {
    checkIds(params)
    const { world, gateway } = this
    return route.run({ params, query, body, uploads, world, gateway })
  }

  /** @throws {DiscordError} 404, 405 */
  #route(pathname: string, record: RequestRecord): Match {
    try {
      if (record.rawPath === pathname) throw notFound()
      return findRoute(ROUTES, record.method, record.rawPath)
    } catch (error) {
      if (this.#options.strictSpec)
        this.violations.push({ request: record, problems: ['no such route here'] })
      throw error
    }
  }

  #door({ route, params }: Match): Door {
    if (route.auth === 'bot') return 'bot'
    const ofApplication =
      params.webhook_id === this.world.applicationId || params.interaction_id !== undefined
    return ofApplication ? 'interaction' : 'webhook'
  }

  /** The token, then the rate limit. @throws {DiscordError} 401 */
  #admit({ route, params }: Match, door: Door, request: IncomingMessage) {
    if (door === 'bot') {
      const refused = this.gateway.faults.refuseToken
      if (refused || request.headers.authorization !== `Bot ${this.world.token}`) throw unauthorized()
    }
    const major = params.channel_id ?? params.guild_id ?? params.webhook_id ?? ''
    const key = `${route.method} ${route.path} ${major}`
    const limited = door === 'webhook' && route.path.startsWith('/webhooks/')
    const limits = limited
      ? (this.#options.webhookLimits ?? WEBHOOK_LIMITS)
      : ((door === 'bot' ? this.#options.botLimits : undefined) ?? UNLIMITED)
    const { headers, waitMs } = this.#limits.take(key, limits)
    if (waitMs === null) return { headers, refusal: null }
    const refusal = limitReply(waitMs / 1000, false)
    const scope = { 'x-ratelimit-scope': 'user', 'retry-after': String(Math.ceil(waitMs / 1000)) }
    return { headers: { ...headers, ...scope }, refusal }
  }

  #checkSpec(record: RequestRecord): void {
    const problems = this.#options.strictSpec?.(record) ?? []
    if (problems.length > 0) this.violations.push({ request: record, problems })
  }
}

function limitReply(retryAfterS: number, global: boolean): RestReply {
  return { status: 429, body: { message: 'You are being rate limited.', retry_after: retryAfterS, global } }
}

function faultReply(fault: Fault): RestReply {
  if (fault.kind === 'rate-limit') return limitReply(fault.retryAfterS, fault.global ?? false)
  if (fault.kind === 'ban') return { status: 429, body: FRONT_PAGE }
  if (fault.kind === 'answer') return { status: fault.status, body: fault.body }
  if (fault.kind !== 'status') return { status: 0 }
  const { status } = fault
  if (status === 400) return { status, body: invalidForm([]).toJSON() }
  if (status === 401) return { status, body: new DiscordError(401, 50027, 'Invalid Webhook Token').toJSON() }
  if (status === 403) return { status, body: new DiscordError(403, 50001, 'Missing Access').toJSON() }
  if (status === 404) return { status, body: new DiscordError(404, 10015, 'Unknown Webhook').toJSON() }
  if (status === 500) return { status, body: { message: '500: Internal Server Error', code: 0 } }
  return { status, body: FRONT_PAGE }
}

function faultHeaders(fault: Fault | null): Record<string, string> {
  if (fault?.kind === 'ban') return { 'retry-after': String(Math.ceil(fault.retryAfterS)) }
  if (fault?.kind !== 'rate-limit') return {}
  const scope: Record<string, string> = fault.global
    ? { 'x-ratelimit-global': 'true', 'x-ratelimit-scope': 'global' }
    : {}
  return { 'retry-after': String(Math.ceil(fault.retryAfterS)), 'x-ratelimit-scope': 'user', ...scope }
}

function write(response: ServerResponse, reply: RestReply, headers: Record<string, string>): void {
  const html = typeof reply.body === 'string'
  const text = reply.body === undefined ? '' : html ? String(reply.body) : JSON.stringify(reply.body)
  const type: Record<string, string> = text ? { 'content-type': html ? 'text/html' : 'application/json' } : {}
  response.writeHead(reply.status, { ...headers, ...type }).end(text)
}
