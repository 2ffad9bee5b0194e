// The questions about IBC: clients, consensus states, connections, channels; one function for each.
import { z } from 'zod'
import { when } from '../kernel/errors.ts'
import { decodeClientState } from './client-state.ts'
import { type Page, type WalkOptions, walkPages } from './pages.ts'
import { firstIssue, uint64 } from './schemas.ts'
import {
  AnswerError,
  type ChainPool,
  type Channel,
  type ClientState,
  type Connection,
  isNotThere,
  isUnsupported,
  type MalformedClient,
  type ReadOptions,
} from './types.ts'

export { readAllowedClients } from './allowed-clients.ts'
export { clientTypeOf, decodeClientState, isMalformed } from './client-state.ts'
export { readClientStatus } from './client-status.ts'
export { readConsensusTime } from './consensus-time.ts'

const CLIENT = '/ibc/core/client/v1'
const CONNECTION = '/ibc/core/connection/v1'
const CHANNEL = '/ibc/core/channel/v1'

/** A whole list. Each id is in it once. */
export interface Listed<T> {
  items: T[]
  /** What could not be understood, naming endpoint, path and field. Malformed clients are items instead. */
  problems: string[]
  /** Why the list ended too soon, so that there are more items (one of `problems`); null: it is whole. */
  cut: string | null
}

/** Walks a list, reads its items one by one with `read`, and keeps the last of those with the same key. */
async function list<T>(
  pool: ChainPool,
  route: string,
  field: string,
  options: WalkOptions,
  read: (item: unknown, page: Page, where: string) => { key: string; item: T } | { problem: string },
  isItem?: (key: string) => boolean,
): Promise<Listed<T>> {
  const items = new Map<string, T>()
  const problems: string[] = []
  const takePage = (page: Page) => {
    const before = items.size
    for (const [index, raw] of page.items.entries()) {
      const one = read(raw, page, `${page.where}[${index}]`)
      if ('problem' in one) problems.push(one.problem)
      else items.set(one.key, one.item)
    }
    return items.size > before
  }
  const cut = await walkPages(pool, route, field, options, takePage, isItem)
  if (cut !== null) problems.push(cut)
  return { items: [...items.values()], problems, cut }
}

const listedClient = z.object({ client_id: z.string().min(1), client_state: z.unknown() })

/** All light clients on the chain. One that cannot be understood is a `MalformedClient` among the others. */
export function listClients(
  pool: ChainPool,
  options: WalkOptions = {},
): Promise<Listed<ClientState | MalformedClient>> {
  return list<ClientState | MalformedClient>(
    pool,
    `${CLIENT}/client_states`,
    'client_states',
    options,
    (raw, page, where) => {
      const read = listedClient.safeParse(raw)
      if (!read.success) return { problem: firstIssue(read.error, where) }
      const { client_id, client_state } = read.data
      return {
        key: client_id,
        item: decodeClientState(client_id, client_state, page, `${where}.client_state`),
      }
    },
    // A key may be that of a consensus state, behind which no client need follow.
    (key) => key.endsWith('/clientState'),
  )
}

const single = z.object({ client_state: z.unknown() })

/**
 * One light client.
 * @throws {AnswerError} code 5 when the chain has no client of this id, 3 when it is no id
 */
export async function readClient(
  pool: ChainPool,
  clientId: string,
  options?: ReadOptions,
): Promise<ClientState | MalformedClient> {
  const path = `${CLIENT}/client_states/${encodeURIComponent(clientId)}`
  const answer = await pool.get(path, single, options)
  const where = `${answer.endpoint}: ${path}: client_state`
  return decodeClientState(clientId, answer.value.client_state, answer, where)
}

const connectionEnd = z.object({
  client_id: z.string(),
  state: z.string(),
  counterparty: z.object({ client_id: z.string(), connection_id: z.string() }),
})
const listedConnection = connectionEnd.extend({ id: z.string().min(1) })
const oneConnection = z.object({ connection: connectionEnd })

function connectionOf(connectionId: string, read: z.infer<typeof connectionEnd>): Connection {
  const { client_id, connection_id } = read.counterparty
  return {
    connectionId,
    clientId: read.client_id,
    state: read.state,
    counterparty: { clientId: client_id, connectionId: connection_id },
  }
}

/** All connections of the chain, `connection-localhost` too where it is listed. */
export function listConnections(pool: ChainPool, options: WalkOptions = {}): Promise<Listed<Connection>> {
  return list<Connection>(pool, `${CONNECTION}/connections`, 'connections', options, (raw, _, where) => {
    const read = listedConnection.safeParse(raw)
    if (!read.success) return { problem: firstIssue(read.error, where) }
    return { key: read.data.id, item: connectionOf(read.data.id, read.data) }
  })
}

/**
 * One connection.
 * @throws {AnswerError} code 5 when the chain has none of this id
 */
export async function readConnection(
  pool: ChainPool,
  connectionId: string,
  options?: ReadOptions,
): Promise<Connection> {
  const path = `${CONNECTION}/connections/${encodeURIComponent(connectionId)}`
  const { value } = await pool.get(path, oneConnection, options)
  return connectionOf(connectionId, value.connection)
}

const connectionPaths = z.object({ connection_paths: z.array(z.string()) })

/** The ids of a client's connections; none where it has none, or where there is no such client. */
export async function readClientConnections(
  pool: ChainPool,
  clientId: string,
  options?: ReadOptions,
): Promise<string[]> {
  const path = `${CONNECTION}/client_connections/${encodeURIComponent(clientId)}`
  const paths = pool.get(path, connectionPaths, options).then(({ value }) => value.connection_paths)
  return paths.catch(when(isNotThere, []))
}

const listedChannel = z.object({
  channel_id: z.string().min(1),
  port_id: z.string().min(1),
  state: z.string(),
  connection_hops: z.array(z.string()).min(1),
  counterparty: z.object({ channel_id: z.string(), port_id: z.string() }),
})

const IN_USE = new Set(['STATE_OPEN', 'STATE_FLUSHING', 'STATE_FLUSHCOMPLETE'])

/** Whether packets are under way on a channel: while it is upgraded (ibc-go v8) they are flushed, and it opens again. */
export const isChannelInUse = ({ state }: Pick<Channel, 'state'>): boolean => IN_USE.has(state)

function listChannelsOf(pool: ChainPool, route: string, options: WalkOptions): Promise<Listed<Channel>> {
  return list<Channel>(pool, route, 'channels', options, (raw, _, where) => {
    const read = listedChannel.safeParse(raw)
    if (!read.success) return { problem: firstIssue(read.error, where) }
    const { channel_id, port_id, state, connection_hops, counterparty } = read.data
    const item: Channel = {
      channelId: channel_id,
      portId: port_id,
      state,
      connectionId: connection_hops[0]!,
      counterparty: { channelId: counterparty.channel_id, portId: counterparty.port_id },
    }
    return { key: `${port_id}/${channel_id}`, item }
  })
}

/** All channels of the chain. */
export function listChannels(pool: ChainPool, options: WalkOptions = {}): Promise<Listed<Channel>> {
  return listChannelsOf(pool, `${CHANNEL}/channels`, options)
}

const oneChannel = z.object({ channel: z.object({ state: z.string() }) })

/** Whether the chain has this channel at this port. */
export async function hasChannel(
  pool: ChainPool,
  { channelId, portId }: Pick<Channel, 'channelId' | 'portId'>,
  options?: ReadOptions,
): Promise<boolean> {
  const path = `${CHANNEL}/channels/${encodeURIComponent(channelId)}/ports/${encodeURIComponent(portId)}`
  const isNo = (error: unknown) => error instanceof AnswerError
  return pool.get(path, oneChannel, options).then(() => true, when(isNo, false))
}

/** The channels over one connection; none for a connection that does not exist. */
export function readConnectionChannels(
  pool: ChainPool,
  connectionId: string,
  options: WalkOptions = {},
): Promise<Listed<Channel>> {
  return listChannelsOf(pool, `${CHANNEL}/connections/${encodeURIComponent(connectionId)}/channels`, options)
}

const nextSequence = z.object({ next_sequence_send: uint64 })

/**
 * Whether the client has a registered IBC v2 counterparty. The counterparty itself is not in the REST gateway, but
 * its first sequence is, from the registration on; chains before ibc-go v10 do not have the route.
 */
export async function hasCounterpartyV2(
  pool: ChainPool,
  clientId: string,
  options?: ReadOptions,
): Promise<boolean | 'not-supported'> {
  const path = `/ibc/core/channel/v2/clients/${encodeURIComponent(clientId)}/next_sequence_send`
  const registered = pool.get(path, nextSequence, options).then(() => true, when(isNotThere, false))
  return registered.catch(when(isUnsupported, 'not-supported' as const))
}
