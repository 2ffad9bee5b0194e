// One look of `check` at one chain: its newest block, its clients; and what takes a second look.
import { readAnew } from '../clients/read.ts'
import { type SweepDeps, sweepChain } from '../clients/sweep.ts'
import { isReading, type Seen } from '../clients/types.ts'
import type { Head } from '../cosmos/types.ts'
import type { Clock } from '../kernel/clock.ts'
import { MINUTE_MS } from '../kernel/duration.ts'
import { messageOf, UpstreamError } from '../kernel/errors.ts'

export interface CheckSweepDeps extends Omit<SweepDeps, 'head' | 'nowMs'> {
  clock: Pick<Clock, 'now' | 'sleep'>
  /** A second look is waited for. */
  onWait: () => void
}

export type CheckSweep = Awaited<ReturnType<typeof sweepOnce>>

/** A second look comes after this time: by then the chain has made another block. */
const SECOND_LOOK_MS = MINUTE_MS + 5000

/** One sweep, after its chain's newest block. `failure`: why the chain could not be read; null: it could. */
export async function sweepOnce(deps: CheckSweepDeps) {
  const { pool, clock } = deps
  let head: Head | null = null
  try {
    head = await pool.head()
    let found = await sweepAt(deps, head)
    // The answers of the sweep are evidence as well: somebody may have seen later blocks.
    const later = head.halted ? await pool.head() : head
    if (later.height > head.height) {
      head = later
      found = await sweepAt(deps, head)
    }
    if (found.unproven.length > 0) {
      deps.onWait()
      await clock.sleep(SECOND_LOOK_MS)
      await lookAgain(deps, head, found)
    }
    return { head, failure: null, gaps: found.gaps }
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    return { head, failure: messageOf(error), gaps: [] }
  }
}

async function sweepAt(deps: CheckSweepDeps, head: Head) {
  const unproven = new Map<string, Seen>()
  let allowedClients: readonly string[] | null = null
  const { gaps } = await sweepChain({
    ...deps,
    head,
    nowMs: () => deps.clock.now(),
    onSurvey(found) {
      allowedClients = found.allowedClients
      return deps.onSurvey?.(found)
    },
    onSeen(seen, at) {
      for (const one of seen)
        if (!isReading(one.reading) && one.reading.unproven) unproven.set(one.clientId, one)
      return deps.onSeen(seen, at)
    },
  })
  return { gaps, allowedClients, unproven: [...unproven.values()] }
}

/** Reads clients once more whose endpoint gives no heights, and did not find the consensus state. */
async function lookAgain(
  deps: CheckSweepDeps,
  head: Head,
  { unproven, allowedClients }: Awaited<ReturnType<typeof sweepAt>>,
): Promise<void> {
  const { pool, clock } = deps
  const context = { pool, allowedClients, nowMs: () => clock.now() }
  const again = unproven.map(async (one) => ({ ...one, reading: await readAnew(one.clientId, context) }))
  await deps.onSeen(await Promise.all(again), head)
}
