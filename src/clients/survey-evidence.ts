// What shows that a list of a chain ended too soon: clients, connections and channels name each other.
import {
  hasChannel,
  isChannelInUse,
  type Listed,
  readConnection,
  readConnectionChannels,
} from '../cosmos/ibc.ts'
import { AnswerError, type ChainPool, type Channel, type Connection, isUpstream } from '../cosmos/types.ts'
import type { Knowledge } from './knowledge.ts'

/** What a survey asks with, and where it notes, in words, what could not be had. */
export interface Asking {
  pool: ChainPool
  gaps: string[]
  signal?: AbortSignal
}

/** Up to this many are asked for one by one, in place of a list or to bear it out. */
export const FEW = 20

/** The chain's connection to itself; not every version has its client in the list, or at all. */
export const LOCALHOST = 'connection-localhost'

export const isOpen = ({ state }: { state: string }) => state === 'STATE_OPEN'

/** Connections that channels in use run over, and that a list of connections lacks. */
export function lackedConnections(
  connections: readonly Connection[] = [],
  channels: readonly Channel[] = [],
): string[] {
  const listed = new Set(connections.map(({ connectionId }) => connectionId))
  // Not every version lists the chain's connection to itself.
  const over = channels.filter((one) => isChannelInUse(one) && one.connectionId !== LOCALHOST)
  return [...new Set(over.map(({ connectionId }) => connectionId))].filter((id) => !listed.has(id))
}

/**
 * Numbers up to the one after the last that a list of ids such as `channel-7` lacks: chains count without a gap. Only so
 * many, whatever the ids are.
 */
export function missingNumbers(ids: readonly string[]): number[] {
  const there = new Set(ids.map((id) => Number(/-(\d{1,15})$/.exec(id)?.[1] ?? -1)))
  const next = [...there].reduce((most, n) => Math.max(most, n), -1) + 1
  const missing: number[] = []
  for (let n = 0; n < next && missing.length < FEW - 1; n++) if (!there.has(n)) missing.push(n)
  return [...missing, next]
}

/**
 * Connections that the list lacks and the chain has: those that somebody (`mine`) or channels name, and those whose numbers
 * are missing.
 */
export async function connectionsBesides(
  { pool, signal }: Asking,
  connections: Listed<Connection> | null,
  channels: Listed<Channel> | null,
  mine: readonly string[],
): Promise<Connection[]> {
  const listed = new Set(connections?.items.map(({ connectionId }) => connectionId))
  const numbers = connections ? missingNumbers(connections.items.map(({ connectionId }) => connectionId)) : []
  const lacked = lackedConnections(connections?.items, channels?.items).slice(0, FEW)
  const named = new Set([...mine.filter((id) => !listed.has(id)), ...lacked])
  const numbered = numbers.map((n) => `connection-${n}`).filter((id) => !named.has(id))
  const read = (id: string) => () => readConnection(pool, id, { signal, spare: true })
  const each = [...[...named].map((id) => [read(id)]), numbered.map(read)]
  return (await Promise.all(each.map((asked) => bearOut(asked, signal)))).flat()
}

/** The ports that channels are looked for at, where the list does not say: the usual one first. */
const PORTS = 4

/**
 * Channels that a list which looks whole lacks and the chain has: the number is missing, or an open connection without
 * any in the list has one.
 */
export async function channelsBesides(
  { pool, signal }: Asking,
  ends: readonly Connection[],
  channels: Listed<Channel> | null,
): Promise<string[]> {
  if (channels?.cut !== null) return []
  const { items } = channels
  const ports = [...new Set(['transfer', ...items.map(({ portId }) => portId)])].slice(0, PORTS)
  const numbers = missingNumbers(items.map(({ channelId }) => channelId))
  const numbered = ports
    .flatMap((portId) => numbers.map((n) => ({ channelId: `channel-${n}`, portId })))
    .slice(0, 2 * FEW)
    .map((one) => async () => ((await hasChannel(pool, one, { signal, spare: true })) ? [one] : []))
  const used = new Set([LOCALHOST, ...items.map(({ connectionId }) => connectionId)])
  const own = ends
    .filter((end) => isOpen(end) && !used.has(end.connectionId))
    .slice(0, FEW)
    .map(({ connectionId: id }) => async () => {
      return (await readConnectionChannels(pool, id, { signal, spare: true })).items
    })
  const found = await Promise.all([bearOut(numbered, signal), bearOut(own, signal)])
  return found.flat(2).map(({ channelId }) => channelId)
}

/**
 * Asks what only bears out a list. That it is not there is an answer, that it cannot be had says nothing: where the
 * first cannot, the others are not asked for.
 */
export async function bearOut<T>(asked: readonly (() => Promise<T>)[], signal?: AbortSignal): Promise<T[]> {
  const answer = async (ask: () => Promise<T>): Promise<T[] | null> => {
    try {
      return [await ask()]
    } catch (error) {
      if (signal?.aborted || !isUpstream(error)) throw error
      return error instanceof AnswerError ? [] : null
    }
  }
  const [first, ...others] = asked
  const begun = first ? await answer(first) : null
  if (begun === null) return []
  return [...begun, ...(await Promise.all(others.map(answer))).flatMap((one) => one ?? [])]
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
): { connections: string[]; channels: string[] } {
  if (!channels) return { connections: [], channels: [] }
  const channelIds = new Set(channels.map(({ channelId }) => channelId))
  const known = [...knowledge.clientIds()].flatMap((id) => knowledge.useBefore(id)?.openChannels ?? [])
  return {
    connections: connections ? lackedConnections(connections, channels) : [],
    channels: known.filter((id) => !channelIds.has(id)),
  }
}
