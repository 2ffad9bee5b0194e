// The settings of chains: each as it is watched, and those that are named and cannot be.
import type { AlertRouting, AlertSettings } from '../alerts/settings.ts'

export interface Limits {
  inFlight: number
  requestsPerSecond: number
  timeoutMs: number
}

/** One chain, with everything filled in. */
export interface ChainSettings {
  chainId: string
  /** For people: "Cosmos Hub". */
  name: string
  /** Name in the chain registry, where it is known there. */
  registryName: string | null
  rest: string[]
  token: { symbol: string; denom: string; decimals: number } | null
  prefix: string | null
  /** `all`, `none` (wallets and far ends only), or the connections that are watched (they are mine). */
  connections: 'all' | 'none' | string[]
  mine: string[]
  ignoreClients: string[]
  alerts: AlertSettings
  limits: Limits
  wallets: { address: string; threshold: string; denom?: string; mention?: string[] }[]
  daemonName: string | null
  /** Where it was named: left out in the configuration; by an admin in the channel; as a far end in the registry. */
  origin?: 'channel' | 'registry'
  /** Where it stands in the configuration, such as `chains[2]`. */
  place?: string
  /** What it is called there: its chain id, or a name of the chain registry. */
  word?: string
}

/** What is not as it should be about one setting, and keeps nothing else from running. */
export interface Doubt {
  /** Such as `chains[2]`. */
  place: string
  reason: string
  /** What to do about it, as a sentence. */
  mend: string
}

/** A chain that is named and cannot be watched. */
export interface Unwatched extends Doubt {
  /** As it is written. */
  chainId: string
  settings: ChainSettings
  /** It was read before, as the chain with the id in `settings`. */
  isKnown?: boolean
  /** Since when it is being asked what it is, Unix ms; left out: it cannot be known by asking. */
  sinceMs?: number
}

/**
 * A chain with endpoints of its own whose id is another chain's name in the registry: it is what it says, or that other
 * chain, as its endpoints tell. The second goes until December 2027: versions before took every such chain for it.
 */
export interface Undecided {
  place: string
  said: ChainSettings
  registry: ChainSettings
}

/** All chains of a configuration, and what they have in common. */
export interface ChainsSettings {
  alerts: AlertRouting
  /** Chains at far ends are taken from the chain registry. */
  counterparties: 'registry' | false
  chainsFromChannel: { allowHttpLoopback: boolean }
  /** For chains that are not in the configuration. */
  defaults: { alerts: AlertSettings; limits: Limits }
  chains: ChainSettings[]
  undecided: Undecided[]
  unwatched: Unwatched[]
  doubts: Doubt[]
}

/** "chains[2]: "evmos" is neither a name nor a chain id in the chain registry; write the chain out: …" */
export const doubtLine = ({ place, reason, mend }: Doubt): string => `${place}: ${reason}; ${mend}`
