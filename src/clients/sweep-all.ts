// The order of sweeps over all chains: watched ones at once, far-end ones after those have named their far ends.
import type { ChainSettings } from '../chains/settings.ts'
import { atMost, type Clock } from '../kernel/clock.ts'
import type { FarEnds } from './far-ends.ts'

/** Far ends wait this long for the surveys of the chains that name them. */
const SURVEY_PATIENCE_MS = 20_000

/**
 * Sweeps every chain by `sweep`, which calls `surveyed` as soon as it knows its far ends and never rejects for a
 * chain's failure. A chain that is slow delays only the far ends that it names itself: those are swept again when it
 * is done, as is a chain of which another one has said meanwhile that a client there is mine.
 */
export async function sweepChains(
  chains: readonly ChainSettings[],
  farEnds: FarEnds,
  sweep: (chain: ChainSettings, surveyed: () => void) => Promise<void>,
  clock: Clock,
): Promise<void> {
  const wants = (chain: ChainSettings) =>
    farEnds
      .wantedOf(chain)
      .map(({ clientId, attention }) => `${clientId} ${attention}`)
      .sort()
      .join()
  const sweeps = new Map<ChainSettings, Promise<void>>()
  const wantedBefore = new Map(chains.map((chain) => [chain, wants(chain)]))
  const surveys = chains
    .filter(({ connections }) => connections !== 'none')
    .map(
      (chain) =>
        new Promise<void>((surveyed) => {
          sweeps.set(chain, sweep(chain, surveyed).finally(surveyed))
        }),
    )
  await atMost(clock, SURVEY_PATIENCE_MS, Promise.all(surveys))
  const again = chains.map(async (chain) => {
    const isFar = chain.connections === 'none'
    const before = isFar ? wants(chain) : wantedBefore.get(chain)
    if (isFar && (before !== '' || chain.mine.length > 0)) await sweep(chain, () => {})
    await Promise.allSettled(sweeps.values())
    // Of its own clients, too, others say which are mine.
    if (wants(chain) !== before) await sweep(chain, () => {})
  })
  await Promise.all([...sweeps.values(), ...again])
}
