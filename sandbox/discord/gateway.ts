// The gateway over WebSocket: hello, identify, heartbeats, events by intents, resume, and the ways in which it ends.
import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { guildEvent } from './guild-view.ts'
import { withoutContent } from './messages.ts'
import { type Dispatch, INTENTS } from './types.ts'
import type { DiscordWorld } from './world.ts'

const OP = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  presence: 3,
  resume: 6,
  reconnect: 7,
  invalidSession: 9,
  hello: 10,
  ack: 11,
} as const

/** Operations that are accepted and have no effect here: voice, members of large guilds, soundboards. */
const WITHOUT_EFFECT = [OP.presence, 4, 8, 31]

/** Why the gateway closes a connection. */
export const CLOSE = {
  unknownOpcode: 4001,
  decodeError: 4002,
  notAuthenticated: 4003,
  authenticationFailed: 4004,
  alreadyAuthenticated: 4005,
  invalidSequence: 4007,
  invalidShard: 4010,
  invalidVersion: 4012,
  invalidIntents: 4013,
  disallowedIntents: 4014,
} as const

/** Codes after which a session cannot be resumed. */
const ENDING_CODES = [1000, 1001, 4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014]

/** Every intent bit that exists. */
const KNOWN_INTENTS = [...Array(17).keys(), 20, 21, 24, 25].reduce((all, bit) => all | (1 << bit), 0)

interface Session {
  id: string
  intents: number
  sequence: number
  events: { s: number; text: string }[]
  socket: WebSocket | null
}

/** One gateway for the bot of a world. Its sessions outlive their connections, so that they can be resumed. */
export class Gateway {
  /** What clients did, for tests. */
  readonly counts = { connections: 0, identifies: 0, resumes: 0, heartbeats: 0 }
  readonly faults = {
    /** Token refused on identify and resume (4004). */
    refuseToken: false,
    /** Connections are refused with HTTP 503. */
    refuseConnections: false,
    /** Connections are taken and nothing is ever said. */
    hang: false,
    /** Heartbeats are not acknowledged. */
    noAcks: false,
    /** The newest session hears of everything first, instead of the oldest. */
    newestFirst: false,
    /** Every session is invalid as soon as it is ready. */
    endSessions: false,
    /** READY names no guild, and none is created: the client knows no guild of an interaction. */
    hideGuild: false,
  }
  /** The intents of the newest session. */
  intents = 0
  readonly #world: DiscordWorld
  readonly #heartbeatMs: number
  readonly #sockets = new WebSocketServer({ noServer: true })
  readonly #sessions = new Map<string, Session>()
  readonly #http: Server
  readonly #stopListening: () => void
  #made = 0

  constructor(world: DiscordWorld, http: Server, options: { heartbeatMs?: number } = {}) {
    this.#world = world
    this.#http = http
    this.#heartbeatMs = options.heartbeatMs ?? 41_250
    this.#stopListening = world.onDispatch((event) => this.#tellAll(event))
    http.on('upgrade', (request, socket, head) => {
      const address = new URL(request.url ?? '/', 'http://localhost')
      if (this.faults.hang)
        return void socket
          .on('error', () => {})
          .on('end', () => socket.end())
          .resume()
      const refused = this.faults.refuseConnections ? '503 Service Unavailable' : null
      const reason = refused ?? (address.pathname.startsWith('/gateway') ? null : '404 Not Found')
      if (reason)
        return void socket.end(`HTTP/1.1 ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#serve(ws, address.searchParams))
    })
  }

  /** The address of the gateway. */
  get url(): string {
    const address = this.#http.address()
    if (!address || typeof address === 'string') throw new Error('the server does not listen')
    return `ws://127.0.0.1:${address.port}/gateway`
  }

  /** How many sessions are connected. */
  get connected(): number {
    return [...this.#sessions.values()].filter((one) => one.socket).length
  }

  /** Cuts every connection without a word (a network that broke). Sessions can be resumed. */
  drop(): void {
    for (const socket of this.#sockets.clients) socket.terminate()
  }

  /** Closes every connection with a code; with some codes that ends the sessions too. */
  closeAll(code: number, reason = ''): void {
    if (ENDING_CODES.includes(code)) this.#sessions.clear()
    for (const socket of this.#sockets.clients) socket.close(code, reason)
  }

  /** Tells clients to reconnect and resume (op 7). */
  reconnect(): void {
    for (const { socket } of this.#sessions.values()) send(socket, { op: OP.reconnect, d: null })
  }

  /** Ends every session: at once (op 9) for those that are connected, at their resume for the others. */
  invalidate(): void {
    for (const session of [...this.#sessions.values()]) {
      send(session.socket, { op: OP.invalidSession, d: false })
      this.#sessions.delete(session.id)
    }
  }

  /** Asks clients for a heartbeat (op 1). */
  requestHeartbeat(): void {
    for (const { socket } of this.#sessions.values()) send(socket, { op: OP.heartbeat, d: null })
  }

  close(): void {
    this.#stopListening()
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#sockets.close()
  }

  #serve(socket: WebSocket, query: URLSearchParams): void {
    this.counts.connections++
    if (query.get('v') !== '10') {
      socket.close(CLOSE.invalidVersion, 'Invalid API version')
      return
    }
    if (query.get('encoding') !== 'json' || query.has('compress')) {
      // Only plain JSON is spoken here; discord.js asks for it where nothing else is configured.
      socket.close(CLOSE.decodeError, 'This gateway speaks uncompressed JSON only')
      return
    }
    let session: Session | null = null
    socket.on('message', (raw) => {
      const payload = parse(String(raw))
      if (!payload) return socket.close(CLOSE.decodeError, 'Error while decoding payload.')
      const { op, d } = payload
      if (op === OP.heartbeat) {
        this.counts.heartbeats++
        if (!this.faults.noAcks) send(socket, { op: OP.ack })
      } else if (op === OP.identify) {
        if (session) return socket.close(CLOSE.alreadyAuthenticated, 'Already authenticated.')
        session = this.#identify(socket, d ?? {})
      } else if (op === OP.resume) {
        if (session) return socket.close(CLOSE.alreadyAuthenticated, 'Already authenticated.')
        session = this.#resume(socket, d ?? {})
      } else if (!session) socket.close(CLOSE.notAuthenticated, 'Not authenticated.')
      else if (!WITHOUT_EFFECT.some((one) => one === op)) socket.close(CLOSE.unknownOpcode, 'Unknown opcode.')
    })
    socket.on('close', (code) => {
      if (session?.socket === socket) session.socket = null
      // A client that says good-bye has ended its session.
      if (session && (code === 1000 || code === 1001)) this.#sessions.delete(session.id)
    })
    send(socket, { op: OP.hello, d: { heartbeat_interval: this.#heartbeatMs, _trace: [] } })
  }

  #tokenFits(token: unknown): boolean {
    return !this.faults.refuseToken && String(token).replace(/^Bot /, '') === this.#world.token
  }

  #identify(socket: WebSocket, d: Record<string, unknown>): Session | null {
    this.counts.identifies++
    const refuse = (code: number, reason: string) => {
      socket.close(code, reason)
      return null
    }
    const { bot, guild, applicationId, portal } = this.#world
    if (!this.#tokenFits(d.token)) return refuse(CLOSE.authenticationFailed, 'Authentication failed.')
    const intents = d.intents
    if (typeof intents !== 'number' || !Number.isInteger(intents) || (intents & ~KNOWN_INTENTS) !== 0) {
      return refuse(CLOSE.invalidIntents, 'Invalid intent(s).')
    }
    const privileged =
      (portal.messageContent ? 0 : INTENTS.messageContent) |
      (portal.guildMembers ? 0 : INTENTS.guildMembers) |
      (portal.presences ? 0 : INTENTS.guildPresences)
    if (intents & privileged) return refuse(CLOSE.disallowedIntents, 'Disallowed intent(s).')
    const shard = (d.shard ?? [0, 1]) as [number, number]
    if (!(shard[0] >= 0 && shard[0] < shard[1])) return refuse(CLOSE.invalidShard, 'Invalid shard.')
    this.#made++
    const id = this.#made.toString(16).padStart(32, '0')
    const session: Session = { id, intents, sequence: 0, events: [], socket }
    this.#sessions.set(id, session)
    this.intents = intents
    const guilds =
      this.faults.hideGuild || !this.#world.members.has(bot.id) ? [] : [{ id: guild.id, unavailable: true }]
    this.#push(session, 'READY', {
      v: 10,
      user: { ...bot, verified: true, mfa_enabled: true, email: null, flags: 0 },
      guilds,
      session_id: id,
      session_type: 'normal',
      resume_gateway_url: this.url,
      shard,
      application: { id: applicationId, flags: 0 },
      private_channels: [],
      relationships: [],
      _trace: [],
    })
    if (guilds.length > 0 && intents & INTENTS.guilds)
      this.#push(session, 'GUILD_CREATE', guildEvent(this.#world))
    if (this.faults.endSessions) this.invalidate()
    return session
  }

  #resume(socket: WebSocket, d: Record<string, unknown>): Session | null {
    this.counts.resumes++
    if (!this.#tokenFits(d.token)) {
      socket.close(CLOSE.authenticationFailed, 'Authentication failed.')
      return null
    }
    const session = this.#sessions.get(String(d.session_id))
    if (!session) {
      send(socket, { op: OP.invalidSession, d: false })
      return null
    }
    const seen = Number(d.seq)
    if (!(seen <= session.sequence)) {
      this.#sessions.delete(session.id)
      socket.close(CLOSE.invalidSequence, 'Invalid seq.')
      return null
    }
    session.socket?.terminate()
    session.socket = socket
    for (const { s, text } of session.events) if (s > seen) socket.send(text)
    this.#push(session, 'RESUMED', { _trace: [] })
    return session
  }

  #tellAll(event: Dispatch): void {
    const sessions = [...this.#sessions.values()]
    for (const session of this.faults.newestFirst ? sessions.reverse() : sessions) {
      if (event.intent !== 0 && (session.intents & event.intent) === 0) continue
      const seesContent = (session.intents & INTENTS.messageContent) !== 0 || !event.t.startsWith('MESSAGE_')
      const d = seesContent ? event.d : withoutContent(event.d, this.#world.applicationId)
      this.#push(session, event.t, d)
    }
  }

  #push(session: Session, t: string, d: unknown): void {
    session.sequence++
    const text = JSON.stringify({ op: OP.dispatch, t, s: session.sequence, d })
    session.events.push({ s: session.sequence, text })
    if (session.socket?.readyState === 1) session.socket.send(text)
  }
}

function parse(text: string): { op: number; d?: Record<string, unknown> } | null {
  try {
    const value = JSON.parse(text)
    return typeof value?.op === 'number' ? value : null
  } catch {
    return null
  }
}

function send(socket: WebSocket | null, payload: unknown): void {
  if (socket?.readyState === 1) socket.send(JSON.stringify(payload))
}
