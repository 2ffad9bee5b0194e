// Every sender: what it makes of each answer: sent, a certain no, or unknown.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../../../sandbox/manual-clock.ts'
import { createSender } from '../../../../src/faucet/senders/index.ts'
import { faucetSettings, ligAddress, NOW_MS } from '../../../support/faucet.ts'
import {
  ADDRESS,
  asked,
  BOT,
  type Canned,
  COSMJS,
  forget,
  HASH,
  HTTP,
  http,
  IGNITE,
  INTERNAL,
  json,
  PAYMENT,
  page,
  type SenderInput,
  send,
  startServer,
  url,
  V1,
} from '../../../support/faucet-senders.ts'

beforeAll(startServer)
afterAll(() => new Promise((resolve) => http.close(resolve)))
beforeEach(forget)

const sent = { status: 'sent' }
const unknown = { status: 'unknown', cause: 'ambiguous' }
const failed = (cause: string) => ({ status: 'failed', cause })
const LIGATE_OK = { address: ADDRESS, tx_hash: HASH, amount_nano: 100_000_000_000, drip_amount_lgt: 100 }

describe('what is made of the answer', () => {
  const cases: [string, object, Canned, object][] = [
    [
      'ligate: success',
      V1,
      json(200, LIGATE_OK),
      { ...sent, txHash: HASH, amount: '100 LGT', nextAtMs: null },
    ],
    [
      'ligate: an amount beyond 2^53 stays exact',
      INTERNAL,
      {
        status: 200,
        body: `{"tx_hash":"${HASH}","amount_nano":9007199254740993123,"drip_amount_avow":9007199254.740993}`,
      },
      { ...sent, amount: '9,007,199,254.740993123 AVOW' },
    ],
    [
      'ligate: success for another address',
      V1,
      json(200, { ...LIGATE_OK, address: ligAddress(2) }),
      { ...unknown, txHash: HASH },
    ],
    ['ligate: success without a hash', V1, json(200, { address: ADDRESS }), unknown],
    [
      'ligate: a hash that is none',
      V1,
      json(200, { ...LIGATE_OK, tx_hash: '](https://evil) @everyone' }),
      { ...unknown, txHash: null },
    ],
    ['ligate: 200 in HTML', INTERNAL, page(200), unknown],
    ['ligate: 200 empty', INTERNAL, { status: 200, body: '' }, unknown],
    ['ligate: 400', V1, json(400, { error: 'invalid address', retry_after_secs: null }), failed('address')],
    [
      'ligate: 400 of the framework',
      V1,
      { status: 400, body: 'Failed to parse the request body' },
      failed('misconfigured'),
    ],
    ['ligate: 401', INTERNAL, json(401, { error: 'unauthorized' }), failed('secret')],
    ['ligate: 404', INTERNAL, { status: 404, body: '' }, failed('misconfigured')],
    ['ligate: 415', INTERNAL, { status: 415, body: 'no' }, failed('misconfigured')],
    ['ligate: 422', INTERNAL, { status: 422, body: 'no' }, failed('misconfigured')],
    [
      'ligate: 429 with its time',
      V1,
      json(429, { error: 'limited', retry_after_secs: 3600 }),
      { ...failed('limited'), nextAtMs: NOW_MS + 3_600_000 },
    ],
    ['ligate: 500', V1, json(500, { error: 'operator misconfiguration', retry_after_secs: null }), unknown],
    [
      'ligate: 502 submit failed',
      V1,
      json(502, { error: 'submit failed', retry_after_secs: null }),
      { ...unknown, txHash: null },
    ],
    [
      'ligate: 502 insufficient',
      V1,
      json(502, { error: 'submit failed: insufficient funds' }),
      { status: 'unknown', cause: 'dry' },
    ],
    [
      'ligate: 502 with a hash in its text',
      V1,
      json(502, {
        error: `timed out after 30s waiting for tx ${HASH}; drip may still land`,
        retry_after_secs: null,
      }),
      { ...unknown, txHash: HASH },
    ],
    ['ligate: 502 of a proxy', V1, page(502), { ...unknown, detail: '502: a web page, "nginx"' }],
    [
      'ligate: 503 disabled',
      BOT,
      json(503, { error: 'disabled', retry_after_secs: null }),
      failed('disabled'),
    ],
    ['ligate: 503 of a proxy', BOT, page(503), unknown],
    ['ligate: 504', BOT, page(504), unknown],
    [
      'ligate: redirect',
      BOT,
      { status: 308, body: '', headers: { location: 'https://elsewhere/' } },
      failed('misconfigured'),
    ],
    [
      'ligate: see other',
      BOT,
      { status: 303, body: '', headers: { location: 'https://elsewhere/' } },
      unknown,
    ],
    [
      'ligate bot: its own next time',
      BOT,
      json(200, { ...LIGATE_OK, amount_lgt: 100, next_drip_available_at: '2026-11-25T10:00:00Z' }),
      { ...sent, nextAtMs: Date.parse('2026-11-25T10:00:00Z') },
    ],
    ['cosmjs: ok', COSMJS, { status: 200, body: 'ok' }, { ...sent, txHash: null }],
    ['cosmjs: something else', COSMJS, { status: 200, body: 'okay?' }, unknown],
    ['cosmjs: 400', COSMJS, { status: 400, body: 'Address is not valid' }, failed('address')],
    [
      'cosmjs: 405 is its cooldown',
      COSMJS,
      { status: 405, body: 'Too many request for the same address.' },
      failed('limited'),
    ],
    [
      'cosmjs: 415',
      COSMJS,
      { status: 415, body: 'Content-type application/json expected' },
      failed('misconfigured'),
    ],
    [
      'cosmjs: 422 with nothing left',
      COSMJS,
      { status: 422, body: 'Token is not available. Available tokens are: ' },
      failed('dry'),
    ],
    [
      'cosmjs: 422 is a denom',
      COSMJS,
      { status: 422, body: 'Token is not available. Available tokens are: ustake' },
      failed('misconfigured'),
    ],
    ['cosmjs: 500', COSMJS, { status: 500, body: 'Sending tokens failed' }, unknown],
    ['ignite: a hash', IGNITE, json(200, { hash: 'AB12CD34' }), { ...sent, txHash: 'AB12CD34' }],
    [
      'ignite: transfers',
      IGNITE,
      json(200, { transfers: [{ coin: '10uatom', status: 'ok' }] }),
      { ...sent, amount: '10uatom' },
    ],
    [
      'ignite: some of the transfers',
      IGNITE,
      json(200, {
        transfers: [
          { coin: '10uatom', status: 'ok' },
          { coin: '5stake', status: 'error', error: 'x' },
        ],
      }),
      { ...sent, amount: '10uatom' },
    ],
    [
      'ignite: none of the transfers',
      IGNITE,
      json(200, { transfers: [{ coin: '1a', status: 'error', error: 'sequence' }] }),
      unknown,
    ],
    [
      'ignite: over its limit',
      IGNITE,
      json(200, {
        transfers: [{ coin: '1a', status: 'error', error: 'account has reached to the max. allowed amount' }],
      }),
      failed('limited'),
    ],
    ['ignite: no transfers', IGNITE, json(200, { transfers: [] }), unknown],
    ['ignite: 400', IGNITE, json(400, { error: 'invalid address' }), failed('address')],
    ['ignite: 500', IGNITE, json(500, { error: 'broadcast' }), unknown],
    [
      'http: the hash in its place',
      HTTP,
      json(200, { result: { tx: { hash: 'AB12CD34' } } }),
      { ...sent, txHash: 'AB12CD34' },
    ],
    ['http: no hash where one is promised', HTTP, json(200, { result: {} }), unknown],
    [
      'http: an error in a 200',
      HTTP,
      json(200, { problem: { text: 'no' }, result: { tx: { hash: 'AB12CD34' } } }),
      { ...unknown, txHash: 'AB12CD34' },
    ],
    [
      'http: an error in its place',
      HTTP,
      json(400, { problem: { text: 'no such account' } }),
      { ...failed('refused'), detail: '400: no such account' },
    ],
    [
      'http: without a place for the hash',
      { kind: 'http' },
      { status: 204, body: '' },
      { ...sent, txHash: null },
    ],
    ['408', V1, { status: 408, body: '' }, unknown],
    ['409', V1, { status: 409, body: '' }, unknown],
    ['101 characters of nonsense', V1, { status: 299, body: '[[[' }, unknown],
  ]
  it.each(cases)('%s', async (_, sender, answer, expected) => {
    expect(await send(sender, answer)).toMatchObject(expected)
    expect(asked).toHaveLength(1)
  })

  it.each([INTERNAL, BOT, V1, COSMJS, IGNITE, HTTP])(
    'nobody listens: nothing was sent ($kind)',
    async (sender) => {
      const settings = faucetSettings(url, {
        sender: { ...sender, url: 'http://127.0.0.1:1' } as SenderInput,
      }).sender
      const outcome = await createSender({ settings, token: 'x', clock: new ManualClock() }).send(PAYMENT)
      expect(outcome).toMatchObject(failed('unreachable'))
    },
  )

  it('a name that does not exist, and TLS that does not come about: nothing was sent', async () => {
    for (const bad of ['http://no-such-host.invalid', url.replace('http:', 'https:')]) {
      const settings = faucetSettings(bad).sender
      const outcome = await createSender({ settings, token: 'x', clock: new ManualClock() }).send(PAYMENT)
      expect(outcome).toMatchObject(failed('unreachable'))
    }
    expect(asked).toEqual([])
  })
})
