// Looking up a transaction where the configuration says: a ligate server, or a Cosmos chain's REST API.
import { ligateLookup } from './ligate.ts'
import { ask, type Found, type Sender, type SenderDeps } from './sender.ts'

/** The configured look-up, or undefined where there is none. */
export function lookupOf(deps: SenderDeps): Sender['lookup'] {
  const { lookup } = deps.settings
  if (!lookup) return undefined
  return lookup.kind === 'ligate' ? ligateLookup(deps, lookup.url) : cosmosLookup(deps, lookup.url)
}

/** `GET /cosmos/tx/v1beta1/txs/{hash}`: a transaction that is included has a code, and only 0 is success. */
function cosmosLookup(deps: SenderDeps, template: string) {
  return async (txHash: string, signal?: AbortSignal): Promise<Found> => {
    const answer = await ask(deps, template.replaceAll('{hash}', encodeURIComponent(txHash)), signal)
    const response = (
      answer?.json as { tx_response?: { code?: unknown; height?: unknown } } | null | undefined
    )?.tx_response
    if (
      answer?.status !== 200 ||
      typeof response?.code !== 'number' ||
      !/^[1-9]\d*$/.test(String(response.height))
    ) {
      return { status: 'pending', detail: answer ? `status ${answer.status}` : 'no answer' }
    }
    if (response.code === 0) return { status: 'sent', detail: 'included with code 0' }
    return { status: 'failed', detail: `included, but failed with code ${response.code}` }
  }
}
