// The newest blocks that each chain was seen with: which height it had shortly before a moment.

import type { KnownBlock } from '../cosmos/endpoint-health.ts'

export type HeadLog = ReturnType<typeof createHeadLog>

/** So many times as old as the way to the next one may a block be: the older, the further they are apart. */
const APART = 16n

export function createHeadLog() {
  /** The newest first. */
  const logs = new Map<string, KnownBlock[]>()
  return {
    note(chainId: string, { height, timeNs }: KnownBlock): void {
      // A chain that has started again has none of those above.
      const older = (logs.get(chainId) ?? []).filter((one) => one.height < height && one.timeNs < timeNs)
      const kept = [{ height, timeNs }]
      older.forEach((one, index) => {
        const next = kept.at(-1)!
        const after = older[index + 1]
        const isNeeded = !after || (next.timeNs - after.timeNs) * APART > timeNs - next.timeNs
        if (isNeeded) kept.push(one)
      })
      logs.set(chainId, kept)
    },
    /** The last block from before `ns` (Unix nanoseconds) that was seen; null: none was. */
    before: (chainId: string, ns: bigint): KnownBlock | null =>
      logs.get(chainId)?.find(({ timeNs }) => timeNs < ns) ?? null,
  }
}
