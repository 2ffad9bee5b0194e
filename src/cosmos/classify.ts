// What one HTTP answer of a Cosmos REST endpoint means: an answer, a "no", a lesser wish, or an outage. Pure.
import type { UpstreamKind } from '../kernel/errors.ts'
import type { RawResponse } from './rest.ts'

export type Meaning =
  | { kind: 'answer'; json: unknown; height: bigint | null }
  /** The chain's own "no": gRPC codes 3 (invalid argument) and 5 (not found). */
  | { kind: 'no'; code: 3 | 5; message: string; height: bigint | null }
  /** The node gives less at once than was asked for: no other node would do better. */
  | { kind: 'too-much'; message: string }
  /** The route does not exist on this node. */
  | { kind: 'unsupported'; message: string }
  /** A restarted node that has made no block since (SDK 0.53 and later): asks for a pinned height. */
  | { kind: 'restarted'; pinTo: bigint }
  /** Nothing to learn here, another endpoint may know. `reason` in words: `502`, `not JSON`; `said`: the node's own. */
  | {
      kind: 'outage'
      error: UpstreamKind
      reason: string
      limited: boolean
      retryAfter: string | null
      said?: string
    }

/** What is not followed: it may lead anywhere, and a key would go with it. */
const MOVED = new Set([301, 302, 303, 307, 308])

/** Largest share of a node's own words that is repeated in a message. */
const LONGEST_QUOTE = 300

/**
 * Classifies a response. Matches on gRPC code and message first, because SDK versions wrap errors in different
 * HTTP statuses. On routes that not every chain has (by `path`) a proxy's own 404 or 407 says that it does not know
 * them. Height: header `Grpc-Metadata-X-Cosmos-Block-Height` or `X-Cosmos-Block-Height`; null where absent.
 */
export function classify(response: RawResponse, path?: string): Meaning {
  const { status } = response
  const height = heightOf(response.headers)
  const json = parse(response.text)
  if (status === 200) {
    return json === undefined
      ? outage('body', response.text === '' ? 'empty answer' : 'not JSON')
      : { kind: 'answer', json, height }
  }
  if (MOVED.has(status)) return outage('http', movedTo(response.headers))
  const isOptional = path !== undefined && !isBasicRoute(path)
  if (isOptional && json === undefined && (status === 404 || status === 407))
    return { kind: 'unsupported', message: String(status) }
  const retryAfter = header(response.headers, 'retry-after')
  const error = status >= 400 ? grpcError(json) : null
  if (error) {
    const { code, message } = error
    const restarted = /context did not contain latest block height.*\((\d{1,19})\)/s.exec(message)
    if (restarted) return { kind: 'restarted', pinTo: BigInt(restarted[1]!) }
    if (isTooMuch(code, message)) return { kind: 'too-much', message: quote(message) }
    // "Not Found" alone is how newer gateways say that there is no such route; a module names what it did not find.
    if (code === 12 || (code === 5 && message === 'Not Found'))
      return { kind: 'unsupported', message: quote(message) }
    if (code === 5 || code === 3) return { kind: 'no', code, message: quote(message), height }
    if (code === 2 && /failed to load state at height|height in the future/.test(message)) {
      return outage('stale', 'lacks this height', false, retryAfter)
    }
    if (code === 8 || status === 429) return outage('rate-limited', String(status), true, retryAfter)
  }
  if (status === 429 || status === 403) return outage('rate-limited', String(status), true, retryAfter)
  if (status === 500 && error) {
    return { ...outage('http', '500', false, retryAfter), said: quote(error.message) }
  }
  return outage('http', String(status), false, retryAfter)
}

/**
 * Whether an answer to a long page may be so for its length alone: a time-out, a gateway's error (nginx and Cloudflare
 * have numbers of their own), a limit of ours or of an operator's. What a node says in words of its own is about
 * something else.
 */
export function isTooLong(meaning: Meaning): boolean {
  if (meaning.kind !== 'outage' || meaning.limited) return false
  if (meaning.said !== undefined || meaning.retryAfter !== null) return false
  return /^(time-out|answer too big|answer cut off|400|408|413|414|422|499|50[0234]|52[024]|59[89])$/.test(
    meaning.reason,
  )
}

/** Whether a "no" (code 3) is about the number of items that were asked for. */
export const refusesLimit = (message: string): boolean =>
  /\b(limit|page|pagination|exceed\w*|maximum|too (many|much|large|big|high))\b/i.test(message)

/** How long `Retry-After` asks to wait, in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3); null if neither. */
export function retryAfterMs(value: string | null, nowMs: number): number | null {
  if (value === null) return null
  const text = value.trim()
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000)
  // Date.parse takes far more than HTTP dates; a bare "-5" is not one.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return null
  const atMs = Date.parse(text)
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs)
}

/** Routes that every Cosmos chain has: a 501 there is a broken endpoint, elsewhere it may be an older version. */
export function isBasicRoute(path: string): boolean {
  return /^\/(cosmos\/base\/tendermint\/|cosmos\/bank\/v1beta1\/balances\/[^/?]+(\?|$)|ibc\/core\/(client\/v1\/(client_states|consensus_states|client_status)|connection\/v1\/(connections|client_connections)|channel\/v1\/(channels(\?|$)|connections\/)))/.test(
    path,
  )
}

/** "moved to https://host/…": its host alone, because the path may repeat a key. */
function movedTo(headers: RawResponse['headers']): string {
  const to = header(headers, 'location') ?? ''
  const target = URL.canParse(to) ? new URL(to) : null
  return target?.host ? `moved to ${target.protocol}//${target.host}/…` : 'moved, and does not say where to'
}

/** Nothing to learn, for this reason in words. */
export function outage(
  error: UpstreamKind,
  reason: string,
  limited = false,
  retryAfter: string | null = null,
): Extract<Meaning, { kind: 'outage' }> {
  return { kind: 'outage', error, reason, limited, retryAfter }
}

function isTooMuch(code: number, message: string): boolean {
  // SDK 0.50 prints its out-of-gas value bare, such as `{ValuePerByte}` or `{ReadFlat}`.
  if (code === 13) return /^\{\w+\}$/.test(message) || /out of gas/i.test(message)
  if (code === 8) return /message larger than max/.test(message)
  return code !== 3 && code !== 5 && code !== 12 && /query gas limit exceeded|out of gas/i.test(message)
}

function grpcError(json: unknown): { code: number; message: string } | null {
  if (typeof json !== 'object' || json === null) return null
  const { code, message } = json as { code?: unknown; message?: unknown }
  return typeof code === 'number' && typeof message === 'string' ? { code, message } : null
}

/** What is there twice is taken where it is the same: of several heights nobody knows which one it is. */
function heightOf(headers: RawResponse['headers']): bigint | null {
  const value = headers['grpc-metadata-x-cosmos-block-height'] ?? headers['x-cosmos-block-height'] ?? ''
  const [text, ...others] = new Set(String(value).split(/\s*,\s*/))
  return others.length === 0 && /^[1-9]\d{0,18}$/.test(text!) ? BigInt(text!) : null
}

/** What the server's clock shows, Unix ms: `X-Server-Time` of the node (whole seconds), else `Date`; null if neither. */
export function serverMs(headers: RawResponse['headers']): number | null {
  const own = header(headers, 'x-server-time') ?? ''
  const ms = /^\d{1,11}$/.test(own) ? Number(own) * 1000 : Date.parse(header(headers, 'date') ?? '')
  return Number.isNaN(ms) ? null : ms
}

function header(headers: RawResponse['headers'], name: string): string | null {
  const value = headers[name]
  return (Array.isArray(value) ? value[0] : value) ?? null
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function quote(message: string): string {
  return message.length > LONGEST_QUOTE ? `${message.slice(0, LONGEST_QUOTE)}…` : message
}
