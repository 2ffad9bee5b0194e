// The pages for machines over real HTTP: who may read them, what is refused, and that no reader holds up the bot.
import { type AddressInfo, connect, createServer } from 'node:net'
import { pino } from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import { createMetrics, type Measure } from '../../../src/ops/metrics.ts'
import { createMachineServer } from '../../../src/ops/server.ts'

const TOKEN = 'a-token-of-many-characters'
const clock = new ManualClock()
const stops: (() => Promise<unknown>)[] = []

async function freePort(): Promise<{ port: number; free: () => Promise<unknown> }> {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((listening) => taken.once('listening', listening))
  const { port } = taken.address() as AddressInfo
  return { port, free: () => new Promise((done) => taken.close(done)) }
}

async function serve(token: string | null, pages: Parameters<typeof createMachineServer>[0]['pages']) {
  const { port, free } = await freePort()
  await free()
  const listen = { host: '127.0.0.1', port, isLoopback: true }
  const deps = { listen, token, pages, slowestMs: 500, clock, logger: pino({ level: 'silent' }) }
  const server = createMachineServer(deps)
  server.start()
  stops.push(server.stop)
  const base = `http://127.0.0.1:${port}`
  await vi.waitFor(() => fetch(base))
  return { base, port, server }
}

const ok = { '/healthz': () => ({ status: 200, text: 'ok\n' }) }

afterEach(async () => void (await Promise.all(stops.splice(0).map((stop) => stop()))))

describe('the pages', () => {
  it('are given to GET and HEAD; other paths and methods are refused in words', async () => {
    const { base } = await serve(null, { ...ok, '/broken': () => Promise.reject(new Error('no')) })
    const ask = async (path: string, init?: RequestInit) => {
      const answer = await fetch(`${base}${path}`, init)
      return [answer.status, await answer.text()]
    }
    expect(await ask('/healthz?x=1')).toEqual([200, 'ok\n'])
    expect(await ask('/healthz', { method: 'HEAD' })).toEqual([200, ''])
    expect(await ask('/constructor')).toEqual([404, 'there are /healthz, /broken\n'])
    expect(await ask('/healthz', { method: 'DELETE' })).toEqual([405, 'only GET and HEAD\n'])
    expect(
      await ask('/healthz', { method: 'POST', body: 'x'.repeat(5_000_000) }).catch(() => [405]),
    ).toContain(405)
    expect(await ask('/broken')).toEqual([500, 'not now: see the log of the bot\n'])
    expect((await fetch(`${base}/healthz`, { headers: { a: 'x'.repeat(20_000) } })).status).toBe(431)
    expect(await ask('/healthz')).toEqual([200, 'ok\n'])
  })

  it.each([
    [undefined, 401],
    [TOKEN, 401],
    [`Bearer ${TOKEN}x`, 401],
    ['Bearer ', 401],
    [`Bearer ${TOKEN}`, 200],
  ])('with a token, %s is answered with %i', async (authorization, status) => {
    const { base } = await serve(TOKEN, ok)
    const answer = await fetch(`${base}/healthz`, { headers: authorization ? { authorization } : {} })
    expect(answer.status).toBe(status)
    expect(await answer.text()).not.toContain(TOKEN)
  })

  it('whoever asks slowly is cut off, and others are answered meanwhile', async () => {
    const { base, port } = await serve(null, ok)
    const slow = Array.from({ length: 20 }, () => connect(port, '127.0.0.1'))
    for (const one of slow) one.write('GET /healthz HTTP/1.1\r\nhost: x\r\n')
    const ended = Promise.all(
      slow.map(
        (one) =>
          new Promise((end) =>
            one
              .on('close', end)
              .on('error', () => {})
              .resume(),
          ),
      ),
    )
    expect((await fetch(`${base}/healthz`)).status).toBe(200)
    await ended
  })

  it('are served when a port that was taken is free again; until then that is told', async () => {
    const { port, free } = await freePort()
    const listen = { host: '127.0.0.1', port, isLoopback: true }
    const server = createMachineServer({
      listen,
      token: null,
      pages: ok,
      clock,
      logger: pino({ level: 'silent' }),
    })
    stops.push(server.stop)
    server.start()
    await vi.waitFor(() =>
      expect(server.problem()).toMatch(/port \d+\) cannot be listened on: another program uses it/),
    )
    await free()
    await clock.advance(31_000)
    await vi.waitFor(() => expect(server.problem()).toBeNull())
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
  })
})

describe('the metrics', () => {
  const measure = (labels: Record<string, string>, value: number | null): Measure => {
    return { name: 'thing', help: 'A thing.', type: 'gauge', values: [[labels, value]] }
  }

  it('are made once a second, however often they are asked for', async () => {
    let made = 0
    const metrics = createMetrics(() => {
      made++
      return [measure({}, made)]
    }, clock)
    const { base } = await serve(null, {
      '/metrics': async () => ({ status: 200, text: await metrics.text() }),
    })
    for (let round = 0; round < 4; round++) {
      const texts = await Promise.all(
        Array.from({ length: 25 }, async () => (await fetch(`${base}/metrics`)).text()),
      )
      expect(new Set(texts.map((text) => /ibc_monitor_thing (\d+)/.exec(text)?.[1]))).toEqual(
        new Set([String(made)]),
      )
      await clock.advance(250)
    }
    expect(made).toBe(1)
    clock.set(clock.now() - 5000)
    await metrics.text()
    expect(made).toBe(2)
  })

  it('hold whatever an upstream calls itself as one harmless label, and leave out what is not known', async () => {
    const evil = `x"} 1\nibc_monitor_up 0\\${'y'.repeat(500)}\ud800`
    const text = await createMetrics(
      () => [measure({ name: evil }, 1), { ...measure({}, null), name: 'none' }],
      clock,
    ).text()
    const [line, ...more] = text.split('\n').filter((one) => one.startsWith('ibc_monitor_'))
    expect(line).toMatch(/^ibc_monitor_thing\{name="x\\"} 1 ?(\\n)?ibc_monitor_up 0\\\\y+…?"\} 1$/)
    expect(line!.length).toBeLessThan(180)
    expect(more).toEqual([])
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m)
  })
})
