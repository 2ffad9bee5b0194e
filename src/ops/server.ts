// The pages for machines (/metrics, /healthz, /readyz): who may read them, and nothing that a reader does holds up the bot.
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Clock } from '../kernel/clock.ts'
import { messageOf } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import type { ListenAddress } from './settings.ts'

export interface MachinePage {
  status: number
  text: string
  /** Left out: plain text. */
  type?: string
}

/** For a port that is taken, or an address that is not there (yet). */
const AGAIN_MS = 30_000
const CONNECTIONS = 512
const PLAIN = 'text/plain; charset=utf-8'

const digest = (text: string) => createHash('sha256').update(text).digest()

/**
 * Serves `pages` by their path to whoever sends `token` (null: to all). Where it cannot listen that is logged, tried
 * again, and told by `problem`: the watch goes on.
 */
export function createMachineServer(deps: {
  listen: ListenAddress
  token: string | null
  pages: Readonly<Record<string, () => MachinePage | Promise<MachinePage>>>
  /** Whoever has not asked by then is cut off, ms. */
  slowestMs?: number
  clock: Clock
  logger: Logger
}) {
  const { listen, token, pages, slowestMs = 5000, clock, logger } = deps
  const wanted = token === null ? null : digest(`Bearer ${token}`)
  const server = createServer(
    { maxHeaderSize: 8192, connectionsCheckingInterval: slowestMs / 5 },
    (request, response) => {
      answer(request, response).catch((error) => {
        logger.warn({ err: error }, 'a page for machines could not be made')
        if (!response.headersSent) send(response, { status: 500, text: 'not now: see the log of the bot\n' })
      })
    },
  )
  Object.assign(server, {
    headersTimeout: slowestMs,
    requestTimeout: slowestMs,
    keepAliveTimeout: slowestMs,
    maxConnections: CONNECTIONS,
  })
  // Nor whoever does not read what it asked for.
  server.setTimeout(2 * slowestMs)
  server.on('error', failed)
  let problem: string | null = null
  let cancel = () => {}

  function failed(error: NodeJS.ErrnoException): void {
    const why = error.code === 'EADDRINUSE' ? 'another program uses it' : messageOf(error)
    const text = `\`ops.listen\` (${listen.host} port ${listen.port}) cannot be listened on: ${why}. I go on trying`
    if (text !== problem) logger.error(text)
    problem = text
    cancel = clock.at(clock.now() + AGAIN_MS, begin)
  }

  function begin(): void {
    server.listen({ host: listen.host, port: listen.port }, () => {
      problem = null
      logger.info({ host: listen.host, port: listen.port }, 'pages for machines are served')
    })
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '', headers } = request
    const given = digest(headers.authorization ?? '')
    if (wanted !== null && !timingSafeEqual(given, wanted)) {
      response.setHeader('www-authenticate', 'Bearer')
      return send(response, {
        status: 401,
        text: 'the secret that `ops.token` names is to be sent: Authorization: Bearer …\n',
      })
    }
    const path = url.split('?', 1)[0]!
    if (!Object.hasOwn(pages, path)) {
      return send(response, { status: 404, text: `there are ${Object.keys(pages).join(', ')}\n` })
    }
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD')
      return send(response, { status: 405, text: 'only GET and HEAD\n' })
    }
    send(response, await pages[path]!())
  }

  /** A body that came with the request is not read: the connection ends. */
  function send(response: ServerResponse, { status, text, type = PLAIN }: MachinePage): void {
    const { headers, method } = response.req
    if (headers['content-length'] || headers['transfer-encoding'] || status === 401)
      response.setHeader('connection', 'close')
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) })
    response.end(method === 'HEAD' ? undefined : text)
  }

  return {
    start: begin,
    problem: (): string | null => problem,
    async stop(): Promise<void> {
      cancel()
      if (!server.listening) return
      const closed = new Promise((done) => server.close(done))
      server.closeAllConnections()
      await closed
    },
  }
}
