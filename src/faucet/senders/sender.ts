// What every sender is, and what they share: filling in requests, reading answers, the statuses that are a certain no.
import type { Clock } from '../../kernel/clock.ts'
import type { SenderSettings } from '../schema.ts'
import type { Cause, DripOutcome } from '../types.ts'
import { callOnce, type HttpAnswer } from './http-call.ts'

/** One payment to be made. Times in Unix ms. */
export interface Payment {
  address: string
  userId: string
  joinedAtMs: number | null
  accountCreatedMs: number | null
  atMs: number
}

/** What a look-up of a transaction says. `pending`: not in a block yet; `unreadable`: nobody could be asked. */
export interface LookupResult {
  status: 'sent' | 'failed' | 'pending' | 'unreadable'
  detail: string
}

/** What the server says of itself; fields that it does not tell are null. */
export interface FaucetStatus {
  balance: string | null
  amount: string | null
  /** The server has nothing to pay with. */
  dry: boolean
}

export interface Sender {
  /** Calls the faucet once. Never throws; the certain no and the "may have paid" are told apart. */
  send(payment: Payment, signal?: AbortSignal): Promise<DripOutcome>
  /** Looks up a transaction, or several with spaces between; absent where this cannot be done. Never throws. */
  lookup?: (txHash: string, signal?: AbortSignal) => Promise<LookupResult>
  /** Null when the server did not answer. Never throws. */
  status?: (signal?: AbortSignal) => Promise<FaucetStatus | null>
}

export interface SenderDeps {
  settings: SenderSettings
  /** The secret itself; null where none is configured. */
  token: string | null
  clock: Clock
}

/** A hash as it may stand in a link: letters and digits only. */
export const HASH = /^[A-Za-z0-9]{8,128}$/

/** How long a question that pays nothing may take. */
const QUESTION_TIMEOUT_MS = 10_000

/** The header with the secret as a bearer token; none where no secret is configured. */
export const bearer = ({ token }: SenderDeps): Record<string, string> =>
  token === null ? {} : { authorization: 'Bearer {token}' }

/**
 * Posts a payment: the kind's own path, headers and body, with what the configuration puts in their place.
 * `{address}`, `{user}` and `{token}` are filled in, in header values and in every text of the body.
 */
export function pay(
  deps: SenderDeps,
  payment: Payment,
  own: { path: string; headers?: Record<string, string>; body: unknown },
  signal?: AbortSignal,
): Promise<HttpAnswer> {
  const { settings, token } = deps
  const fill = (text: string) =>
    text.replace(/\{(address|user|token)\}/g, (_, key: string) =>
      key === 'address' ? payment.address : key === 'user' ? payment.userId : (token ?? ''),
    )
  const headers: Record<string, string> = { accept: 'application/json' }
  const hasBody = settings.method !== 'GET'
  if (hasBody) headers['content-type'] = 'application/json'
  for (const [name, value] of Object.entries({ ...own.headers, ...settings.headers })) {
    // A header of the configuration takes the place of the kind's, however its name is written.
    for (const known of Object.keys(headers))
      if (known.toLowerCase() === name.toLowerCase()) delete headers[known]
    headers[name] = fill(value)
  }
  const path = (settings.path ?? own.path).replace(/\{(address|user)\}/g, (_, key: string) =>
    encodeURIComponent(key === 'address' ? payment.address : payment.userId),
  )
  const body = settings.body === undefined ? own.body : filled(settings.body, fill)
  return callOnce(
    {
      method: settings.method,
      url: settings.url + path,
      headers,
      body: hasBody ? JSON.stringify(body) : null,
      timeoutMs: settings.timeoutMs,
    },
    deps.clock,
    signal,
  )
}

/** What came of a question. `status` null: no answer; `text`: what was said, or why there is none. */
export interface Answered {
  status: number | null
  /** Undefined where the body is no JSON. */
  json: unknown
  text: string
}

/** Asks something that pays nothing. */
export async function ask(
  deps: Pick<SenderDeps, 'clock'>,
  url: string,
  signal?: AbortSignal,
): Promise<Answered> {
  const answer = await callOnce(
    {
      method: 'GET',
      url,
      headers: { accept: 'application/json' },
      body: null,
      timeoutMs: QUESTION_TIMEOUT_MS,
    },
    deps.clock,
    signal,
  )
  if (answer.kind !== 'answer') return { status: null, json: undefined, text: answer.detail }
  const { error, message } = objectOf(answer) ?? {}
  const isMoved = answer.status >= 300 && answer.status < 400 && answer.location !== null
  const text = isMoved ? REDIRECTED : said(answer, message ?? error)
  return { status: answer.status, json: answer.whole ? parseJson(answer.text) : undefined, text }
}

const REDIRECTED = 'redirected to another address'

function filled(value: unknown, fill: (text: string) => string): unknown {
  if (typeof value === 'string') return fill(value)
  if (Array.isArray(value)) return value.map((one) => filled(one, fill))
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, fill)]))
  }
  return value
}

/**
 * Parses JSON; whole numbers of 16 digits and more come out as text, because a JavaScript number would change them.
 * Undefined when it is not JSON.
 */
export function parseJson(text: string): unknown {
  const exact = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    /^-?\d{16,}$/.test(token) ? `"${token}"` : token,
  )
  try {
    return JSON.parse(exact)
  } catch {
    return undefined
  }
}

/** The JSON object of an answer, or null. */
export function objectOf(answer: { text: string; whole: boolean }): Record<string, unknown> | null {
  const json = answer.whole ? parseJson(answer.text) : undefined
  return json && typeof json === 'object' && !Array.isArray(json) ? (json as Record<string, unknown>) : null
}

const MISCONFIGURED = [301, 307, 308, 404, 405, 406, 410, 411, 413, 414, 415, 431]
/** Statuses with which no payment was made, whoever answers: the server or a proxy before it. */
const CERTAIN_NO: Readonly<Record<number, Cause>> = {
  ...Object.fromEntries(MISCONFIGURED.map((status): [number, Cause] => [status, 'misconfigured'])),
  ...{ 400: 'refused', 401: 'secret', 403: 'secret', 422: 'refused', 429: 'limited' },
}

/** What is said of money that is not there. */
const DRY = /insufficient|not enough|out of funds|faucet (is )?(empty|dry|drained)|balance too low/i

/** Where a request is refused for what is in it: the address passed our own check, so it must be named. */
const OF_ADDRESS = /^(?!.*(missing|required|deseriali|parse)).*(\baddress|bech32|checksum|recipient)/i

/** A limit of the faucet's own, told with another status than 429. */
export const OF_LIMIT =
  /\b(already|recently)\b.*\b(funded|received|claimed|sent|dripped|requested)\b|too many requests|rate.?limit|cool.?down|try again (in|after)\b.*(minute|hour|day)|once (per|every)\b/i

/** What the faucet did not wait for, or lost sight of, may have been paid all the same: such a refusal is none. */
const ON_ITS_WAY =
  /^(?!.*(captcha|timeout-or-duplicate)).*(tim(ed?|ing)[ -]?out|deadline exceeded|hang up|ECONN(RESET|ABORTED)|was (submitted|broadcast)|already (exists )?in (the )?(cache|mempool)|may still)/i

/** A transaction as a text names it: a hash of ligate, or 32 bytes in hexadecimal. */
const NAMED = /\bltx1[02-9ac-hj-np-z]{58}(?![0-9a-z])|(?<![0-9a-z])(0x)?[0-9a-f]{64}(?![0-9a-z])/i

/** The transaction that a text names; null where it names none. What a web page is made of names none. */
export const hashNamedIn = (text: string): string | null =>
  PAGE.test(text) ? null : (NAMED.exec(text)?.[0] ?? null)

/** The cause of a refusal in these words. */
function causeOf(status: number, said: string): Cause | undefined {
  const cause = CERTAIN_NO[status]
  if (DRY.test(said)) return cause && 'dry'
  if (cause !== 'refused') return cause
  return OF_LIMIT.test(said) ? 'limited' : OF_ADDRESS.test(said) ? 'address' : cause
}

/** Whether a refusal speaks of a transaction: then it may have been paid. */
export const isOnItsWay = (said: string, txHash: string | null) => txHash !== null || ON_ITS_WAY.test(said)

/**
 * Maps everything that is not the success of a kind: no connection and the statuses above are a certain no, all the
 * rest may have paid. `found`: hashes that stand where the configuration says.
 */
export function notSent(answer: HttpAnswer, said: string, found: string | null = null): DripOutcome {
  if (answer.kind === 'never-sent') return { status: 'failed', cause: 'unreachable', detail: answer.detail }
  if (answer.kind === 'ambiguous')
    return { status: 'unknown', cause: 'ambiguous', detail: answer.detail, txHash: null }
  const detail = `${answer.status}: ${said}`
  const cause = causeOf(answer.status, said)
  const txHash = found ?? hashNamedIn(answer.text)
  // Who was stopped at the door (401, 403, 429) was not paid, whatever else is said.
  const wasLetIn = !['secret', 'limited'].includes(CERTAIN_NO[answer.status] ?? '')
  if (cause === undefined || (wasLetIn && isOnItsWay(said, txHash))) {
    return { status: 'unknown', cause: DRY.test(said) ? 'dry' : 'ambiguous', detail, txHash }
  }
  if (answer.location !== null && answer.status < 400) {
    return { status: 'failed', cause, detail: `${answer.status}: ${REDIRECTED}` }
  }
  return { status: 'failed', cause, detail }
}

export const EMPTY = 'an empty answer'
const PAGE = /<(!doctype|html|head|body)\b/i

/** Shortest text that says what an answer was: its error, or the beginning of what is not JSON. */
export function said(answer: { text: string; whole: boolean }, error?: unknown): string {
  const text = typeof error === 'string' && error ? error : answer.text
  if (PAGE.test(text)) {
    const title = /<title[^>]*>([^<]{1,200})/i.exec(text)?.[1]?.trim()
    return title ? `a web page, "${title}"` : 'a web page'
  }
  // Not shortened: whoever keeps it takes the secrets out first, and half of one would not be found.
  return text.replace(/\s+/g, ' ').trim() || EMPTY
}

/** Unix ms of an RFC 3339 text, or null. */
export function timeOf(value: unknown): number | null {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isFinite(ms) ? ms : null
}
