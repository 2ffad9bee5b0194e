// Pages that are too long for a node, its gateway, its operator or us: shorter ones are asked for, of each endpoint by itself.
import { describe, expect, it } from 'vitest'
import { readBalances } from '../../../src/cosmos/bank.ts'
import * as ibc from '../../../src/cosmos/ibc.ts'
import { failure, pageKey, pool, questions, serving } from './tiny-chain.ts'
import { at, fastClock, grpc, type Reply, type TinyNode } from './tiny-node.ts'

const ALL = Array.from({ length: 230 }, (_, i) => ({
  id: `connection-${i}`,
  client_id: 'c',
  state: 'STATE_OPEN',
  counterparty: { client_id: '', connection_id: '' },
}))
const LIMITS = { inFlight: 32, requestsPerSecond: 10_000, timeoutMs: 4000 }

const limitOf = (path: string) => Number(/pagination\.limit=(\d+)/.exec(path)![1])
const limits = (node: TinyNode) => node.asked.filter((path) => path.includes('limit=')).map(limitOf)

/** A node that gives the connections in pages of `most` at most, and to longer ones says `refusal`. */
const giving = (most: number, refusal: Reply) =>
  serving((path) => {
    const limit = limitOf(path)
    if (limit > most) return refusal
    const from = Number(/\d+$/.exec(Buffer.from(pageKey(path), 'base64').toString())?.[0] ?? 0)
    const next = Buffer.from(`/connection-${from + limit}`).toString('base64')
    return {
      headers: at(100),
      body: {
        connections: ALL.slice(from, from + limit),
        pagination: { next_key: from + limit < ALL.length ? next : null },
      },
    }
  })

describe('a page that is too long', () => {
  it.each<[string, Reply]>([
    ['times out', { raw: () => {} }],
    ['is 504 from a gateway', { status: 504, body: '<html>504 Gateway Time-out</html>' }],
    ['is 504 from the node', grpc(504, 4, 'context deadline exceeded')],
    ['is 502', { status: 502, body: 'Bad Gateway' }],
    ['is 524 from a front', { status: 524, body: '<html>A timeout occurred</html>' }],
    ['is 520 from a front', { status: 520 }],
    ['is 499 from a front', { status: 499 }],
    ['is over our own limit', { body: 'x'.repeat(300_000) }],
    ['is cut off', { raw: (response) => response.write('{"connections":[', () => response.destroy()) }],
    ['is over the node’s limit', grpc(429, 8, 'grpc: received message larger than max (9 vs. 8)')],
    ['is over its operator’s cap', grpc(400, 3, 'pagination limit 1000 exceeds the maximum of 100')],
    ['is over a cap in other words', grpc(400, 3, 'page size too large')],
    ['is refused by a front', { status: 400, body: 'limit must be at most 100' }],
  ])('%s: shorter ones are whole, and the endpoint is not to blame', async (_, refusal) => {
    const a = await giving(100, refusal)
    const chain = pool([a], { wireClock: fastClock, limits: LIMITS, maxBodyBytes: 200_000 })
    const paceBefore = chain.endpoints()[0]!.requestsPerSecond
    const listed = await ibc.listConnections(chain)
    expect(listed).toMatchObject({ cut: null, problems: [] })
    expect(listed.items).toHaveLength(ALL.length)
    expect(chain.endpoints()[0]).toMatchObject({ state: 'fresh' })
    expect(chain.endpoints()[0]!.requestsPerSecond).toBeGreaterThanOrEqual(paceBefore)
    const first = limits(a).length
    expect(first).toBeLessThanOrEqual(9)
    await ibc.listConnections(chain)
    expect([62, 100]).toContain(limits(a)[first])
  })

  it('makes pages short at that endpoint alone', async () => {
    const [a, b] = [await giving(70, { status: 504 }), await giving(5000, {})]
    const chain = pool([a, b], { wireClock: fastClock })
    for (let i = 0; i < 6; i++) {
      const { items } = await ibc.listConnections(chain, { avoid: i % 2 === 0 ? a.host : b.host })
      expect(items).toHaveLength(ALL.length)
    }
    expect(new Set(limits(b))).toEqual(new Set([1000]))
    // Whoever has another to ask asks it, instead of shortening its pages.
    expect(limits(a).every((limit) => limit === 1000)).toBe(true)
    expect(chain.endpoints().map(({ state }) => state)).toEqual(['fresh', 'fresh'])
  })

  it('is soon enough a matter of an endpoint that is down, and leaves no short pages behind', async () => {
    let isDown = true
    const sound = await giving(5000, {})
    const a = await serving((path) => (isDown ? { status: 504 } : sound.handler(path, {})))
    const chain = pool([a], { wireClock: fastClock })
    await failure(ibc.listConnections(chain))
    expect(questions(a)).toBeLessThanOrEqual(10)
    isDown = false
    await chain.head()
    const asked = limits(a).length
    expect((await ibc.listConnections(chain)).items).toHaveLength(ALL.length)
    expect(limits(a).slice(asked)).toEqual([1000])
  })

  it('is asked for again after a walk of very many pages', async () => {
    let most = 4
    const sound = await giving(5000, {})
    const a = await serving((path) => (limitOf(path) > most ? { status: 504 } : sound.handler(path, {})))
    const chain = pool([a], { wireClock: fastClock })
    for (const length of [1, 2, 4]) {
      await ibc.listConnections(chain)
      expect(limits(a).at(-1)).toBe(length)
      most = 1000
    }
  })

  it('is none where the chain says "no" to something else', async () => {
    const no = 'decoding bech32 failed: invalid separator index -1'
    const a = await serving(grpc(400, 3, no, at(100)))
    await expect(readBalances(pool([a]), 'cosmos1bad')).rejects.toMatchObject({ code: 3 })
    expect(questions(a)).toBe(1)
  })

  it('is none where the node says what else is wrong, which is quoted', async () => {
    const said = 'codec: no concrete type registered for type URL /ibc.x.v1.ClientState against interface'
    const a = await serving(grpc(500, 2, said, at(100)))
    const error = await failure(ibc.listClients(pool([a], { wireClock: fastClock })))
    expect(error.message).toContain(`${a.host} 500: ${said}`)
    expect(limits(a).every((limit) => limit === 1000)).toBe(true)
  })
})
