// Whose clients alerts are about (pure): what surrounds each client, from the connections and channels of its host.

import { isMalformed } from '../cosmos/client-state.ts'
import { isChannelInUse } from '../cosmos/ibc.ts'
import type { Channel, ClientState, Connection, MalformedClient } from '../cosmos/types.ts'
import type { Attention, ClientUse, FarEnd, WantedClient } from './types.ts'

export interface Neighbourhood {
  /** null: could not be listed in this sweep. */
  connections: readonly Connection[] | null
  channels: readonly Channel[] | null
  /** Connection and client ids that the operator named. */
  mine: ReadonlySet<string>
  ignored: ReadonlySet<string>
  wanted: readonly WantedClient[]
  /** Whether the client has an IBC v2 counterparty, as far as is known. */
  hasCounterpartyV2: (clientId: string) => boolean
  /** What was known of the client before; stands in for lists that could not be read. */
  before: (clientId: string) => ClientUse | null
}

const RANK: Record<Attention, number> = { idle: 0, live: 1, mine: 2 }

/** Computes the surroundings of every client in `clients`. */
export function usesOf(
  clients: readonly (ClientState | MalformedClient)[],
  around: Neighbourhood,
): Map<string, ClientUse> {
  const connectionsOf = groupBy(around.connections ?? [], ({ clientId }) => clientId)
  const channelsOf = groupBy(
    (around.channels ?? []).filter(isChannelInUse),
    ({ connectionId }) => connectionId,
  )
  const wantedOf = groupBy(around.wanted, ({ clientId }) => clientId)
  const result = new Map<string, ClientUse>()
  for (const client of clients) {
    const { clientId } = client
    const before = around.before(clientId)
    const wanted = wantedOf.get(clientId) ?? []
    const connections = connectionsOf.get(clientId) ?? []
    const open = connections.filter(({ state }) => state === 'STATE_OPEN')
    const openChannels =
      around.connections === null || around.channels === null
        ? (before?.openChannels ?? [])
        : open.flatMap(({ connectionId }) =>
            (channelsOf.get(connectionId) ?? []).map(({ channelId }) => channelId),
          )
    const inUse =
      around.connections === null || around.channels === null
        ? // Not being able to list is no reason to stop watching: what was live stays so; what is new counts as live.
          (before?.attention ?? (around.connections === null || open.length > 0 ? 'live' : 'idle')) !== 'idle'
        : openChannels.length > 0
    const connectionIds =
      around.connections === null && before
        ? before.connectionIds
        : connections.map(({ connectionId }) => connectionId)
    const named = [clientId, ...connectionIds].some((id) => around.mine.has(id))
    const ignored = around.ignored.has(clientId)
    const own: Attention = named ? 'mine' : inUse || around.hasCounterpartyV2(clientId) ? 'live' : 'idle'
    const attention = wanted.reduce<Attention>(
      (most, one) => (RANK[one.attention] > RANK[most] ? one.attention : most),
      own,
    )
    result.set(clientId, {
      connectionIds: unique([
        ...connectionIds,
        ...wanted.map((one) => one.connectionId).filter((id) => id !== ''),
      ]),
      openChannels: unique(openChannels),
      // What could not be read now is as it was: the far ends must not go out of sight for it.
      farEnds:
        before && (around.connections === null || isMalformed(client))
          ? before.farEnds
          : farEnds(client, connections, wanted),
      attention,
      ignored,
    })
  }
  return result
}

function farEnds(
  client: ClientState | MalformedClient,
  connections: readonly Connection[],
  wanted: readonly WantedClient[],
): FarEnd[] {
  const ends = wanted.map(({ nearEnd }) => nearEnd)
  const tracked = isMalformed(client) ? null : client.trackedChainId
  if (tracked === null) return ends
  for (const { counterparty } of connections) {
    if (counterparty.clientId === '') continue
    if (ends.some((end) => end.chainId === tracked && end.clientId === counterparty.clientId)) continue
    ends.push({ chainId: tracked, clientId: counterparty.clientId, connectionId: counterparty.connectionId })
  }
  return ends
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group) group.push(item)
    else groups.set(key(item), [item])
  }
  return groups
}

const unique = (ids: string[]) => [...new Set(ids)]
