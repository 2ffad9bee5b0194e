// One outbound HTTP request: time-out over all of it, cap on the body, no redirects, never repeated, and what came of it.
import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Clock } from '../kernel/clock.ts'
import { decodePart } from '../kernel/decode.ts'
import { onAbort } from './aborts.ts'
import { type Body, createBody } from './body.ts'

/** For the dispatchers of `call`: their own time-outs are off, it keeps one over the whole request. */
export const NO_TIMEOUTS = { headersTimeout: 0, bodyTimeout: 0 } as const

export interface CallLimits {
  timeoutMs: number
  mostBytes: number
  /** The time of the wire. */
  clock: Clock
  /** Gives the request up. */
  signal?: AbortSignal
  /** The beginning of a body that is too big is wanted: it is read although its length is told before. */
  beginning?: boolean
}

/** A request with its headers by their names. */
export type CallRequest = Omit<Dispatcher.DispatchOptions, 'headers'> & {
  headers?: Readonly<Record<string, string>>
}

/** The header for the login in a URL, which no request's address has. */
export function loginOf({ username, password }: URL): Record<string, string> {
  if (!username && !password) return {}
  const login = [username, password].map(decodePart).join(':')
  return { authorization: `Basic ${Buffer.from(login).toString('base64')}` }
}

/** What is small need not be unpacked, and a server that answers it otherwise is read all the same. */
const AS_IT_IS = { 'accept-encoding': 'identity' }

/** Why a request or its body did not come to its end. An Error is the connection's, or a `NotUnpacked`. */
export type Broken = 'time-out' | 'given up' | 'too big' | Error

/**
 * - `answer`: status, headers (names in lower case) and body as they came, whatever the status. `broken` is null when
 *   the body is whole; else `text` is what of it came, `mostBytes` at most. `tookMs`: from the call to the end, wire time.
 * - `none`: no status came. `arrived` is `no` when nothing was written to any connection.
 */
export type CallResult =
  | { kind: 'answer'; status: number; headers: Headers; text: string; broken: Broken | null; tookMs: number }
  | { kind: 'none'; arrived: 'no' | 'perhaps'; broken: Broken }

type Headers = IncomingHttpHeaders

/** Sends one request over one of the dispatcher's connections. Never throws. */
export async function call(
  dispatcher: Dispatcher,
  request: CallRequest,
  { timeoutMs, mostBytes, clock, signal, beginning = false }: CallLimits,
): Promise<CallResult> {
  if (signal?.aborted) return { kind: 'none', arrived: 'no', broken: 'given up' }
  const sentAtMs = clock.now()
  let controller: Dispatcher.DispatchController | null = null
  let started: { status: number; headers: Headers; body: Body } | null = null

  return new Promise((resolve) => {
    let over = false
    const end = (broken: Broken | null): void => {
      if (over) return
      over = true
      cancelTimer()
      stopListening()
      const tookMs = Math.max(0, clock.now() - sentAtMs)
      if (started) {
        const { status, headers, body } = started
        resolve({ kind: 'answer', status, headers, text: body.text(), broken, tookMs })
        body.stop()
      } else resolve({ kind: 'none', arrived: controller ? 'perhaps' : 'no', broken: broken as Broken })
      if (broken !== null) controller?.abort(broken instanceof Error ? broken : new Error(broken))
    }
    const cancelTimer = clock.at(sentAtMs + timeoutMs, () => end('time-out'))
    const stopListening = onAbort(signal, () => end('given up'))
    const handler: Dispatcher.DispatchHandler = {
      // A connection is there, and nothing is written to it yet.
      onRequestStart(one) {
        if (over) return one.abort(new Error('over'))
        controller = one
      },
      onResponseStart(_, status, headers) {
        if (status < 200) return
        started = { status, headers, body: createBody(headers, mostBytes, end) }
        if (!beginning && Number(headers['content-length'] ?? 0) > mostBytes) end('too big')
      },
      onResponseData: (_, chunk) => started?.body.write(chunk),
      onResponseEnd: () => started?.body.end(),
      onResponseError: (_, error) => end(error),
    }
    try {
      dispatcher.dispatch({ ...request, headers: { ...AS_IT_IS, ...request.headers } }, handler)
    } catch (error) {
      end(error as Error)
    }
  })
}
