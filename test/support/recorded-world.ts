// The recorded chains' genesis, made again in the sandbox, so that its lists can be compared with the recorded ones.
import type { SandboxChain } from '../../sandbox/chains/chain.ts'
import { heightKey } from '../../sandbox/chains/client.ts'
import type { IbcGoVersion } from '../../sandbox/chains/profiles.ts'
import { ChainWorld } from '../../sandbox/chains/world.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import type { RecordedVersion, Recordings } from '../../sandbox/replay/recordings.ts'
import { consensusTime } from '../../sandbox/replay/series.ts'
import { parseDurationNs, parseTimestampNs } from '../../src/kernel/nanotime.ts'

interface RawHeight {
  revision_number: string
  revision_height: string
}

interface RawClient {
  client_id: string
  client_state: {
    '@type': string
    chain_id?: string
    trusting_period?: string
    unbonding_period?: string
    frozen_height?: RawHeight
    latest_height?: RawHeight | string
    is_frozen?: boolean
  }
}

interface RawConnection {
  id: string
  client_id: string
  state: string
  counterparty: { client_id: string; connection_id: string }
  delay_period: string
}

/** Heights of the genesis clients that have others than the one at their latest height. */
const MORE_HEIGHTS: Record<string, string[]> = {
  '07-tendermint-0': ['998', '1000', '9998', '9999', '10000'],
  '07-tendermint-5': ['1990', '1995'],
  '07-tendermint-2': ['499', '500'],
  '07-tendermint-7': ['1234566', '1234567'],
  '07-tendermint-11': [],
  '07-tendermint-12': Array.from({ length: 250 }, (_, i) => String(900 + i)),
}

interface RawChannel {
  state: string
  ordering: string
  version: string
  port_id: string
  channel_id: string
  connection_hops: string[]
  counterparty: { port_id: string; channel_id: string }
}

/** Chain ids of the recorded chains. */
export const CHAIN_IDS: Record<RecordedVersion, string> = {
  'v6.3.1': 'epsilon-2',
  'v7.10.0': 'delta',
  'v8.8.0': 'beta-4',
  'v10.7.0': 'gamma-7',
  'v11.2.0': 'alpha-1',
}

/**
 * Fills in what the lists do not tell: consensus timestamps, channels, balances (out of the `newest` version's
 * recordings), metadata, params.
 */
export function furnish(recordings: Recordings, newest: Recordings, chain: SandboxChain): void {
  for (const name of recordings.names('consensus_state-')) {
    const { request, status, body } = recordings.one(name)
    const match = /consensus_states\/(07-tendermint-\d+)\/revision\/(\d+)\/height\/(\d+)(\?latest)?/.exec(
      request.path,
    )
    const client = match && chain.clients.get(match[1]!)
    if (status !== 200 || client?.data.kind !== 'tendermint') continue
    const asked = { revision: BigInt(match![2]!), height: BigInt(match![3]!) }
    const height = match![4] ? client.data.latestHeight : asked
    client.consensus.delete(heightKey(height))
    client.addConsensus(height, consensusTime(body), 0)
  }
  const channels = recordings.has('channels') ? 'channels' : 'seq-channels-limit2'
  for (const page of recordings.sequence(channels)) {
    for (const raw of (JSON.parse(page.body) as { channels: RawChannel[] }).channels) {
      chain.channels.set(raw.channel_id, {
        id: raw.channel_id,
        portId: raw.port_id,
        state: raw.state,
        ordering: raw.ordering,
        version: raw.version,
        connectionId: raw.connection_hops[0]!,
        counterparty: { channelId: raw.counterparty.channel_id, portId: raw.counterparty.port_id },
        nextSequenceSend: 101,
        sinceHeight: 0,
      })
    }
  }
  // The wallets are the same on all versions, and each version's recordings show only some of them.
  for (const name of [...newest.names('balances-'), ...newest.names('seq-balances-')]) {
    for (const { request, status, body } of newest.sequence(name)) {
      const address = /\/balances\/([^/?]+)/.exec(request.path)![1]!
      if (status !== 200 || request.path.includes('resolve_denom')) continue
      for (const coin of (JSON.parse(body) as { balances: { denom: string; amount: string }[] }).balances) {
        chain.setBalance(address, coin.denom, BigInt(coin.amount))
      }
    }
  }
  for (const name of recordings.names('denoms_metadata')) {
    const { status, body } = recordings.one(name)
    if (status !== 200) continue
    const parsed = JSON.parse(body) as { metadata?: { base: string }; metadatas?: { base: string }[] }
    for (const one of [...(parsed.metadatas ?? []), ...(parsed.metadata ? [parsed.metadata] : [])]) {
      chain.denomsMetadata.set(one.base, one)
    }
  }
  if (recordings.has('client_params')) {
    chain.allowedClients = recordings.body<{ params: { allowed_clients: string[] } }>(
      'client_params',
    ).params.allowed_clients
  }
  chain.changed()
}

/**
 * Makes a chain of the recorded version with the clients of `clientList` (bodies of `/client_states`) and the
 * connections of `connectionList`, at block `height` and (where given) at `nowMs`.
 */
export function mirror(
  recordings: Recordings,
  chainId: string,
  height: number,
  clientList: string[],
  connectionList: string[],
  nowMs?: number,
): { world: ChainWorld; chain: SandboxChain } {
  const world = new ChainWorld(new ManualClock(nowMs))
  const version = recordings.version.split('.')[0] as IbcGoVersion
  const chain = world.addChain({ chainId, version, height })
  const seen = new Map<string, RawClient>()
  for (const body of clientList) {
    for (const client of (JSON.parse(body) as { client_states: RawClient[] }).client_states) {
      seen.set(client.client_id, client)
    }
  }
  for (const { client_id, client_state } of seen.values()) addClient(world, chainId, client_id, client_state)
  // Keys to next pages show store keys: some of consensus states that nothing else has told of.
  for (const [id, revision, height] of heightsInKeys(recordings)) {
    const at = { revision: BigInt(revision), height: BigInt(height) }
    if (seen.has(id)) chain.client(id).addConsensus(at, 0n, 0)
  }
  const connections = connectionList
    .flatMap((body) => (JSON.parse(body) as { connections: RawConnection[] }).connections)
    .filter((one) => one.id !== 'connection-localhost')
    .sort((a, b) => Number(a.id.slice(11)) - Number(b.id.slice(11)))
  for (const raw of connections) {
    chain.connections.set(raw.id, {
      id: raw.id,
      clientId: raw.client_id,
      state: raw.state,
      counterparty: { clientId: raw.counterparty.client_id, connectionId: raw.counterparty.connection_id },
      delayPeriodNs: BigInt(raw.delay_period),
      sinceHeight: 0,
    })
  }
  chain.changed()
  return { world, chain }
}

function addClient(world: ChainWorld, chainId: string, id: string, state: RawClient['client_state']): void {
  const type = id.replace(/-\d+$/, '')
  if (type === '09-localhost') return
  if (type === 'attestations') {
    const latestHeight = { revision: 0n, height: BigInt(state.latest_height as string) }
    world.createClient(chainId, { id, type, latestHeight, frozen: state.is_frozen })
    return
  }
  if (type !== '07-tendermint') {
    world.createClient(chainId, { id, type, frozen: state.is_frozen })
    return
  }
  const latest = heightOf(state.latest_height as RawHeight)
  const timestampNs = parseTimestampNs('2026-11-20T06:00:00.123456789Z')!
  world.createClient(chainId, {
    id,
    tracks: state.chain_id,
    trustingPeriodNs: parseDurationNs(state.trusting_period!)!,
    unbondingPeriodMs: Number(parseDurationNs(state.unbonding_period!)! / 1_000_000n),
    frozenHeight: heightOf(state.frozen_height!),
    latestHeight: latest,
    timestampNs,
    consensusAbsent: true,
  })
  const client = world.chain(chainId).client(id)
  for (const height of heightsOf(id, latest.height)) {
    client.addConsensus({ revision: latest.revision, height: BigInt(height) }, timestampNs, 0)
  }
}

function heightsInKeys(recordings: Recordings): [id: string, revision: string, height: string][] {
  const found: [string, string, string][] = []
  for (const name of recordings.names('seq-client_states-')) {
    for (const page of recordings.sequence(name)) {
      const { pagination } = JSON.parse(page.body) as { pagination: { next_key: string | null } }
      const key = Buffer.from(pagination.next_key ?? '', 'base64').toString('latin1')
      const match = /^\/([^/]+)\/consensusStates\/(\d+)-(\d+)/.exec(key)
      if (match) found.push([match[1]!, match[2]!, match[3]!])
    }
  }
  return found
}

/** The fillers, 15 to 124, have one to four consensus states each. */
function heightsOf(id: string, latest: bigint): (string | bigint)[] {
  const more = MORE_HEIGHTS[id]
  if (more) return more
  const n = Number(id.split('-').at(-1))
  if (n < 15 || n > 124) return [latest]
  return Array.from({ length: (n % 4) + 1 }, (_, i) => latest - BigInt(i))
}

function heightOf(raw: RawHeight): { revision: bigint; height: bigint } {
  return { revision: BigInt(raw.revision_number), height: BigInt(raw.revision_height) }
}
