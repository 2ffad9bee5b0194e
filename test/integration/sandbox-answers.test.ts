// The sandbox's single answers against the recorded ones: status, headers and body of every route it has.
import { afterAll, describe, expect, test } from 'vitest'
import { type ChainEndpoint, serveChain } from '../../sandbox/chains/server.ts'
import { RECORDED_VERSIONS, type Recorded, recordingsOf } from '../support/fixtures.ts'
import { CHAIN_IDS, furnish, mirror } from '../support/recorded-world.ts'

/** Recordings of routes that the sandbox answers, by the beginning of their names. */
const PREFIXES = [
  'client_state-',
  'client_status-',
  'client_params',
  'client_creator-',
  'consensus_state-',
  'connection-',
  'connection_params',
  'connection_client_state-',
  'connection_channels',
  'client_connections-',
  'channel',
  'next_sequence_send',
  'balances-',
  'by_denom-',
  'denoms_metadata',
  'bank-params',
  'staking-params',
  'gov-account',
  'syncing',
  'block_future_height',
  'pinned-',
  'v2-next_sequence_send',
  'v2-counterparty_info',
  'v2-packet_commitments',
  'unknown-route',
  'root',
  'post-method',
  'options-method',
  'head-method',
  'starting-rest-up-',
]

/** What the sandbox does not imitate, and why. */
const LEFT_OUT = [
  'channel_client_state', // a route that nobody asks
  'channel_params',
  'balances-resolve-denom', // needs the metadata of every denom
  'balances-limit-0', // its wallet had been paid since
  'connection-solomachine', // its version has one feature less
  'v2-next_sequence_send', // its sequence depends on packets, which the sandbox does not have
  'v2-packet_commitments',
  'pinned-blocks_latest', // the block's hashes
  'denoms_metadata-list-limit1', // the metadata of all denoms were not recorded with it
]

const open: ChainEndpoint[] = []
afterAll(() => Promise.all(open.map((one) => one.close())))

/** The fields of a body that are made up in the sandbox: hashes, keys, and the height it was answered at. */
const MADE_UP = new Set([
  'proof_height',
  'height',
  'hash',
  'next_validators_hash',
  'latest_block_height',
  'earliest_block_height',
  'public_key',
  'diversifier',
  'sequence',
  'attestor_addresses',
  'min_required_sigs',
  'account_number',
])

function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => {
    if (MADE_UP.has(key)) return [key, 'made up']
    // A solo machine's own timestamp, in seconds; a localhost client's height is the host's.
    if (key === 'timestamp' && /^\d+$/.test(String(inner))) return [key, 'made up']
    const local = (value as { '@type'?: string })['@type'] === '/ibc.lightclients.localhost.v2.ClientState'
    if (key === 'latest_height' && local) return [key, 'made up']
    return [key, comparable(inner)]
  })
  return Object.fromEntries(entries)
}

function parsed(body: string): unknown {
  // Ports differ from node to node.
  return body === '' ? '' : comparable(JSON.parse(body.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:0')))
}

const HEIGHT_HEADERS = ['grpc-metadata-x-cosmos-block-height', 'x-cosmos-block-height'] as const

function recordedHeader(one: Recorded, name: string): boolean {
  return Object.keys(one.headers).some((key) => key.toLowerCase() === name)
}

describe.each(RECORDED_VERSIONS)('%s', async (version) => {
  const recordings = recordingsOf(version)
  const whole = ['seq-client_states-limit1000', 'client_states-offset-beyond'].find((name) =>
    recordings.has(name),
  )!
  const listed = recordings.has('seq-connections-limit100-count') ? recordings : recordingsOf('v11.2.0')
  const nowMs = Date.parse(recordings.one(recordings.names('client_status-')[0]!).headers.Date!)
  const { world, chain } = mirror(
    recordings,
    CHAIN_IDS[version],
    2_000,
    recordings.sequence(whole).map((one) => one.body),
    listed.sequence('seq-connections-limit100-count').map((one) => one.body),
    nowMs,
  )
  furnish(recordings, recordingsOf('v11.2.0'), chain)
  const names = PREFIXES.flatMap((prefix) => recordings.names(prefix))
    .filter((name) => !LEFT_OUT.some((left) => name.startsWith(left)))
    .filter((name, i, all) => all.indexOf(name) === i)

  test.each(names)('%s', async (name) => {
    const endpoint = await serveChain(
      world,
      chain.chainId,
      name.startsWith('starting-') ? { starting: true } : {},
    )
    open.push(endpoint)
    const recorded = recordings.one(name)
    const { method, path, headers } = recorded.request
    const response = await fetch(endpoint.url + path, { method, headers })
    const body = await response.text()
    await endpoint.close()
    expect(response.status).toBe(recorded.status)
    for (const header of HEIGHT_HEADERS) {
      expect(response.headers.has(header), header).toBe(recordedHeader(recorded, header))
    }
    expect(parsed(body)).toEqual(parsed(recorded.body))
  })

  test('gov params stand where the version has them', async () => {
    const endpoint = await serveChain(world, chain.chainId)
    open.push(endpoint)
    const read = async (kind: string) =>
      (await (await fetch(`${endpoint.url}/cosmos/gov/v1/params/${kind}`)).json()) as Record<string, never>
    const recorded = recordings
      .names('gov-params-')
      .map((name) => [name.slice(11), recordings.body<object>(name)] as const)
    for (const [kind, body] of recorded) {
      const ours = await read(kind)
      expect(Object.keys(ours)).toEqual(Object.keys(body))
    }
    expect(recorded.length).toBeGreaterThan(0)
  })

  test('more than a hundred answers were compared', () => {
    expect(names.length).toBeGreaterThan(version === 'v10.7.0' ? 60 : 90)
  })
})
