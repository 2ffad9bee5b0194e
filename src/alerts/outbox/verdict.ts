// What an answer of Discord's webhook API means for the row that was sent, as a pure decision.
import { z } from 'zod'
import { MINUTE_MS } from '../../kernel/duration.ts'
import type { Answer } from './send.ts'

export type Verdict =
  | { kind: 'accepted'; messageId: string | null; channelId: string | null; pauseMs: number }
  /** Certainly not accepted; try again after `waitMs`. */
  | { kind: 'wait'; waitMs: number; reason: string }
  /** Perhaps accepted (a gateway may fail after the fact); try again later. */
  | { kind: 'uncertain'; reason: string }
  /** The webhook does not exist (any more), or its token is refused. */
  | { kind: 'gone'; reason: string }
  /** The message that was to be edited does not exist (any more). */
  | { kind: 'no-message'; reason: string }
  /** What was sent is refused: our bug. */
  | { kind: 'refused'; reason: string }

const UNKNOWN_MESSAGE = 10008

const errorSchema = z.looseObject({ code: z.number().optional(), message: z.string().optional() })
const messageSchema = z.looseObject({ id: z.string(), channel_id: z.string().optional() })
const limitSchema = z.looseObject({ retry_after: z.number() })

/** A wait that Discord asks for is obeyed up to this; anything longer is a mistake. */
const WAIT_MAX_MS = 6 * 60 * MINUTE_MS
const WAIT_MIN_MS = 100
const WAIT_UNKNOWN_MS = 5000

/** Judges the answer to a POST, or to a PATCH of a message. */
export function judge({ status, headers, body }: Answer): Verdict {
  if (status >= 200 && status < 300) {
    const message = messageSchema.safeParse(body).data
    const spent = headerOf(headers, 'x-ratelimit-remaining') === '0'
    const pauseMs = spent ? (secondsOf(headers, 'x-ratelimit-reset-after') ?? 0) : 0
    return {
      kind: 'accepted',
      messageId: message?.id ?? null,
      channelId: message?.channel_id ?? null,
      pauseMs,
    }
  }
  const error = errorSchema.safeParse(body).data ?? {}
  const reason = [status, error.message, error.code ? `(${error.code})` : ''].filter(Boolean).join(' ')
  if (status === 429) return { kind: 'wait', waitMs: retryAfterMs({ status, headers, body }), reason }
  if (status === 404 && error.code === UNKNOWN_MESSAGE) return { kind: 'no-message', reason }
  // 403 is not about the message either: a firewall before Discord, or a permission. It must not cost a notice.
  if (status === 401 || status === 403 || status === 404) return { kind: 'gone', reason }
  if (status === 408 || status === 425) return { kind: 'uncertain', reason }
  if (status >= 400 && status < 500) return { kind: 'refused', reason }
  return { kind: 'uncertain', reason }
}

/** Discord writes seconds, as a float, in three places; the body is the most exact one. */
function retryAfterMs({ headers, body }: Answer): number {
  const inBody = limitSchema.safeParse(body).data?.retry_after
  const asked =
    (inBody === undefined ? null : clampMs(inBody)) ??
    secondsOf(headers, 'x-ratelimit-reset-after') ??
    secondsOf(headers, 'retry-after') ??
    WAIT_UNKNOWN_MS
  return Math.max(asked, WAIT_MIN_MS)
}

function secondsOf(headers: Answer['headers'], name: string): number | null {
  const text = headerOf(headers, name)
  return text === undefined || text.trim() === '' ? null : clampMs(Number(text))
}

function clampMs(seconds: number): number | null {
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(Math.ceil(seconds * 1000), WAIT_MAX_MS) : null
}

function headerOf(headers: Answer['headers'], name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}
