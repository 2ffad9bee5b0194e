// Serves `sweep-whole-chain`: one height of a real chain, complete, with the chain's own verdict on every client.
import { parseTimestampNs } from '../../src/kernel/nanotime.ts'
import type { Recorded, Recordings } from './recordings.ts'
import { type Lookup, lookupOf, type ReplayAnswer, ReplayServer } from './server.ts'

interface RawSweep {
  height: number
  block: Recorded
  client_states_pages: Recorded[]
  clients: Record<
    string,
    {
      status: string
      consensus_state?: { path: string; status: number; body: string }
      client_connections?: { status: number; body: string }
    }
  >
}

interface ListedConnection {
  id: string
}

interface ListedChannel {
  connection_hops: string[]
}

/** One recorded sweep, as a server has it. */
export interface RecordedSweep {
  chainId: string
  height: number
  /** Header time of the host block, Unix nanoseconds: with it the chain judged. */
  blockTimeNs: bigint
  /** The chain's own `client_status`, by client id. */
  verdicts: ReadonlyMap<string, string>
  lookup: Lookup
}

/** A running replay of a sweep. */
export interface SweepServer extends Omit<RecordedSweep, 'lookup'> {
  server: ReplayServer
  url: string
  close(): Promise<void>
}

/**
 * Makes the whole sweep of a version answerable: client list, single clients, verdicts, consensus states, blocks,
 * connections and channels. Everything carries the sweep's height. The list of connections was recorded at a lower
 * height than the clients; what was not recorded at all is answered 501, and `params` with `*`.
 * @throws when no whole sweep of that version was recorded
 */
export function recordedSweep(recordings: Recordings): RecordedSweep {
  const sweep = recordings.raw<RawSweep>('sweep-whole-chain')
  const block = JSON.parse(sweep.block.body) as { block: { header: { chain_id: string; time: string } } }
  const { chain_id: chainId, time } = block.block.header
  const blockTimeNs = parseTimestampNs(time)!
  const headers = heightHeaders(sweep.block, sweep.height)
  const fixed = new Map<string, ReplayAnswer>()
  const put = (path: string, status: number, body: string) =>
    fixed.set(path, { status, headers: headers(status), body })

  const node = '/cosmos/base/tendermint/v1beta1'
  put(`${node}/blocks/latest`, 200, sweep.block.body)
  put(`${node}/blocks/${sweep.height}`, 200, sweep.block.body)
  put(`${node}/syncing`, 200, '{"syncing":false}')
  put(`${node}/node_info`, 200, nodeInfo(recordings, chainId))

  const ibc = '/ibc/core/client/v1'
  const own = recordings.has('client_params') ? recordings.one('client_params').body : null
  put(`${ibc}/params`, 200, own ?? '{"params":{"allowed_clients":["*"]}}')
  const proof = `"proof":null,"proof_height":{"revision_number":"0","revision_height":"${sweep.height}"}`
  const pages = new Map<string, ReplayAnswer>()
  for (const page of sweep.client_states_pages) {
    const key = new URL(page.request.path, 'http://replay').searchParams.get('pagination.key') ?? ''
    pages.set(key, { status: page.status, headers: headers(page.status), body: page.body })
    const { client_states } = JSON.parse(page.body) as {
      client_states: { client_id: string; client_state: object }[]
    }
    for (const { client_id, client_state } of client_states) {
      put(
        `${ibc}/client_states/${client_id}`,
        200,
        `{"client_state":${JSON.stringify(client_state)},${proof}}`,
      )
    }
  }
  const verdicts = new Map<string, string>()
  for (const [clientId, client] of Object.entries(sweep.clients)) {
    verdicts.set(clientId, client.status)
    put(`${ibc}/client_status/${clientId}`, 200, `{"status":"${client.status}"}`)
    const consensus = client.consensus_state
    if (consensus) {
      put(consensus.path, consensus.status, consensus.body)
      put(`${ibc}/consensus_states/${clientId}/revision/0/height/0?latest`, consensus.status, consensus.body)
    }
    const paths = client.client_connections
    if (paths) put(`/ibc/core/connection/v1/client_connections/${clientId}`, paths.status, paths.body)
  }
  const connections = listed<ListedConnection>(recordings, 'seq-connections-', 'connections')
  for (const { id, ...connection } of connections) {
    put(
      `/ibc/core/connection/v1/connections/${id}`,
      200,
      `{"connection":${JSON.stringify(connection)},${proof}}`,
    )
  }
  const channels = listed<ListedChannel>(recordings, 'seq-channels-', 'channels', 'channels')
  const others = lookupOf(recordings)

  const lookup: Lookup = (path, query) => {
    if (path === `${ibc}/client_states`) return pages.get(query.get('pagination.key') ?? '') ?? null
    const latest = query.get('latest_height') === 'true' && path.startsWith(`${ibc}/consensus_states/`)
    const found = fixed.get(latest ? path.replace(/\/revision\/.*/, '/revision/0/height/0?latest') : path)
    if (found) return found
    const ofConnection = /^\/ibc\/core\/channel\/v1\/connections\/([^/]+)\/channels$/.exec(path)?.[1]
    if (ofConnection) {
      const some = channels.filter((one) => one.connection_hops[0] === ofConnection)
      const body = `{"channels":${JSON.stringify(some)},"pagination":{"next_key":null,"total":"${some.length}"}}`
      return { status: 200, headers: headers(200), body }
    }
    if (!/^\/ibc\/core\/(connection\/v1\/connections|channel\/v1\/channels)$/.test(path)) return null
    const page = others(path, query, null)
    return page && { status: page.status, headers: headers(page.status), body: page.body }
  }
  return { chainId, height: sweep.height, blockTimeNs, verdicts, lookup }
}

/** Starts a replay of the version's whole sweep. */
export async function serveSweep(recordings: Recordings): Promise<SweepServer> {
  const { lookup, ...sweep } = recordedSweep(recordings)
  const server = new ReplayServer(lookup)
  await server.listen()
  return { ...sweep, server, url: server.url, close: () => server.close() }
}

/** All items of the first walk (or single answer) of a list that was recorded. */
function listed<T>(recordings: Recordings, prefix: string, field: string, single?: string): T[] {
  const walk = recordings.names(prefix).find((name) => !/offset|reverse|pinned/.test(name))
  const name = walk ?? (single && recordings.has(single) ? single : null)
  if (!name) return []
  return recordings
    .sequence(name)
    .flatMap((page) => (JSON.parse(page.body) as Record<string, T[]>)[field] ?? [])
}

/** The recorded headers with the sweep's height in each that names one. */
function heightHeaders(block: Recorded, height: number): (status: number) => Record<string, string> {
  return (status) => {
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(block.headers)) {
      if (name === 'X-Cosmos-Block-Height' && status !== 200) continue
      headers[name] = /block-height$/i.test(name) ? String(height) : value
    }
    return headers
  }
}

/** The recorded `node_info` where it is this chain's; else the part that names the chain, and nothing more. */
function nodeInfo(recordings: Recordings, chainId: string): string {
  if (recordings.has('node_info')) {
    const info = recordings.body<{ default_node_info: { network: string } }>('node_info')
    if (info.default_node_info.network === chainId) return recordings.one('node_info').body
  }
  return JSON.stringify({
    default_node_info: { network: chainId },
    application_version: { version: recordings.version, build_deps: [] },
  })
}
