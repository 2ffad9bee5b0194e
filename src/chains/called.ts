// For which clients of a chain somebody is tagged (pure): where the configuration names what is mine, for these alone.
import { NEAR_DEADLINE_MS, type NearestDeadline } from './health/observe.ts'
import { chainNames } from './names.ts'
import { type ChainSettings, namedMine } from './settings.ts'

/** A client that alerts are about. */
export interface Callable {
  attention: 'mine' | 'live' | 'idle'
  /** The clients at the other ends of its connections. */
  farEnds: readonly { chainId: string }[]
}

/** A chain that is known. */
export type ChainOf = (chainId: string) => ChainSettings | null

/**
 * Whether somebody is tagged for a client that alerts are about. A chain that is there for far ends is like those whose
 * clients end there.
 */
export function isCalledFor(
  { attention, farEnds }: Callable,
  chain: ChainSettings,
  chainOf: ChainOf,
): boolean {
  if (attention === 'mine') return true
  if (namedMine(chain).length > 0) return false
  const near = chain.connections === 'none' ? farEnds.map((end) => chainOf(end.chainId)) : []
  return near.length === 0 || near.some((one) => one === null || namedMine(one).length === 0)
}

/**
 * By which of a chain's deadlines (the nearest to now first) it is urgent: by one that is near and calls somebody; where
 * none does, by the first.
 */
export function urgentBy(
  deadlines: readonly (Callable & NearestDeadline)[],
  chain: ChainSettings,
  chainOf: ChainOf,
  nowMs: number,
): NearestDeadline | null {
  const calls = (one: Callable) => isCalledFor(one, chain, chainOf)
  const calling = deadlines.find((one) => one.deadlineMs - nowMs < NEAR_DEADLINE_MS && calls(one))
  const [nearest = null] = deadlines
  return calling ?? (nearest && (calls(nearest) ? nearest : { ...nearest, callsNobody: true }))
}

/** Whom alerts tag on chains that name what is mine; null: no chain does. */
export function mineAloneText(chains: readonly ChainSettings[]): string | null {
  const naming = chains.filter((chain) => namedMine(chain).length > 0)
  if (naming.length === 0) return null
  return `on ${chainNames({ chains: naming })} alerts tag somebody for the clients that the configuration names as \`mine\`, and for no other client there`
}
