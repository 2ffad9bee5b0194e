// What can be seen of the chains (pure): blind, halted or well, and when that is worth calling somebody.
import { seen } from '../../alerts/report.ts'
import type { Level, Observation } from '../../alerts/types.ts'
import { NEAR_DEADLINE_MS } from '../../clients/assess.ts'
import type { ChainMatter } from '../../clients/identity.ts'

/** How a chain can be seen at one moment. */
export interface Sight {
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
  /** The nearest known deadline of a client there that alerts are about, Unix ms; null: none is known. */
  nearestDeadlineMs: number | null
}

export interface SightPolicy {
  blindAfterMs: number
  blindMentionAfterMs: number
}

export interface SightObservations {
  chains: Map<string, Record<ChainMatter, Observation>>
  /** About this machine's network: no chain at all can be read. */
  network: Observation
}

/**
 * What the alert machine is told of the chains. Between the first failure and `blindAfterMs` nothing is said either
 * way. When no chain at all can be read (of two or more), that is one matter of this machine's network, and the
 * single chains are not told of.
 */
export function observeSight(
  sights: readonly Sight[],
  policy: SightPolicy,
  nowMs: number,
): SightObservations {
  const unseen = sights.filter(({ unseenSinceMs }) => unseenSinceMs !== null)
  const allUnseen = sights.length > 1 && unseen.length === sights.length
  const chains = new Map(
    sights.map((sight) => [
      sight.chainId,
      {
        blind: allUnseen ? observation('unseen') : observeBlind(sight, policy, nowMs),
        unread: observeWhileSeen(sight, 'blind', sight.unreadSinceMs, policy, nowMs),
        halted: observeWhileSeen(sight, 'halted', sight.haltedSinceMs, policy, nowMs),
      },
    ]),
  )
  if (!allUnseen) return { chains, network: observation('ok') }
  const lastSeenMs = Math.max(...unseen.map(({ unseenSinceMs }) => unseenSinceMs!))
  const nearest = earliest(sights.map(({ nearestDeadlineMs }) => nearestDeadlineMs))
  // Each is looked at by itself: what was not looked at yet this time may be back.
  const provenMs = Math.min(nowMs, ...unseen.map(({ failedMs }) => failedMs))
  return { chains, network: lasting('blind', lastSeenMs, nearest, policy, provenMs) }
}

function observeBlind(sight: Sight, policy: SightPolicy, nowMs: number): Observation {
  if (sight.unseenSinceMs === null) return observation('ok')
  if (!sight.failedAgain) return observation('unseen')
  return lasting('blind', sight.unseenSinceMs, sight.nearestDeadlineMs, policy, nowMs)
}

/** What only a chain that can be read shows. */
function observeWhileSeen(
  sight: Sight,
  level: Level,
  sinceMs: number | null,
  policy: SightPolicy,
  nowMs: number,
): Observation {
  if (sight.unseenSinceMs !== null) return observation('unseen')
  if (sinceMs === null) return observation('ok')
  return lasting(level, sinceMs, sight.nearestDeadlineMs, policy, nowMs)
}

/** A state that is told after `blindAfterMs`, and calls somebody when a deadline is near or it has lasted long. */
export function lasting(
  level: Level,
  sinceMs: number,
  deadlineMs: number | null,
  policy: SightPolicy,
  nowMs: number,
): Observation {
  const lastedMs = nowMs - sinceMs
  if (lastedMs < policy.blindAfterMs) return observation('unseen')
  const near = deadlineMs !== null && deadlineMs - nowMs < NEAR_DEADLINE_MS
  return { ...observation(level), sinceMs, mention: near || lastedMs >= policy.blindMentionAfterMs }
}

function observation(level: Level | 'unseen'): Observation {
  return seen(level, { mention: false })
}

/** The earliest of some moments, Unix ms; null when there is none. */
export function earliest(moments: readonly (number | null)[]): number | null {
  const known = moments.filter((moment) => moment !== null)
  return known.length > 0 ? Math.min(...known) : null
}
