// What can be seen of the chains (pure): blind, halted or well, and when that is worth calling somebody.
import { seen } from '../../alerts/report.ts'
import type { Level, Observation } from '../../alerts/types.ts'
import { HOUR_MS } from '../../kernel/duration.ts'
import type { ChainMatter } from '../identity.ts'

/** How near a client's end counts as "about to expire" for a mention while its chain cannot be seen. */
export const NEAR_DEADLINE_MS = 24 * HOUR_MS

/** How a chain can be seen at one moment. */
export interface ChainHealth extends Urgency {
  chainId: string
  /** Since when it cannot be read, Unix ms; null: it can. */
  unseenSinceMs: number | null
  /** Since when its clients cannot be read although the chain can, Unix ms; null: they can. */
  unreadSinceMs: number | null
  /**
   * It failed again since there was reason to hope: the process started, or the network came back. Until then a
   * chain that could not be read before is not told of.
   */
  failedAgain: boolean
  /** When it last could not be read, Unix ms. */
  failedMs: number
  /** Time of its newest block where it has made none for a while, Unix ms; null: it makes blocks. */
  haltedSinceMs: number | null
  lastBlock: { height: bigint; timeNs: bigint } | null
  /** When its clients were last read, Unix ms; null: never. */
  readMs: number | null
  /** Why its clients cannot be read although it can, in an upstream's words. */
  unreadCause: string | null
}

/** What a chain that cannot be seen is urgent by. */
export interface NearestDeadline {
  chainId: string
  clientId: string
  /** Unix ms. */
  deadlineMs: number
  /** When it was last read, Unix ms; null: never. */
  readMs: number | null
}

/** How urgent it is that a chain cannot be seen. */
export interface Urgency {
  /** The client there that alerts are about with the nearest known deadline; null: none is known, or all is well. */
  nearest: NearestDeadline | null
  /** Deadlines there for which somebody is tagged, Unix ms: see `isCalledFor`. */
  callingMs: readonly number[]
}

export interface BlindPolicy {
  blindAfterMs: number
  blindMentionAfterMs: number
}

/**
 * What the alert machine is told of the chains. Between the first failure and `blindAfterMs` nothing is said either
 * way. When no chain at all can be read (of two or more), that is one matter of this machine's network, and the
 * single chains are not told of: `network`.
 */
export function observeHealth(
  chainsNow: readonly ChainHealth[],
  policy: BlindPolicy,
  nowMs: number,
): { chains: Map<string, Record<ChainMatter, Observation>>; network: Observation } {
  const unseen = chainsNow.filter(({ unseenSinceMs }) => unseenSinceMs !== null)
  const allUnseen = chainsNow.length > 1 && unseen.length === chainsNow.length
  const chains = new Map(
    chainsNow.map((chain) => [
      chain.chainId,
      {
        blind: allUnseen ? observation('unseen') : observeBlind(chain, policy, nowMs),
        unread: observeWhileSeen(chain, 'blind', chain.unreadSinceMs, policy, nowMs),
        halted: observeWhileSeen(chain, 'halted', chain.haltedSinceMs, policy, nowMs),
      },
    ]),
  )
  if (!allUnseen) return { chains, network: observation('ok') }
  const lastSeenMs = Math.max(...unseen.map(({ unseenSinceMs }) => unseenSinceMs!))
  const callingMs = chainsNow.flatMap((chain) => chain.callingMs)
  // Each is looked at by itself: what was not looked at yet this time may be back.
  const provenMs = Math.min(nowMs, ...unseen.map(({ failedMs }) => failedMs))
  return { chains, network: lasting('blind', lastSeenMs, callingMs, policy, provenMs) }
}

function observeBlind(chain: ChainHealth, policy: BlindPolicy, nowMs: number): Observation {
  if (chain.unseenSinceMs === null) return observation('ok')
  if (!chain.failedAgain) return observation('unseen')
  return lasting('blind', chain.unseenSinceMs, chain.callingMs, policy, nowMs)
}

/** What only a chain that can be read shows. */
function observeWhileSeen(
  chain: ChainHealth,
  level: Level,
  sinceMs: number | null,
  policy: BlindPolicy,
  nowMs: number,
): Observation {
  if (chain.unseenSinceMs !== null) return observation('unseen')
  if (sinceMs === null) return observation('ok')
  return lasting(level, sinceMs, chain.callingMs, policy, nowMs)
}

/** A state that is told after `blindAfterMs`, and calls somebody when one of `deadlinesMs` is near or it has lasted long. */
export function lasting(
  level: Level,
  sinceMs: number,
  deadlinesMs: readonly number[],
  policy: BlindPolicy,
  nowMs: number,
): Observation {
  const lastedMs = nowMs - sinceMs
  if (lastedMs < policy.blindAfterMs) return observation('unseen')
  // One that had passed before is no matter of this.
  const near = deadlinesMs.some((ms) => ms >= sinceMs && ms - nowMs < NEAR_DEADLINE_MS)
  return { ...observation(level), sinceMs, mention: near || lastedMs >= policy.blindMentionAfterMs }
}

function observation(level: Level | 'unseen'): Observation {
  return seen(level, { mention: false })
}

/** The deadline of all of them that is nearest to `nowMs`, passed or to come; null when none is known. */
export function nearestOfAll(
  chains: readonly Pick<ChainHealth, 'nearest'>[],
  nowMs: number,
): NearestDeadline | null {
  const gapMs = ({ deadlineMs }: NearestDeadline) => Math.abs(deadlineMs - nowMs)
  const known = chains.flatMap(({ nearest }) => nearest ?? [])
  return known.sort((a, b) => gapMs(a) - gapMs(b))[0] ?? null
}
