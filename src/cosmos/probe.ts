// Asks one endpoint which chain it serves, before there is a pool that knows which one it should be.
import type { buildConnector } from 'undici'
import { systemClock } from '../kernel/clock.ts'
import { UpstreamError } from '../kernel/errors.ts'
import { createAbortListeners } from '../net/aborts.ts'
import { classify } from './classify.ts'
import type { Block } from './endpoint-health.ts'
import { BLOCKS_LATEST, latestBlock } from './node.ts'
import { createTransport } from './rest.ts'
import { firstIssue } from './schemas.ts'

/**
 * The newest block of an endpoint, with the chain id in its header. Redirects are not followed. The chain id is what
 * the endpoint says: any text at all.
 * @throws {UpstreamError}
 */
export async function probeEndpoint(
  url: string,
  options: { timeoutMs: number; maxBodyBytes: number; connector?: buildConnector.connector },
): Promise<Block> {
  const clock = systemClock
  const transport = createTransport(url, {
    ...options,
    connections: 1,
    clock,
    aborts: createAbortListeners(),
  })
  try {
    const verdict = classify(await transport.send(BLOCKS_LATEST))
    if (verdict.kind === 'answer') {
      const parsed = latestBlock.safeParse(verdict.json)
      if (parsed.success) return parsed.data
      throw new UpstreamError('body', firstIssue(parsed.error), { endpoint: transport.name })
    }
    const reason =
      verdict.kind === 'outage'
        ? verdict.reason
        : verdict.kind === 'restarted'
          ? 'it has made no block since its start'
          : 'it does not serve /cosmos/base/tendermint/v1beta1/blocks/latest'
    throw new UpstreamError(verdict.kind === 'outage' ? verdict.error : 'http', reason, {
      endpoint: transport.name,
    })
  } finally {
    await transport.close()
  }
}
