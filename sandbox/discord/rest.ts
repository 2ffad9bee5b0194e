// The shape of the REST routes, how a path finds its route, and how a request's body is read.
import type { IncomingMessage } from 'node:http'
import { DiscordError, invalidForm, methodNotAllowed, notFound } from './errors.ts'
import type { Gateway } from './gateway.ts'
import { isSnowflake } from './ids.ts'
import type { Upload } from './types.ts'
import type { DiscordWorld } from './world.ts'

/** A request as a route sees it. */
export interface RestCall {
  params: Record<string, string>
  query: URLSearchParams
  body: unknown
  uploads: Upload[]
  world: DiscordWorld
  gateway: Gateway
}

export interface RestReply {
  status: number
  body?: unknown
}

export interface Route {
  method: string
  /** As in Discord's description of its API: `/channels/{channel_id}/messages`. */
  path: string
  /** `token`: the path holds the secret; `bot`: the header must. */
  auth: 'bot' | 'token'
  run(call: RestCall): RestReply
}

/** A route that needs the bot's token. */
export const bot = (method: string, path: string, run: Route['run']): Route => ({
  method,
  path,
  auth: 'bot',
  run,
})
/** A route whose path is secret. */
export const open = (method: string, path: string, run: Route['run']): Route => ({
  method,
  path,
  auth: 'token',
  run,
})

export const ok = (body: unknown): RestReply => ({ status: 200, body })
export const noContent: RestReply = { status: 204 }

/** A route that was found, with the values of its path. */
export interface Match {
  route: Route
  params: Record<string, string>
}

/**
 * Finds the route of a path (without `/api/v10`). Routes that are written out win over those with parameters.
 * @throws {DiscordError} 404, 405
 */
export function findRoute(routes: readonly Route[], method: string, path: string): Match {
  // discord.js writes `@original` as `%40original`.
  const parts = path.split('/').map(decodeURIComponent)
  const fits = routes
    .map((route) => ({ route, params: matchPath(route.path.split('/'), parts) }))
    .filter((one): one is Match => one.params !== null)
    .sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length)
  if (fits.length === 0) throw notFound()
  const fewest = Object.keys(fits[0]!.params).length
  const match = fits.find((one) => one.route.method === method && Object.keys(one.params).length === fewest)
  if (!match) throw methodNotAllowed()
  return match
}

function matchPath(template: readonly string[], parts: readonly string[]): Record<string, string> | null {
  if (template.length !== parts.length) return null
  const params: Record<string, string> = {}
  for (const [index, piece] of template.entries()) {
    const part = parts[index]!
    if (piece.startsWith('{')) params[piece.slice(1, -1)] = part
    else if (piece !== part) return null
  }
  return params
}

/** @throws {DiscordError} 50035 when an id in the path is none */
export function checkIds(params: Record<string, string>): void {
  for (const [name, value] of Object.entries(params)) {
    if (!name.endsWith('_id') || isSnowflake(value)) continue
    const message = `Value "${value}" is not snowflake.`
    throw invalidForm([{ path: [name], code: 'NUMBER_TYPE_COERCE', message }])
  }
}

/** A whole number from the query. @throws {DiscordError} 50035 */
export function queryInt(
  query: URLSearchParams,
  name: string,
  min: number,
  max: number,
  otherwise: number,
): number {
  const text = query.get(name)
  if (text === null) return otherwise
  const value = Number(text)
  const refuse = (code: string, message: string) => invalidForm([{ path: [name], code, message }])
  if (!Number.isInteger(value)) throw refuse('NUMBER_TYPE_COERCE', `Value "${text}" is not int.`)
  if (value < min) throw refuse('NUMBER_TYPE_MIN', `int value should be greater than or equal to ${min}.`)
  if (value > max) throw refuse('NUMBER_TYPE_MAX', `int value should be less than or equal to ${max}.`)
  return value
}

const MOST_BYTES = 25 * 1024 * 1024
const MOST_FILE_BYTES = 10 * 1024 * 1024
const MOST_FILES = 10

/**
 * Reads a body: JSON, or a form with `payload_json` and `files[n]`.
 * @throws {DiscordError} 50109 (no JSON), 50035 (other type, too many files), 40005 (too large)
 */
export async function readBody(request: IncomingMessage): Promise<{ body: unknown; uploads: Upload[] }> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size <= MOST_BYTES) chunks.push(chunk as Buffer)
  }
  if (size > MOST_BYTES) throw new DiscordError(413, 40005, 'Request entity too large')
  const type = request.headers['content-type'] ?? ''
  if (size === 0) return { body: undefined, uploads: [] }
  const raw = Buffer.concat(chunks)
  if (type.startsWith('application/json')) return { body: parseJson(raw.toString()), uploads: [] }
  if (!type.startsWith('multipart/form-data')) {
    const message = 'Expected "Content-Type" header to be one of {application/json, multipart/form-data}.'
    throw invalidForm([{ path: [], code: 'CONTENT_TYPE_INVALID', message }])
  }
  const form = await new Response(raw, { headers: { 'content-type': type } }).formData()
  const uploads: Upload[] = []
  for (const [field, value] of form) {
    if (typeof value === 'string') continue
    const data = Buffer.from(await value.arrayBuffer())
    if (data.length > MOST_FILE_BYTES) throw new DiscordError(413, 40005, 'Request entity too large')
    uploads.push({ field, name: value.name, type: value.type, data })
  }
  if (uploads.length > MOST_FILES) {
    const message = `Must be ${MOST_FILES} or fewer in length.`
    throw invalidForm([{ path: ['files'], code: 'BASE_TYPE_MAX_LENGTH', message }])
  }
  const payload = form.get('payload_json')
  return { body: typeof payload === 'string' ? parseJson(payload) : {}, uploads }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new DiscordError(400, 50109, 'The request body contains invalid JSON.')
  }
}
