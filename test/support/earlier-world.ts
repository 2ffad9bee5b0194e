// The small world in which earlier versions made the databases of test/fixtures/databases.
import type { ChainWorld } from '../../sandbox/chains/world.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

export const STARTED_MS = Date.UTC(2026, 10, 20, 10)
/** Of every client on `alpha-1`. */
const PERIOD_MS = 30 * DAY_MS

/** Clients on `alpha-1` by what becomes of them, with their age at the start. */
const AGES_MS = {
  warned: 0.8 * PERIOD_MS - HOUR_MS,
  critical: PERIOD_MS - 73 * HOUR_MS,
  expired: PERIOD_MS - 3 * HOUR_MS,
  /** Warned, and updated while Discord is away. */
  updated: 0.8 * PERIOD_MS - 2 * HOUR_MS,
  /** Warned while Discord is away. */
  late: 0.8 * PERIOD_MS - 8 * HOUR_MS,
}

export const clientOf = (name: keyof typeof AGES_MS): string =>
  `07-tendermint-${Object.keys(AGES_MS).indexOf(name)}`

export function buildEarlier(chains: ChainWorld): void {
  for (const chainId of ['alpha-1', 'beta-1', 'gamma-1']) chains.addChain({ chainId })
  for (const ageMs of Object.values(AGES_MS)) {
    chains.openConnection('alpha-1', 'beta-1', {
      trustingPeriodMs: PERIOD_MS,
      a: { ageMs },
      b: { trustingPeriodMs: 1000 * DAY_MS },
    })
  }
  chains.openConnection('gamma-1', 'beta-1', { trustingPeriodMs: 900 * DAY_MS })
}
