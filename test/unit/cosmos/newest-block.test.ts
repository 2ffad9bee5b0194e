// The newest block of a node whose latest block cannot be had: too large, refused, missing, or too slow.
import { describe, expect, it } from 'vitest'
import { probeEndpoint } from '../../../src/cosmos/probe.ts'
import { formatTimestampNs, msToNs } from '../../../src/kernel/nanotime.ts'
import { node, pool } from './tiny-chain.ts'
import { at, BLOCKS, block, fastClock, grpc, NOW_MS, type Reply } from './tiny-node.ts'

const NODE_INFO = '/cosmos/base/tendermint/v1beta1/node_info'
const STATUS = '/cosmos/base/node/v1beta1/status'
const SYNCING = '/cosmos/base/tendermint/v1beta1/syncing'
const BLOCK = /\/blocks\/(\d+)$/

const NOT_THERE = grpc(501, 12, 'Not Implemented')
const TIME = formatTimestampNs(msToNs(NOW_MS - 2000))
const info = (network = 'test-1', headers = at(100)): Reply => ({
  headers,
  body: { default_node_info: { network }, application_version: {} },
})
const status = (height = '100', timestamp = TIME): Reply => ({
  headers: at(100),
  body: { earliest_store_height: '0', height, timestamp, app_hash: '', validator_hash: '' },
})

/** A node with these answers; all other routes it does not have. */
const having = (answers: Record<string, Reply>) => node((path) => answers[path] ?? NOT_THERE)

const HUGE = { headers: at(100), body: { block: { data: 'x'.repeat(3_000_000) } } }

describe('a latest block that cannot be had', () => {
  it.each<[string, Reply]>([
    ['over the node’s limit', grpc(429, 8, 'grpc: received message larger than max (13373951 vs. 10485760)')],
    ['over our own limit', HUGE],
    ['refused by a front', { status: 403, body: '<html>Forbidden</html>' }],
    ['not known to a front', { status: 404, body: '<html>Not Found</html>' }],
    ['missing in this version', NOT_THERE],
    ['one that the node panics over', grpc(500, 13, 'runtime error: invalid memory address')],
    ['too much for its gateway', { status: 504, body: 'Gateway Time-out' }],
    ['never answered', { raw: () => {} }],
    ['cut off', { raw: (response) => response.write('{"block":', () => response.destroy()) }],
    ['null', { body: { block: null, sdk_block: null } }],
    ['a page of HTML', { body: '<html>' }],
  ])('%s: the status and the node info tell of it', async (_, reply) => {
    const a = await having({ [BLOCKS]: reply, [NODE_INFO]: info(), [STATUS]: status() })
    const limits = { inFlight: 32, requestsPerSecond: 10_000, timeoutMs: 10_000 }
    const chain = pool([a], { wireClock: fastClock, maxBodyBytes: 1_000_000, limits })
    expect(await chain.head()).toMatchObject({ height: 100n, timeNs: msToNs(NOW_MS - 2000), halted: false })
    expect(chain.requests).toBe(3)
  })

  it('is not fetched again where it was too large or too slow, as long as another route tells', async () => {
    const answers = { [BLOCKS]: HUGE as Reply, [NODE_INFO]: info(), [STATUS]: status() }
    const a = await having(answers)
    const chain = pool([a], { maxBodyBytes: 1_000_000 })
    await chain.head()
    await chain.head()
    expect(a.asked.filter((path) => path === BLOCKS)).toHaveLength(1)
    answers[BLOCKS] = block(105)
    answers[STATUS] = NOT_THERE
    expect((await chain.head()).height).toBe(105n)
  })

  it('is halted by the time of the status as by that of a block', async () => {
    const old = formatTimestampNs(msToNs(NOW_MS - 400_000))
    const a = await having({ [BLOCKS]: NOT_THERE, [NODE_INFO]: info(), [STATUS]: status('100', old) })
    expect(await pool([a]).head()).toMatchObject({ height: 100n, halted: true })
  })

  it.each<[string, Record<string, Reply>, bigint]>([
    ['the height of any answer', { [NODE_INFO]: info() }, 100n],
    ['a height that syncing names', { [NODE_INFO]: info('test-1', {}), [SYNCING]: syncing('101') }, 101n],
    ['a status without its node info', { [STATUS]: status('102') }, 102n],
  ])('%s leads to the block by its number', async (_, answers, height) => {
    const a = await node((path) => {
      const asked = BLOCK.exec(path)?.[1]
      return asked ? block(BigInt(asked)) : (answers[path] ?? NOT_THERE)
    })
    expect((await pool([a]).head()).height).toBe(height)
  })

  it('is the one before where the newest is too large by its number as well', async () => {
    const large = grpc(429, 8, 'grpc: received message larger than max (9 vs. 8)')
    const a = await node((path) => {
      if (path === BLOCKS || path.endsWith('/blocks/100')) return large
      return path.endsWith('/blocks/99') ? block(99) : path === NODE_INFO ? info() : NOT_THERE
    })
    expect((await pool([a]).head()).height).toBe(99n)
  })

  it('of another chain is that of another chain', async () => {
    const a = await having({ [BLOCKS]: NOT_THERE, [NODE_INFO]: info('osmosis-1'), [STATUS]: status() })
    await expect(pool([a]).head()).rejects.toMatchObject({ message: `${a.host} serves osmosis-1` })
  })

  it('is none where the status tells of none', async () => {
    const none = status('0', '0001-01-01T00:00:00Z')
    const a = await having({ [BLOCKS]: grpc(500, 13, 'no block'), [NODE_INFO]: info(), [STATUS]: none })
    await expect(pool([a]).head()).rejects.toMatchObject({ message: `${a.host} 500` })
  })

  it.each<[string, Reply, string]>([
    ['asks to wait', { status: 429, headers: { 'retry-after': '5' } }, 'asks to wait 5 s'],
    ['bans', { status: 429, body: 'slow down' }, '429'],
    ['hangs up', { raw: (response) => response.socket!.resetAndDestroy() }, 'connection lost'],
  ])('of one that %s is asked for no other way', async (_, reply, reason) => {
    const a = await node(() => reply)
    await expect(pool([a]).head()).rejects.toMatchObject({ message: `${a.host} ${reason}` })
    expect(a.asked).toEqual([BLOCKS])
  })

  it('does not keep a dead endpoint’s check for longer than some seconds', async () => {
    const a = await node(() => ({ raw: () => {} }))
    const limits = { inFlight: 32, requestsPerSecond: 10_000, timeoutMs: 10_000 }
    const startedMs = fastClock.now()
    await expect(pool([a], { wireClock: fastClock, limits }).head()).rejects.toThrow('time-out')
    expect(fastClock.now() - startedMs).toBeLessThan(20_000)
  })

  it('is told to one who asks before there is a pool', async () => {
    const a = await having({ [BLOCKS]: HUGE, [NODE_INFO]: info('big-1'), [STATUS]: status() })
    const options = { timeoutMs: 5000, maxBodyBytes: 1_000_000 }
    expect(await probeEndpoint({ url: a.url }, options)).toMatchObject({ chainId: 'big-1', height: 100n })
  })
})

function syncing(height: string): Reply {
  return { body: { syncing: false, earliest_block_height: '1', latest_block_height: height } }
}
