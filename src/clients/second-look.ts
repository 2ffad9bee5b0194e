// Reading single clients anew: what is due, and, from another endpoint, whatever somebody would be called about.
import type { ChainSettings } from '../chains/settings.ts'
import type { Reading, Unreadable } from './assess.ts'
import { fresher } from './fresher.ts'
import { readAnew } from './read.ts'
import { isReading, type Seen } from './types.ts'
import type { WatchParts } from './watch-deps.ts'

export type SecondLook = ReturnType<typeof createSecondLook>

export function createSecondLook(deps: WatchParts) {
  const { pools, states, settler, clock, signal } = deps
  const readOne = (chain: ChainSettings, clientId: string, avoid: string): Promise<Reading | Unreadable> =>
    readAnew(
      clientId,
      {
        pool: pools.get(chain.chainId)!,
        allowedClients: states.of(chain.chainId).allowedClients,
        nowMs: () => clock.now(),
      },
      { avoid: avoid || undefined, signal },
    )
  return {
    /** Reads one client anew, not from the endpoint `avoid` where there is another. */
    readOne,
    /**
     * Reads once more the clients about which somebody would be called. Those that a stop left without their second
     * reading are left out.
     */
    async confirmed(chain: ChainSettings, seen: readonly Seen[]): Promise<Seen[]> {
      const again = new Map(
        await Promise.all(
          settler.wouldCall(chain, seen, clock.now()).map(async ({ clientId, reading }) => {
            const second = await readOne(chain, clientId, isReading(reading) ? reading.endpoint : '')
            return [clientId, second] as const
          }),
        ),
      )
      return seen.flatMap((one) => {
        const second = again.get(one.clientId)
        if (!second || !isReading(one.reading)) return [one]
        if (!isReading(second)) return signal.aborted ? [] : [one]
        return [{ ...one, reading: fresher(one.reading, second) }]
      })
    },
  }
}
