// What shows that a list of a chain ended too soon: clients, connections and channels name each other.
import { type Listed, readClientConnections, readConnectionChannels } from '../cosmos/ibc.ts'
import { type ChainPool, type Channel, type Connection, isUpstream } from '../cosmos/types.ts'
import type { Knowledge } from './knowledge.ts'
import { FEW } from './survey-clients.ts'

/** The chain's connection to itself; not every version has its client in the list, or at all. */
export const LOCALHOST = 'connection-localhost'

export const isOpen = ({ state }: { state: string }) => state === 'STATE_OPEN'

/** Connections that open channels run over, and that a list of connections lacks. */
export function lackedConnections(
  connections: readonly Connection[] = [],
  channels: readonly Channel[] = [],
): string[] {
  const listed = new Set(connections.map(({ connectionId }) => connectionId))
  // Not every version lists the chain's connection to itself.
  const over = channels.filter((one) => isOpen(one) && one.connectionId !== LOCALHOST)
  return [...new Set(over.map(({ connectionId }) => connectionId))].filter((id) => !listed.has(id))
}

/** A channel that a list which looks whole lacks, though an open connection has it; so many connections are asked. */
export async function channelBesides(
  pool: ChainPool,
  ends: readonly Connection[],
  channels: Listed<Channel> | null,
  signal?: AbortSignal,
): Promise<string | null> {
  if (channels?.cut !== null) return null
  const used = new Set(channels.items.map(({ connectionId }) => connectionId))
  const unused = ends.filter(
    (end) => isOpen(end) && end.connectionId !== LOCALHOST && !used.has(end.connectionId),
  )
  const own = unused
    .slice(0, FEW)
    .map(({ connectionId }) => evidence(readConnectionChannels(pool, connectionId, { signal }), signal))
  return (await Promise.all(own)).flatMap((list) => list?.items ?? [])[0]?.channelId ?? null
}

/** A connection that a list which looks whole lacks, though a client has it; so many clients are asked. */
export async function connectionBesides(
  pool: ChainPool,
  clients: readonly { clientId: string }[],
  connections: Listed<Connection> | null,
  signal?: AbortSignal,
): Promise<string | null> {
  if (connections?.cut !== null) return null
  const used = new Set(connections.items.map(({ clientId }) => clientId))
  const own = clients
    .filter(({ clientId }) => !used.has(clientId) && clientId !== '09-localhost')
    .slice(0, FEW)
    .map(({ clientId }) => evidence(readClientConnections(pool, clientId, { signal }), signal))
  const listed = new Set(connections.items.map(({ connectionId }) => connectionId))
  return (await Promise.all(own)).flatMap((ids) => ids ?? []).find((id) => !listed.has(id)) ?? null
}

/** What is asked only to bear out a list: that it cannot be had says nothing. */
async function evidence<T>(work: Promise<T>, signal?: AbortSignal): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if (signal?.aborted || !isUpstream(error)) throw error
    return null
  }
}

/** The items of a list that is whole; of another it is not known who has none of them. */
export const wholeOf = <T>(list: Listed<T> | null): readonly T[] | null =>
  list?.cut === null ? list.items : null

/**
 * What shows that a list ended too soon, which looks like its end (facts page): connections and channels are never
 * removed from a chain. A client whose channels were left out would count as abandoned.
 */
export function lackingIn(
  connections: readonly Connection[] | null,
  channels: readonly Channel[] | null,
  knowledge: Knowledge,
): { connections: string | null; channels: string | null } {
  if (!channels) return { connections: null, channels: null }
  const channelIds = new Set(channels.map(({ channelId }) => channelId))
  const known = [...knowledge.clientIds()].flatMap((id) => knowledge.useBefore(id)?.openChannels ?? [])
  return {
    connections: (connections && lackedConnections(connections, channels)[0]) ?? null,
    channels: known.find((id) => !channelIds.has(id)) ?? null,
  }
}
