// One HTTP request to a faucet, never repeated, with a verdict on whether anything can have left this machine.
import { buildConnector, Client } from 'undici'
import type { Clock } from '../../kernel/clock.ts'
import { messageOf } from '../../kernel/errors.ts'

/** Longest body that is read; a faucet's answer has a few hundred bytes. */
const MOST_BYTES = 64 * 1024

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT'
  url: string
  headers: Readonly<Record<string, string>>
  body: string | null
  timeoutMs: number
}

/**
 * - `answer`: the server's status and body. `whole` is false when the body was cut off or too long.
 * - `never-sent`: no connection came about (refused, DNS, TLS), so nothing was sent: a certain no.
 * - `ambiguous`: the request may have arrived (time-out, reset, aborted).
 */
export type HttpAnswer =
  | { kind: 'answer'; status: number; location: string | null; text: string; whole: boolean }
  | { kind: 'never-sent'; detail: string }
  | { kind: 'ambiguous'; detail: string }

/**
 * Sends one request over a connection of its own: a kept-alive one that the server is just closing would make an
 * ambiguous failure out of nothing. Redirects are not followed. Never throws.
 */
export async function callOnce(
  request: HttpRequest,
  clock: Clock,
  signal?: AbortSignal,
): Promise<HttpAnswer> {
  const url = new URL(request.url)
  let connected = false
  const connect = buildConnector({ timeout: request.timeoutMs })
  const client = new Client(url.origin, {
    pipelining: 0,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (options, callback) =>
      connect(options, (...args) => {
        if (args[1]) connected = true
        callback(...args)
      }),
  })
  const abort = new AbortController()
  const stop = () => abort.abort()
  let timedOut = false
  const cancel = clock.at(clock.now() + request.timeoutMs, () => {
    timedOut = true
    stop()
  })
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const response = await client.request({
      method: request.method,
      path: url.pathname + url.search,
      headers: { ...request.headers },
      body: request.body,
      signal: abort.signal,
    })
    const location = response.headers.location
    return {
      kind: 'answer',
      status: response.statusCode,
      location: typeof location === 'string' ? location : null,
      ...(await readBody(response.body)),
    }
  } catch (error) {
    const detail = timedOut
      ? `no answer within ${Math.round(request.timeoutMs / 1000)} s`
      : signal?.aborted
        ? 'broken off because the bot is stopping'
        : describe(error)
    return { kind: connected ? 'ambiguous' : 'never-sent', detail }
  } finally {
    cancel()
    signal?.removeEventListener('abort', stop)
    client.destroy().catch(() => {})
  }
}

async function readBody(body: AsyncIterable<Buffer>): Promise<{ text: string; whole: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  let whole = true
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      size += chunk.length
      if (size > MOST_BYTES) {
        whole = false
        break
      }
    }
  } catch {
    // The status is known; a body that breaks off is judged by it.
    whole = false
  }
  return { text: Buffer.concat(chunks).subarray(0, MOST_BYTES).toString('utf8'), whole }
}

function describe(error: unknown): string {
  const inner = error instanceof AggregateError ? (error.errors[0] ?? error) : error
  const code = (inner as { code?: string } | null)?.code
  const text = messageOf(inner)
  return code && !text.includes(code) ? `${code}: ${text}` : text
}
