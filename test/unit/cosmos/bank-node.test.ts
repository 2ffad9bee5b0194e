// The questions about money and the node, against recorded answers of every version.
import { describe, expect, it } from 'vitest'
import { readBalance, readBalances, readHoldings } from '../../../src/cosmos/bank.ts'
import { readGovAddress, readNodeInfo } from '../../../src/cosmos/node.ts'
import { RECORDED_VERSIONS, recordingsOf, versionsWith } from '../../support/fixtures.ts'
import { chainOf, pool, replay, serving, walk } from './tiny-chain.ts'
import { fastClock, grpc } from './tiny-node.ts'

describe('money', () => {
  it.each(versionsWith('by_denom-stake-beyond-64-bit'))('%s: more than 64 bits', async (version) => {
    const { chain, node } = await chainOf(() =>
      replay(recordingsOf(version).one('by_denom-stake-beyond-64-bit')),
    )
    const { value } = await readBalance(chain, 'cosmos1x', 'stake')
    expect(value).toBe(12345678901234567890123456789n)
    expect(node.asked[1]).toBe('/cosmos/bank/v1beta1/balances/cosmos1x/by_denom?denom=stake')
  })

  it.each([
    ['no such route', 501, { code: 12, message: 'Not Implemented' }],
    ['SDK 0.43: by_denom is the denom', 400, { code: 3, message: 'invalid denom: by_denom' }],
    ['SDK 0.44: by_denom is the denom', 200, { balance: { denom: 'by_denom', amount: '0' } }],
    ['a cache that knows the path alone', 200, { balance: { denom: 'uosmo', amount: '7' } }],
    ['a front that drops the query', 400, { code: 3, message: 'invalid denom: ' }],
    ['a version that panics over it', 500, { code: 13, message: 'runtime error: index out of range' }],
    ['a version that answers without a coin', 200, { balance: null }],
    [
      'a version that does not find what is not held',
      404,
      { code: 5, message: 'account cosmos1x not found' },
    ],
    ['a gateway without it', 502, '<html>'],
  ])('where by_denom does not give it, the list does (%s)', async (_, status, body) => {
    const balances = [
      { denom: 'ibc/AB', amount: '1' },
      { denom: 'uatom', amount: '5' },
    ]
    const { chain, node } = await chainOf((path) =>
      path.includes('by_denom') ? { status, body } : { body: { balances } },
    )
    for (let i = 0; i < 3; i++) {
      const { held, isTold, failure } = await readHoldings(chain, 'cosmos1x', ['uatom'])
      expect([held.get('uatom'), isTold, failure]).toEqual([{ base: 5n }, true, null])
    }
    // By then it is known that the list alone answers.
    expect(node.asked.slice(-2).every((path) => !path.includes('by_denom'))).toBe(true)
  })

  it('a denom that is none is none, whatever the list has', async () => {
    const { chain, node } = await chainOf((path) =>
      path.includes('by_denom') ? grpc(400, 3, 'invalid denom: 1x') : { body: { balances: [] } },
    )
    await expect(readHoldings(chain, 'cosmos1x', ['1x'])).rejects.toMatchObject({ code: 3 })
    expect(node.asked.every((path) => !path.includes('pagination'))).toBe(true)
  })

  it.each([
    ['what is held', '0', '12', 0],
    ['what can be spent', '12', '0', 1],
  ])(
    'of two endpoints the one that says less is named: a second look avoids it (%s)',
    async (_, total, free, less) => {
      const answers = (route: string, amount: string) =>
        serving((path) =>
          path.includes(`/${route}/`)
            ? { body: { balance: { denom: 'uatom', amount } } }
            : grpc(500, 13, 'no'),
        )
      const nodes = [await answers('balances', total), await answers('spendable_balances', free)]
      const { held, endpoint } = await readHoldings(pool(nodes, { wireClock: fastClock }), 'cosmos1x', [
        'uatom',
      ])
      expect(held.get('uatom')!.base).toBe(0n)
      expect(endpoint).toBe(new URL(nodes[less]!.url).host)
    },
  )

  const lists = RECORDED_VERSIONS.flatMap((version) =>
    recordingsOf(version)
      .names('seq-balances-many')
      .map((name) => [version, name] as const),
  )
  it.each(lists)('%s %s: all denoms', async (version, name) => {
    const { chain } = await chainOf(walk(recordingsOf(version).sequence(name)))
    expect((await readBalances(chain, 'cosmos1x')).items.length).toBe(128)
  })

  it('does not hide a coin that it cannot read', async () => {
    const { chain } = await chainOf(() => ({
      body: {
        balances: [
          { denom: 'a', amount: '1' },
          { denom: 'b', amount: '1.5' },
        ],
      },
    }))
    await expect(readBalances(chain, 'cosmos1x')).rejects.toMatchObject({
      kind: 'body',
      message: expect.stringContaining('balances[1].amount: expected an integer'),
    })
  })

  it('passes on that an address is none', async () => {
    const { chain } = await chainOf(() => replay(recordingsOf('v8.8.0').one('balances-bad-checksum')))
    await expect(readBalance(chain, 'cosmos1bad', 'stake')).rejects.toMatchObject({ code: 3 })
  })
})

describe('the node', () => {
  it.each(versionsWith('node_info'))('%s: says what it runs', async (version) => {
    const recorded = recordingsOf(version).one('node_info')
    const { chain } = await chainOf(() => replay(recorded))
    const info = await readNodeInfo(chain)
    expect(info.chainId).toBe(JSON.parse(recorded.body).default_node_info.network)
    expect(info.sdkVersion).toMatch(/^v0\.\d+\.\d+$/)
    // The recorded chains were built from ibc-go's own tree: only v10 names a version, and not its own.
    expect(info.ibcGoVersion).toBe(version === 'v10.7.0' ? 'v10.3.0' : null)
  })

  it('governance', async () => {
    const { chain } = await chainOf(() => replay(recordingsOf('v7.10.0').one('gov-account')))
    expect(await readGovAddress(chain)).toBe('cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn')
  })
})
