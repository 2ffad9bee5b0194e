// Bodies that nobody asked for so: compressed, with a byte order mark, damaged, without end; over real connections.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createSend } from '../../../src/alerts/outbox/send.ts'
import { classify } from '../../../src/cosmos/classify.ts'
import { createTransport } from '../../../src/cosmos/rest.ts'
import { callOnce } from '../../../src/faucet/senders/http-call.ts'
import { systemClock } from '../../../src/kernel/clock.ts'
import { messageOf } from '../../../src/kernel/errors.ts'

const JSON_TEXT = '{"name":"Zürich"}'
const MOST_BYTES = 1000

let server: Server
let origin: string
let next: { status?: number; headers?: Record<string, string | string[]>; body: Buffer | string }
let asked: Record<string, unknown>
beforeAll(async () => {
  server = createServer((request, response) => {
    asked = request.headers
    response.writeHead(next.status ?? 200, next.headers).end(next.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** The text of an answer, or what is said in its place. */
async function read(base = origin): Promise<string> {
  const limits = { timeoutMs: 5000, maxBodyBytes: MOST_BYTES, connections: 1, clock: systemClock }
  const transport = createTransport({ url: base }, limits)
  try {
    return (await transport.send('/x')).text
  } catch (error) {
    return messageOf(error)
  } finally {
    await transport.close()
  }
}

const utf16be = Buffer.from(`\uFEFF${JSON_TEXT}`, 'utf16le').swap16()

it.each<[string, string | null, Buffer | string]>([
  ['gzip', 'gzip', gzipSync(JSON_TEXT)],
  ['gzip by its old name', 'X-GZIP', gzipSync(JSON_TEXT)],
  ['gzip in two parts', 'gzip', Buffer.concat([gzipSync('{"name":'), gzipSync('"Zürich"}')])],
  ['gzip that is not told', null, gzipSync(JSON_TEXT)],
  ['gzip that is said to be nothing', 'identity', gzipSync(JSON_TEXT)],
  ['deflate', 'deflate', deflateSync(JSON_TEXT)],
  ['deflate without a head', 'deflate', deflateRawSync(JSON_TEXT)],
  ['br', 'br', brotliCompressSync(JSON_TEXT)],
  ['a byte order mark', null, `\uFEFF${JSON_TEXT}`],
  ['a byte order mark in gzip', 'gzip', gzipSync(`\uFEFF${JSON_TEXT}`)],
  ['UTF-16', null, Buffer.from(`\uFEFF${JSON_TEXT}`, 'utf16le')],
  ['UTF-16, the other way round', null, utf16be],
  ['gzip that is none: a proxy has unpacked it', 'gzip', JSON_TEXT],
  ['a character set in the place of an encoding', 'utf-8', JSON_TEXT],
  ['a byte order mark under an odd name', 'aws-chunked', `\uFEFF${JSON_TEXT}`],
  ['a list of nothing', 'identity, identity', JSON_TEXT],
])('reads %s', async (_, encoding, body) => {
  next = { headers: encoding === null ? {} : { 'content-encoding': encoding }, body }
  expect(await read()).toBe(JSON_TEXT)
  expect(asked['accept-encoding']).toBe('identity')
})

const damaged = gzipSync(JSON_TEXT)
damaged[damaged.length - 6]! ^= 0xff

it.each<[string, string, Buffer | string, string]>([
  ['that is none', 'gzip', Buffer.from('1f8c0800', 'hex'), 'damaged gzip'],
  ['with a wrong sum', 'gzip', damaged, 'damaged gzip'],
  ['that ends early', 'gzip', gzipSync(JSON_TEXT).subarray(0, 20), 'damaged gzip'],
  ['of noise', 'br', Buffer.from('ffffffffff', 'hex'), 'damaged br'],
  [
    'that nobody reads',
    'zstd',
    Buffer.from('28b52ffd', 'hex'),
    'answer is compressed in a way that was not asked for (zstd)',
  ],
  ['with an odd name', 'constructor; [2J', 'x', 'answer is compressed in a way that was not asked for'],
  ['that swells without end', 'gzip', gzipSync(Buffer.alloc(50_000_000)), 'answer too big'],
  ['that swells just too far', 'deflate', deflateSync(Buffer.alloc(MOST_BYTES + 1)), 'answer too big'],
])('says what is wrong with a body %s', async (_, encoding, body, said) => {
  next = { headers: { 'content-encoding': encoding }, body }
  expect(await read()).toBe(said)
})

it('sends a login with a percent sign that means nothing as it stands', async () => {
  next = { body: JSON_TEXT }
  expect(await read(origin.replace('//', '//user:100%pa@'))).toBe(JSON_TEXT)
  expect(asked.authorization).toBe(`Basic ${Buffer.from('user:100%pa').toString('base64')}`)
})

it('gives a compressed body that is empty, and one of just the largest size', async () => {
  next = { headers: { 'content-encoding': 'gzip' }, body: '' }
  expect(await read()).toBe('')
  next = { headers: { 'content-encoding': 'gzip' }, body: gzipSync('x'.repeat(MOST_BYTES)) }
  expect(await read()).toHaveLength(MOST_BYTES)
})

it('holds for webhooks and faucets too', async () => {
  next = { headers: { 'content-encoding': 'gzip' }, body: gzipSync(`\uFEFF{"id":"1"}`) }
  const { send, close } = createSend(5000)
  expect((await send({ method: 'GET', url: origin })).body).toEqual({ id: '1' })
  await close()
  const request = { method: 'GET', url: origin, headers: {}, body: null, timeoutMs: 5000 } as const
  expect(await callOnce(request, systemClock)).toMatchObject({ text: '{"id":"1"}', whole: true })
  next.body = gzipSync(JSON_TEXT).subarray(0, 20)
  expect(await callOnce(request, systemClock)).toMatchObject({ status: 200, whole: false })
})

it.each([
  ['https://new.example.org/v2/geheim-123/x', 'moved to https://new.example.org/…'],
  ['/v2/x', 'moved to http://HOST/…'],
  ['//other.example.org', 'moved to http://other.example.org/…'],
  ['https://geheim-123.example.org/', 'moved, and does not say where to'],
  ['https://[', 'moved, and does not say where to'],
])('names where a redirect leads, without its path: %s', async (location, said) => {
  next = { status: 301, headers: { location }, body: 'gone to /apikey/geheim-123' }
  const limits = { timeoutMs: 5000, maxBodyBytes: MOST_BYTES, connections: 1, clock: systemClock }
  const transport = createTransport({ url: `${origin}/apikey/geheim-123` }, limits)
  const response = await transport.send('/x')
  await transport.close()
  expect(JSON.stringify(response)).not.toContain('geheim-123')
  expect(classify(response)).toMatchObject({ reason: said.replace('HOST', new URL(origin).host) })
})
