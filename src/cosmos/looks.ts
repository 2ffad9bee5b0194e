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

/** So many blocks with old times may come first after a halt; a node that is late gives more. */
const FIRST_BLOCKS = 2n

/** What our looks at one endpoint came to. All moments are Unix ms. */
interface Looks {
  /** The highest block that it gave: nodes behind a balancer stand some blocks apart. */
  height: bigint
  timeNs: bigint
  sinceMs: number
  /** When it last gave that height. */
  heldMs: number
  /**
   * The first look since which its blocks are old; while they are not, the last one. `goesOn`: from one that was new, or
   * that is above.
   */
  from: { height: bigint; timeNs: bigint; atMs: number; isOld: boolean; goesOn: boolean }
}

function firstLook({ height, timeNs }: Block, atMs: number): Looks {
  const isOld = msToNs(atMs) - timeNs > FRESH_NS
  return { height, timeNs, sinceMs: atMs, heldMs: atMs, from: { height, timeNs, atMs, isOld, goesOn: false } }
}

/** Takes in a look at `nowMs`. */
function lookedAt(before: Looks | null, block: Block, nowMs: number): Looks {
  const first = firstLook(block, nowMs)
  if (!before) return first
  const below = { ...first, from: { ...first.from, goesOn: true } }
  if (block.height < before.height) return Math.abs(nowMs - before.heldMs) > GONE_MS ? below : before
  // A clock that was set back begins anew.
  const sinceMs = block.height > before.height ? nowMs : Math.min(before.sinceMs, nowMs)
  const isStillOld = first.from.isOld && before.from.isOld && before.from.atMs <= nowMs
  const goesOn = !before.from.isOld && block.height > before.height
  return { ...first, sinceMs, from: isStillOld ? before.from : { ...first.from, goesOn } }
}

/** Whether the block rose by our looks, old as it is, and has not stood since for longer than `mostMs`. */
function isRising({ height, timeNs, sinceMs, from }: Looks, mostMs: number, nowMs: number): boolean {
  const passedMs = nowMs - from.atMs
  if (!from.isOld || passedMs < APART_MS || nowMs - sinceMs > mostMs) return false
  return height - from.height > FIRST_BLOCKS || 2n * (timeNs - from.timeNs) >= msToNs(passedMs)
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
      if (ageMs <= mostMs) return { ...found, rises: undefined }
      if (!isRising(after, mostMs, nowMs)) {
        const isFirst = after.from.goesOn && nowMs - after.from.atMs < APART_MS
        return { ...found, rises: isFirst ? 'unsure' : undefined }
      }
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
