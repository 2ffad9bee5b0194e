// Which chain an entry is whose id is another chain's name in the registry: its endpoints tell, else what was read before.
import type { ChainSettings, Doubt, Undecided, Unwatched } from '../config.ts'
import { probeEndpoint } from '../cosmos/probe.ts'

const BODY_BYTES = 4 * 1024 * 1024

export type Decision =
  /** `doubt`: it goes on as the registry's chain, for a year. */
  | { chain: ChainSettings; doubt: Doubt | null }
  /** `again`: another look may tell more. */
  | { unwatched: Unwatched; again: boolean }

/**
 * Asks the endpoints of an entry once. It is the chain that it says, unless they serve the one with that name in the
 * registry. Where none answers, the one of which blocks were read before.
 */
export async function decide(
  { place, said, registry }: Undecided,
  deps: { isWatched: (chainId: string) => boolean; wasRead: (chainId: string) => boolean },
): Promise<Decision> {
  const options = { timeoutMs: said.limits.timeoutMs, maxBodyBytes: BODY_BYTES }
  const asked = await Promise.allSettled(said.rest.map((url) => probeEndpoint(url, options)))
  const served = asked.flatMap((one) => (one.status === 'fulfilled' ? one.value.chainId : []))
  const { chainId } = said
  const isRegistry =
    served.includes(registry.chainId) || (served.length === 0 && deps.wasRead(registry.chainId))
  const isSaid = served.includes(chainId) || (served.length === 0 && deps.wasRead(chainId))
  const either = `"${chainId}" is the name of ${registry.chainId} in the chain registry`
  if (served.length === 0 && !isSaid && !isRegistry) {
    const reason = `${either}, and none of its endpoints says which of the two it serves`
    const mend = `give it endpoints that answer; if it is ${registry.name}, write chainId: '${registry.chainId}'`
    return { unwatched: { place, chainId, reason, mend }, again: true }
  }
  if (isSaid || !isRegistry) return { chain: said, doubt: null }
  const how = served.length > 0 ? 'which its endpoints serve' : 'as which it was read before'
  if (deps.isWatched(registry.chainId)) {
    const reason = `${either}, ${how}, and ${registry.chainId} is there already`
    return { unwatched: { place, chainId, reason, mend: `put its endpoints there` }, again: false }
  }
  const reason = `${either}, ${how}: it is watched as that until December 2027`
  return { chain: registry, doubt: { place, reason, mend: `write chainId: '${registry.chainId}'` } }
}
