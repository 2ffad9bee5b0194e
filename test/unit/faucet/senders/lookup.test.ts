// Every sender: looking a payment up, the state of the server, and the parts that read answers.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { tierOf } from '../../../../src/faucet/senders/ligate.ts'
import { inventedHash } from '../../../../src/faucet/senders/lookup.ts'
import { parseJson } from '../../../../src/faucet/senders/sender.ts'
import { DAY_MS } from '../../../../src/kernel/duration.ts'
import { faucetSettings, NOW_MS } from '../../../support/faucet.ts'
import {
  answerBy,
  answerWith,
  asked,
  BOT,
  type Canned,
  COSMJS,
  forget,
  HASH,
  http,
  IGNITE,
  json,
  page,
  type SenderInput,
  senderOf,
  startServer,
  url,
  V1,
} from '../../../support/faucet-senders.ts'

beforeAll(startServer)
afterAll(() => new Promise((resolve) => http.close(resolve)))
beforeEach(forget)

describe('looking up', () => {
  const cases: [string, object, Canned, string][] = [
    ['ligate: committed', V1, json(200, { outcome: 'committed', block_height: 5 }), 'sent'],
    ['ligate: reverted', V1, json(200, { outcome: 'reverted', block_height: 5 }), 'failed'],
    ['ligate: not there yet', V1, json(404, { error: 'not found' }), 'pending'],
    ['ligate: nonsense', V1, json(200, { outcome: 'maybe' }), 'pending'],
    ['ligate: not there, without a word', V1, { status: 404, body: '' }, 'pending'],
    ['ligate: nothing of a transaction', V1, json(200, { hello: 1 }), 'unreadable'],
    ['ligate: HTML', V1, page(200), 'unreadable'],
    ['ligate: HTML that is not there', V1, page(404), 'unreadable'],
    ['ligate: 500', V1, json(500, { outcome: 'committed' }), 'unreadable'],
  ]
  it.each(cases)('%s', async (_, sender, answer, status) => {
    answerWith(answer)
    expect(await senderOf(sender).lookup!(HASH)).toMatchObject({ status })
    expect(asked[0]!.url).toBe(`/v1/txs/${HASH}`)
  })

  it.each([
    [json(200, { tx_response: { code: 0, height: '12' } }), 'sent'],
    [json(200, { tx_response: { code: 11, height: '12' } }), 'failed'],
    [json(200, { tx_response: { code: 0, height: '0' } }), 'pending'],
    [json(404, { code: 5, message: 'tx not found' }), 'pending'],
    [json(404, { code: 5, message: 'tx not found: AB12CD34', details: [] }), 'pending'],
    [json(400, { code: 3, message: 'tx (AB12CD34) not found: invalid request', details: [] }), 'pending'],
    [json(500, { code: 2, message: 'rpc error: code = NotFound desc = no tx with that hash' }), 'pending'],
    [json(500, { error: 'transaction AB12CD34 not found' }), 'pending'],
    [json(200, {}), 'unreadable'],
    // A cache before the node that answers about another transaction.
    [json(200, { tx_response: { code: 11, height: '12', txhash: 'FFFF0000' } }), 'unreadable'],
    [json(200, { tx_response: { code: 11, height: '12', txhash: 'ab12cd34' } }), 'failed'],
    [json(200, { tx_response: null }), 'unreadable'],
    [json(500, { code: 2, message: 'transaction indexing is disabled', details: [] }), 'unreadable'],
    [json(501, { code: 12, message: 'Not Implemented', details: [] }), 'unreadable'],
    [json(500, { code: 13, message: 'tx (AB12CD34) not found, err: indexing is disabled' }), 'unreadable'],
    [json(404, { code: 12, message: 'Not Implemented' }), 'unreadable'],
    [json(404, { statusCode: 404, message: 'Cannot GET /cosmos/tx/v1beta1/txs/AB12CD34' }), 'unreadable'],
    [{ status: 404, body: '404 page not found' }, 'unreadable'],
    [page(200), 'unreadable'],
    [page(404), 'unreadable'],
    [json(403, { message: 'Forbidden' }), 'unreadable'],
    // No route fits: grpc-gateway, FastAPI, Spring.
    [json(404, { code: 5, message: 'Not Found', details: [] }), 'unreadable'],
    [json(404, { detail: 'Not Found' }), 'unreadable'],
    [json(404, { status: 404, error: 'Not Found' }), 'unreadable'],
    [json(429, { message: 'tx not found' }), 'unreadable'],
    [{ status: 302, body: '', headers: { location: 'https://elsewhere/' } }, 'unreadable'],
  ])('a Cosmos chain: %j', async (answer, status) => {
    answerWith(answer)
    const lookup = { kind: 'cosmos', url: `${url}/cosmos/tx/v1beta1/txs/{hash}` }
    expect(await senderOf({ ...IGNITE, lookup }).lookup!('AB12CD34')).toMatchObject({ status })
    expect(asked[0]!.url).toBe('/cosmos/tx/v1beta1/txs/AB12CD34')
  })

  it('says why it cannot be looked up, and of nobody who answers that there was no answer', async () => {
    const lookup = { kind: 'cosmos', url: `${url}/txs/{hash}` }
    const ask = async (answer: Canned, of: object = lookup) => {
      answerWith(answer)
      return (await senderOf({ ...IGNITE, lookup: of }).lookup!('AB12CD34')).detail
    }
    expect(await ask(json(500, { message: 'transaction indexing is disabled' }))).toBe(
      '500: transaction indexing is disabled',
    )
    expect(await ask(page(200))).toBe('200: a web page, "nginx"')
    expect(await ask({ status: 301, body: '', headers: { location: 'https://elsewhere/' } })).toBe(
      '301: redirected to another address',
    )
    expect(await ask(page(200), { kind: 'cosmos', url: 'http://127.0.0.1:1/{hash}' })).toContain(
      'ECONNREFUSED',
    )
  })

  it('of several transactions: one that was paid is enough, and none was only where every one failed', async () => {
    const sender = senderOf({ ...IGNITE, lookup: { kind: 'cosmos', url: `${url}/txs/{hash}` } })
    const tx = (code: number, height = '12') => json(200, { tx_response: { code, height } })
    const by: Record<string, Canned> = {
      good: tx(0),
      bad: tx(11),
      open: tx(0, '0'),
      lost: json(500, { message: 'transaction indexing is disabled' }),
    }
    const lookup = (hashes: string) => {
      answerBy((path) => by[path.split('/').at(-1)!]!)
      return sender.lookup!(hashes).then(({ status }) => status)
    }
    expect(await lookup('bad good')).toBe('sent')
    expect(await lookup('bad bad')).toBe('failed')
    expect(await lookup('bad open')).toBe('pending')
    expect(await lookup('bad lost')).toBe('unreadable')
    expect(await lookup('lost good')).toBe('sent')
    // A part whose hash nobody knows may have been paid.
    expect(await lookup('bad ?')).toBe('unreadable')
    expect(await lookup('good ?')).toBe('sent')
    expect(asked.map((one) => one.url)).not.toContain('/txs/%3F')
  })

  it("is asked without an EVM's 0x", async () => {
    answerWith(json(404, { code: 5 }))
    const lookup = { kind: 'cosmos', url: `${url}/txs/{hash}` }
    await senderOf({ ...IGNITE, lookup }).lookup!(`0x${'aB'.repeat(32)}`)
    expect(asked[0]!.url).toBe(`/txs/${'aB'.repeat(32)}`)
  })

  it.each([
    [V1, /^ltx1[02-9ac-hj-np-z]{58}$/],
    [{ ...IGNITE, lookup: { kind: 'cosmos', url: 'http://x/{hash}' } }, /^[0-9A-F]{64}$/],
  ])('a made-up hash has the form of the place: %j', (sender, form) => {
    const { sender: settings } = faucetSettings('', { sender: { url: 'http://x', ...sender } as SenderInput })
    expect(inventedHash(settings)).toMatch(form)
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
    answerWith(json(200, body))
    expect(await senderOf(sender).status!()).toMatchObject(expected)
  })

  it.each([page(502), page(200), json(404, {}), json(200, null)])('%j is no state', async (answer) => {
    answerWith(answer)
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
