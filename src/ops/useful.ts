// Whether the bot is of use (pure): what holds back the dead-man's ping, in words.
import { formatDuration, HOUR_MS, MINUTE_MS } from '../kernel/duration.ts'

/** A chain of the configuration or the channel, as it is known at one moment. Times are Unix ms. */
export interface WatchedChain {
  name: string
  state: 'ok' | 'halted' | 'blind' | 'unread' | 'not-read'
  /** Since when it, or its clients, cannot be read. */
  sinceMs: number | null
  /** That it cannot be read was told. */
  isTold: boolean
  /** When its newest block was last read; null: never. */
  readMs: number | null
  /** The last sweep since the start; null: none has begun. */
  sweep: { startedMs: number; finishedMs: number | null; clients: number } | null
  /** Only what others' connections end at is swept there: perhaps nothing, or nothing any more. */
  isFarEnd: boolean
}

export interface Usefulness {
  startedMs: number
  chains: readonly WatchedChain[]
  blindAfterMs: number
  /** When the next sweep after `ms` is due; null: none is. */
  nextSweepMs: (ms: number) => number | null
  /** When the oldest message was made that waits for Discord or a pager; null: none does. */
  oldestMs: number | null
  /** What is wrong with the database; null: it can be written. */
  database: string | null
  /** Why timers and jobs do not come round; null: they do. */
  life: string | null
  /** Webhooks that did not answer, nor did the bot's own account in their place, by the names of their secrets. */
  silentWays: readonly string[]
}

/** `passes`: it is so after every start, and says nothing yet. */
export interface Hold {
  text: string
  passes?: boolean
}

/** Nothing may be older. */
const OLDEST_MS = 10 * MINUTE_MS
/** The longest sweep: a hub of thousands at a polite pace. */
const SWEEP_MS = HOUR_MS

/** Everything that holds back the ping at `nowMs` (Unix ms); empty: the bot is of use. */
export function holdsOf(now: Usefulness, nowMs: number): Hold[] {
  const holds: Hold[] = now.chains.flatMap((chain) => chainHold(chain, now, nowMs) ?? [])
  const hold = (text: string) => void holds.push({ text })
  if (now.life !== null) hold(now.life)
  if (now.database !== null) hold(now.database)
  const waitsMs = now.oldestMs === null ? 0 : Math.abs(nowMs - now.oldestMs)
  if (waitsMs > OLDEST_MS) hold(`a message waits for ${formatDuration(waitsMs)}`)
  if (now.silentWays.length > 0)
    hold(`nothing can be said through ${now.silentWays.join(', ')}, nor by the bot's own account`)
  return holds
}

/** Why a chain is neither swept nor told as blind; null: it is one of them. */
export function chainHold(
  chain: WatchedChain,
  { startedMs, blindAfterMs, nextSweepMs }: Pick<Usefulness, 'startedMs' | 'blindAfterMs' | 'nextSweepMs'>,
  nowMs: number,
): Hold | null {
  const { name, state, sweep, isTold } = chain
  const not = (what: string): Hold => ({ text: `${name} ${what}` })
  if (state === 'blind' || state === 'unread') {
    const sinceMs = Math.max(chain.sinceMs ?? startedMs, startedMs)
    if (isTold) return null
    // What was seen since the start is told in its time; what was not is neither.
    if (nowMs - sinceMs <= blindAfterMs + OLDEST_MS / 2)
      return (chain.readMs ?? 0) >= startedMs
        ? null
        : { ...not('was not seen since the start'), passes: true }
    return not(`cannot be read for ${formatDuration(nowMs - sinceMs)}, and that was not told`)
  }
  // Either way: a clock that was set back must not hide it until the start is past again.
  const [readMs, ranMs] = [chain.readMs ?? startedMs, startedMs].map((ms) => Math.abs(nowMs - ms))
  const notLookedMs = Math.min(readMs!, ranMs!)
  if (notLookedMs > OLDEST_MS) return not(`was not looked at for ${formatDuration(notLookedMs)}`)
  if (chain.isFarEnd && (sweep === null || (sweep.finishedMs !== null && sweep.clients === 0))) return null
  if (sweep === null || (state === 'not-read' && sweep.finishedMs !== null))
    return { ...not('was not swept yet'), passes: nowMs - startedMs < SWEEP_MS }
  if (sweep.finishedMs === null) {
    if (nowMs - sweep.startedMs > SWEEP_MS)
      return not(`is being swept for ${formatDuration(nowMs - sweep.startedMs)}`)
    return state === 'not-read' ? { ...not('is being swept for the first time'), passes: true } : null
  }
  // What comes due while one is under way is left out.
  const dueMs = nextSweepMs(sweep.finishedMs)
  return dueMs !== null && nowMs - dueMs > OLDEST_MS
    ? not(`was not swept, which was due ${formatDuration(nowMs - dueMs)} ago`)
    : null
}
