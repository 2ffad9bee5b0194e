// Asks a chain whether what the registry says of it is true: its endpoints, and its connections to other chains.
import { endpointsAt, namedEndpoints } from '../cosmos/endpoint-name.ts'
import { isMalformed, readClient, readConnection } from '../cosmos/ibc.ts'
import { AnswerError, type ChainPool, type EndpointStatus } from '../cosmos/types.ts'
import { UpstreamError } from '../kernel/errors.ts'

/** What checking came to. `wrong`: it is something else, so it is of no use whatever the network does. */
interface Check {
  verdict: 'verified' | 'unverified' | 'wrong'
  /** Why, in words; null when verified. */
  reason: string | null
}

/** One endpoint, checked. */
export interface CheckedEndpoint extends Check {
  url: string
  latencyMs: number | null
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
): Promise<Check & { clientId: string }> {
  try {
    const { clientId, state } = await readConnection(pool, listed.connectionId)
    const client = await readClient(pool, clientId)
    const tracked = isMalformed(client) ? null : client.trackedChainId
    const reason =
      tracked !== farChainId
        ? `its client follows ${tracked ?? 'no chain'}`
        : state === 'STATE_OPEN'
          ? null
          : `it is in ${state}`
    return { clientId, verdict: reason === null ? 'verified' : 'wrong', reason }
  } catch (error) {
    const { clientId } = listed
    if (error instanceof AnswerError)
      return { clientId, verdict: 'wrong', reason: 'the chain does not know it' }
    // Its message tells of every endpoint, which stands beside the endpoints already.
    if (error instanceof UpstreamError) return { clientId, verdict: 'unverified', reason: NOBODY }
    throw error
  }
}
