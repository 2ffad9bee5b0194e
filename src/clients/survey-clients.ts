// The clients that a survey looks at: out of the chain's list, and singly where it lacks them or they are few.
import { clientTypeOf } from '../cosmos/client-state.ts'
import { listClients, readClient } from '../cosmos/ibc.ts'
import {
  AnswerError,
  type ChainPool,
  type ClientState,
  isUpstream,
  type MalformedClient,
} from '../cosmos/types.ts'
import { messageOf, UpstreamError } from '../kernel/errors.ts'

type Client = ClientState | MalformedClient

/** Up to this many clients are cheaper one by one than by the whole list. */
const FEW = 20
/** A list that lacks more than this is broken, and each client would cost a request in every sweep. */
const MOST = 100

/** The list of clients. A chain that says "no" to it, or to the key it gave itself for the next page, cannot be read. */
export async function allClients(pool: ChainPool, signal?: AbortSignal): ReturnType<typeof listClients> {
  try {
    return await listClients(pool, { signal })
  } catch (error) {
    if (!(error instanceof AnswerError)) throw error
    const { endpoint, message } = error
    throw new UpstreamError('body', `${endpoint}: the list of clients: ${message}`, {
      endpoint,
      cause: error,
    })
  }
}

/** The clients of these ids: one by one, or out of the list where that is cheaper. */
export async function readNamed(
  pool: ChainPool,
  ids: ReadonlySet<string>,
  gaps: string[],
  { mayBeAbsent, signal }: { mayBeAbsent: boolean; signal?: AbortSignal },
): Promise<Client[]> {
  if (ids.size <= FEW) return readEach(pool, [...ids], signal, mayBeAbsent)
  const { items } = await allClients(pool, signal)
  const picked = items.filter(({ clientId }) => ids.has(clientId))
  const there = new Set(picked.map(({ clientId }) => clientId))
  const lost = [...ids].filter((id) => !there.has(id))
  const rest = mayBeAbsent ? readEach(pool, lost, signal, true) : readLost(pool, lost, gaps, signal)
  return [...picked, ...(await rest)]
}

/** Reads clients that the list lacks although something names them: no chain ever loses a client. */
export async function readLost(
  pool: ChainPool,
  ids: readonly string[],
  gaps: string[],
  signal?: AbortSignal,
): Promise<Client[]> {
  const unread = ids.slice(MOST)
  if (unread.length > 0)
    gaps.push(
      `clients: the list lacks ${ids.length} that are known or named, ${unread.length} of them were not read`,
    )
  return [
    ...(await readEach(pool, ids.slice(0, MOST), signal)),
    ...unread.map((clientId) => malformed(clientId, 'missing from the list of clients')),
  ]
}

async function readEach(
  pool: ChainPool,
  ids: readonly string[],
  signal?: AbortSignal,
  mayBeAbsent = false,
): Promise<Client[]> {
  const read = await Promise.all(
    ids.map(async (clientId) => {
      try {
        return await readClient(pool, clientId, { signal })
      } catch (error) {
        if (signal?.aborted || !isUpstream(error)) throw error
        if (mayBeAbsent && error instanceof AnswerError && error.code === 5) return []
        return malformed(clientId, messageOf(error))
      }
    }),
  )
  return read.flat()
}

const malformed = (clientId: string, problem: string): MalformedClient => ({
  clientId,
  clientType: clientTypeOf(clientId),
  problem,
})
