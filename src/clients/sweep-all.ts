// The order of sweeps over all chains: watched ones at once, far-end ones after those have named their far ends.
import type { ChainSettings } from '../chains/settings.ts'
import { atMost, type Clock } from '../kernel/clock.ts'
import type { FarEnds } from './far-ends.ts'

/** Far ends wait this long for the surveys of the chains that name them. */
const SURVEY_PATIENCE_MS = 20_000

/**
 * Sweeps every chain by `sweep`, which calls `surveyed` as soon as it knows its far ends and never rejects for a
 * chain's failure. A chain that is slow delays only the far ends that it names itself: those are swept again when it
 * is done.
 */
export async function sweepChains(
  chains: readonly ChainSettings[],
  farEnds: FarEnds,
  sweep: (chain: ChainSettings, surveyed: () => void) => Promise<void>,
  clock: Clock,
): Promise<void> {
  const sweeps: Promise<void>[] = []
  const surveys = chains
    .filter(({ connections }) => connections !== 'none')
    .map(
      (chain) =>
        new Promise<void>((surveyed) => {
          sweeps.push(sweep(chain, surveyed).finally(surveyed))
        }),
    )
  await atMost(clock, SURVEY_PATIENCE_MS, Promise.all(surveys))
  const far = chains
    .filter(({ connections }) => connections === 'none')
    .map(async (chain) => {
      const before = farEnds.wantedOf(chain).length
      if (before > 0 || chain.mine.length > 0) await sweep(chain, () => {})
      await Promise.allSettled(sweeps)
      if (farEnds.wantedOf(chain).length !== before) await sweep(chain, () => {})
    })
  await Promise.all([...sweeps, ...far])
}
