// Whether the newest block of an endpoint rises or stands still, by our own looks at it.
import type { Clock } from '../kernel/clock.ts'
import { MINUTE_MS } from '../kernel/duration.ts'
import { msToNs, nsToMs } from '../kernel/nanotime.ts'
import type { Endpoint } from './endpoint.ts'
import { type Block, FRESH_NS, type Probed } from './endpoint-health.ts'

/** Looks that are nearer to each other tell nothing. */
export const APART_MS = 2 * MINUTE_MS
/** A height that was not given for so long is that of a node that is asked no more. */
const GONE_MS = 5 * MINUTE_MS

/** What our looks at one endpoint came to. All moments are Unix ms. */
interface Looks {
  /** The highest that it gave: nodes behind a balancer stand some blocks apart. */
  height: bigint
  sinceMs: number
  /** When it last gave that height. */
  heldMs: number
  /** A look of before, that the next but one is compared with. */
  from: { timeNs: bigint; atMs: number; isOld: boolean }
  /** When a block that was old all the same was seen to have risen; null: it was not. */
  roseMs: number | null
}

function firstLook({ height, timeNs }: Block, atMs: number): Looks {
  const isOld = msToNs(atMs) - timeNs > FRESH_NS
  return { height, sinceMs: atMs, heldMs: atMs, from: { timeNs, atMs, isOld }, roseMs: null }
}

/** Takes in a look at `nowMs`. */
function lookedAt(before: Looks | null, block: Block, nowMs: number): Looks {
  const { height, timeNs } = block
  const first = firstLook(block, nowMs)
  const { isOld } = first.from
  const isLower = before !== null && height < before.height
  const isGone = isLower && Math.abs(nowMs - before.heldMs) > GONE_MS
  if (!before || isGone) return first
  const roseMs = isOld ? before.roseMs : null
  if (isLower) return { ...before, roseMs }
  // A clock that was set back begins anew.
  const sinceMs = height > before.height ? nowMs : Math.min(before.sinceMs, nowMs)
  const held = { ...before, height, sinceMs, heldMs: nowMs, roseMs }
  const passedMs = nowMs - before.from.atMs
  if (passedMs >= 0 && passedMs < APART_MS) return held
  // As fast as time goes by: the one or two blocks with old times that come first after a halt do not.
  const hasRisen =
    isOld && before.from.isOld && passedMs > 0 && 2n * (timeNs - before.from.timeNs) >= msToNs(passedMs)
  return { ...held, from: first.from, roseMs: hasRisen ? nowMs : roseMs }
}

/** Keeps what our looks at each endpoint of a chain came to. `known`: its newest block as it was known before. */
export function createLooks(clock: Pick<Clock, 'now'>, known: (Block & { readMs?: number }) | null) {
  const all = new Map<string, Looks>()
  let ofBefore = known?.readMs === undefined ? null : firstLook(known, known.readMs)
  return {
    /** Takes in what one look found, and says whether the block rises, old as it is. */
    take({ transport: { name } }: Pick<Endpoint, 'transport'>, found: Probed): Probed {
      const { block, serverMs = null } = found
      const nowMs = clock.now()
      const [ageMs, blockMs] = [nowMs - nsToMs(block.timeNs), nsToMs(block.timeNs)]
      const after = lookedAt(all.get(name) ?? ofBefore, block, nowMs)
      all.set(name, after)
      const mostMs = nsToMs(found.patienceNs ?? FRESH_NS)
      // One that has risen is forgotten only when it has stood for as long as it may.
      const isRising = after.roseMs !== null && Math.abs(nowMs - after.roseMs) <= mostMs
      if (ageMs <= mostMs || !isRising) return { ...found, rises: undefined }
      const isInTime = serverMs !== null && Math.abs(serverMs - blockMs) <= mostMs
      return { ...found, rises: isInTime ? 'in-time' : 'late' }
    },
    /** Whether the newest block of the endpoint of this name was seen to stand still, by two looks. */
    stand(name: string): boolean {
      const looks = all.get(name)
      return looks !== undefined && clock.now() - looks.sinceMs >= APART_MS
    },
    forget(): void {
      ofBefore = null
      all.clear()
    },
  }
}
