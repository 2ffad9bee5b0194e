// A proxy of the environment: how it is read, and what really goes through it.
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { createSend } from '../../../src/alerts/outbox/send.ts'
import { probeEndpoint } from '../../../src/cosmos/probe.ts'
import { createTransport } from '../../../src/cosmos/rest.ts'
import { probeDiscord } from '../../../src/discord/probe.ts'
import { restAgent } from '../../../src/discord/rest-agent.ts'
import { callOnce } from '../../../src/faucet/senders/http-call.ts'
import { systemClock } from '../../../src/kernel/clock.ts'
import { guardedConnector } from '../../../src/net/guarded-connect.ts'
import { proxySecrets, proxyText, readProxy, usedProxy, useProxy } from '../../../src/net/proxy.ts'
import { onlyPublic } from '../../../src/net/url-guard.ts'

it.each<[NodeJS.ProcessEnv, string | null]>([
  [{}, null],
  [{ HTTPS_PROXY: ' ' }, null],
  [{ HTTPS_PROXY: 'http://user:p%40ss@proxy.example:3128/' }, 'HTTPS_PROXY proxy.example:3128'],
  [{ HTTPS_PROXY: 'proxy.example:3128' }, 'HTTPS_PROXY proxy.example:3128'],
  [{ HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:2' }, 'https_proxy b:2'],
  [{ HTTPS_PROXY: 'http://a:1', https_proxy: '' }, 'HTTPS_PROXY a:1'],
  [{ ALL_PROXY: 'https://all:8443' }, 'ALL_PROXY all:8443'],
  [{ HTTPS_PROXY: 'http://a:1', NO_PROXY: 'x, *' }, null],
  [
    { HTTPS_PROXY: 'http://a:1', NO_PROXY: '10.0.0.0/8' },
    'HTTPS_PROXY hold hosts that are written as addresses',
  ],
  [
    { HTTPS_PROXY: 'http://a:1', no_proxy: 'x,10.*' },
    'HTTPS_PROXY in NO_PROXY this matches nothing: 10.* (write',
  ],
  [{ HTTPS_PROXY: 'socks5://user:p%40ss@a:1' }, 'HTTPS_PROXY not used: it must be http://'],
  [{ HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'ftp://b' }, 'HTTP_PROXY not used: it must be http://'],
  [{ HTTP_PROXY: 'http://a:1' }, 'HTTP_PROXY not used: it counts for addresses with http alone'],
])('is read from %j', (env, said) => {
  const proxy = readProxy(env)
  if (said === null) return expect(proxy).toBe(null)
  const [variable, ...text] = said.split(' ')
  expect(proxy!.variable).toBe(variable)
  expect(proxyText(proxy!)).toContain(text.join(' '))
  expect(proxyText(proxy!)).not.toMatch(/p@ss|p%40ss/)
  if (proxy!.used && proxy!.url.includes('@')) expect(proxySecrets(proxy)).toEqual(['p%40ss', 'p@ss'])
})

let target: Server
let proxy: Server
/** What was asked of the proxy, and of the target. */
const tunnels: string[] = []
const asked: string[] = []
let answer = 200
const portOf = (server: Server) => (server.address() as AddressInfo).port

beforeAll(async () => {
  target = createServer((request, response) => {
    asked.push(`${request.headers.host} ${request.url}`)
    response.setHeader('content-type', 'application/json')
    response.end('{"id":"972778865355272197","username":"bot"}')
  })
  proxy = createServer().on('connect', (request, socket) => {
    tunnels.push(request.url!)
    if (answer !== 200) return socket.end(`HTTP/1.1 ${answer} No\r\n\r\n`)
    const through = connect(portOf(target), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.pipe(through).pipe(socket)
    })
    for (const one of [through, socket]) one.on('error', () => {})
  })
  for (const server of [target, proxy])
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  useProxy(null)
  tunnels.length = 0
  asked.length = 0
  answer = 200
})
afterAll(() => {
  for (const server of [target, proxy]) {
    server.closeAllConnections()
    server.close()
  }
})

const use = (more: NodeJS.ProcessEnv = {}) => {
  const url = `http://127.0.0.1:${portOf(proxy)}`
  useProxy(readProxy({ HTTPS_PROXY: url, HTTP_PROXY: url, ...more }))
}

async function ask(url: string): Promise<string> {
  const limits = { timeoutMs: 3000, maxBodyBytes: 1000, connections: 1, clock: systemClock }
  const transport = createTransport({ url }, limits)
  try {
    return String((await transport.send('/x')).status)
  } catch (error) {
    return (error as Error).message
  } finally {
    await transport.close()
  }
}

it('takes chains, webhooks, faucets and the REST of Discord, by names that only it knows, and no library warns', async () => {
  use()
  const warnings: Error[] = []
  process.on('warning', (one) => warnings.push(one))
  expect(await ask('http://chain.invalid:1317/rest')).toBe('200')
  const { send, close } = createSend(3000)
  expect((await send({ method: 'GET', url: 'http://hook.invalid/api' })).status).toBe(200)
  await close()
  const request = { method: 'GET', url: 'http://faucet.invalid/pay', headers: {}, body: null } as const
  expect(await callOnce({ ...request, timeoutMs: 3000 }, systemClock)).toMatchObject({ status: 200 })
  const apiBase = 'http://discord.invalid/api'
  const options = { token: 'a.b.c', guildId: null, channelIds: [], userIds: [], timeoutMs: 1000, apiBase }
  expect(await probeDiscord(options)).toMatchObject({ ok: true })
  expect(tunnels.slice(0, 4)).toEqual([
    'chain.invalid:1317',
    'hook.invalid:80',
    'faucet.invalid:80',
    'discord.invalid:80',
  ])
  expect(warnings).toEqual([])
  expect(asked.slice(0, 2)).toEqual(['chain.invalid:1317 /rest/x', 'hook.invalid /api'])
})

it.each([
  ['u:100%pa', '', 'u:100%pa'],
  ['us%zzer:p%40ss', '/', 'us%zzer:p@ss'],
  ['u:p', '/path?key=1#x', 'u:p'],
  ['%ff:ü', '', '%ff:ü'],
])('takes a login with signs that mean nothing, and no path: %s%s', async (login, path, sent) => {
  useProxy(readProxy({ ALL_PROXY: `http://${login}@127.0.0.1:${portOf(proxy)}${path}` }))
  proxySecrets(usedProxy())
  const authorized: (string | undefined)[] = []
  proxy.once('connect', ({ headers }) => authorized.push(headers['proxy-authorization']))
  expect(await ask('http://chain.invalid')).toBe('200')
  expect(authorized).toEqual([`Basic ${Buffer.from(sent).toString('base64')}`])
  restAgent()
})

it('takes neither this machine nor what NO_PROXY names', async () => {
  use({ no_proxy: '.invalid 127.0.0.0/8' })
  expect(await ask('http://127.0.0.2:1')).toBe('connection refused')
  expect(await ask(`http://127.0.0.1:${portOf(target)}`)).toBe('200')
  expect(await ask('http://chain.invalid')).toBe('unknown host')
  expect(tunnels).toEqual([])
})

it('does not take what must be guarded: nobody behind it would judge the address', async () => {
  use()
  const connector = guardedConnector(onlyPublic, {
    timeoutMs: 1000,
    resolve: (_, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
  })
  const asking = probeEndpoint(
    { url: 'http://typed.example.org' },
    { timeoutMs: 1000, maxBodyBytes: 1000, connector },
  )
  await expect(asking).rejects.toThrow('address is not allowed')
  expect(tunnels).toEqual([])
})

it('that refuses is told apart from the endpoint, and what it refused was never sent', async () => {
  use()
  answer = 407
  expect(await ask('http://chain.invalid')).toBe('the proxy answers 407')
  const request = {
    method: 'POST',
    url: 'http://faucet.invalid',
    headers: {},
    body: 'x',
    timeoutMs: 1000,
  } as const
  expect((await callOnce(request, systemClock)).kind).toBe('never-sent')
  const { send, close } = createSend(1000)
  const posting = send({ method: 'POST', url: 'http://hook.invalid/api', body: {} })
  await expect(posting).rejects.toMatchObject({ arrived: 'no' })
  await close()
  useProxy(readProxy({ HTTPS_PROXY: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1' }))
  expect(await ask('http://chain.invalid')).toBe('the proxy cannot be reached')
  useProxy(readProxy({ ALL_PROXY: 'http://127.0.0.2' }))
  expect(await ask('http://chain.invalid')).toMatch(/^the proxy /)
  useProxy(readProxy({ ALL_PROXY: 'http://proxy.invalid:3128' }))
  expect(await ask('http://chain.invalid')).toBe('the proxy cannot be reached')
})
