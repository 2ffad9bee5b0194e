// The dead-man's ping against a server that waits for it: start, ping, what holds it back, what fails, and that nothing leaks.
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import { servePings } from '../../../sandbox/ping/server.ts'
import { createPing, pingRequests } from '../../../src/ops/ping.ts'
import type { Hold } from '../../../src/ops/useful.ts'

const SECRET = '/ping/0f8fad5b-d9cb-469f-a165-70867728950e'
const MINUTE = 60_000

let server: Awaited<ReturnType<typeof servePings>>
let clock: ManualClock
let holds: Hold[]
let ping: ReturnType<typeof createPing>
let log: string[]

/** Starts the ping; its time-outs go by the machine's clock. */
function start(path = SECRET, login = '', wireClock?: ManualClock): void {
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(line) })
  const url = `${server.url.replace('//', `//${login}`)}${path}`
  const deps = {
    url,
    name: 'PING_URL',
    everyMs: 5 * MINUTE,
    holds: async () => holds,
    clock,
    wireClock,
    logger,
  }
  ping = createPing(deps)
  ping.start()
}

/** Time passes; requests are real. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 15_000) {
    await clock.advance(15_000)
    await new Promise((turn) => setTimeout(turn, 15))
  }
}

const paths = () => server.came.splice(0).map(({ method, path }) => `${method} ${path}`)
const settled = () => vi.waitFor(() => expect(server.came.length).toBeGreaterThan(0))

beforeEach(async () => {
  server = await servePings()
  clock = new ManualClock()
  holds = []
  log = []
})

afterEach(async () => {
  await ping?.stop()
  await server.close()
  expect(log.join('')).not.toContain(SECRET)
})

describe('the ping', () => {
  it('says that it starts, and comes in its time', async () => {
    start()
    await settled()
    await pass(11 * MINUTE)
    const [first, ...others] = paths()
    expect(first).toBe(`POST ${SECRET}/start`)
    expect(others).toEqual([SECRET, SECRET, SECRET].map((path) => `GET ${path}`))
    expect(ping.problems()).toEqual([])
  })

  it('begins with the start, however long that takes, and with the login of its URL', async () => {
    server.answers.hangs = true
    start('/ping/0f8fad5b-d9cb-469f-a165-70867728950e', 'ann:p%40ss@', clock)
    await settled()
    expect(paths()).toEqual(['POST /ping/0f8fad5b-d9cb-469f-a165-70867728950e/start'])
    server.answers.hangs = false
    await expect.poll(() => pass(MINUTE).then(() => server.came.length)).toBeGreaterThan(0)
    expect(new Set(server.came.map(({ path, login }) => `${path} ${login}`))).toEqual(
      new Set(['/ping/0f8fad5b-d9cb-469f-a165-70867728950e ann:p@ss']),
    )
  })

  it('stops at once while something holds it back, says what fails after two minutes, and goes on when that is over', async () => {
    start()
    await pass(MINUTE)
    paths()
    holds = [{ text: 'the disk is full' }, { text: 'Juno was not looked at' }]
    await pass(1.5 * MINUTE)
    expect(paths()).toEqual([])
    expect(ping.problems()).toEqual([])
    await pass(2 * MINUTE)
    expect(server.came).toMatchObject([
      { method: 'POST', path: `${SECRET}/fail`, body: 'the disk is full; Juno was not looked at' },
    ])
    expect(ping.problems().join()).toContain('No ping goes to the address in `PING_URL`: the disk is full')
    await pass(5 * MINUTE)
    expect(paths()).toEqual([`POST ${SECRET}/fail`, `POST ${SECRET}/fail`])
    holds = []
    await pass(MINUTE)
    expect(paths()).toEqual([`GET ${SECRET}`])
    expect(ping.problems()).toEqual([])
  })

  it('is late by no more than a look where something held it back for a moment', async () => {
    start()
    await pass(4.75 * MINUTE)
    holds = [{ text: 'a slow disk' }]
    await pass(MINUTE)
    paths()
    holds = []
    await pass(0.75 * MINUTE)
    expect(paths()).toEqual([`GET ${SECRET}`])
  })

  it('does not say that something fails which is so after every start', async () => {
    holds = [{ text: 'Juno is being swept for the first time', passes: true }]
    start()
    await pass(9 * MINUTE)
    expect(paths()).toEqual([`POST ${SECRET}/start`])
    expect(ping.problems()).toEqual([])
    expect(log).toEqual([])
  })

  it('does not say that something fails right after the machine slept', async () => {
    start()
    await pass(MINUTE)
    paths()
    holds = [{ text: 'Juno was not looked at' }]
    clock.set(clock.now() + 60 * MINUTE)
    await pass(MINUTE)
    expect(paths()).toEqual([])
  })

  it.each<[string, Partial<typeof server.answers>, string]>([
    [
      'is redirected to the metadata address',
      { status: 302, location: 'http://169.254.169.254/latest/' },
      'redirects',
    ],
    ['is redirected to itself', { status: 308, location: '/elsewhere' }, 'redirects'],
    ['is refused', { status: 404, body: 'not found' }, 'answers 404'],
    ['is not known, and told so with 200', { body: 'OK (not found)' }, 'says OK (not found)'],
    [
      'is not known to Uptime Kuma',
      { body: '{"ok":false,"msg":"Monitor not found or not active."}' },
      'Monitor not found',
    ],
    ['comes to a server that fails', { status: 503, body: '' }, 'answers 503'],
  ])('that %s is tried again, logged and told', async (_, answers, words) => {
    Object.assign(server.answers, answers)
    start()
    await pass(2 * MINUTE)
    expect(paths().filter((path) => path === `GET ${SECRET}`).length).toBeGreaterThan(2)
    expect(ping.problems()).toEqual([expect.stringContaining(words)])
    expect(log.join()).toContain(words)
    expect(ping.sentMs()).toBeNull()
    Object.assign(server.answers, { status: 200, body: 'OK', location: undefined })
    await pass(MINUTE)
    expect(ping.problems()).toEqual([])
  })

  it('that reaches nobody names no address', async () => {
    await server.close()
    start()
    await pass(MINUTE)
    expect(ping.problems()).toEqual([expect.stringMatching(/does not arrive: .*ECONNREFUSED/)])
    server = await servePings()
  })
})

describe('what a server understands', () => {
  it.each([
    [
      'https://hc-ping.com/0f8fad5b-d9cb-469f-a165-70867728950e',
      '/0f8fad5b-d9cb-469f-a165-70867728950e/fail',
    ],
    [
      'https://hc-ping.com/fqOOd6-F4MMNuCEnzTU01w/ibc-monitor?create=1',
      '/fqOOd6-F4MMNuCEnzTU01w/ibc-monitor/fail?create=1',
    ],
    [
      'https://checks.example.org/x/ping/fqOOd6-F4MMNuCEnzTU01w/a_b/',
      '/x/ping/fqOOd6-F4MMNuCEnzTU01w/a_b/fail',
    ],
    [
      'https://checks.example.org:8000/ping/0f8fad5b-d9cb-469f-a165-70867728950e',
      '/ping/0f8fad5b-d9cb-469f-a165-70867728950e/fail',
    ],
    // Somebody else's: what is posted below it may count as a ping.
    ['https://push.example.org/0f8fad5b-d9cb-469f-a165-70867728950e', null],
    ['https://example.org/ping/night', null],
    ['https://example.org/ping/key/slug', null],
    ['https://example.org/?to=hc-ping.com/0f8fad5b-d9cb-469f-a165-70867728950e', null],
    ['https://hc-ping.com.example.org/0f8fad5b-d9cb-469f-a165-70867728950e', null],
    [
      'https://kuma.example.org/api/push/abc?status=up&msg=OK&ping=',
      '/api/push/abc?status=down&msg=full&ping=',
    ],
    ['https://nosnch.in/c2354d53d2', null],
  ])('%s', (url, fail) => {
    const { up, start, fail: failing } = pingRequests(url)
    expect(up).toEqual({ method: 'GET', url })
    const failed = failing('full')
    expect(failed?.url.slice(new URL(url).origin.length) ?? null).toBe(fail)
    expect(start === null).toBe(fail === null || fail.includes('push'))
  })
})
