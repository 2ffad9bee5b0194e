// The sandbox's lists against the recorded ones: page by page, item by item, on every version that was recorded.
import { afterAll, describe, expect, test } from 'vitest'
import { type ChainEndpoint, serveChain } from '../../sandbox/chains/server.ts'
import { RECORDED_VERSIONS, type Recorded, type Recordings, recordingsOf } from '../support/fixtures.ts'
import { mirror } from '../support/recorded-world.ts'

interface Page {
  status: number
  items: unknown[]
  nextKey: string | null | undefined
  total: string | undefined
  code: number | undefined
  message: string | undefined
}

/** What of an answer has to be equal: the items by identity, the way to the next page, the error. */
function pageOf(status: number, body: string): Page {
  const parsed = JSON.parse(body) as Record<string, unknown>
  const items = (parsed.client_states ?? parsed.connections ?? parsed.consensus_state_heights ?? []) as {
    client_id?: string
    id?: string
    client_state?: object
  }[]
  const pagination = parsed.pagination as { next_key: string | null; total: string } | undefined
  return {
    status,
    items: items.map((one) => one.id ?? one.client_id ?? one),
    nextKey: pagination?.next_key,
    total: pagination?.total,
    code: parsed.code as number | undefined,
    message: parsed.message as string | undefined,
  }
}

/** Taken later than the lists that the chain is made again from, when others had come of which too little is known. */
const TAKEN_LATER = new Set([
  'v6.3.1 seq-client_states-limit50-pinned',
  'v6.3.1 seq-client_states-limit50-pinned-reverse',
  'v8.8.0 client_states-limit-max-uint64',
  'v8.8.0 connections-limit-huge',
  'v8.8.0 connections-unknown-query-field',
])

const open: ChainEndpoint[] = []
afterAll(() => Promise.all(open.map((one) => one.close())))

async function compare(
  recordings: Recordings,
  name: string,
  clients: string[],
  connections: string[],
): Promise<number> {
  const sequence = recordings.sequence(name)
  const { world, chain } = mirror(recordings, 'mirror-1', 100_000, clients, connections)
  const endpoint = await serveChain(world, chain.chainId)
  open.push(endpoint)
  for (const { request, status, body } of sequence) {
    const response = await fetch(endpoint.url + request.path)
    const ours = pageOf(response.status, await response.text())
    expect(ours, `${recordings.version} ${name} ${request.path}`).toEqual(pageOf(status, body))
  }
  await endpoint.close()
  return sequence.length
}

function bodies(list: Recorded[]): string[] {
  return list.filter((one) => one.status === 200).map((one) => one.body)
}

describe.each(RECORDED_VERSIONS)('%s', (version) => {
  const recordings = recordingsOf(version)
  // The genesis is the same on all versions; v10's own list of connections is not among the recordings.
  const listed = recordings.has('seq-connections-limit100-count') ? recordings : recordingsOf('v11.2.0')
  const connections = bodies(listed.sequence('seq-connections-limit100-count'))

  test('client list', async () => {
    const names = [...recordings.names('seq-client_states-'), ...recordings.names('client_states-')]
    let compared = 0
    for (const name of names) {
      if (name.endsWith('trailing-slash') || TAKEN_LATER.has(`${version} ${name}`)) continue
      // The list grows while it is recorded: it is made again from the recording itself, where that is complete,
      // and else from one that was taken at about the same height.
      const own = bodies(recordings.sequence(name))
      const whole = recordings.has('seq-client_states-limit1000')
        ? 'seq-client_states-limit1000'
        : 'client_states-offset-beyond'
      const clients =
        name.startsWith('seq-') && !/offset|limit2-/.test(name) ? own : bodies(recordings.sequence(whole))
      compared += await compare(recordings, name, clients, connections)
    }
    expect(compared).toBeGreaterThan(5)
  })

  test('connection list', async () => {
    const names = [...recordings.names('seq-connections-'), ...recordings.names('connections-')]
    let compared = 0
    for (const name of names) {
      if (TAKEN_LATER.has(`${version} ${name}`)) continue
      compared += await compare(recordings, name, [], connections)
    }
    expect(compared).toBeGreaterThan(3)
  })

  test('heights of a client with many', async () => {
    const clients = bodies(
      recordings.sequence(
        recordings.has('seq-client_states-limit1000')
          ? 'seq-client_states-limit1000'
          : 'client_states-offset-beyond',
      ),
    )
    const names = [
      ...recordings.names('seq-consensus_state_heights-'),
      ...recordings.names('consensus_state_heights-'),
    ]
    for (const name of names) await compare(recordings, name, clients, connections)
    expect(names.length).toBeGreaterThan(0)
  })
})
