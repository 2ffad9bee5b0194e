// One outbound HTTP request: time-out over all of it, cap on the body, no redirects, never repeated, and what came of it.
import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Clock } from '../kernel/clock.ts'
import { onAbort } from './aborts.ts'

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

/** Why a request or its body did not come to its end. An Error is the connection's. */
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
  request: Dispatcher.DispatchOptions,
  { timeoutMs, mostBytes, clock, signal, beginning = false }: CallLimits,
): Promise<CallResult> {
  if (signal?.aborted) return { kind: 'none', arrived: 'no', broken: 'given up' }
  const sentAtMs = clock.now()
  let controller: Dispatcher.DispatchController | null = null
  let started: { status: number; headers: Headers } | null = null
  const chunks: Buffer[] = []
  let bytes = 0

  return new Promise((resolve) => {
    let over = false
    const end = (broken: Broken | null): void => {
      if (over) return
      over = true
      cancelTimer()
      stopListening()
      const tookMs = Math.max(0, clock.now() - sentAtMs)
      if (started) resolve({ kind: 'answer', ...started, text: textOf(chunks, mostBytes), broken, tookMs })
      else resolve({ kind: 'none', arrived: controller ? 'perhaps' : 'no', broken: broken as Broken })
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
        started = { status, headers }
        if (!beginning && Number(headers['content-length'] ?? 0) > mostBytes) end('too big')
      },
      onResponseData(_, chunk) {
        chunks.push(chunk)
        bytes += chunk.length
        if (bytes > mostBytes) end('too big')
      },
      onResponseEnd: () => started && end(null),
      onResponseError: (_, error) => end(error),
    }
    try {
      dispatcher.dispatch(request, handler)
    } catch (error) {
      end(error as Error)
    }
  })
}

function textOf(chunks: Buffer[], mostBytes: number): string {
  const whole = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
  return whole.subarray(0, mostBytes).toString('utf8')
}
