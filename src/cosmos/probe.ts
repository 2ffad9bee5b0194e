// Asks one endpoint which chain it serves, before there is a pool that knows which one it should be.
import type { buildConnector } from 'undici'
import { UpstreamError } from '../kernel/errors.ts'
import { classify } from './classify.ts'
import type { Block } from './endpoint-health.ts'
import { BLOCKS_LATEST, latestBlock } from './node.ts'
import { getOnce } from './rest.ts'
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
  const endpoint = new URL(url).host
  const verdict = classify(await getOnce(url, BLOCKS_LATEST, options))
  if (verdict.kind === 'answer') {
    const parsed = latestBlock.safeParse(verdict.json)
    if (parsed.success) return parsed.data
    throw new UpstreamError('body', firstIssue(parsed.error), { endpoint })
  }
  if (verdict.kind === 'outage') throw new UpstreamError(verdict.error, verdict.reason, { endpoint })
  const reason =
    verdict.kind === 'restarted'
      ? 'it has made no block since its start'
      : 'it does not serve /cosmos/base/tendermint/v1beta1/blocks/latest'
  throw new UpstreamError('http', reason, { endpoint })
}
