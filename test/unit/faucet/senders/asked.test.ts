// Every sender: what it asks.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  ADDRESS,
  asked,
  BOT,
  COSMJS,
  forget,
  HTTP,
  http,
  IGNITE,
  INTERNAL,
  PAYMENT,
  send,
  startServer,
  V1,
} from '../../../support/faucet-senders.ts'

beforeAll(startServer)
afterAll(() => new Promise((resolve) => http.close(resolve)))
beforeEach(forget)

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
    [
      'ligate-v1 with a token: POST /v1/drip, as a bearer',
      { ...V1, token: 'FAUCET_TOKEN' },
      {
        method: 'POST',
        url: '/v1/drip',
        body: { address: ADDRESS },
        headers: { authorization: 'Bearer a-good-secret' },
      },
    ],
    [
      'the same as any other faucet',
      { kind: 'http', token: 'FAUCET_TOKEN', path: '/v1/drip', headers: { Authorization: 'Bearer {token}' } },
      {
        method: 'POST',
        url: '/v1/drip',
        body: { address: ADDRESS },
        headers: { authorization: 'Bearer a-good-secret' },
      },
    ],
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
