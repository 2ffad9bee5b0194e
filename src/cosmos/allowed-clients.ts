// Which client types a chain allows, by either of the paths that its versions have.
import { z } from 'zod'
import { type ChainPool, isUnsupported, type ReadOptions } from './types.ts'

const clientParams = z.object({ params: z.object({ allowed_clients: z.array(z.string()) }) })

/** From ibc-go v7 on, and before. */
const CLIENT_PARAMS = ['/ibc/core/client/v1/params', '/ibc/client/v1/params']

/**
 * The client types that the chain allows; `*` allows all. A client of another type is Unauthorized.
 * @throws {UpstreamError} `not-supported` where no endpoint has either path
 */
export async function readAllowedClients(pool: ChainPool, options: ReadOptions = {}): Promise<string[]> {
  let avoid = options.avoid
  for (let tries = 1; ; tries++) {
    const path = CLIENT_PARAMS[(tries - 1) % 2]!
    try {
      return (await pool.get(path, clientParams, { ...options, avoid })).value.params.allowed_clients
    } catch (error) {
      const isMissing = isUnsupported(error)
      // A front that lets neither through says nothing of the others.
      if (!isMissing || tries === (pool.endpoints().length > 1 ? 4 : 2)) throw error
      if (tries === 2) avoid = error.endpoint
    }
  }
}
