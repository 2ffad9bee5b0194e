// Which chain an entry is whose id is another chain's name in the registry: its endpoints tell, else what was read before.

import { probeEndpoint } from '../cosmos/probe.ts'
import type { ChainSettings, Doubt, Undecided, Unwatched } from './settings.ts'

const BODY_BYTES = 4 * 1024 * 1024

export type WhichChain =
  /** `doubt`: it goes on as the registry's chain, for a year. */
  | { chain: ChainSettings; doubt: Doubt | null }
  /** Another look may tell more. */
  | { unwatched: Unwatched }

/**
 * Asks the endpoints of an entry once. It is the chain that it says, unless they serve the one with that name in the
 * registry. Where they serve neither, it is the one that it was `before` (a chain id; null: not known).
 */
export async function whichChain(
  { place, said, registry }: Undecided,
  before: string | null,
): Promise<WhichChain> {
  const options = { timeoutMs: said.limits.timeoutMs, maxBodyBytes: BODY_BYTES }
  const asked = await Promise.allSettled(said.rest.map((one) => probeEndpoint(one, options)))
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

/** The entries that are undecided at the start, `startedMs` (Unix ms). `before`: as which chain an entry was read. */
export function createUndecided(
  entries: readonly Undecided[],
  deps: {
    startedMs: number
    before: (word: string, ids: readonly string[]) => string | null
    decided: (found: { chain: ChainSettings; doubt: Doubt | null }) => void
  },
) {
  const { startedMs: sinceMs, before } = deps
  let left = entries.map((one) => {
    const { place, said } = one
    const reason = 'its endpoints are asked which chain they serve'
    const pending: Unwatched = {
      place,
      chainId: said.chainId,
      settings: said,
      reason,
      mend: 'wait',
      sinceMs,
    }
    return { one, pending }
  })
  return {
    /** Those of which it is not known yet which chain they are. */
    pending: (): Unwatched[] => left.map(({ pending }) => pending),
    /** Asks about each; returns those that are decided now. */
    async ask(): Promise<ChainSettings[]> {
      const found: ChainSettings[] = []
      const still: typeof left = []
      await Promise.all(
        left.map(async ({ one }) => {
          const { said, registry } = one
          const decision = await whichChain(one, before(said.chainId, [said.chainId, registry.chainId]))
          if ('unwatched' in decision) {
            still.push({ one, pending: { ...decision.unwatched, sinceMs } })
            return
          }
          deps.decided(decision)
          found.push(decision.chain)
        }),
      )
      left = still
      return found
    },
  }
}
