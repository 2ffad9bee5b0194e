// One HTTP request to one endpoint, over its own connections: its failures in our words.
import type { IncomingHttpHeaders } from 'node:http'
import { type buildConnector, type Dispatcher, Pool } from 'undici'
import { type Clock, systemClock } from '../kernel/clock.ts'
import { UpstreamError, type UpstreamKind } from '../kernel/errors.ts'
import { NotUnpacked } from '../net/body.ts'
import { type CallResult, call, loginOf, NO_TIMEOUTS } from '../net/call.ts'
import { openConnections } from '../net/connections.ts'
import { guardedConnector } from '../net/guarded-connect.ts'
import { usedProxy } from '../net/proxy.ts'
import { keyCutter, type RestEndpoint } from './endpoint-name.ts'
import { passingBy, waitText } from './host-pace.ts'

/** A response as it came, whatever its status. Header names are lower case. */
export interface RawResponse {
  status: number
  headers: IncomingHttpHeaders
  text: string
  /** From the call to the last byte, in milliseconds. */
  tookMs: number
}

export type Transport = ReturnType<typeof createTransport>

export interface TransportOptions {
  /** What the endpoint is called; left out: its host. */
  name?: string
  timeoutMs: number
  maxBodyBytes: number
  connections: number
  /** The time of the wire. */
  clock: Clock
  /** Makes the connections; left out: to any address. */
  connector?: buildConnector.connector
}

/** Opens the connections to one endpoint. */
export function createTransport(rest: RestEndpoint, options: TransportOptions) {
  const url = new URL(rest.url)
  const prefix = url.pathname.replace(/\/+$/, '')
  const fixed: Record<string, string> = {
    accept: 'application/json',
    'user-agent': 'ibc-monitor',
    ...loginOf(url),
  }
  for (const [header, { value }] of Object.entries(rest.headers ?? {})) {
    if (value !== undefined) fixed[header] = value
  }
  const name = options.name ?? url.host
  const cut = keyCutter(rest)
  const { timeoutMs, maxBodyBytes: mostBytes, clock, connections, connector } = options
  const shared = { connections, pipelining: 1, keepAliveTimeout: 30_000 }
  // Behind a proxy nobody knows which address is reached, so what is guarded goes straight.
  const pool: Dispatcher = connector
    ? new Pool(url.origin, { ...NO_TIMEOUTS, ...shared, connect: connector })
    : openConnections(url.origin, {
        ...shared,
        timeoutMs,
        connect: guardedConnector(() => null, { timeoutMs }),
      })

  /** Where a redirect leads, in full. */
  function cutTarget(headers: IncomingHttpHeaders): IncomingHttpHeaders {
    // A header that is there twice comes as a list, whatever its type says.
    const [location] = [headers.location ?? []].flat()
    if (location === undefined || !URL.canParse(location, url.href)) return headers
    return { ...headers, location: cut(new URL(location, url.href).href) }
  }

  return {
    /** What the endpoint is called. */
    name,
    /**
     * GET `path` (with its query).
     * @throws {UpstreamError} `timeout`, `network` or `body` (cut, too big); its message is the reason in words
     */
    async send(path: string, own?: Record<string, string>, signal?: AbortSignal): Promise<RawResponse> {
      const query = url.search && (path.includes('?') ? '&' : '?') + url.search.slice(1)
      const headers = own ? { ...fixed, ...own } : fixed
      const request = { origin: url.origin, method: 'GET', path: prefix + path + query, headers } as const
      const reply = await call(pool, request, { timeoutMs, mostBytes, clock, signal })
      if (reply.kind === 'answer' && reply.broken === null) {
        // What is no answer may repeat what was asked for, and is shown to people.
        return reply.status < 300
          ? reply
          : { ...reply, text: cut(reply.text), headers: cutTarget(reply.headers) }
      }
      const [kind, reason] = inWords(reply)
      const cause = reply.broken instanceof Error ? reply.broken : undefined
      throw new UpstreamError(kind, reason, { endpoint: name, cause })
    },
    close: (): Promise<void> => pool.destroy(),
  }
}

function inWords({ kind, broken }: CallResult): [UpstreamKind, string] {
  if (broken === 'time-out' || broken === 'given up') return ['timeout', broken]
  if (broken === 'too big') return ['body', 'answer too big']
  if (broken instanceof NotUnpacked) return ['body', broken.message]
  return kind === 'answer' ? ['body', 'answer cut off'] : connectionError(broken)
}

function connectionError(error: Error): [UpstreamKind, string] {
  const refused = /^Proxy response \((\d{3})\)/.exec(error.message)
  if (refused) return ['network', `the proxy answers ${refused[1]}`]
  const code = String((error as { code?: unknown }).code ?? (error.cause as { code?: unknown })?.code ?? '')
  if (code === 'ADDRESS_REFUSED') return ['network', 'address is not allowed']
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND') {
    // A name of several addresses fails with an error for each.
    const [first = error] = (error as Partial<AggregateError>).errors ?? []
    const { port, hostname } = first as { port?: number; hostname?: string }
    const proxy = usedProxy() && new URL(usedProxy()!.url)
    const usual = proxy?.protocol === 'https:' ? 443 : 80
    if (proxy && (Number(proxy.port || usual) === port || proxy.hostname === hostname))
      return ['network', 'the proxy cannot be reached']
  }
  if (code === 'ECONNREFUSED') return ['network', 'connection refused']
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return ['network', 'unknown host']
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return ['timeout', 'time-out']
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET')
    return ['network', 'connection lost']
  if (/CERT|TLS|SSL|SELF_SIGNED|ALTNAME/.test(code)) return ['network', 'bad certificate']
  if (code.startsWith('HPE_')) return ['network', 'not HTTP']
  return ['network', 'no connection']
}

/** GETs `path` of one endpoint over a connection of its own. @throws {UpstreamError} as `Transport.send` */
export async function getOnce(
  rest: RestEndpoint,
  path: string,
  options: Pick<TransportOptions, 'timeoutMs' | 'maxBodyBytes' | 'connector'>,
): Promise<RawResponse> {
  const limiter = passingBy(rest.url, systemClock)
  const transport = createTransport(rest, { ...options, connections: 1, clock: systemClock })
  const sentAtMs = systemClock.now()
  const waits = waitText(limiter, sentAtMs)
  limiter.force()
  try {
    if (waits !== null)
      throw new UpstreamError('rate-limited', waits, {
        endpoint: transport.name,
        retryAfterMs: limiter.pausedUntilMs - sentAtMs,
      })
    return await transport.send(path)
  } finally {
    const nowMs = systemClock.now()
    limiter.done(nowMs, 'other', nowMs - sentAtMs)
    limiter.leave()
    await transport.close()
  }
}
