// Connections to URLs that are not trusted: every address is judged when it is connected to; redirects end there.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { createPool, type PoolOptions } from '../../src/cosmos/endpoints.ts'
import { probeEndpoint } from '../../src/cosmos/probe.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { type AddressGuard, guardedConnector } from '../../src/net/guarded-connect.ts'
import type { Resolve } from '../../src/net/name-lanes.ts'
import { onlyPublic } from '../../src/net/url-guard.ts'

const servers: Server[] = []
afterEach(async () => {
  await Promise.all(
    servers.splice(0).map((server) => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    }),
  )
})

const clock = new ManualClock()
const block = (chainId = 'host-1') => ({
  block: { header: { chain_id: chainId, height: '1000', time: new Date(clock.now()).toISOString() } },
})

/** A server on 127.0.0.1 that answers by `answer`, and notes the paths that were asked for. */
async function serve(answer: (path: string) => { status?: number; headers?: object; body?: string }) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url!)
    const { status = 200, headers = {}, body = JSON.stringify(block()) } = answer(request.url!)
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(body)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { asked, port: (server.address() as AddressInfo).port }
}

/** Resolves every name to these addresses, one list for each time that it is asked. */
function resolving(...answers: string[][]) {
  const names: string[] = []
  const resolve: Resolve = (host, done) => {
    names.push(host)
    const addresses = answers[Math.min(names.length, answers.length) - 1]!
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }
  return { names, resolve }
}

const probe = (url: string, guard: AddressGuard, resolve?: Resolve) =>
  probeEndpoint(
    { url },
    {
      timeoutMs: 2000,
      maxBodyBytes: 10_000,
      connector: guardedConnector(guard, { timeoutMs: 2000, resolve }),
    },
  )
const onlyThis: AddressGuard = (address) => (address === '127.0.0.1' ? null : 'elsewhere')

describe('a guarded connection', () => {
  it('goes to an address that the guard lets through, and reads which chain is there', async () => {
    const { port, asked } = await serve(() => ({}))
    const { resolve, names } = resolving(['127.0.0.1'])
    const seen = await probe(`http://node.example.org:${port}`, onlyThis, resolve)
    expect(seen).toMatchObject({ chainId: 'host-1', height: 1000n })
    expect(names).toEqual(['node.example.org'])
    expect(asked).toHaveLength(1)
  })

  it.each([
    ['a private address', ['10.0.0.1']],
    ['this machine', ['127.0.0.1']],
    ['this machine by IPv6', ['::1']],
    ['a metadata address', ['169.254.169.254']],
    ['IPv4 inside of IPv6', ['::ffff:127.0.0.1']],
    ['one private address among public ones', ['8.8.8.8', '192.168.0.1']],
  ])('is not made where a public name resolves to %s', async (_, addresses) => {
    const { port, asked } = await serve(() => ({}))
    const { resolve, names } = resolving(addresses)
    for (const scheme of ['http', 'https']) {
      const url = `${scheme}://node.example.org:${port}`
      await expect(probe(url, onlyPublic, resolve)).rejects.toThrow('address is not allowed')
    }
    expect(names).toEqual(['node.example.org', 'node.example.org'])
    expect(asked).toEqual([])
  })

  it.each(['http://127.0.0.1', 'http://[::1]', 'http://2130706433'])(
    'is not made to %s, an address in the place of a name',
    async (base) => {
      const { port, asked } = await serve(() => ({}))
      await expect(probe(`${base}:${port}`, onlyPublic)).rejects.toThrow('address is not allowed')
      expect(asked).toEqual([])
    },
  )

  it('judges again at every connection: a name that resolves to a private address the second time', async () => {
    const { port, asked } = await serve(() => ({ headers: { connection: 'close' } }))
    const { resolve, names } = resolving(['127.0.0.1'], ['127.0.0.2'])
    const options: PoolOptions = {
      chainId: 'host-1',
      rest: [{ url: `http://node.example.org:${port}` }],
      limits: { inFlight: 1, requestsPerSecond: 1000, timeoutMs: 1000 },
      clock,
      logger: createLogger('silent'),
      guard: onlyThis,
      resolve,
    }
    const pool = createPool(options)
    try {
      expect((await pool.head()).height).toBe(1000n)
      expect(asked).toHaveLength(1)
      await expect(pool.head()).rejects.toThrow('address is not allowed')
      expect(asked).toHaveLength(1)
      expect(names.length).toBeGreaterThan(1)
    } finally {
      await pool.close()
    }
  })

  it.each([301, 302, 303, 307, 308])('does not follow a redirect (%d)', async (status) => {
    const target = await serve(() => ({}))
    const location = `http://127.0.0.1:${target.port}/latest/meta-data/`
    const { port } = await serve(() => ({ status, headers: { location } }))
    await expect(probe(`http://127.0.0.1:${port}`, onlyThis)).rejects.toThrow(
      `moved to http://127.0.0.1:${target.port}/…`,
    )
    expect(target.asked).toEqual([])
  })

  it('gives up on a body that is too big, and on a server that says nothing', async () => {
    const big = await serve(() => ({ body: `{"x":"${'x'.repeat(20_000)}"}` }))
    await expect(probe(`http://127.0.0.1:${big.port}`, onlyThis)).rejects.toThrow('too big')
    const silent = createServer(() => {})
    servers.push(silent)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    const quick = probeEndpoint({ url: `http://127.0.0.1:${port}` }, { timeoutMs: 100, maxBodyBytes: 1000 })
    await expect(quick).rejects.toMatchObject({ kind: 'timeout' })
  })
})
