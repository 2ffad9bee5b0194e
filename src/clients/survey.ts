// The first half of a sweep: which clients a host chain has, and what surrounds them.
import { type ChainSettings, namedMine } from '../chains/settings.ts'
import {
  isChannelInUse,
  type Listed,
  listChannels,
  listConnections,
  readAllowedClients,
  readClientConnections,
  readConnection,
  readConnectionChannels,
} from '../cosmos/ibc.ts'
import {
  type ChainPool,
  type Channel,
  type ClientState,
  type Connection,
  isUpstream,
  type MalformedClient,
} from '../cosmos/types.ts'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import { usesOf } from './attention.ts'
import type { Knowledge } from './knowledge.ts'
import { clientsAround, readNamed } from './survey-clients.ts'
import {
  type Asking,
  channelsBesides,
  connectionsBesides,
  isOpen,
  LOCALHOST,
  lackingIn,
  wholeOf,
} from './survey-evidence.ts'
import type { Subject, WantedClient } from './types.ts'

/** Anybody can begin connections over a client; so many of one client are read. */
const MANY = 100

export interface Survey {
  subjects: Subject[]
  /** Client types that the host allows; null where it could not be asked. */
  allowedClients: readonly string[] | null
  /** Things that could not be listed, in words; the sweep goes on without them. */
  gaps: string[]
  /** What is not among the subjects is not there, or not watched. */
  whole: boolean
  /** Whether the connections and channels of these clients could be read whole: who uses them is as it was otherwise. */
  usesRead: boolean
  /**
   * Why the list of all clients ended too soon, so that there may be others that nothing names, or why it is not known
   * which are mine; null: neither is so.
   */
  cut: string | null
}

/** What is surveyed, and with what. */
export interface SurveyDeps {
  pool: ChainPool
  chain: ChainSettings
  knowledge: Knowledge
  /** Far ends that other chains' connections want of this chain. */
  wanted: readonly WantedClient[]
  /** Only these clients, whatever else is watched; those that the chain does not have are left out. */
  only?: readonly string[] | null
  signal?: AbortSignal
}

/**
 * Finds the clients of a host chain as its settings say: all of them by the lists of clients, connections and
 * channels; those of named connections; or only the far ends that other chains want. `only` names the clients in
 * place of all that; one that the chain does not have is left out then.
 * @throws {UpstreamError} when the clients cannot be read
 */
export async function survey(deps: SurveyDeps): Promise<Survey> {
  const { pool, chain, knowledge, wanted, only = null, signal } = deps
  const gaps: string[] = []
  const or = async <T>(what: string, work: Promise<T>): Promise<T | null> => {
    try {
      return await work
    } catch (error) {
      if (signal?.aborted || !isUpstream(error)) throw error
      // What this version does not have is missing nowhere.
      if (!(error instanceof UpstreamError && error.kind === 'not-supported'))
        gaps.push(`${what}: ${messageOf(error)}`)
      return null
    }
  }
  const allowed = or('params', readAllowedClients(pool, { signal }))
  // Handled below; a failure of the lists must not leave this one unhandled.
  allowed.catch(() => {})
  const asking = { pool, knowledge, gaps, or, signal }
  const found =
    chain.connections === 'all' && only === null
      ? await wholeChain(asking, chain.mine)
      : await namedClients(asking, namesOf(chain, wanted, only))
  const uses = usesOf(found.clients, {
    connections: found.connections,
    channels: found.channels,
    mine: new Set([...namedMine(chain), ...found.mine]),
    ignored: new Set(chain.ignoreClients),
    wanted,
    hasCounterpartyV2: (clientId) => knowledge.seldom(`v2:${clientId}`)?.answer === 'yes',
    before: (clientId) => knowledge.useBefore(clientId),
  })
  const subjects = found.clients.map((state) => ({
    ...uses.get(state.clientId)!,
    clientId: state.clientId,
    state,
  }))
  const allowedClients = await allowed
  const usesRead = found.connections !== null && found.channels !== null
  return { subjects, allowedClients, gaps, whole: found.whole ?? gaps.length === 0, usesRead, cut: found.cut }
}

const isConnectionId = (id: string) => /^connection-\d+$/.test(id)

interface Found {
  clients: (ClientState | MalformedClient)[]
  connections: readonly Connection[] | null
  channels: readonly Channel[] | null
  /** Clients of the connections that somebody named, where the list of connections need not say so. */
  mine: readonly string[]
  /** Null: as whole as nothing else was missing. */
  whole: boolean | null
  cut: string | null
}

interface SurveyAsking extends Asking {
  knowledge: Knowledge
  /** Null, and a gap, where it cannot be had. */
  or: <T>(what: string, work: Promise<T>) => Promise<T | null>
}

async function wholeChain(asking: SurveyAsking, mine: readonly string[]): Promise<Found> {
  const { pool, knowledge, or, gaps, signal } = asking
  const own = new Set(mine.filter(isConnectionId))
  const around = (async () => {
    const [connections, channels] = await Promise.all([
      or('connections', listConnections(pool, { signal })),
      or('channels', listChannels(pool, { signal })),
    ])
    const besides = await connectionsBesides(asking, connections, channels, [...own])
    return { connections, channels, besides, ends: [...(connections?.items ?? []), ...besides] }
  })()
  const named = async () => {
    const { ends, channels } = await around
    return clientsNamed(mine, ends, channels?.items ?? [], knowledge)
  }
  const { clients, cut } = await clientsAround(asking, named)
  const { connections, channels, besides, ends } = await around
  gaps.push(...[connections, channels].flatMap((list) => list?.problems ?? []))
  const lacking = lackingIn(wholeOf(connections), wholeOf(channels), knowledge)
  if (lacking.channels.length === 0) lacking.channels = await channelsBesides(asking, ends, channels)
  if (connections?.cut === null) lacking.connections.push(...besides.map((one) => one.connectionId))
  for (const [list, ids] of Object.entries(lacking)) {
    const [first, ...more] = new Set(ids)
    const others = more.length > 0 ? ` and ${more.length} more that are known of` : ''
    if (first) gaps.push(`${list}: the list lacks ${first}${others}`)
  }
  const found = new Set(ends.map(({ connectionId }) => connectionId))
  for (const id of connections?.cut === null ? own : [])
    if (!found.has(id)) gaps.push(`connections: the list lacks ${id}, which is yours`)
  return {
    clients,
    mine: ends.filter(({ connectionId }) => own.has(connectionId)).map(({ clientId }) => clientId),
    whole: cut === null,
    cut: cut ?? unknownOwn(own, { connections, found, knowledge }),
    connections: lacking.connections.length > 0 ? null : wholeOf(connections),
    channels: lacking.channels.length > 0 ? null : wholeOf(channels),
  }
}

/** What is named as somebody's and is over a client that nobody can know, where the list of connections cannot be had. */
function unknownOwn(
  own: ReadonlySet<string>,
  known: { connections: Listed<Connection> | null; found: ReadonlySet<string>; knowledge: Knowledge },
): string | null {
  const before = new Set(
    [...known.knowledge.clientIds()].flatMap((id) => known.knowledge.useBefore(id)?.connectionIds ?? []),
  )
  const [first] = [...own].filter((id) => !known.found.has(id) && !before.has(id))
  if (known.connections?.cut === null || first === undefined) return null
  return unknownText('the connections', first)
}

const unknownText = (unread: string, connectionId: string) =>
  `${unread} cannot be read, so that it is not known which client of yours ${connectionId} is over`

/** The ids of clients that something names, those that are somebody's or in use first: only so many are read singly. */
function clientsNamed(
  mine: readonly string[],
  ends: readonly Connection[],
  channels: readonly Channel[],
  knowledge: Knowledge,
): string[] {
  const used = new Set(channels.filter(isChannelInUse).map(({ connectionId }) => connectionId))
  const known = [...knowledge.clientIds()]
  const isIdle = (id: string) => knowledge.useBefore(id)?.attention === 'idle'
  const inUse = ends.filter((end) => isOpen(end) && used.has(end.connectionId))
  return [
    ...mine.filter((id) => !isConnectionId(id)),
    ...ends.filter(({ connectionId }) => mine.includes(connectionId)).map(({ clientId }) => clientId),
    ...known.filter((id) => !isIdle(id)),
    ...[...inUse, ...ends]
      .filter(({ connectionId }) => connectionId !== LOCALHOST)
      .map(({ clientId }) => clientId),
    ...known,
  ]
}

/** What is read singly: named connections, clients by themselves with whatever connections they have, far ends. */
function namesOf(chain: ChainSettings, wanted: readonly WantedClient[], only: readonly string[] | null) {
  const named = only ? [] : namedMine(chain)
  return {
    connectionIds: named.filter(isConnectionId),
    clientIds: only ?? named.filter((id) => !isConnectionId(id)),
    /** Clients at which connections of other chains end. */
    farEnds: only ? [] : wanted.map(({ clientId }) => clientId),
    /** The others are somebody's choice: that the chain does not have one is worth a word. */
    mayBeAbsent: only !== null,
  }
}

async function namedClients(asking: SurveyAsking, names: ReturnType<typeof namesOf>): Promise<Found> {
  const { pool, knowledge, or, gaps, signal } = asking
  const own = await Promise.all(
    names.clientIds.map((id) => or(`connections of ${id}`, readClientConnections(pool, id, { signal }))),
  )
  const connectionIds = [
    ...new Set([...names.connectionIds, ...own.flatMap((ids) => ids?.slice(0, MANY) ?? [])]),
  ]
  const unread = new Set<string>()
  const asked = await Promise.all(
    connectionIds.map(async (id) => {
      const reading = readConnection(pool, id, { signal }).catch((error) => {
        if (error instanceof UpstreamError) unread.add(id)
        throw error
      })
      const [connection, channels] = await Promise.all([
        or(id, reading),
        or(`channels of ${id}`, readConnectionChannels(pool, id, { signal })),
      ])
      return { connectionId: id, connection, channels }
    }),
  )
  const connections = asked.flatMap(
    ({ connectionId, connection }) => connection ?? remembered(connectionId, knowledge),
  )
  if (connectionIds.length > 0 && connections.length + names.farEnds.length + names.clientIds.length === 0) {
    throw new UpstreamError('no-endpoint', `none of the named connections of ${pool.chainId} could be read`)
  }
  const ids = new Set([...connections.map(({ clientId }) => clientId), ...names.clientIds, ...names.farEnds])
  const clients = await readNamed(asking, ids, names.mayBeAbsent)
  gaps.push(...asked.flatMap(({ channels }) => channels?.problems ?? []))
  const found = new Set(connections.map(({ connectionId }) => connectionId))
  const unknown = names.connectionIds.find((id) => unread.has(id) && !found.has(id))
  const whole = asked.every(({ connection, channels }) => connection && wholeOf(channels))
  return {
    clients,
    mine: [],
    whole: null,
    cut: unknown === undefined ? null : unknownText(unknown, 'it'),
    connections,
    channels: whole ? asked.flatMap(({ channels }) => channels?.items ?? []) : null,
  }
}

/** A connection that cannot be read now, as it was: that its client is watched must not hang on it. */
function remembered(connectionId: string, knowledge: Knowledge): Connection[] {
  for (const clientId of knowledge.clientIds()) {
    const before = knowledge.useBefore(clientId)
    if (!before?.connectionIds.includes(connectionId)) continue
    const { clientId: farClient = '', connectionId: farConnection = '' } = before.farEnds[0] ?? {}
    const counterparty = { clientId: farClient, connectionId: farConnection }
    return [{ connectionId, clientId, state: 'STATE_OPEN', counterparty }]
  }
  return []
}
