// What one outbound HTTP request comes to, over real sockets: each way in which it can end, and whether it may have arrived.
import { createServer, type Server, type Socket } from 'node:net'
import { Client } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import { createTransport } from '../../../src/cosmos/rest.ts'
import { type CallLimits, type CallResult, call, NO_TIMEOUTS } from '../../../src/net/call.ts'
import { guardedConnector } from '../../../src/net/guarded-connect.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A server of raw sockets; `heard` is called with each socket and what came over it. Gives its origin. */
async function serve(heard: (socket: Socket, text: string) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (data) => heard(socket, data.toString()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

const HEAD = 'HTTP/1.1 200 OK\r\nX-One: 1\r\n'

interface Play {
  clock: ManualClock
  abort: AbortController
}

/** Posts to a server that does as `heard` says. */
async function ask(
  heard: (socket: Socket, play: Play) => void,
  own: Partial<CallLimits> & { refuse?: boolean; at?: string; onData?: (play: Play) => void } = {},
): Promise<CallResult> {
  const play: Play = { clock: new ManualClock(), abort: new AbortController() }
  const origin = own.at ?? (await serve((socket) => heard(socket, play)))
  const guard = () => (own.refuse ? 'not public' : null)
  const client = new Client(origin, { ...NO_TIMEOUTS, connect: guardedConnector(guard, { timeoutMs: 5000 }) })
  closing.push(() => client.destroy())
  const watched = client.compose((dispatch) => (options, handler) => {
    const onResponseData: typeof handler.onResponseData = (controller, chunk) => {
      handler.onResponseData?.(controller, chunk)
      own.onData?.(play)
    }
    return dispatch(options, { ...handler, onResponseData })
  })
  return call(
    watched,
    { method: 'POST', path: '/pay', body: 'x' },
    { timeoutMs: 1000, mostBytes: 10, clock: play.clock, signal: play.abort.signal, ...own },
  )
}

/** What of a reply the tables tell. */
function brief(reply: CallResult): string {
  const { broken } = reply
  const how = broken instanceof Error ? ((broken as { code?: string }).code ?? broken.message) : broken
  return reply.kind === 'answer'
    ? `${reply.status} ${reply.headers['x-one']} "${reply.text}" ${how ?? 'whole'}`
    : `${reply.arrived}: ${how}`
}

/** An origin that nothing listens at. */
async function nobody(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

describe('a request', () => {
  it.each<[string, string, (socket: Socket, play: Play) => void, (Partial<CallLimits> & object)?]>([
    ['is answered', '200 1 "hello" whole', (s) => s.write(`${HEAD}Content-Length: 5\r\n\r\nhello`)],
    [
      'is answered after a 103',
      '200 1 "" whole',
      (s) => s.write(`HTTP/1.1 103 Early Hints\r\n\r\n${HEAD}Content-Length: 0\r\n\r\n`),
    ],
    ['is reset once it is sent', 'perhaps: ECONNRESET', (s) => s.resetAndDestroy()],
    ['is closed upon', 'perhaps: UND_ERR_SOCKET', (s) => s.end()],
    ['gets no headers', 'perhaps: time-out', (_, { clock }) => clock.advance(1000)],
    [
      'gets something else than HTTP',
      'perhaps: Response does not match the HTTP/1.1 protocol (Expected HTTP/, RTSP/ or ICE/)',
      (s) => s.write('SSH-2.0-x\r\n'),
    ],
    ['is given up', 'perhaps: given up', (_, { abort }) => abort.abort()],
    [
      'gets a body that ends early',
      '200 1 "hel" UND_ERR_SOCKET',
      (s) => s.end(`${HEAD}Content-Length: 5\r\n\r\nhel`),
    ],
    ['gets too much', '200 1 "0123456789" too big', (s) => s.write(`${HEAD}\r\n0123456789abc`)],
    ['is told of too much', '200 1 "" too big', (s) => s.write(`${HEAD}Content-Length: 11\r\n\r\n`)],
    [
      'is told of too much, and wants its beginning',
      '200 1 "0123456789" too big',
      (s) => s.write(`${HEAD}Content-Length: 11\r\n\r\n0123456789a`),
      { beginning: true },
    ],
  ])('%s', async (_, came, heard, own) => {
    expect(brief(await ask(heard, own))).toBe(came)
  })

  it.each<[string, string, (play: Play) => void]>([
    ['takes too long', '200 1 "hel" time-out', ({ clock }) => void clock.advance(1000)],
    ['is given up', '200 1 "hel" given up', ({ abort }) => abort.abort()],
  ])('whose body %s has its status', async (_, came, then) => {
    const reply = await ask((socket) => socket.write(`${HEAD}Content-Length: 5\r\n\r\nhel`), {
      onData: then,
    })
    expect(brief(reply)).toBe(came)
  })

  it('that nobody listens to never arrived', async () => {
    expect(brief(await ask(() => {}, { at: await nobody() }))).toBe('no: ECONNREFUSED')
  })

  it('to an address that the guard refuses never arrived', async () => {
    let heard = 0
    expect(brief(await ask(() => heard++, { refuse: true }))).toBe('no: ADDRESS_REFUSED')
    expect(heard).toBe(0)
  })

  it('given up before it began is not sent', async () => {
    let heard = 0
    expect(brief(await ask(() => heard++, { signal: AbortSignal.abort() }))).toBe('no: given up')
    expect(heard).toBe(0)
  })

  it('takes as long as the clock says', async () => {
    const reply = await ask((socket, { clock }) => {
      clock.set(clock.now() + 250)
      socket.write(`${HEAD}Content-Length: 0\r\n\r\n`)
    })
    expect(reply).toMatchObject({ kind: 'answer', tookMs: 250 })
  })
})

it('an error that repeats the key of an endpoint is shown without it', async () => {
  const origin = await serve((socket, text) => {
    const asked = text.split(' ')[1]!
    socket.write(`HTTP/1.1 500 No\r\nContent-Length: ${asked.length}\r\n\r\n${asked}`)
  })
  const transport = createTransport(
    { url: `${origin}/rest?key=geheim123` },
    {
      timeoutMs: 1000,
      maxBodyBytes: 1000,
      connections: 1,
      clock: new ManualClock(),
    },
  )
  closing.push(() => transport.close())
  const { status, text } = await transport.send('/blocks')
  expect([status, text]).toEqual([500, '/rest/blocks?key=…'])
})
