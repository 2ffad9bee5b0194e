// Tries an advised command in the world: whether the update would be taken, by the rules of the light client.
import type { Command } from '../auditor/said.ts'
import type { ChainWorld } from '../chains/world.ts'

/** A header may be so much newer than the host's block. */
const CLOCK_DRIFT_NS = 40_000_000_000n

/** Whether the update would get in, at the latest with the host's next block. */
export function trialOf(world: ChainWorld, { chainId, clientId, height }: Command) {
  const no = (why: string) => ({ works: false, why })
  const host = world.chains.get(chainId)
  const client = host?.clients.get(clientId)
  if (!host || client?.data.kind !== 'tendermint') return no('there is no such client')
  const { trackedChainId, trustingPeriodNs, latestHeight } = client.data
  const status = host.status(clientId)
  if (status !== 'Active') return no(`its chain says ${status}`)
  // To be filled in by whoever runs it.
  if (height !== null && !/^\d+$/.test(height)) return { works: true, why: 'a height to be filled in' }
  const tracked = world.chains.get(trackedChainId)
  if (!tracked) return { works: true, why: 'the tracked chain is not of this world' }
  const at = height === null ? tracked.height : Number(height)
  if (at > tracked.height) return no(`${trackedChainId} has no block ${at} yet`)
  if (BigInt(at) <= latestHeight.height) {
    // What was updated a moment ago, or follows a chain that makes no blocks, cannot be better.
    const isNewest = tracked.blocks.halted || latestHeight.height + 20n >= BigInt(tracked.height)
    return height === null && isNewest
      ? { works: true, why: 'it has the newest header' }
      : no(`block ${at} is older than the client's ${latestHeight.height}`)
  }
  const headerNs = tracked.blocks.timeNs(at)
  // The first blocks after a halt carry old times.
  const hostNs = host.blocks.timeNs(host.height)
  if (headerNs > hostNs + CLOCK_DRIFT_NS) return no('the header is from the future of its host')
  if (headerNs + trustingPeriodNs <= hostNs) return no('the header is too old')
  return { works: true, why: 'taken' }
}
