// `/ibc/core/client/v1`: client states, their verdicts and their consensus states.
import type { Height } from '../../../src/cosmos/types.ts'
import { GrpcError, notImplemented } from '../answer.ts'
import type { SandboxChain } from '../chain.ts'
import { consensusJson, heightJson, heightKey, type SandboxClient } from '../client.ts'
import { filteredPaginate, type PageResponse, paginate } from '../paginate.ts'
import { allows, statusOf } from '../verdict.ts'
import {
  type Context,
  ibcBoth,
  identifier,
  pageJson,
  pageRequest,
  proof,
  type Route,
  uint64,
} from './context.ts'

const LOCALHOST = '09-localhost'

/** Routes below `/ibc/core/client/v1`; `segments` begin after it. */
export const clientRoutes: Route = (segments, context) => {
  const [route, id, ...rest] = segments
  const { profile, chain } = context
  switch (route) {
    case 'params':
      if (segments.length !== 1) break
      return `{"params":{"allowed_clients":${JSON.stringify(chain.allowedClients)}}}`
    case 'client_states':
      if (segments.length === 1) return clientList(context)
      if (segments.length === 2) return clientState(context, id!)
      break
    case 'client_status':
      if (segments.length === 2) return clientStatus(context, id!)
      break
    case 'client_creator':
      if (!profile.ibcV2 || segments.length !== 2) break
      return `{"creator":"${chain.clients.get(id!)?.creator ?? ''}"}`
    case 'consensus_states':
      if (segments.length === 2) return consensusList(context, id!, true)
      if (segments.length === 3 && rest[0] === 'heights') return consensusList(context, id!, false)
      if (segments.length === 6 && rest[0] === 'revision' && rest[2] === 'height') {
        return consensusState(context, id!, rest[1]!, rest[3]!)
      }
      break
  }
  throw notImplemented()
}

/** The `client_state` of any client as of the context's height; the localhost client's is made up of the host's. */
export function stateJson(context: Context, clientId: string): string {
  const { chain, profile, height } = context
  if (clientId === LOCALHOST && profile.localhostClient) {
    const latest = heightJson({ revision: chain.revision, height: BigInt(height) })
    return `{"@type":"/ibc.lightclients.localhost.v2.ClientState","latest_height":${latest}}`
  }
  const json = known(context, clientId)?.json(height, profile)
  if (json == null) throw new GrpcError(5, `${clientId}: light client not found`)
  return json
}

function clientState(context: Context, id: string): string {
  identifier(id, context.profile.shortestClientId)
  return `{"client_state":${stateJson(context, id)},${proof(context)}}`
}

function clientStatus(context: Context, id: string): string {
  const { chain, profile } = context
  identifier(id, profile.shortestClientId)
  return `{"status":"${status()}"}`

  function status(): string {
    if (id === LOCALHOST && profile.localhostConnection) {
      return allows(chain, LOCALHOST) ? 'Active' : 'Unauthorized'
    }
    const client = known(context, id)
    if (client) return statusOf(chain, client, context.judgedAt)
    if (!profile.statusOfUnknownIs200) throw new GrpcError(5, `${id}: light client not found`)
    // A type that the app has no module for is not authorized, whatever `allowed_clients` says.
    const type = id.replace(/-\d+$/, '')
    const routed = type === '07-tendermint' || type === '06-solomachine' || type === 'attestations'
    return routed && allows(chain, type) ? 'Unknown' : 'Unauthorized'
  }
}

function known({ chain, height, storeEmpty }: Context, id: string): SandboxClient | null {
  const client = chain.clients.get(id)
  return client?.dataAt(height) && !storeEmpty ? client : null
}

interface Store {
  keys: string[]
  /** The client whose state stands at the key of the same index; null for every other key. */
  owners: (SandboxClient | typeof LOCALHOST | null)[]
}
const stores = new WeakMap<SandboxChain, { mutations: number; store: Store }>()

/** The raw keys below `clients/`. A view of the past leaves out the clients that were not there yet. */
function storeOf(context: Context): Store {
  const { chain, height, profile } = context
  if (context.storeEmpty) return { keys: [], owners: [] }
  const newest = height >= chain.lastChangeHeight
  const cached = stores.get(chain)
  if (newest && cached?.mutations === chain.mutations) return cached.store
  const connected = new Set([...chain.connections.values()].map((one) => one.clientId))
  const store: Store = { keys: [], owners: [] }
  const ids = [...chain.clients.keys()]
  if (profile.localhostClient) ids.push(LOCALHOST)
  for (const id of ids.sort()) {
    const client = id === LOCALHOST ? null : chain.clients.get(id)!
    if (client && !client.dataAt(height)) continue
    for (const key of client ? client.keys(connected.has(id)) : [`/${LOCALHOST}/clientState`]) {
      store.keys.push(key)
      store.owners.push(key.endsWith('/clientState') ? (client ?? LOCALHOST) : null)
    }
  }
  if (newest) stores.set(chain, { mutations: chain.mutations, store })
  return store
}

function clientList(context: Context): string {
  const { profile, query, maxPageItems, height } = context
  const page = pageRequest(query, ibcBoth)
  const { keys, owners } = storeOf(context)
  const found: { id: string; json: string }[] = []
  const take = (index: number): boolean => {
    const owner = owners[index]
    if (!owner) return false
    const id = owner === LOCALHOST ? LOCALHOST : owner.id
    found.push({ id, json: owner === LOCALHOST ? stateJson(context, id) : owner.json(height, profile)! })
    return true
  }
  const response = profile.clientPagesCountRawKeys
    ? paginate(keys, page, take, maxPageItems)
    : // The filter ignores whether the item belongs to the page.
      filteredPaginate(keys, page, take, maxPageItems)
  found.sort((a, b) => (a.id < b.id ? -1 : 1))
  const items = found.map((one) => `{"client_id":"${one.id}","client_state":${one.json}}`)
  return `{"client_states":[${items.join(',')}],"pagination":${pageJson(response)}}`
}

function consensusState(context: Context, id: string, revision: string, heightText: string): string {
  const { height, query, profile } = context
  const asked: Height = {
    revision: uint64(revision, 'revision_number'),
    height: uint64(heightText, 'revision_height'),
  }
  identifier(id, profile.shortestClientId)
  const client = known(context, id)
  let wanted = asked
  if (query.get('latest_height') === 'true') {
    const data = client?.dataAt(height)
    if (data?.kind === 'tendermint' || data?.kind === 'wasm') wanted = data.latestHeight
    else if (data?.kind === 'attestations') wanted = { revision: 0n, height: data.latestHeight }
  } else if (asked.height === 0n) throw new GrpcError(3, 'consensus state height cannot be 0')
  const state = client?.consensusAt(wanted, height)
  if (!client || !state) {
    throw new GrpcError(5, `client-id: ${id}, height: ${heightKey(asked)}: consensus state not found`)
  }
  return `{"consensus_state":${consensusJson(client, state)},${proof(context)}}`
}

/** Both lists of consensus states: unknown clients have empty ones, and heights are sorted as strings. */
function consensusList(context: Context, id: string, withStates: boolean): string {
  const { height, query, maxPageItems, profile } = context
  identifier(id, profile.shortestClientId)
  const client = known(context, id)
  const states = [...(client?.consensus.values() ?? [])].filter(
    (one) => one.sinceHeight <= height && one.untilHeight > height,
  )
  const byKey = new Map(states.map((one) => [heightKey(one.height), one]))
  const keys = [...byKey.keys()]
    .flatMap((key) => [key, `${key}/processedHeight`, `${key}/processedTime`])
    .sort()
  const items: string[] = []
  const response: PageResponse = filteredPaginate(
    keys,
    pageRequest(query, ibcBoth),
    (_index, key) => {
      const state = byKey.get(key)
      if (!state) return false
      const at = heightJson(state.height)
      items.push(withStates ? `{"height":${at},"consensus_state":${consensusJson(client!, state)}}` : at)
      return true
    },
    maxPageItems,
  )
  const name = withStates ? 'consensus_states' : 'consensus_state_heights'
  return `{"${name}":[${items.join(',')}],"pagination":${pageJson(response)}}`
}
