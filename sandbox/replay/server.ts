// Serves recordings over real HTTP: what was recorded for a request is answered with its status, headers and body.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Recorded, Recordings } from './recordings.ts'

/** One answer of a replay. */
export interface ReplayAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** Finds the answer to a request; null where nothing was recorded. `pinned`: the height that it asked for. */
export type Lookup = (path: string, query: URLSearchParams, pinned: string | null) => ReplayAnswer | null

/** A running replay. */
export class ReplayServer {
  readonly #server: Server
  readonly #lookup: Lookup
  #port = 0
  /** Requests received so far. */
  requests = 0
  /** Paths that were asked for and not recorded; they were answered 501 "Not Implemented". */
  readonly missing: string[] = []

  constructor(lookup: Lookup) {
    this.#lookup = lookup
    this.#server = createServer((request, response) => this.#receive(request, response))
  }

  /** `http://127.0.0.1:{port}` */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Listens on a free port of 127.0.0.1. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, '127.0.0.1', resolve)
    })
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Ends the replay at once. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    this.requests++
    const { headers } = request
    const url = new URL(request.url ?? '/', 'http://replay')
    const pinned = headers['x-cosmos-block-height'] ?? headers['grpc-metadata-x-cosmos-block-height'] ?? null
    let answer = this.#lookup(url.pathname, url.searchParams, pinned === null ? null : String(pinned))
    if (!answer) {
      this.missing.push(request.url ?? '/')
      answer = {
        status: 501,
        headers: { 'Content-Type': 'application/json' },
        body: '{"code":12,"message":"Not Implemented","details":[]}',
      }
    }
    response.writeHead(answer.status, framed(answer))
    response.end(answer.body)
  }
}

/** The recorded headers, with the framing of this connection instead of the recorded one. */
function framed(answer: ReplayAnswer): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(answer.headers)) {
    if (!/^(transfer-encoding|content-length|connection|trailer|date)$/i.test(name)) headers[name] = value
  }
  headers['Content-Length'] = String(Buffer.byteLength(answer.body))
  return headers
}

/**
 * Recordings that come from another chain or another moment than the rest, so that they can only be served alone:
 * give one of these as `group`.
 */
export const GROUPS = [
  'halted-restarted-',
  'unauthorized-',
  'query-gas-limit-',
  'starting-rest-up-',
  'pruned-height-',
  'handshake-',
  'v2-tx-before-registration-',
  'v2-tx-after-registration-',
  'tx',
] as const
export type Group = (typeof GROUPS)[number]

export interface ReplayOptions {
  /** Serve one of the groups instead of the healthy node. */
  group?: Group
  /** Walks to be preferred for lists, by name, such as `seq-client_states-limit2-count_false`. */
  walks?: string[]
}

/**
 * Makes the lookup over single recordings and walks. The order of query parameters does not matter. A list that
 * was not asked for in just these words is answered from a recorded walk, whatever the limit: its first page where
 * no key is given, else the page of that key.
 */
export function lookupOf(recordings: Recordings, options: ReplayOptions = {}): Lookup {
  const names = recordings.names(options.group ?? '').filter((name) => {
    if (/^(series-|sweep-|big-)/.test(name)) return false
    return options.group ? true : !GROUPS.some((group) => name.startsWith(group))
  })
  const exact = new Map<string, Recorded>()
  const walks = new Map<string, Recorded[][]>()
  const preferred = [...(options.walks ?? []), ...names.filter(isWalk).sort(byLimit)]
  for (const name of [...preferred, ...names]) {
    const sequence = recordings.sequence(name)
    for (const one of sequence) {
      if (one.request.method !== 'GET') continue
      const key = keyOf(one)
      if (!exact.has(key)) exact.set(key, one)
    }
    if (!isWalk(name)) continue
    const path = pathOf(sequence[0]!)
    walks.set(path, [...(walks.get(path) ?? []), sequence])
  }
  return (path, query, pinned) => {
    const found = exact.get(requestKey(path, query, pinned)) ?? exact.get(requestKey(path, query, null))
    if (found) return found
    const ofPath = walks.get(path)
    if (!ofPath) return null
    const wanted = query.get('pagination.key') ?? ''
    for (const walk of ofPath) {
      const page = walk.find((one) => (urlOf(one).searchParams.get('pagination.key') ?? '') === wanted)
      if (page) return page
    }
    return null
  }
}

/** Starts a replay of one version's recordings. */
export async function serveRecordings(
  recordings: Recordings,
  options?: ReplayOptions,
): Promise<ReplayServer> {
  const server = new ReplayServer(lookupOf(recordings, options))
  await server.listen()
  return server
}

/** Walks that follow keys forward, unpinned: the ones that a list can be served from. */
function isWalk(name: string): boolean {
  return name.startsWith('seq-') && !/-(offset|reverse|pinned)/.test(name) && !name.endsWith('reverse')
}

/** Longer pages first; walks that count last. */
function byLimit(one: string, other: string): number {
  const limit = (name: string) => Number(/limit(\d+)/.exec(name)?.[1] ?? 100) - (/count/.test(name) ? 0.5 : 0)
  return limit(other) - limit(one)
}

function urlOf(one: Recorded): URL {
  return new URL(one.request.path, 'http://replay')
}

function pathOf(one: Recorded): string {
  return urlOf(one).pathname
}

function keyOf(one: Recorded): string {
  const url = urlOf(one)
  const { headers } = one.request
  const pinned = headers['x-cosmos-block-height'] ?? headers['Grpc-Metadata-X-Cosmos-Block-Height'] ?? null
  return requestKey(url.pathname, url.searchParams, pinned)
}

function requestKey(path: string, query: URLSearchParams, pinned: string | null): string {
  const parameters = [...query].map(([name, value]) => `${name}=${value}`).sort()
  return `${path}?${parameters.join('&')}#${pinned ?? ''}`
}
