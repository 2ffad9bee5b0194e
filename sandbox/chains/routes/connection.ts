// `/ibc/core/connection/v1`, `/ibc/core/channel/v1` and what the gateway has of IBC v2.
import { GrpcError, notImplemented } from '../answer.ts'
import type { SandboxChain, SandboxChannel, SandboxConnection } from '../chain.ts'
import { filteredPaginate, paginate } from '../paginate.ts'
import { stateJson } from './client.ts'
import {
  type Context,
  ibcBoth,
  identifier,
  ownHeight,
  pageJson,
  pageRequest,
  proof,
  type Route,
} from './context.ts'

const LOCALHOST_CONNECTION: SandboxConnection = {
  id: 'connection-localhost',
  clientId: '09-localhost',
  state: 'STATE_OPEN',
  counterparty: { clientId: '09-localhost', connectionId: 'connection-localhost' },
  delayPeriodNs: 0n,
  sinceHeight: 0,
}

/** Routes below `/ibc/core/connection/v1`; `segments` begin after it. */
export const connectionRoutes: Route = (segments, context) => {
  const [route, id, rest] = segments
  if (route === 'params' && segments.length === 1) {
    return '{"params":{"max_expected_time_per_block":"30000000000"}}'
  }
  if (route === 'connections') {
    if (segments.length === 1) return connectionList(context)
    if (segments.length === 2) return connection(context, id!)
    if (segments.length === 3 && rest === 'client_state') return connectionClient(context, id!)
  }
  if (route === 'client_connections' && segments.length === 2) return clientConnections(context, id!)
  throw notImplemented()
}

function connectionsOf(context: Context): SandboxConnection[] {
  if (context.storeEmpty) return []
  const all = [...context.chain.connections.values()].filter((one) => one.sinceHeight <= context.height)
  return context.profile.localhostConnection ? [...all, LOCALHOST_CONNECTION] : all
}

interface Listing {
  keys: string[]
  items: string[]
}
const listings = new WeakMap<SandboxChain, { mutations: number; listing: Listing }>()

/** All connections in the order of their store keys; kept until the chain changes. */
function listingOf(context: Context): Listing {
  const { chain } = context
  const newest = context.height >= chain.lastChangeHeight && !context.storeEmpty
  const cached = listings.get(chain)
  if (newest && cached?.mutations === chain.mutations) return cached.listing
  const sorted = connectionsOf(context).sort((a, b) => (a.id < b.id ? -1 : 1))
  const listing = {
    keys: sorted.map((one) => `/${one.id}`),
    items: sorted.map((one) => `{"id":"${one.id}",${connectionFields(one)}}`),
  }
  if (newest) listings.set(chain, { mutations: chain.mutations, listing })
  return listing
}

function connectionList(context: Context): string {
  const listing = listingOf(context)
  const items: string[] = []
  const response = paginate(
    listing.keys,
    pageRequest(context.query, ibcBoth),
    (index) => {
      items.push(listing.items[index]!)
    },
    context.maxPageItems,
  )
  return `{"connections":[${items.join(',')}],"pagination":${pageJson(response)},"height":${ownHeight(context)}}`
}

function find(context: Context, id: string): SandboxConnection | null {
  identifier(id, 10)
  if (context.storeEmpty) return null
  if (id === LOCALHOST_CONNECTION.id && context.profile.localhostConnection) return LOCALHOST_CONNECTION
  const one = context.chain.connections.get(id)
  return one && one.sinceHeight <= context.height ? one : null
}

function connection(context: Context, id: string): string {
  const one = find(context, id)
  if (!one) throw new GrpcError(5, `${id}: connection not found`)
  return `{"connection":{${connectionFields(one)}},${proof(context)}}`
}

function connectionFields(one: SandboxConnection): string {
  return (
    `"client_id":"${one.clientId}","versions":[{"identifier":"1","features":["ORDER_ORDERED","ORDER_UNORDERED"]}],` +
    `"state":"${one.state}","counterparty":{"client_id":"${one.counterparty.clientId}",` +
    `"connection_id":"${one.counterparty.connectionId}","prefix":{"key_prefix":"aWJj"}},` +
    `"delay_period":"${one.delayPeriodNs}"`
  )
}

function connectionClient(context: Context, id: string): string {
  const one = find(context, id)
  if (!one) throw new GrpcError(5, `connection-id: ${id}: connection not found`)
  let state: string
  try {
    state = stateJson(context, one.clientId)
  } catch {
    throw new GrpcError(5, `client-id: ${one.clientId}: light client not found`)
  }
  return `{"identified_client_state":{"client_id":"${one.clientId}","client_state":${state}},${proof(context)}}`
}

function clientConnections(context: Context, clientId: string): string {
  identifier(clientId, context.profile.shortestClientId)
  const ids = connectionsOf(context)
    .filter((one) => one.clientId === clientId && one !== LOCALHOST_CONNECTION)
    .map((one) => one.id)
  if (ids.length === 0) throw new GrpcError(5, `${clientId}: light client connection paths not found`)
  return `{"connection_paths":${JSON.stringify(ids)},${proof(context)}}`
}

/** Routes below `/ibc/core/channel/v1`; `segments` begin after it. */
export const channelRoutes: Route = (segments, context) => {
  const [route, id, second, portId, last] = segments
  if (route === 'channels' && segments.length === 1) return channelList(context, null)
  if (route === 'connections' && segments.length === 3 && second === 'channels')
    return channelList(context, id!)
  if (route !== 'channels' || second !== 'ports') throw notImplemented()
  const channel = (): SandboxChannel => {
    const one = context.chain.channels.get(id!)
    if (one && one.portId === portId && !context.storeEmpty) return one
    throw new GrpcError(5, `port-id: ${portId}, channel-id ${id}: channel not found`)
  }
  if (segments.length === 4) {
    return `{"channel":{${channelFields(channel())}},${proof(context)}}`
  }
  if (segments.length === 5 && last === 'next_sequence_send' && context.profile.nextSequenceSend) {
    return `{"next_sequence_send":"${channel().nextSequenceSend}",${proof(context)}}`
  }
  throw notImplemented()
}

function channelList(context: Context, connectionId: string | null): string {
  const byKey = new Map(
    [...context.chain.channels.values()]
      .filter((one) => one.sinceHeight <= context.height)
      .map((one) => [`/ports/${one.portId}/channels/${one.id}`, one]),
  )
  const items: string[] = []
  const take = (key: string) => {
    const one = byKey.get(key)!
    if (connectionId !== null && one.connectionId !== connectionId) return false
    const upgrade = context.profile.version === 'v8' ? ',"upgrade_sequence":"0"' : ''
    items.push(`{${channelFields(one)},"port_id":"${one.portId}","channel_id":"${one.id}"${upgrade}}`)
    return true
  }
  const keys = [...byKey.keys()].sort()
  const page = pageRequest(context.query, ibcBoth)
  // Up to v7 the channels of one connection are picked out of pages that count all channels.
  const counted =
    connectionId === null || context.profile.version === 'v6' || context.profile.version === 'v7'
  const response = counted
    ? paginate(keys, page, (_index, key) => take(key), context.maxPageItems)
    : filteredPaginate(keys, page, (_index, key) => take(key), context.maxPageItems)
  return `{"channels":[${items.join(',')}],"pagination":${pageJson(response)},"height":${ownHeight(context)}}`
}

function channelFields(one: SandboxChannel): string {
  return (
    `"state":"${one.state}","ordering":"${one.ordering}","counterparty":{"port_id":"${one.counterparty.portId}",` +
    `"channel_id":"${one.counterparty.channelId}"},"connection_hops":["${one.connectionId}"],"version":"${one.version}"`
  )
}

/** Routes below `/ibc/core/channel/v2`: only the ones that tell whether a client has a counterparty. */
export const channelV2Routes: Route = (segments, context) => {
  const [clients, id, route] = segments
  if (!context.profile.ibcV2 || clients !== 'clients' || segments.length !== 3) throw notImplemented()
  if (route === 'next_sequence_send') {
    identifier(id!, context.profile.shortestClientId)
    if (context.chain.clients.get(id!)?.v2Counterparty == null) {
      throw new GrpcError(5, `client-id ${id}: sequence send not found`)
    }
    return `{"next_sequence_send":"1",${proof(context)}}`
  }
  if (route === 'packet_commitments') {
    identifier(id!, context.profile.shortestClientId)
    return `{"commitments":[],"pagination":{"next_key":null,"total":"0"},"height":${ownHeight(context)}}`
  }
  throw notImplemented()
}
