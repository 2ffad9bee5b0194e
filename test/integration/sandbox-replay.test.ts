// The replay: recorded answers as they were, walks whatever the limit, whole sweeps, and the series' one shape.
import { statSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { RECORDINGS_FOLDER } from '../../sandbox/replay/recordings.ts'
import { serveRecordings } from '../../sandbox/replay/server.ts'
import { serveSweep } from '../../sandbox/replay/sweep.ts'
import {
  RECORDED_VERSIONS,
  randomSamples,
  recordingsOf,
  SWEPT_VERSIONS,
  singleClients,
  statusSamples,
  versionsWith,
} from '../support/fixtures.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

async function walk(url: string, path: string, limit: number): Promise<{ pages: number; ids: Set<string> }> {
  const ids = new Set<string>()
  let key: string | null = ''
  let pages = 0
  while (key !== null) {
    const query: string = key ? `&pagination.key=${encodeURIComponent(key)}` : ''
    const page = (await (await fetch(`${url}${path}?pagination.limit=${limit}${query}`)).json()) as {
      client_states?: { client_id: string }[]
      connections?: { id: string }[]
      pagination: { next_key: string | null }
    }
    for (const one of page.client_states ?? []) ids.add(one.client_id)
    for (const one of page.connections ?? []) ids.add(one.id)
    key = page.pagination.next_key
    pages++
  }
  return { pages, ids }
}

test('the packed recordings are small', () => {
  const bytes = RECORDED_VERSIONS.map(
    (version) => statSync(new URL(`${version}.json.br`, RECORDINGS_FOLDER)).size,
  )
  expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(6_000_000)
})

describe.each(RECORDED_VERSIONS)('%s', (version) => {
  const recordings = recordingsOf(version)

  test('single answers come back as they were recorded', async () => {
    const server = await serveRecordings(recordings)
    open.push(server)
    let compared = 0
    for (const name of [
      'client_state-expired',
      'client_status-unknown',
      'consensus_state-frozen',
      'pinned-client_state',
    ]) {
      if (!recordings.has(name)) continue
      const recorded = recordings.one(name)
      const response = await fetch(server.url + recorded.request.path, { headers: recorded.request.headers })
      expect([response.status, await response.text()]).toEqual([recorded.status, recorded.body])
      const height = recorded.headers['Grpc-Metadata-X-Cosmos-Block-Height']
      expect(response.headers.get('grpc-metadata-x-cosmos-block-height')).toBe(height)
      compared++
    }
    expect(compared).toBeGreaterThan(0)
    expect((await fetch(`${server.url}/nosuch/route/at/all`)).status).toBe(501)
    expect(server.missing).toEqual(['/nosuch/route/at/all'])
  })

  test('samples of every series are read, with their pinned ones', () => {
    for (const name of recordings.names('series-')) {
      if (/random|refused|restart/.test(name)) continue
      const samples = statusSamples(recordings, name)
      expect(samples.length, name).toBeGreaterThan(8)
      for (const one of samples) expect(one.clientId, one.at).toMatch(/^07-tendermint-\d+$/)
    }
    expect(singleClients(recordings).length).toBeGreaterThan(3)
  })
})

test('query parameters in another order, and a limit that nobody recorded', async () => {
  const recordings = recordingsOf('v8.8.0')
  const server = await serveRecordings(recordings)
  open.push(server)
  const connections = '/ibc/core/connection/v1/connections'
  const first = recordings.sequence('seq-connections-limit100-count')[0]!
  const swapped = await fetch(`${server.url}${connections}?pagination.count_total=true&pagination.limit=100`)
  expect(await swapped.text()).toBe(first.body)
  const walked = await walk(server.url, connections, 777)
  expect([walked.pages, walked.ids.size]).toEqual([2, 112])
  const clients = await walk(server.url, '/ibc/core/client/v1/client_states', 777)
  expect(clients.ids.size).toBeGreaterThan(127)
})

test('a group of recordings is served alone', async () => {
  const server = await serveRecordings(recordingsOf('v11.2.0'), { group: 'halted-restarted-' })
  open.push(server)
  const path = '/cosmos/base/tendermint/v1beta1/blocks/latest'
  expect((await fetch(server.url + path)).status).toBe(500)
  expect((await fetch(server.url + path, { headers: { 'x-cosmos-block-height': '2' } })).status).toBe(200)
})

describe.each(SWEPT_VERSIONS)('whole sweep of %s', (version) => {
  test('lists lead to every client, and every client has its answers', async () => {
    const sweep = await serveSweep(recordingsOf(version))
    open.push(sweep)
    const { ids } = await walk(sweep.url, '/ibc/core/client/v1/client_states', 1_000)
    const judged = [...sweep.verdicts.keys()]
    expect([...ids].sort()).toEqual(judged.sort())
    const block = (await (
      await fetch(`${sweep.url}/cosmos/base/tendermint/v1beta1/blocks/latest`)
    ).json()) as {
      block: { header: { chain_id: string; height: string } }
    }
    expect(block.block.header).toMatchObject({ chain_id: sweep.chainId, height: String(sweep.height) })
    for (const id of ['07-tendermint-0', '07-tendermint-5']) {
      const path = `/ibc/core/client/v1/consensus_states/${id}/revision/0/height/0?latest_height=true`
      const response = await fetch(sweep.url + path)
      expect(response.status).toBe(id === '07-tendermint-0' ? 200 : 404)
      expect(response.headers.get('grpc-metadata-x-cosmos-block-height')).toBe(String(sweep.height))
    }
    const connections = await walk(sweep.url, '/ibc/core/connection/v1/connections', 1_000)
    expect(connections.ids.size).toBeGreaterThan(110)
    const channels = (await (
      await fetch(`${sweep.url}/ibc/core/channel/v1/connections/connection-0/channels`)
    ).json()) as { channels: unknown[] }
    expect(channels.channels.length).toBeGreaterThan(0)
    expect(sweep.server.missing).toEqual([])
  })
})

test('random series: the rule as it is known agrees with every verdict in it', () => {
  expect(versionsWith('series-random-200')).toEqual(['v8.8.0', 'v11.2.0'])
  for (const version of versionsWith('series-random-200')) {
    const samples = randomSamples(recordingsOf(version))
    expect(samples).toHaveLength(4_800)
    const wrong = samples.filter((one) => {
      const alive =
        one.consensusTimestampNs !== null && one.consensusTimestampNs + one.trustingPeriodNs > one.blockTimeNs
      return one.status !== (one.frozen ? 'Frozen' : alive ? 'Active' : 'Expired')
    })
    expect(wrong).toEqual([])
  }
})
