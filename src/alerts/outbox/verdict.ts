// What an answer of Discord's webhook API means for the row that was sent, as a pure decision.
import { z } from 'zod'
import { MINUTE_MS } from '../../kernel/duration.ts'
import type { WebhookAnswer } from './send.ts'

export type WebhookVerdict =
  | { kind: 'accepted'; messageId: string; channelId: string | null; pauseMs: number }
  /** Certainly not accepted; try again after `waitMs`, when it is said that all have to wait so long. */
  | { kind: 'wait'; waitMs: number | null; reason: string }
  /** Perhaps accepted (a gateway may fail after the fact), for `lateMs` more; try again later. */
  | { kind: 'uncertain'; reason: string; lateMs?: number }
  /** The webhook does not exist (any more), or its token is refused. */
  | { kind: 'gone'; reason: string }
  /** The message that was to be edited does not exist (any more). */
  | { kind: 'no-message'; reason: string }
  /** What was sent is refused: our bug. */
  | { kind: 'refused'; reason: string }

/** What Discord's own error codes mean. Any other answer may pass, or comes from something before Discord. */
const MEANING: Readonly<Record<number, 'gone' | 'no-message' | 'refused'>> = {
  10008: 'no-message',
  10015: 'gone',
  50027: 'gone',
  50035: 'refused',
}

/** Codes that somebody has to mend in the channel, with what to do. */
const MEND: Readonly<Record<number, string>> = {
  160005: 'the thread is locked. Unlock it, or use a webhook of another channel',
  220001:
    'the webhook belongs to a forum. Put ?thread_id=ID at the end of its URL, or use one of a text channel',
  50083: 'the thread is archived. Open it again, or use a webhook of another channel',
}

const errorSchema = z.looseObject({ code: z.number(), message: z.string().optional() })
const messageSchema = z.looseObject({ id: z.string(), channel_id: z.string().optional() })
const limitSchema = z.looseObject({ retry_after: z.number() })

/** A wait that Discord asks for is obeyed up to this; anything longer is a mistake. */
const WAIT_MAX_MS = 6 * 60 * MINUTE_MS
const WAIT_MIN_MS = 100
/** What something before Discord has not waited for any longer (522 and 524: Cloudflare) may be accepted after it. */
const TIMED_OUT: readonly number[] = [408, 504, 522, 524]
const LATE_MS = 10_000
const WAIT_UNKNOWN_MS = 5000

/** Judges the answer to a POST (with `wait=true`), to a PATCH of a message, or to a GET of the webhook itself. */
export function judgeAnswer({ status, headers, body }: WebhookAnswer): WebhookVerdict {
  const success = status >= 200 && status < 300
  const message = success ? messageSchema.safeParse(body).data : undefined
  if (message) {
    const spent = headerOf(headers, 'x-ratelimit-remaining') === '0'
    const pauseMs = spent ? (secondsOf(headers, 'x-ratelimit-reset-after') ?? 0) : 0
    return { kind: 'accepted', messageId: message.id, channelId: message.channel_id ?? null, pauseMs }
  }
  if (success) return { kind: 'uncertain', reason: `${status} without a message: ${FOREIGN}` }
  const error = discordError(body)
  const refusal = status >= 400 && status < 500
  const reason = reasonOf(status, error)
  if (status === 429) return { kind: 'wait', waitMs: retryAfterMs({ status, headers, body }), reason }
  if (TIMED_OUT.includes(status)) return { kind: 'uncertain', reason, lateMs: LATE_MS }
  if (!refusal || status === 425) return { kind: 'uncertain', reason }
  const meaning = error && MEANING[error.code]
  return meaning ? { kind: meaning, reason } : { kind: 'wait', waitMs: null, reason }
}

/** Discord's own error; undefined where the body is somebody else's. */
export function discordError(body: unknown): z.infer<typeof errorSchema> | undefined {
  return errorSchema.safeParse(body).data
}

/** Whether Discord's error says that the webhook does not exist, or that its token is wrong. */
export function isGone(code: number): boolean {
  return MEANING[code] === 'gone'
}

const FOREIGN = 'no answer of Discord (a proxy, a firewall or a login page before it?)'

/** In Discord's words. What others write is not repeated: a blocked page names the address, which is a secret. */
function reasonOf(status: number, error: ReturnType<typeof discordError>): string {
  // Discord's own front has no JSON either when what is behind it is down, or asked too much.
  if (!error) return status === 429 || status >= 500 ? String(status) : `${status}: ${FOREIGN}`
  const { code, message } = error
  const words = [status, message, code ? `(${code})` : ''].filter(Boolean).join(' ')
  return MEND[code] ? `${words}: ${MEND[code]}` : words
}

/** Discord writes seconds, as a float, in three places; the body is the most exact one. */
function retryAfterMs({ headers, body }: WebhookAnswer): number {
  const inBody = limitSchema.safeParse(body).data?.retry_after
  const asked =
    (inBody === undefined ? null : clampMs(inBody)) ??
    secondsOf(headers, 'x-ratelimit-reset-after') ??
    secondsOf(headers, 'retry-after') ??
    WAIT_UNKNOWN_MS
  return Math.max(asked, WAIT_MIN_MS)
}

/** A header in seconds, as milliseconds; null where it is none. */
export function secondsOf(headers: WebhookAnswer['headers'], name: string): number | null {
  const text = headerOf(headers, name)
  return text === undefined || text.trim() === '' ? null : clampMs(Number(text))
}

function clampMs(seconds: number): number | null {
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(Math.ceil(seconds * 1000), WAIT_MAX_MS) : null
}

function headerOf(headers: WebhookAnswer['headers'], name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}
