// Answers of every shape to a payment: lists, bare hashes, several transactions; and what a refusal is about.
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hashesIn } from '../../../../src/faucet/senders/hashes.ts'
import {
  ADDRESS,
  COSMJS,
  forget,
  HASH,
  http,
  IGNITE,
  json,
  send,
  startServer,
  V1,
} from '../../../support/faucet-senders.ts'

beforeAll(startServer)
afterAll(() => new Promise((resolve) => http.close(resolve)))
beforeEach(forget)

const HEX = 'AB12CD34'.repeat(8)
const OTHER = 'fe98dc76'.repeat(8)
const BASE64 = Buffer.from(HEX, 'hex').toString('base64')

describe('the hashes of an answer', () => {
  const sent = (txHash: string | null) => ({ status: 'sent', txHash })
  const unknown = { status: 'unknown', cause: 'ambiguous', txHash: null }
  it.each([
    // Nothing is said of the answer: it alone is looked at.
    [undefined, HEX, sent(HEX)],
    [undefined, ` ${OTHER}\n`, sent(OTHER)],
    [undefined, `0x${OTHER}`, sent(`0x${OTHER}`)],
    [undefined, HASH, sent(HASH)],
    [undefined, JSON.stringify(HEX), sent(HEX)],
    [undefined, '12345678'.repeat(8), sent('12345678'.repeat(8))],
    [undefined, JSON.stringify(BASE64), sent(HEX)],
    [undefined, BASE64, sent(HEX)],
    [undefined, [HEX], sent(HEX)],
    [undefined, [HEX, OTHER, HEX], sent(`${HEX} ${OTHER}`)],
    [undefined, 'OK', sent(null)],
    [undefined, 'Accepted, and on its way to you in the next few minutes', sent(null)],
    [undefined, ADDRESS, sent(null)],
    [undefined, ADDRESS.toUpperCase(), sent(null)],
    [undefined, { result: 'ok' }, sent(null)],
    [undefined, [{ status: 'ok' }], sent(null)],
    [undefined, [], sent(null)],
    // The answer as a whole is promised to be a hash.
    ['.', HEX, sent(HEX)],
    ['.', [HEX], sent(HEX)],
    ['.', 'OK', unknown],
    ['.', 'true', unknown],
    ['.', '', unknown],
    // A path, of an object or of lists.
    ['0', [HEX], sent(HEX)],
    ['0.hash', [{ hash: HEX }], sent(HEX)],
    ['hash', [{ hash: HEX }, { hash: OTHER }, { note: 1 }], sent(`${HEX} ${OTHER} ?`)],
    ['hash', [{ hash: null }, { hash: HEX }], sent(`${HEX} ?`)],
    ['data.hashes', { data: { hashes: [HEX, ''] } }, sent(`${HEX} ?`)],
    ['data.txhash', { data: { txhash: BASE64 } }, sent(HEX)],
    ['data.hashes', { data: { hashes: [HEX, OTHER] } }, sent(`${HEX} ${OTHER}`)],
    ['txs.1.id', { txs: [{ id: HEX }, { id: OTHER }] }, sent(OTHER)],
    ['result', { result: 'ok' }, unknown],
    ['hash', { hash: null }, unknown],
    ['hash', { hash: 12 }, unknown],
    ['hash', [], unknown],
    [
      'hash',
      Array(9)
        .fill(null)
        .map((_, i) => ({ hash: `${i}`.repeat(64) })),
      unknown,
    ],
    ['toString', {}, unknown],
  ])('%s of %j', async (hash, body, expected) => {
    expect(await send({ kind: 'http', ...(hash && { hash }) }, { status: 200, body })).toMatchObject(expected)
  })

  it('an error in one part of a list is no success', async () => {
    const parts = [{ hash: HEX }, { error: 'sequence mismatch' }]
    const outcome = await send({ kind: 'http', hash: 'hash', error: 'error' }, json(200, parts))
    expect(outcome).toEqual({ ...unknown, detail: '200: sequence mismatch', txHash: `${HEX} ?` })
  })

  it.each(['OK', '"ok"', 'ok\n'])('cosmjs: %j is its word', async (body) => {
    expect(await send(COSMJS, { status: 200, body })).toMatchObject(sent(null))
  })

  it.each([
    ['gzip', gzipSync(HEX)],
    [null, gzipSync(JSON.stringify([HEX]))],
    [null, Buffer.from(`\ufeff${JSON.stringify([HEX])}`)],
    [null, Buffer.from(`\ufeff"${HEX}"`, 'utf16le')],
  ])('is read in any dress: %s', async (encoding, bytes) => {
    const headers: Record<string, string> = encoding === null ? {} : { 'content-encoding': encoding }
    expect(await send({ kind: 'http', hash: '.' }, { status: 200, body: bytes, headers })).toMatchObject(
      sent(HEX),
    )
  })

  it('of a body that breaks off nothing is taken', () => {
    expect(hashesIn({ text: HEX, whole: false }, null, ADDRESS)).toBeNull()
  })
})

describe('a refusal', () => {
  const HTTP = { kind: 'http' }
  it.each([
    // An address that passed our own check is doubted last.
    [HTTP, 400, 'invalid bech32 prefix', 'address'],
    [HTTP, 422, { error: 'the address has a wrong checksum' }, 'address'],
    [HTTP, 400, 'account sequence mismatch, expected 8, got 7: incorrect account sequence', 'refused'],
    [HTTP, 422, { error: 'captcha is missing' }, 'refused'],
    [HTTP, 422, 'Failed to deserialize the JSON body: missing field `address`', 'refused'],
    [HTTP, 400, '<html><title>Bad Request</title></html>', 'refused'],
    [IGNITE, 400, { error: 'chain is halted' }, 'refused'],
    [COSMJS, 400, 'Bad body', 'refused'],
    [V1, 400, { error: 'amount does not fit', retry_after_secs: null }, 'refused'],
    [V1, 400, 'Failed to buffer the request body', 'misconfigured'],
    // The faucet's own limit, with another status than 429.
    [HTTP, 400, 'this address has already been funded', 'limited'],
    [HTTP, 422, { error: 'Too many requests, try again in 3 hours' }, 'limited'],
    [HTTP, 400, 'you can try again in 23 hours', 'limited'],
    // Nobody's limit: the faucet trips over itself.
    [HTTP, 400, 'account sequence mismatch, try again in a few seconds', 'refused'],
    [HTTP, 400, 'insufficient funds', 'dry'],
    // Nothing is said of a secret where there is none.
    [HTTP, 403, '<title>Just a moment...</title><html>', 'refused', null],
    [HTTP, 401, 'who are you?', 'refused', null],
    [HTTP, 403, 'rate limit', 'secret'],
  ] as [object, number, unknown, string, null?][])(
    '%j %i %j is %s',
    async (sender, status, body, cause, token) => {
      expect(await send(sender, { status, body }, token)).toMatchObject({ status: 'failed', cause })
    },
  )

  it.each([
    [HTTP, 400, 'timed out waiting for tx to be included in a block'],
    [HTTP, 422, { error: 'tx already exists in cache' }],
    [{ ...HTTP, hash: 'hash' }, 400, { error: 'no', hash: HEX }],
    [V1, 400, { error: `gave up on ${HASH}` }],
    [IGNITE, 400, { error: 'broadcast timed out' }],
    // In the words of CosmJS, of Go, of axios and of Node; a transaction that is named, wherever it stands.
    [HTTP, 400, { error: `Transaction with ID ${HEX} was submitted but was not yet found on the chain.` }],
    [
      HTTP,
      422,
      'Transaction was submitted but was not yet found on the chain. You might want to check later.',
    ],
    [HTTP, 400, { error: 'post failed: context deadline exceeded' }],
    [HTTP, 400, 'timeout of 10000ms exceeded'],
    [COSMJS, 400, 'connect ETIMEDOUT 127.0.0.1:26657'],
    [HTTP, 422, 'socket hang up'],
    [HTTP, 404, { error: `tx ${OTHER} not found` }],
    [IGNITE, 400, { error: 'no', hash: HEX }],
    [V1, 503, { error: `timed out after 30s waiting for tx ${HASH}; drip may still land` }],
    [V1, 503, { error: 'broadcast timed out' }],
  ])('that speaks of a transaction on its way may have paid: %j %i %j', async (sender, status, body) => {
    expect(await send(sender, { status, body })).toMatchObject({ status: 'unknown', cause: 'ambiguous' })
  })

  it('that names a transaction leaves it to be looked up', async () => {
    const said = { error: `tx ${HEX} is not in a block yet` }
    for (const kind of [HTTP, IGNITE, COSMJS])
      expect(await send(kind, json(400, said))).toMatchObject({ status: 'unknown', txHash: HEX })
  })

  it('that repeats the secret names no transaction by it', async () => {
    const answer = json(400, { error: `no such key: ${OTHER}` })
    expect(await send(HTTP, answer, OTHER)).toMatchObject({ status: 'unknown', txHash: null })
  })

  it.each(['the captcha timed out', 'timeout-or-duplicate'])('%j was before any payment', async (error) => {
    expect(await send(HTTP, json(400, { error }))).toMatchObject({ status: 'failed', cause: 'refused' })
  })

  it('because of a limit is none, whatever transaction it names', async () => {
    const answer = json(429, { error: `was paid in ${HASH}`, retry_after_secs: 60 })
    expect(await send(V1, answer)).toMatchObject({ status: 'failed', cause: 'limited' })
  })

  it('is kept whole, so that a secret at its end is found', async () => {
    const text = `${'x'.repeat(295)} a-good-secret`
    expect(await send(HTTP, { status: 400, body: text })).toMatchObject({ detail: `400: ${text}` })
  })
})
