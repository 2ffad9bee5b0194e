// The clients that a survey looks at: out of the chain's list, and singly where it lacks them or they are few.
import { clientTypeOf, isMalformed } from '../cosmos/client-state.ts'
import { listClients, readClient } from '../cosmos/ibc.ts'
import { AnswerError, type ClientState, isUpstream, type MalformedClient } from '../cosmos/types.ts'
import { messageOf, UpstreamError } from '../kernel/errors.ts'
import { type Asking, bearOut, FEW, missingNumbers } from './survey-evidence.ts'

type Client = ClientState | MalformedClient

/** A list that lacks more than this is broken, and each client would cost a request in every sweep. */
const MOST = 100

/** The list of clients as far as it can be read; `failure`: not at all, or the chain says "no" to it or to its own key. */
async function listed({
  pool,
  gaps,
  signal,
}: Asking): Promise<{ items: Client[]; cut: string | null; failure: UpstreamError | null }> {
  try {
    const { items, problems, cut } = await listClients(pool, { signal })
    gaps.push(...problems)
    return { items, cut, failure: null }
  } catch (error) {
    if (signal?.aborted || !isUpstream(error)) throw error
    const failure =
      error instanceof UpstreamError
        ? error
        : new UpstreamError('body', `${error.endpoint}: ${error.message}`, { endpoint: error.endpoint })
    const cut = `the list of clients cannot be read: ${failure.message}`
    gaps.push(cut)
    return { items: [], cut, failure }
  }
}

/**
 * The clients of the list, and those that it lacks and `namesOf` names. Where one client breaks the whole list, the
 * others are read all the same, and `cut` says what the node says.
 * @throws {UpstreamError} where not one can be read
 */
export async function clientsAround(
  asking: Asking,
  namesOf: () => Promise<readonly string[]>,
): Promise<{ clients: Client[]; cut: string | null }> {
  const [{ items, cut, failure }, named] = await Promise.all([listed(asking), namesOf()])
  const there = new Set(items.map(({ clientId }) => clientId))
  const lost = [...new Set(named)].filter((id) => id !== '' && !there.has(id))
  const read = await readLost(asking, lost)
  if (failure && read.every(isMalformed)) throw failure
  const numbered = failure ? [] : await clientsBesides(asking, [...items, ...read])
  return { clients: [...items, ...read, ...numbered], cut }
}

/** Clients that nothing names and whose numbers the list lacks; of the usual type, because numbers do not tell it. */
async function clientsBesides({ pool, gaps, signal }: Asking, clients: readonly Client[]): Promise<Client[]> {
  const numbers = missingNumbers(clients.map(({ clientId }) => clientId))
  const read = numbers.map((n) => () => readClient(pool, `07-tendermint-${n}`, { signal, spare: true }))
  const found = (await bearOut(read, signal)).filter((one) => !isMalformed(one))
  if (found.length > 0 && numbers.length >= FEW)
    gaps.push(`clients: the list lacks ${found[0]!.clientId}, and perhaps more that nothing names`)
  return found
}

/** The clients of these ids: one by one, or out of the list where that is cheaper. */
export async function readNamed(
  asking: Asking,
  ids: ReadonlySet<string>,
  mayBeAbsent: boolean,
): Promise<Client[]> {
  if (ids.size <= FEW) return readEach(asking, [...ids], mayBeAbsent)
  // Of a whole list that is only picked from, nothing is missing that is read singly.
  const { items } = await listed({ ...asking, gaps: [] })
  const picked = items.filter(({ clientId }) => ids.has(clientId))
  const there = new Set(picked.map(({ clientId }) => clientId))
  const lost = [...ids].filter((id) => !there.has(id))
  const rest = mayBeAbsent ? readEach(asking, lost, true) : readLost(asking, lost)
  return [...picked, ...(await rest)]
}

/** Reads clients that the list lacks although something names them: no chain ever loses a client. */
async function readLost(asking: Asking, ids: readonly string[]): Promise<Client[]> {
  const unread = ids.slice(MOST)
  if (unread.length > 0)
    asking.gaps.push(
      `clients: the list lacks ${ids.length} that are known or named, ${unread.length} of them were not read`,
    )
  return [
    ...(await readEach(asking, ids.slice(0, MOST))),
    ...unread.map((clientId) => malformed(clientId, 'missing from the list of clients')),
  ]
}

async function readEach(
  { pool, signal }: Asking,
  ids: readonly string[],
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
