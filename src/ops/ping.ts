// The dead-man's ping: sent while the bot is of use, so that whoever waits for it misses a bot that is not.
import type { Dispatcher } from 'undici'
import { type Clock, systemClock } from '../kernel/clock.ts'
import { MINUTE_MS } from '../kernel/duration.ts'
import { type Logger, secretCutter } from '../kernel/logger.ts'
import { type CallResult, call, loginOf } from '../net/call.ts'
import { openConnections } from '../net/connections.ts'
import { shorten } from '../words/text.ts'
import type { Hold } from './useful.ts'

/** So often it is looked whether a ping is due, or what held it back has passed. */
const LOOK_MS = 30_000
/** What passes within this is nobody's business. */
const LASTING_MS = 2 * MINUTE_MS
const TIMEOUT_MS = 10_000
const ANSWER_MAX_BYTES = 2048
const TEXT_MAX = 1000

interface PingRequest {
  method: 'GET' | 'POST'
  url: string
  body?: string
}

/** The addresses of healthchecks' own documentation; elsewhere a POST below the address may count as a ping. */
const HEALTHCHECKS =
  /^https?:\/\/(?:hc-ping\.com\/|.*\/ping\/)(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[\w-]{22}\/[\w-]+)$/i

/**
 * The requests that the server behind a ping's URL understands (pure). healthchecks.io, or one's own (`/ping/` with a UUID,
 * or a key and a slug): `/start`, and `/fail` with what fails; Uptime Kuma: `status=down`; any other: only the ping itself.
 */
export function pingRequests(text: string): {
  up: PingRequest
  start: PingRequest | null
  fail: (why: string) => PingRequest | null
} {
  const up: PingRequest = { method: 'GET', url: text }
  const at = (change: (url: URL) => void) => {
    const url = new URL(text)
    change(url)
    return url.href
  }
  const { origin, pathname } = new URL(text)
  const path = pathname.replace(/\/+$/, '')
  if (HEALTHCHECKS.test(origin + path)) {
    const below = (name: string) =>
      at((url) => {
        url.pathname = `${path}/${name}`
      })
    return {
      up,
      start: { method: 'POST', url: below('start') },
      fail: (body) => ({ method: 'POST', url: below('fail'), body }),
    }
  }
  if (!/\/api\/push\/./.test(path)) return { up, start: null, fail: () => null }
  const down = (why: string) =>
    at(({ searchParams }) => {
      searchParams.set('status', 'down')
      searchParams.set('msg', shorten(why, 200))
    })
  return { up, start: null, fail: (why) => ({ method: 'GET', url: down(why) }) }
}

/** Why a ping did not arrive, in words; null: it did. What answers 200 may say in its body that it knows no such check. */
export function pingProblem(result: CallResult): string | null {
  if (result.kind === 'none') {
    const { broken } = result
    if (broken instanceof Error)
      return broken.message || (broken as NodeJS.ErrnoException).code || 'no connection'
    return broken === 'time-out' ? `no answer within ${TIMEOUT_MS / 1000} s` : broken
  }
  const { status, text } = result
  if (status >= 300 && status < 400)
    return `it answers ${status} and redirects to another address, which is not followed: write the address itself`
  if (status < 200 || status >= 300) return `it answers ${status}`
  const isRefused = /^OK \(|"ok"\s*:\s*false/.test(text)
  return isRefused ? `it answers ${status} and says ${shorten(text.trim(), 100)}` : null
}

/** `holds`: what holds the ping back now. Nothing of it ever throws. */
export function createPing(deps: {
  url: string
  /** The name of its secret. */
  name: string
  everyMs: number
  holds: () => Promise<readonly Hold[]>
  clock: Clock
  wireClock?: Clock
  logger: Logger
  connections?: Dispatcher
}) {
  const { name, everyMs, clock, wireClock = systemClock } = deps
  const cut = secretCutter([deps.url])
  const requests = pingRequests(deps.url)
  const connections = deps.connections ?? openConnections(null, { timeoutMs: TIMEOUT_MS })
  const stopping = new AbortController()
  let cancel = () => {}
  let sentMs: number | null = null
  let failSentMs: number | null = null
  let lookedMs: number | null = null
  /** Since when each look found something that is wrong. */
  let wrongSinceMs: number | null = null
  let held: string | null = null
  let failure: string | null = null

  const lasts = (sinceMs: number | null, ms: number) =>
    sinceMs === null || Math.abs(clock.now() - sinceMs) >= ms

  /** Whether it arrived. */
  async function send({ method, url, body }: PingRequest): Promise<boolean> {
    const at = new URL(url)
    const { origin, pathname, search } = at
    const headers: Record<string, string> = { 'user-agent': 'ibc-monitor', ...loginOf(at) }
    if (body) headers['content-type'] = 'text/plain'
    const result = await call(
      connections,
      { origin, path: pathname + search, method, headers, body },
      {
        timeoutMs: TIMEOUT_MS,
        mostBytes: ANSWER_MAX_BYTES,
        clock: wireClock,
        beginning: true,
        signal: stopping.signal,
      },
    )
    const problem = pingProblem(result)
    if (stopping.signal.aborted) return false
    const before = failure
    failure = problem && cut(problem)
    if (failure !== null && failure !== before)
      deps.logger.warn(
        { secret: name, reason: failure },
        "the dead-man's ping does not arrive: it is tried again",
      )
    if (failure === null && before !== null)
      deps.logger.info({ secret: name }, "the dead-man's ping arrives again")
    return failure === null
  }

  async function look(): Promise<void> {
    // After a gap (the machine slept, the clock has leapt) what is found is not known to have lasted.
    if (lasts(lookedMs, LASTING_MS)) wrongSinceMs = null
    lookedMs = clock.now()
    const holds = await deps.holds()
    const isDue = lasts(sentMs, everyMs) || failure !== null || held !== null
    if (holds.length === 0) {
      held = wrongSinceMs = failSentMs = null
      if (isDue && (await send(requests.up))) sentMs = clock.now()
      return
    }
    if (holds.every((one) => one.passes)) {
      wrongSinceMs = null
      return
    }
    wrongSinceMs ??= clock.now()
    const isLasting = lasts(wrongSinceMs, LASTING_MS)
    if (!isDue && !isLasting) return
    const text = shorten(holds.map((one) => one.text).join('; '), TEXT_MAX)
    if (held === null) deps.logger.warn({ secret: name, reason: text }, "the dead-man's ping is held back")
    held = text
    const fail = isLasting ? requests.fail(text) : null
    if (fail !== null && lasts(failSentMs, everyMs) && (await send(fail))) failSentMs = clock.now()
  }

  function round(): void {
    if (stopping.signal.aborted) return
    look()
      .catch((error) => deps.logger.error({ err: error }, "the dead-man's ping could not be looked after"))
      .finally(() => {
        if (!stopping.signal.aborted) cancel = clock.at(clock.now() + LOOK_MS, round)
      })
  }

  return {
    start(): void {
      // A start that came after the first ping would be waited for anew.
      if (requests.start) void send(requests.start).finally(round)
      else round()
    },
    /** When the last one arrived, Unix ms; null: none did. */
    sentMs: (): number | null => sentMs,
    /** For `$status`: empty where all is well. */
    problems: (): string[] => [
      ...(failure === null
        ? []
        : [`The ping to the address in \`${name}\` does not arrive: ${failure}. I go on trying.`]),
      ...(held === null ? [] : [`No ping goes to the address in \`${name}\`: ${held}.`]),
    ],
    async stop(): Promise<void> {
      stopping.abort()
      cancel()
      await connections.destroy()
    },
  }
}
