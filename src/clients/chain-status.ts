// How a chain can be seen at present, for answers (pure): blind, unseen, halted or well, since when, and its last sweep.
import type { ChainRow } from '../chains/state-store.ts'
import { clientsReadMs } from '../chains/state-store.ts'
import type { EndpointStatus } from '../cosmos/types.ts'
import { formatDuration } from '../kernel/duration.ts'
import { SIGN } from '../words/levels.ts'
import { code } from '../words/text.ts'
import type { SweepNote } from './chain-state.ts'

/** How a chain can be seen at present. All moments are Unix ms. */
export interface ChainStatus {
  /** `unread`: its clients cannot be read, the chain can. `not-read`: no sweep of it has ended yet. */
  state: 'ok' | 'halted' | 'blind' | 'unread' | 'not-read'
  /** Since when it is halted, blind or unread; null otherwise. */
  sinceMs: number | null
  /** Why it is blind or unread, in words of an upstream. */
  reason: string | null
  /** Its newest known block; left out: none is known. */
  block?: { height: bigint; timeNs: bigint; readMs: number; patienceNs?: bigint } | null
  /** When its clients were last read whole; null: not yet. */
  readMs: number | null
  /** The last sweep: null before the first one. */
  sweep: SweepNote | null
  endpoints: readonly EndpointStatus[]
}

/**
 * The status of a chain of which `known` is kept. `haltedSinceMs`: the time of its newest block where it makes none;
 * `isUnwatched`: it is named and not watched.
 */
export function chainStatusOf(
  known: ChainRow | null,
  now: {
    haltedSinceMs: number | null
    isUnwatched: boolean
    sweep: SweepNote | null
    endpoints: readonly EndpointStatus[]
  },
): ChainStatus {
  const { haltedSinceMs, isUnwatched, sweep, endpoints } = now
  const unwatched = { cause: 'it is named and not watched: see status', sinceMs: null }
  const trouble = isUnwatched ? unwatched : (known?.unseen ?? known?.unread ?? null)
  const isSweptWhole = sweep?.finishedMs && sweep.error === null && !known?.unread
  return {
    state: trouble
      ? known?.unseen || isUnwatched
        ? 'blind'
        : 'unread'
      : haltedSinceMs !== null
        ? 'halted'
        : known?.firstLookMs
          ? 'ok'
          : 'not-read',
    sinceMs: trouble ? trouble.sinceMs : haltedSinceMs,
    reason: trouble?.cause ?? null,
    block: known?.block ?? null,
    readMs: isSweptWhole ? sweep.finishedMs : known && clientsReadMs(known),
    sweep,
    endpoints,
  }
}

/** What is wrong with a chain as a whole; empty where nothing is. */
export function statusText({ state, sinceMs, reason }: ChainStatus, nowMs: number): string {
  const since = sinceMs === null ? '' : ` ${formatDuration(nowMs - sinceMs)}`
  if (state === 'blind') return `${SIGN.blind} **BLIND${since}**${reason ? `: ${code(reason, 120)}` : ''}`
  if (state === 'unread')
    return `${SIGN.unread} **UNSEEN${since}**: its clients cannot be read, the chain can${reason ? `: ${code(reason, 120)}` : ''}`
  if (state === 'halted') return `${SIGN.halted} **HALTED${since}**`
  return ''
}
