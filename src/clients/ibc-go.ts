// Which version of ibc-go each chain runs: the words of governance differ by it.
import { readNodeInfo } from '../cosmos/node.ts'
import type { ChainPool } from '../cosmos/types.ts'
import type { Clock } from '../kernel/clock.ts'
import { DAY_MS } from '../kernel/duration.ts'

export type IbcGoVersions = ReturnType<typeof createIbcGoVersions>

/** ibc-go's major version of each chain, asked when it is wanted and kept for a day. */
export function createIbcGoVersions(pools: ReadonlyMap<string, ChainPool>, clock: Clock) {
  const versions = new Map<string, { major: number | null; askedMs: number }>()
  const ask = async (chainId: string): Promise<number | null> => {
    const known = versions.get(chainId)
    const pool = pools.get(chainId)
    if (!pool || (known && clock.now() - known.askedMs < DAY_MS)) return known?.major ?? null
    const { ibcGoVersion } = await readNodeInfo(pool)
    const major = ibcGoVersion === null ? null : Number(/^v(\d+)\./.exec(ibcGoVersion)?.[1] ?? Number.NaN)
    versions.set(chainId, { major: Number.isNaN(major) ? null : major, askedMs: clock.now() })
    return versions.get(chainId)!.major
  }
  return {
    /** The major version on a chain; null where it cannot be told. @throws {UpstreamError} */
    ask,
    /** What is known of it without asking. */
    known: (chainId: string): number | null => versions.get(chainId)?.major ?? null,
  }
}
