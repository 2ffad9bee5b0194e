// Every sender: looking a payment up, the state of the server, and the parts that read answers.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { tierOf } from '../../../../src/faucet/senders/ligate.ts'
import { parseJson } from '../../../../src/faucet/senders/sender.ts'
import { DAY_MS } from '../../../../src/kernel/duration.ts'
import { faucetSettings, NOW_MS } from '../../../support/faucet.ts'
import {
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
    ['ligate: HTML', V1, page(200), 'pending'],
    ['ligate: 500', V1, json(500, { outcome: 'committed' }), 'pending'],
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
    [json(200, {}), 'pending'],
  ])('a Cosmos chain: %j', async (answer, status) => {
    answerWith(answer)
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
