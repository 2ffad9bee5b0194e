// Every sender: what it asks, and what it makes of each answer: sent, a certain no, or unknown.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import type { FaucetInput } from '../../../src/faucet/schema.ts'
import { createSender } from '../../../src/faucet/senders/index.ts'
import { tierOf } from '../../../src/faucet/senders/ligate.ts'
import { parseJson } from '../../../src/faucet/senders/sender.ts'
import { DAY_MS } from '../../../src/kernel/duration.ts'
import { faucetSettings, ligAddress, NOW_MS } from '../../support/faucet.ts'

interface Canned {
  status: number
  body: unknown
  headers?: Record<string, string>
}

let http: Server
let url: string
let canned: Canned
let asked: { method: string; url: string; headers: Record<string, unknown>; body: string }[]

beforeAll(async () => {
  http = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    asked.push({ method: request.method!, url: request.url!, headers: request.headers, body })
    const text = typeof canned.body === 'string' ? canned.body : JSON.stringify(canned.body)
    response.writeHead(canned.status, canned.headers).end(text)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => http.close(resolve)))
beforeEach(() => {
  asked = []
})

const ADDRESS = ligAddress(1)
const HASH = `ltx1${'q'.repeat(58)}`
const PAYMENT = {
  address: ADDRESS,
  userId: '972778865355272194',
  joinedAtMs: NOW_MS - 40 * DAY_MS,
  accountCreatedMs: NOW_MS - 400 * DAY_MS,
  atMs: NOW_MS,
}

type SenderInput = FaucetInput['sender']
function senderOf(sender: object, token: string | null = 'a-good-secret') {
  const settings = faucetSettings(url, { sender: { url, ...sender } as SenderInput }).sender
  return createSender({ settings, token, clock: new ManualClock(NOW_MS) })
}
async function send(sender: object, answer: Canned) {
  canned = answer
  return senderOf(sender).send(PAYMENT)
}

const INTERNAL = { kind: 'internal-drip', token: 'FAUCET_TOKEN' }
const BOT = { kind: 'ligate-drip-bot', token: 'FAUCET_TOKEN' }
const V1 = { kind: 'ligate-v1' }
const COSMJS = { kind: 'cosmjs', denom: 'uatom' }
const IGNITE = { kind: 'ignite' }
const HTTP = {
  kind: 'http',
  token: 'FAUCET_TOKEN',
  path: '/pay?to={address}',
  headers: { 'X-Key': '{token}', 'Content-Type': 'application/vnd.x+json' },
  body: { to: { account: '{address}' }, by: 'discord {user}', n: 5 },
  hash: 'result.tx.hash',
  error: 'problem.text',
}

describe('what is asked', () => {
  const cases: [string, object, object][] = [
    [
      'internal-drip',
      INTERNAL,
      {
        method: 'POST',
        url: '/internal/drip',
        body: { address: ADDRESS },
        headers: { authorization: 'Bearer a-good-secret' },
      },
    ],
    [
      'ligate-drip-bot',
      BOT,
      {
        url: '/v1/drip-bot',
        headers: { 'x-bot-secret': 'a-good-secret', 'content-type': 'application/json' },
        body: {
          address: ADDRESS,
          discord_user_id: PAYMENT.userId,
          tier: 'veteran',
          amount_nano: 500_000_000_000,
          tier_evidence: {
            joined_at: new Date(PAYMENT.joinedAtMs).toISOString(),
            account_created_at: new Date(PAYMENT.accountCreatedMs).toISOString(),
          },
        },
      },
    ],
    ['ligate-v1', V1, { url: '/v1/drip', body: { address: ADDRESS } }],
    ['cosmjs', COSMJS, { url: '/credit', body: { denom: 'uatom', address: ADDRESS } }],
    ['ignite', IGNITE, { url: '/', body: { address: ADDRESS } }],
    [
      'ignite with coins',
      { ...IGNITE, coins: ['10uatom'] },
      { url: '/', body: { address: ADDRESS, coins: ['10uatom'] } },
    ],
    [
      'http',
      HTTP,
      {
        method: 'POST',
        url: `/pay?to=${ADDRESS}`,
        headers: { 'x-key': 'a-good-secret', 'content-type': 'application/vnd.x+json' },
        body: { to: { account: ADDRESS }, by: `discord ${PAYMENT.userId}`, n: 5 },
      },
    ],
    [
      'a preset with a path, a header and a body of its own',
      { ...INTERNAL, path: '/mine', headers: { Authorization: 'Token {token}' }, body: { to: '{address}' } },
      { url: '/mine', headers: { authorization: 'Token a-good-secret' }, body: { to: ADDRESS } },
    ],
  ]
  it.each(cases)('%s', async (_, sender, expected) => {
    await send(sender, { status: 400, body: '{}' })
    expect(asked).toHaveLength(1)
    expect({ ...asked[0]!, body: JSON.parse(asked[0]!.body) }).toMatchObject(expected)
  })
})

const sent = { status: 'sent' }
const unknown = { status: 'unknown', cause: 'ambiguous' }
const failed = (cause: string) => ({ status: 'failed', cause })
const json = (status: number, body: unknown) => ({
  status,
  body,
  headers: { 'content-type': 'application/json' },
})
const page = (status: number) => ({ status, body: '<html><title>nginx</title></html>' })
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
      { ...failed('address'), detail: '400: no such account' },
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

describe('looking up', () => {
  const cases: [string, object, Canned, string][] = [
    ['ligate: committed', V1, json(200, { outcome: 'committed', block_height: 5 }), 'sent'],
    ['ligate: reverted', V1, json(200, { outcome: 'reverted', block_height: 5 }), 'failed'],
    ['ligate: not there yet', V1, json(404, { error: 'not found' }), 'pending'],
    ['ligate: nonsense', V1, json(200, { outcome: 'maybe' }), 'pending'],
    ['ligate: HTML', V1, page(200), 'pending'],
    ['ligate: 500', V1, json(500, { outcome: 'committed' }), 'pending'],
  ]
  it.each(cases)('%s', async (_, sender, answer, status) => {
    canned = answer
    expect(await senderOf(sender).lookup!(HASH)).toMatchObject({ status })
    expect(asked[0]!.url).toBe(`/v1/txs/${HASH}`)
  })

  it.each([
    [json(200, { tx_response: { code: 0, height: '12' } }), 'sent'],
    [json(200, { tx_response: { code: 11, height: '12' } }), 'failed'],
    [json(200, { tx_response: { code: 0, height: '0' } }), 'pending'],
    [json(404, { code: 5, message: 'tx not found' }), 'pending'],
    [json(200, {}), 'pending'],
  ])('a Cosmos chain: %j', async (answer, status) => {
    canned = answer
    const lookup = { kind: 'cosmos', url: `${url}/cosmos/tx/v1beta1/txs/{hash}` }
    expect(await senderOf({ ...IGNITE, lookup }).lookup!('AB12CD34')).toMatchObject({ status })
    expect(asked[0]!.url).toBe('/cosmos/tx/v1beta1/txs/AB12CD34')
  })

  it('cannot be done where nothing is said of it', () => {
    expect(senderOf(IGNITE).lookup).toBeUndefined()
    expect(senderOf(COSMJS).lookup).toBeUndefined()
  })
})

describe('the state of the server', () => {
  it.each([
    [
      COSMJS,
      { holder: { balance: [{ denom: 'uatom', amount: '1234567' }] }, availableTokens: ['uatom'] },
      { balance: '1,234,567 uatom', dry: false },
    ],
    [
      COSMJS,
      { holder: { balance: [{ denom: 'uatom', amount: '5' }] }, availableTokens: [] },
      { balance: '5 uatom', dry: true },
    ],
    [COSMJS, { holder: { balance: [] }, availableTokens: [] }, { balance: null, dry: true }],
    [COSMJS, { holder: {} }, { balance: null, dry: false }],
    [V1, { drip_amount_nano: 100_000_000_000, drip_amount_lgt: 100 }, { amount: '100 LGT', dry: false }],
    [V1, {}, { amount: null }],
  ])('%j %j', async (sender, body, expected) => {
    canned = json(200, body)
    expect(await senderOf(sender).status!()).toMatchObject(expected)
  })

  it.each([page(502), page(200), json(404, {}), json(200, null)])('%j is no state', async (answer) => {
    canned = answer
    for (const sender of [COSMJS, V1]) {
      const status = await senderOf(sender).status!()
      expect(status === null || (status.balance === null && !status.dry)).toBe(true)
    }
  })
})

describe('parts', () => {
  it.each([
    [null, 'newcomer'],
    [0, 'newcomer'],
    [7 * DAY_MS - 1, 'newcomer'],
    [7 * DAY_MS, 'regular'],
    [30 * DAY_MS - 1, 'regular'],
    [30 * DAY_MS, 'veteran'],
    [90 * DAY_MS - 1, 'veteran'],
    [90 * DAY_MS, 'elder'],
    [-DAY_MS, 'newcomer'],
  ])('a member for %s ms is a %s', (ageMs, name) => {
    const { tiers } = faucetSettings(url, { sender: { url, ...BOT } as SenderInput }).sender
    expect(tierOf({ atMs: NOW_MS, joinedAtMs: ageMs === null ? null : NOW_MS - ageMs }, tiers).name).toBe(
      name,
    )
  })

  it('reads long numbers as text, and leaves texts and short ones alone', () => {
    expect(parseJson('{"a":12345678901234567890,"b":"\\"12345678901234567890","c":1.5,"d":-7}')).toEqual({
      a: '12345678901234567890',
      b: '"12345678901234567890',
      c: 1.5,
      d: -7,
    })
    expect(parseJson('nope')).toBeUndefined()
  })
})
