// Asks a chain whether what the registry says of it is true: its endpoints, and its connections to other chains.
import { endpointsAt, namedEndpoints } from '../cosmos/endpoint-name.ts'
import { isMalformed, readClient, readConnection } from '../cosmos/ibc.ts'
import { AnswerError, type ChainPool, type EndpointStatus } from '../cosmos/types.ts'
import { UpstreamError } from '../kernel/errors.ts'

/** One endpoint, checked. `wrong`: it serves another chain, so it is of no use whatever the network does. */
export interface CheckedEndpoint {
  url: string
  verdict: 'verified' | 'unverified' | 'wrong'
  /** Why, in words; null when verified. */
  reason: string | null
  latencyMs: number | null
}

/** A connection that the registry lists, checked. `wrong`: the chain says that it is something else. */
export interface CheckedConnection {
  connectionId: string
  clientId: string
  verdict: 'verified' | 'unverified' | 'wrong'
  reason: string | null
}

/** Why a connection is unverified when no endpoint answers. */
export const NOBODY = 'nobody could be asked'

/** Asks all endpoints of a pool for their newest block. In the order of `rest`, the verified ones first, fastest first. */
export async function checkEndpoints(pool: ChainPool, rest: readonly string[]): Promise<CheckedEndpoint[]> {
  try {
    await pool.head()
  } catch (error) {
    // Nobody can be believed: what is known of each endpoint says why.
    if (!(error instanceof UpstreamError)) throw error
  }
  const statuses = new Map(pool.endpoints().map((status) => [status.name, status]))
  const checked = namedEndpoints(endpointsAt(rest)).map(({ url, name }) => judge(url, statuses.get(name)))
  const rank = ({ verdict, latencyMs }: CheckedEndpoint) =>
    verdict === 'verified' ? (latencyMs ?? 0) : Number.POSITIVE_INFINITY
  return checked.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)))
}

function judge(url: string, status: EndpointStatus | undefined): CheckedEndpoint {
  const latencyMs = status?.latencyMs ?? null
  if (status?.state === 'fresh') return { url, verdict: 'verified', reason: null, latencyMs }
  const reason = status?.reason ?? 'not asked'
  return { url, verdict: status?.state === 'wrong-chain' ? 'wrong' : 'unverified', reason, latencyMs }
}

/** Asks a chain for one connection: that it is there, whose client it has, and which chain that follows. */
export async function checkConnection(
  pool: ChainPool,
  listed: { connectionId: string; clientId: string },
  farChainId: string,
): Promise<CheckedConnection> {
  const { connectionId } = listed
  try {
    const { clientId, state } = await readConnection(pool, connectionId)
    const client = await readClient(pool, clientId)
    const tracked = isMalformed(client) ? null : client.trackedChainId
    if (tracked !== farChainId) {
      return {
        connectionId,
        clientId,
        verdict: 'wrong',
        reason: `its client follows ${tracked ?? 'no chain'}`,
      }
    }
    if (state !== 'STATE_OPEN')
      return { connectionId, clientId, verdict: 'wrong', reason: `it is in ${state}` }
    return { connectionId, clientId, verdict: 'verified', reason: null }
  } catch (error) {
    if (error instanceof AnswerError)
      return { ...listed, verdict: 'wrong', reason: 'the chain does not know it' }
    // Its message tells of every endpoint, which stands beside the endpoints already.
    if (error instanceof UpstreamError) return { ...listed, verdict: 'unverified', reason: NOBODY }
    throw error
  }
}
