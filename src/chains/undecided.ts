// Which chain an entry is whose id is another chain's name in the registry: its endpoints tell, else what was read before.
import type { ChainSettings, Doubt, Undecided, Unwatched } from '../config/index.ts'
import { probeEndpoint } from '../cosmos/probe.ts'

const BODY_BYTES = 4 * 1024 * 1024

export type Decision =
  /** `doubt`: it goes on as the registry's chain, for a year. */
  | { chain: ChainSettings; doubt: Doubt | null }
  /** Another look may tell more. */
  | { unwatched: Unwatched }

/**
 * Asks the endpoints of an entry once. It is the chain that it says, unless they serve the one with that name in the
 * registry. Where they serve neither, it is the one that it was `before` (a chain id; null: not known).
 */
export async function decide({ place, said, registry }: Undecided, before: string | null): Promise<Decision> {
  const options = { timeoutMs: said.limits.timeoutMs, maxBodyBytes: BODY_BYTES }
  const asked = await Promise.allSettled(said.rest.map((url) => probeEndpoint(url, options)))
  const served = asked.flatMap((one) => (one.status === 'fulfilled' ? one.value.chainId : []))
  const { chainId } = said
  if (served.includes(chainId)) return { chain: said, doubt: null }
  const either = `"${chainId}" is the name of ${registry.chainId} in the chain registry`
  const isServed = served.includes(registry.chainId)
  if (isServed || before === registry.chainId) {
    const how = isServed ? 'which its endpoints serve' : 'as which it was read before'
    const reason = `${either}, ${how}: it is watched as that until December 2027`
    return { chain: registry, doubt: { place, reason, mend: `write chainId: '${registry.chainId}'` } }
  }
  if (before === chainId) return { chain: said, doubt: null }
  const others = [...new Set(served)].join(', ')
  const reason = `${either}, and ${others === '' ? 'none of its endpoints says which of the two it serves' : `its endpoints serve neither, but ${others}`}`
  const mend = `give it endpoints that ${others === '' ? 'answer' : 'serve it'}; if it is ${registry.name}, write chainId: '${registry.chainId}'`
  return { unwatched: { place, chainId, settings: said, reason, mend } }
}
