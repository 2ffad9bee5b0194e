// One HTTP request to a faucet, never repeated, with a verdict on whether anything can have left this machine.
import type { Clock } from '../../kernel/clock.ts'
import { messageOf } from '../../kernel/errors.ts'
import { call } from '../../net/call.ts'
import { openConnections } from '../../net/connections.ts'

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
  const { method, headers, body, timeoutMs } = request
  const { origin, pathname, search } = new URL(request.url)
  const client = openConnections(origin, { timeoutMs, connections: 1, pipelining: 0 })
  const reply = await call(
    client,
    { origin, path: pathname + search, method, headers: { ...headers }, body },
    { timeoutMs, mostBytes: MOST_BYTES, beginning: true, clock, signal },
  )
  client.destroy().catch(() => {})
  const { broken } = reply
  if (reply.kind === 'answer') {
    // The status is known; a body that breaks off is judged by it.
    const { status, text } = reply
    // A header that is there twice comes as a list, whatever its type says.
    const location = reply.headers.location as string | string[] | undefined
    return {
      kind: 'answer',
      status,
      location: typeof location === 'string' ? location : null,
      text,
      whole: broken === null,
    }
  }
  const detail =
    broken === 'time-out'
      ? `no answer within ${Math.round(timeoutMs / 1000)} s`
      : broken === 'given up'
        ? 'broken off because the bot is stopping'
        : describe(broken)
  return { kind: reply.arrived === 'no' ? 'never-sent' : 'ambiguous', detail }
}

function describe(error: unknown): string {
  const inner = error instanceof AggregateError ? (error.errors[0] ?? error) : error
  const code = (inner as { code?: string } | null)?.code
  const text = messageOf(inner)
  return code && !text.includes(code) ? `${code}: ${text}` : text
}
