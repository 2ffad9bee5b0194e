// A local HTTP server that speaks every faucet's contract, with faults; what it really paid is counted in its world.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Answered, answer, type Rules } from './contracts.ts'
import { createFaucetWorld, type FaucetWorld } from './world.ts'

/**
 * What goes wrong with one request that would pay.
 * - `reset-before`: the connection is reset, nothing was paid; `reset-after`: it was paid first
 * - `hang-before`, `hang-after`: no answer ever
 * - `late-502`: paid, and a 502 with the hash in its text; `lost-502`: the same words, but nothing was paid
 * - `html-502`: a proxy's page, after it was paid; `html-200`: a page instead of the answer, nothing was paid
 * - `nonsense`: JSON that means nothing, after it was paid; `empty`: an empty 200, after it was paid
 * - `cut`: paid, and the body breaks off; `huge`: paid, and the body never ends
 * - `plain-400`, `html-503`, `redirect`, `rate-limited`: a status in the framework's or a proxy's words, nothing paid
 */
export type Fault =
  | 'reset-before'
  | 'reset-after'
  | 'hang-before'
  | 'hang-after'
  | 'late-502'
  | 'lost-502'
  | 'html-502'
  | 'html-503'
  | 'html-200'
  | 'nonsense'
  | 'empty'
  | 'cut'
  | 'huge'
  | 'plain-400'
  | 'redirect'
  | 'rate-limited'

export interface FaucetServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly world: FaucetWorld
  readonly rules: Rules
  /** The fault of the n-th paying request (from 0) that is to come; null: none. May be replaced at any time. */
  fault: (n: number) => Fault | null
  /** Answers each request to pay in these words, and nothing is paid; null: as it would itself. */
  answer: (() => Answered) | null
  /** Milliseconds before a request is looked at, and before it is answered. */
  delay: { beforeMs: number; afterMs: number }
  /** Every request with its body, the newest last. */
  readonly requests: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[]
  /** How many requests to pay there were. */
  readonly calls: number
  /** How many paying requests are open now, and how many there were at most at once. */
  readonly open: { now: number; most: number }
  /** Listens again after `close`, on the same port. */
  listen(): Promise<void>
  /** Refuses connections from now on, and drops those that are open. */
  close(): Promise<void>
}

/** Starts the server on a free port of 127.0.0.1. `nowMs` is its clock. */
export async function startFaucetServer(
  options: { rules?: Partial<Rules>; nowMs?: () => number } = {},
): Promise<FaucetServer> {
  const world = createFaucetWorld(options.nowMs)
  let count = 0
  const http = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      http.once('error', reject)
      http.listen(port, '127.0.0.1', resolve)
    })
  await listen(0)
  const { port } = http.address() as AddressInfo

  const server: FaucetServer = {
    url: `http://127.0.0.1:${port}`,
    world,
    rules: {
      secret: 'sandbox-faucet-secret',
      disabled: false,
      denom: 'utest',
      symbol: 'lgt',
      isAddress: (address) => /^[a-z]+1[a-z0-9]{30,80}$/i.test(address),
      ...options.rules,
    },
    fault: () => null,
    answer: null,
    delay: { beforeMs: 0, afterMs: 0 },
    requests: [],
    get calls() {
      return count
    },
    open: { now: 0, most: 0 },
    listen: () => listen(port),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve())
        http.closeAllConnections()
      }),
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', server.url)
    let body = ''
    for await (const chunk of request) body += chunk
    const asked = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
    }
    server.requests.push({ method: asked.method, path: asked.path, headers: request.headers, body })
    if (asked.method === 'GET') return send(response, answer(asked, world, server.rules))
    const fault = server.fault(count++)
    if (server.answer) return send(response, server.answer())
    server.open.now++
    server.open.most = Math.max(server.open.most, server.open.now)
    try {
      await pause(server.delay.beforeMs)
      await misbehave(response, fault, () => answer(asked, world, server.rules))
    } finally {
      server.open.now--
    }
  }

  async function misbehave(
    response: ServerResponse,
    fault: Fault | null,
    work: () => Answered,
  ): Promise<void> {
    const unpaid = before(response, fault)
    if (unpaid) return
    const answered = work()
    await pause(server.delay.afterMs)
    if (!answered.paid || fault === null) return send(response, answered)
    after(response, fault, answered.paid.hash)
  }

  return server
}

const LATE = (hash: string) =>
  JSON.stringify({
    error: `timed out after 30s waiting for tx ${hash}; drip may still land`,
    retry_after_secs: null,
  })
const PAGE = '<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>nginx</body></html>'

/** Faults without a payment. True when the request is done with. */
function before(response: ServerResponse, fault: Fault | null): boolean {
  const page = (status: number, body: string, type: string, headers: Record<string, string> = {}) => {
    response.writeHead(status, { 'content-type': type, ...headers }).end(body)
    return true
  }
  switch (fault) {
    case 'reset-before':
      response.socket?.resetAndDestroy()
      return true
    case 'hang-before':
      return true
    case 'lost-502':
      return page(502, LATE(`ltx1${'q'.repeat(58)}`), 'application/json')
    case 'html-503':
      return page(503, PAGE, 'text/html')
    case 'html-200':
      return page(200, PAGE, 'text/html')
    case 'plain-400':
      return page(400, 'Failed to parse the request body as JSON', 'text/plain')
    case 'redirect':
      return page(308, '', 'text/plain', { location: 'http://127.0.0.1:1/elsewhere' })
    case 'rate-limited':
      return page(429, PAGE, 'text/html')
    default:
      return false
  }
}

/** Faults after a payment. */
function after(response: ServerResponse, fault: Fault, hash: string): void {
  switch (fault) {
    case 'reset-after':
      response.socket?.resetAndDestroy()
      break
    case 'hang-after':
      break
    case 'late-502':
      response.writeHead(502, { 'content-type': 'application/json' }).end(LATE(hash))
      break
    case 'html-502':
      response.writeHead(502, { 'content-type': 'text/html' }).end(PAGE)
      break
    case 'nonsense':
      response.writeHead(200, { 'content-type': 'application/json' }).end('[{"hello":null},42]')
      break
    case 'empty':
      response.writeHead(200).end()
      break
    case 'cut':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
      response.write(`{"tx_hash":"${hash}","amo`)
      setImmediate(() => response.socket?.resetAndDestroy())
      break
    case 'huge':
      response.writeHead(200, { 'content-type': 'application/json' })
      pour(response)
      break
    default:
      response.destroy()
  }
}

function pour(response: ServerResponse): void {
  while (!response.destroyed && response.write(' '.repeat(16_384)));
  response.once('drain', () => pour(response))
}

function send(response: ServerResponse, { status, type, body }: Answered): void {
  const mime = type === 'json' ? 'application/json' : 'text/plain; charset=utf-8'
  response.writeHead(status, { 'content-type': mime }).end(body)
}

const pause = (ms: number) => (ms > 0 ? new Promise<void>((resolve) => setTimeout(resolve, ms)) : undefined)
