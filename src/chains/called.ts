// For which clients of a chain somebody is tagged (pure): where the configuration names what is mine, for these alone.
import { NO_REMINDERS } from '../alerts/life.ts'
import type { AlertSettings } from '../alerts/settings.ts'
import { NEAR_DEADLINE_MS, type NearestDeadline, type Urgency } from './health/observe.ts'
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

/** How alerts about a client live: of one that calls nobody each level is told once, without reminders. */
export const alertsFor = (client: Callable, chain: ChainSettings, chainOf: ChainOf): AlertSettings =>
  isCalledFor(client, chain, chainOf) ? chain.alerts : { ...chain.alerts, ...NO_REMINDERS }

/** What a chain is urgent by, of its `deadlines`, the nearest to now first. */
export function urgency(
  deadlines: readonly (Callable & NearestDeadline)[],
  chain: ChainSettings,
  chainOf: ChainOf,
  nowMs: number,
): Urgency {
  const calling = deadlines.filter((one) => isCalledFor(one, chain, chainOf))
  const near = calling.find(({ deadlineMs }) => deadlineMs - nowMs < NEAR_DEADLINE_MS)
  return { nearest: near ?? deadlines[0] ?? null, callingMs: calling.map(({ deadlineMs }) => deadlineMs) }
}

/** Whom alerts tag on chains that name what is mine; null: no chain does. */
export function mineAloneText(chains: readonly ChainSettings[]): string | null {
  const naming = chains.filter((chain) => namedMine(chain).length > 0)
  if (naming.length === 0) return null
  return `on ${chainNames({ chains: naming })} alerts tag somebody for the clients that the configuration names as \`mine\`, and for no other client there`
}
