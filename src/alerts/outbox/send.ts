// One request to a webhook over undici: what came back, or whether it certainly did not arrive.
import { type Clock, systemClock } from '../../kernel/clock.ts'
import { messageOf } from '../../kernel/errors.ts'
import { call, loginOf } from '../../net/call.ts'
import { openConnections } from '../../net/connections.ts'
import { VERSION } from '../../version.ts'

/** A webhook's answer. `body` is the parsed JSON, the text where it is none, or null where it could not be read. */
export interface WebhookAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: unknown
}

export interface Request {
  method: 'GET' | 'POST' | 'PATCH'
  url: string
  headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  body?: unknown
  signal?: AbortSignal
}

/** @throws {SendError} when there was no answer */
export type Send = (request: Request) => Promise<WebhookAnswer>

/**
 * There was no answer. `arrived` is `no` only when the request certainly never reached the server; for `lateMs` more it
 * may still be acted upon: nobody waited for its answer any longer.
 */
export class SendError extends Error {
  override name = 'SendError'
  readonly arrived: 'no' | 'perhaps'
  readonly lateMs: number
  constructor(
    message: string,
    arrived: 'no' | 'perhaps',
    options: { cause?: unknown; lateMs?: number } = {},
  ) {
    super(message, { cause: options.cause })
    this.arrived = arrived
    this.lateMs = options.lateMs ?? 0
  }
}

/** In the form that Discord asks for, with where the operator's bot is kept. */
const USER_AGENT = `DiscordBot (https://discord.com/developers/applications, ${VERSION}) ibc-monitor`
const ANSWER_MAX_BYTES = 1024 * 1024

/** Requests with a time-out of `timeoutMs`, by `clock`, for all of it. Redirects are not followed. */
export function createSend(
  timeoutMs: number,
  clock: Clock = systemClock,
): { send: Send; close(): Promise<void> } {
  const agent = openConnections(null, { timeoutMs })
  const send: Send = async ({ method, url, headers: own, body, signal }) => {
    const address = new URL(url)
    const { origin, pathname, search } = address
    const common = { 'content-type': 'application/json', 'user-agent': USER_AGENT }
    const headers = { ...common, ...loginOf(address), ...own }
    const json = body === undefined ? null : JSON.stringify(body)
    const reply = await call(
      agent,
      { origin, path: pathname + search, method, headers, body: json },
      { timeoutMs, mostBytes: ANSWER_MAX_BYTES, clock, signal },
    )
    if (reply.kind === 'answer') {
      // The status has been seen: a body that breaks off does not change what was accepted.
      const { status, headers, broken, text } = reply
      return { status, headers, body: parsed(broken === null ? text : null) }
    }
    const { broken } = reply
    if (broken === 'time-out') {
      throw new SendError(`no answer within ${timeoutMs / 1000} s`, 'perhaps', { lateMs: timeoutMs })
    }
    const cause = broken instanceof Error ? broken : signal?.reason
    const code = (cause as { code?: string }).code ?? ''
    throw new SendError(messageOf(cause) || code, reply.arrived, { cause })
  }
  return { send, close: () => agent.destroy() }
}

function parsed(text: string | null): unknown {
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The address of a webhook, or of one of its messages; `query` is added to what the URL has (a thread, say). */
export function webhookUrl(
  url: string,
  messageId: string | null,
  query: Record<string, string> = {},
): string {
  const address = new URL(url)
  address.pathname =
    address.pathname.replace(/\/+$/, '') + (messageId === null ? '' : `/messages/${messageId}`)
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value)
  return address.href
}
