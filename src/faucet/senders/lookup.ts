// Looking up a transaction: at a ligate server, or where the configuration says at a Cosmos chain's REST API.
import { ask, type LookupResult, type Sender, type SenderDeps } from './sender.ts'

/** The configured look-up, or undefined where there is none. */
export function lookupOf(deps: SenderDeps): Sender['lookup'] {
  const { lookup } = deps.settings
  if (!lookup) return undefined
  return lookup.kind === 'ligate' ? ligateLookup(deps, lookup.url) : cosmosLookup(deps, lookup.url)
}

/** `GET /v1/txs/{hash}` of a ligate server: included is not success, `outcome` is read. */
export function ligateLookup(deps: SenderDeps, template: string): Sender['lookup'] {
  return async (txHash, signal): Promise<LookupResult> => {
    const answer = await ask(deps, template.replaceAll('{hash}', encodeURIComponent(txHash)), signal)
    const outcome =
      answer?.status === 200 ? (answer.json as { outcome?: unknown } | null)?.outcome : undefined
    if (outcome === 'committed') return { status: 'sent', detail: 'committed' }
    if (outcome === 'reverted') return { status: 'failed', detail: 'included, but reverted' }
    return pending(answer)
  }
}

/** `GET /cosmos/tx/v1beta1/txs/{hash}`: a transaction that is included has a code, and only 0 is success. */
function cosmosLookup(deps: SenderDeps, template: string): Sender['lookup'] {
  return async (txHash, signal): Promise<LookupResult> => {
    const answer = await ask(deps, template.replaceAll('{hash}', encodeURIComponent(txHash)), signal)
    const response = (
      answer?.json as { tx_response?: { code?: unknown; height?: unknown } } | null | undefined
    )?.tx_response
    if (
      answer?.status !== 200 ||
      typeof response?.code !== 'number' ||
      !/^[1-9]\d*$/.test(String(response.height))
    ) {
      return pending(answer)
    }
    if (response.code === 0) return { status: 'sent', detail: 'included with code 0' }
    return { status: 'failed', detail: `included, but failed with code ${response.code}` }
  }
}

const pending = (answer: { status: number } | null): LookupResult => ({
  status: 'pending',
  detail: answer ? `status ${answer.status}` : 'no answer',
})
