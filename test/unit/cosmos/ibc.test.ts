// The questions about one client, against recorded answers of every version.
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import * as ibc from '../../../src/cosmos/ibc.ts'
import { AnswerError } from '../../../src/cosmos/types.ts'
import { RECORDED_VERSIONS, recordingsOf, versionsWith } from '../../support/fixtures.ts'
import { chainOf, open, pool, replay, serving } from './tiny-chain.ts'
import { at, BLOCKS, block, fastClock, grpc, poolOver, type Reply, startNode } from './tiny-node.ts'

describe('one client', () => {
  it('is read with the height it was read at, and unknown is a no', async () => {
    const recordings = recordingsOf('v8.8.0')
    const { chain } = await chainOf((path) =>
      replay(recordings.one(path.includes('9999') ? 'client_state-unknown' : 'client_state-frozen')),
    )
    expect(await ibc.readClient(chain, '07-tendermint-2')).toMatchObject({ frozen: true, readAtHeight: 311n })
    await expect(ibc.readClient(chain, '07-tendermint-9999')).rejects.toMatchObject({
      code: 5,
      name: 'AnswerError',
    })
  })

  it('cannot break out of its path', async () => {
    const { chain, node } = await chainOf(() => grpc(400, 3, 'invalid identifier'))
    await expect(ibc.readClient(chain, '../x?y=1#z')).rejects.toBeInstanceOf(AnswerError)
    expect(node.asked[1]).toBe('/ibc/core/client/v1/client_states/..%2Fx%3Fy%3D1%23z')
  })
})

describe('a consensus state', () => {
  const height = { revision: 1n, height: 500n }
  const time: Reply = {
    headers: at(100),
    body: { consensus_state: { timestamp: '2026-11-20T07:06:48.123456789Z' } },
  }
  const absent = (readAt: number): Reply => grpc(404, 5, 'consensus state not found', at(readAt))

  it('keeps the nanoseconds', async () => {
    const { chain, node } = await chainOf(() => replay(recordingsOf('v8.8.0').one('consensus_state-frozen')))
    const read = await ibc.readConsensusTime(chain, '07-tendermint-2', height)
    expect(read).toEqual({ kind: 'time', ns: 1795158408123456789n, endpoint: node.host, height: 311n })
    expect(node.asked[1]).toBe('/ibc/core/client/v1/consensus_states/07-tendermint-2/revision/1/height/500')
  })

  it('takes the plain nanoseconds of attestations', async () => {
    const { chain } = await chainOf(() => replay(recordingsOf('v11.2.0').one('consensus_state-attestations')))
    expect(await ibc.readConsensusTime(chain, 'attestations-127', height)).toMatchObject({
      ns: 1795155040890662663n,
    })
  })

  it('names the field that does not fit', async () => {
    const { chain, node } = await chainOf(() => ({ body: { consensus_state: { data: 'wasm' } } }))
    await expect(ibc.readConsensusTime(chain, '08-wasm-0', height)).rejects.toMatchObject({
      kind: 'body',
      message: expect.stringContaining(
        `${node.host}: /ibc/core/client/v1/consensus_states/08-wasm-0/revision/1/height/500: consensus_state.timestamp: `,
      ),
    })
  })

  it('is absent after a second try at a height that is not below the list’s', async () => {
    const { chain, node } = await chainOf(() => absent(100))
    expect(await ibc.readConsensusTime(chain, 'c-1', height, { atLeastHeight: 100n })).toEqual({
      kind: 'absent',
      endpoint: node.host,
      height: 100n,
    })
    expect(node.asked.length).toBe(3)
  })

  it('is not absent because a lagging node says so', async () => {
    let asked = 0
    const { chain } = await chainOf(() => (++asked < 3 ? absent(99) : time))
    expect(await ibc.readConsensusTime(chain, 'c-1', height, { atLeastHeight: 100n })).toMatchObject({
      kind: 'time',
    })
  })

  it('is not known when nobody is far enough, or nobody says how far', async () => {
    const lagging = await chainOf(() => absent(99))
    await expect(
      ibc.readConsensusTime(lagging.chain, 'c-1', height, { atLeastHeight: 100n }),
    ).rejects.toMatchObject({ kind: 'stale' })
    const silent = await chainOf(() => grpc(404, 5, 'consensus state not found'))
    await expect(
      ibc.readConsensusTime(silent.chain, 'c-1', height, { atLeastHeight: 100n }),
    ).rejects.toMatchObject({ kind: 'stale' })
  })

  it('is asked of another endpoint the second time', async () => {
    const lagging = await startNode((path) => (path === BLOCKS ? block(100) : absent(100)))
    const fine = await startNode((path) => (path === BLOCKS ? block(100) : time))
    const chain = poolOver([lagging, fine])
    open.push(lagging, fine, chain)
    const read = await ibc.readConsensusTime(chain, 'c-1', height, { atLeastHeight: 100n, avoid: fine.host })
    expect(read).toMatchObject({ kind: 'time', endpoint: fine.host })
  })
})

describe('the chain’s own verdict', () => {
  it.each(RECORDED_VERSIONS)('%s: as recorded', async (version) => {
    const recordings = recordingsOf(version)
    for (const name of recordings.names('client_status-')) {
      const recorded = recordings.one(name)
      if (recorded.status !== 200) continue
      const { chain } = await chainOf(() => replay(recorded))
      const status = JSON.parse(recorded.body).status.toLowerCase()
      expect([name, await ibc.readClientStatus(chain, 'x-1')]).toEqual([name, status])
    }
  })

  /** A node of a chain that is halted, as recorded after its restart. */
  async function restarted(version: 'v6.3.1' | 'v8.8.0' | 'v10.7.0', syncing?: Reply) {
    const recordings = recordingsOf(version)
    const newest = JSON.parse(recordings.one('halted-restarted-blocks_latest-pinned').body)
    const header = (newest.sdk_block ?? newest.block).header
    const node = await startNode((path, headers) => {
      const pinned = headers['x-cosmos-block-height'] ? '-pinned' : ''
      if (path === BLOCKS) return replay(recordings.one(`halted-restarted-blocks_latest${pinned}`))
      if (path.endsWith('/syncing')) {
        return (
          syncing ??
          (pinned ? { body: { syncing: true } } : replay(recordings.one('halted-restarted-syncing')))
        )
      }
      return replay(
        recordings.one(
          pinned ? 'halted-restarted-client_status-expired-on-wall-pinned' : 'halted-restarted-client_status',
        ),
      )
    })
    const clock = new ManualClock(Date.parse(header.time) + 600_000)
    const chain = poolOver([node], { chainId: header.chain_id, clock, wireClock: fastClock })
    open.push(node, chain)
    return chain
  }

  it.each(['v6.3.1', 'v8.8.0'] as const)(
    '%s: a restarted node of a halted chain is not believed',
    async (version) => {
      await expect(ibc.readClientStatus(await restarted(version), '07-tendermint-0')).rejects.toMatchObject({
        kind: 'stale',
        message: expect.stringContaining('a restarted node of a halted chain is not believed'),
      })
    },
  )

  it('a node that was not restarted is', async () => {
    const chain = await restarted('v8.8.0', { headers: at(2), body: { syncing: false } })
    expect(await ibc.readClientStatus(chain, '07-tendermint-0')).toBe('active')
  })

  it('the verdict comes from the node that was found well', async () => {
    const node = (afterMs: number, syncing: boolean, status: string) =>
      startNode((path) => {
        if (path === BLOCKS) return block(100, 900_000)
        return { headers: at(100), afterMs, body: path.endsWith('/syncing') ? { syncing } : { status } }
      })
    const restarted = await node(0, true, 'Active')
    const well = await node(300, false, 'Expired')
    const chain = poolOver([restarted, well])
    open.push(restarted, well, chain)
    expect(await ibc.readClientStatus(chain, '08-wasm-0')).toBe('expired')
    expect(await ibc.readClientStatus(chain, '08-wasm-0', { avoid: restarted.host })).toBe('expired')
  })

  it('v10.7.0: nor is one that judges rightly with a pinned height', async () => {
    expect(await ibc.readClientStatus(await restarted('v10.7.0'), '07-tendermint-0')).toBe('expired')
  })

  it.each(versionsWith('client_params'))('%s: allowed clients', async (version) => {
    const recorded = recordingsOf(version).one('client_params')
    const { chain } = await chainOf(() => replay(recorded))
    expect(await ibc.readAllowedClients(chain)).toEqual(JSON.parse(recorded.body).params.allowed_clients)
  })
})

describe('the client types that a chain allows', () => {
  const OLD = '/ibc/client/v1/params'
  const params = { params: { allowed_clients: ['07-tendermint'] } }
  const missing = { status: 501, body: { code: 12, message: 'Not Implemented', details: [] } }

  it('are told below the old path up to ibc-go v6', async () => {
    const { chain } = await chainOf((path) => (path === OLD ? { body: params } : missing))
    expect(await ibc.readAllowedClients(chain)).toEqual(['07-tendermint'])
  })

  it('are told by another endpoint where a front lets neither path through', async () => {
    const front = await serving({ status: 404, body: '<html>' })
    const b = await serving({ body: params })
    expect(await ibc.readAllowedClients(pool([front, b]), { avoid: b.host })).toEqual(['07-tendermint'])
  })

  it('are not supported where nobody has either path', async () => {
    const { chain, node } = await chainOf(() => missing)
    await expect(ibc.readAllowedClients(chain)).rejects.toMatchObject({ kind: 'not-supported' })
    expect(node.asked).toHaveLength(3)
  })
})

describe('IBC v2', () => {
  const names = RECORDED_VERSIONS.flatMap((version) =>
    recordingsOf(version)
      .names('v2-')
      .filter((name) => /next_sequence_send/.test(name) && !/malformed/.test(name))
      .map((name) => [version, name] as const),
  )
  it.each(names)('%s %s', async (version, name) => {
    const recorded = recordingsOf(version).one(name)
    const { chain, node } = await chainOf(() => replay(recorded))
    const expected = { 200: true, 404: false, 501: 'not-supported' }[recorded.status]
    expect(await ibc.hasCounterpartyV2(chain, '07-tendermint-0')).toBe(expected)
    expect(node.asked.length).toBe(2)
  })
})
