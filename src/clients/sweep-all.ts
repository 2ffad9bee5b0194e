// The order of sweeps over all chains: watched ones at once, far-end ones after those have named their far ends.
import { type ChainSettings, namedMine } from '../chains/settings.ts'
import { atMost, type Clock } from '../kernel/clock.ts'
import { deferred } from '../kernel/deferred.ts'
import type { FarEnds } from './far-ends.ts'

/** Far ends wait this long for the surveys of the chains that name them. */
const SURVEY_PATIENCE_MS = 20_000
/** At the first look each chain waits for those that name what is mine, before anybody is called for its clients. */
const FIRST_PATIENCE_MS = 10_000

/**
 * Sweeps every chain by `sweep`, which calls `surveyed` as soon as it knows its far ends, marks what is mine when that
 * has ended, and never rejects for a chain's failure. A chain that is slow delays only the far ends that it names itself:
 * those are swept again when it is done, as is a chain of which another one has said meanwhile that a client there is mine.
 */
export async function sweepChains(
  chains: readonly ChainSettings[],
  farEnds: FarEnds,
  sweep: (chain: ChainSettings, surveyed: () => Promise<void>) => Promise<void>,
  clock: Clock,
): Promise<void> {
  const wants = (chain: ChainSettings) =>
    farEnds
      .wantedOf(chain)
      .map(({ clientId, attention }) => `${clientId} ${attention}`)
      .sort()
      .join()
  const sweeps = new Map<ChainSettings, Promise<void>>()
  /** What was wanted of each chain when its clients were read. */
  const readFor = new Map(chains.map((chain) => [chain, wants(chain)]))
  const named = chains.filter(({ connections }) => connections !== 'none')
  const surveys = new Map(named.map((chain) => [chain, deferred<void>()]))
  const all = Promise.all([...surveys.values()].map(({ promise }) => promise))
  const telling = named.filter((chain) => namedMine(chain).length > 0 && !farEnds.isKnown(chain.chainId))
  const told = Promise.all(telling.map((chain) => surveys.get(chain)!.promise))
  for (const [chain, { resolve }] of surveys) {
    const surveyed = async () => {
      resolve()
      await atMost(clock, FIRST_PATIENCE_MS, told)
      // Of all its clients it is known now which are mine.
      if (chain.connections === 'all') readFor.set(chain, wants(chain))
    }
    sweeps.set(chain, sweep(chain, surveyed).finally(resolve))
  }
  await atMost(clock, SURVEY_PATIENCE_MS, all)
  const again = chains.map(async (chain) => {
    if (chain.connections === 'none') {
      const wanted = wants(chain)
      readFor.set(chain, wanted)
      if (wanted !== '' || chain.mine.length > 0) await sweep(chain, async () => {})
    }
    await Promise.allSettled(sweeps.values())
    // Of its own clients, too, others say which are mine.
    if (wants(chain) !== readFor.get(chain)) await sweep(chain, async () => {})
  })
  await Promise.all([...sweeps.values(), ...again])
}
