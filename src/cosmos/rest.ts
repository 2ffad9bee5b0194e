// One HTTP request to one endpoint, over undici: time-out, cap on the body, no redirects, errors in our words.
import type { IncomingHttpHeaders } from 'node:http'
import { type buildConnector, type Dispatcher, Pool } from 'undici'
import type { Clock } from '../kernel/clock.ts'
import { UpstreamError, type UpstreamKind } from '../kernel/errors.ts'
import type { AbortListeners } from '../net/aborts.ts'
import { guardedConnector } from '../net/guarded-connect.ts'
import { keyCutter } from './endpoint-name.ts'

/** A response as it came, whatever its status. Header names are lower case. */
export interface RawResponse {
  status: number
  headers: IncomingHttpHeaders
  text: string
  /** From the call to the last byte, in milliseconds. */
  tookMs: number
}

export interface Transport {
  /** What the endpoint is called. */
  readonly name: string
  /**
   * GET `path` (with its query).
   * @throws {UpstreamError} `timeout`, `network` or `body` (cut, too big); its message is the reason in words
   */
  send(path: string, headers?: Record<string, string>, signal?: AbortSignal): Promise<RawResponse>
  close(): Promise<void>
}

export interface TransportOptions {
  /** What the endpoint is called; left out: its host. */
  name?: string
  timeoutMs: number
  maxBodyBytes: number
  connections: number
  /** The time of the wire. */
  clock: Clock
  aborts: AbortListeners
  /** Makes the connections; left out: to any address. */
  connector?: buildConnector.connector
}

/** Opens the connections to one base URL, which may have a path, a query and credentials of its own. */
export function createTransport(base: string, options: TransportOptions): Transport {
  const url = new URL(base)
  const prefix = url.pathname.replace(/\/+$/, '')
  const fixed: Record<string, string> = { accept: 'application/json', 'user-agent': 'ibc-monitor' }
  if (url.username || url.password) {
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
    fixed.authorization = `Basic ${Buffer.from(login).toString('base64')}`
  }
  const name = options.name ?? url.host
  const cut = keyCutter(base)
  const pool = new Pool(url.origin, {
    connections: options.connections,
    pipelining: 1,
    // One time-out over the whole request is kept below; the connection's own ends what that leaves behind.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: options.connector ?? guardedConnector(() => null, { timeoutMs: options.timeoutMs }),
    keepAliveTimeout: 30_000,
  })

  return {
    name,
    send: (path, headers, signal) =>
      new Promise((resolve, reject) => {
        const sentAtMs = options.clock.now()
        const full =
          prefix + path + (url.search ? (path.includes('?') ? '&' : '?') + url.search.slice(1) : '')
        let controller: Dispatcher.DispatchController | null = null
        let status = 0
        let answerHeaders: IncomingHttpHeaders = {}
        let bytes = 0
        let over = false
        const chunks: Buffer[] = []

        const end = (): boolean => {
          if (over) return false
          over = true
          cancelTimer()
          stopListening?.()
          return true
        }
        const fail = (kind: UpstreamKind, reason: string, cause?: unknown): void => {
          if (!end()) return
          const error = new UpstreamError(kind, reason, { endpoint: name, cause })
          reject(error)
          controller?.abort(error)
        }
        const cancelTimer = options.clock.at(sentAtMs + options.timeoutMs, () => fail('timeout', 'time-out'))
        const stopListening = signal && options.aborts.add(signal, () => fail('timeout', 'given up'))
        if (over) return

        const handler: Dispatcher.DispatchHandler = {
          onRequestStart(started) {
            controller = started
            if (over) started.abort(new Error('over'))
          },
          onResponseStart(_, statusCode, responseHeaders) {
            status = statusCode
            answerHeaders = responseHeaders
            if (Number(responseHeaders['content-length'] ?? 0) > options.maxBodyBytes)
              fail('body', 'answer too big')
          },
          onResponseData(_, chunk) {
            bytes += chunk.length
            if (bytes > options.maxBodyBytes) return fail('body', 'answer too big')
            chunks.push(chunk)
          },
          onResponseEnd() {
            if (status < 200 || !end()) return
            const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
            const tookMs = Math.max(0, options.clock.now() - sentAtMs)
            const text = body.toString('utf8')
            // An error may repeat what was asked for, and is shown to people.
            resolve({ status, headers: answerHeaders, text: status < 400 ? text : cut(text), tookMs })
          },
          onResponseError(_, error) {
            const [kind, reason] =
              status >= 200 ? (['body', 'answer cut off'] as const) : connectionError(error)
            fail(kind, reason, error)
          },
        }
        try {
          pool.dispatch(
            { path: full, method: 'GET', headers: headers ? { ...fixed, ...headers } : fixed },
            handler,
          )
        } catch (error) {
          fail('network', 'no connection', error)
        }
      }),
    close: () => pool.destroy(),
  }
}

function connectionError(error: Error): [UpstreamKind, string] {
  const code = String((error as { code?: unknown }).code ?? (error.cause as { code?: unknown })?.code ?? '')
  if (code === 'ADDRESS_REFUSED') return ['network', 'address is not allowed']
  if (code === 'ECONNREFUSED') return ['network', 'connection refused']
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return ['network', 'unknown host']
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return ['timeout', 'time-out']
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET')
    return ['network', 'connection lost']
  if (/CERT|TLS|SSL|SELF_SIGNED|ALTNAME/.test(code)) return ['network', 'bad certificate']
  if (code.startsWith('HPE_')) return ['network', 'not HTTP']
  return ['network', 'no connection']
}
