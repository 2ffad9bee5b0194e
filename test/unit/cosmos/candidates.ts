// Endpoints that say a block, or fail, and what is judged of them.
import { type Block, type Candidate, judge } from '../../../src/cosmos/endpoint-health.ts'

export const SECOND = 1_000_000_000n
export const NOW = 1_800_000_000n * SECOND

export const block = (height: bigint, ageSeconds = 1n, chainId = 'test-1'): Block => ({
  chainId,
  height,
  timeNs: NOW - ageSeconds * SECOND,
})
export const says = (url: string, one: Block, said: Block | null = null): Candidate => ({
  url,
  probe: { block: one, latencyMs: 50 },
  said,
})
export const fails = (url: string, failed: string): Candidate => ({ url, probe: { failed }, said: null })

export function judged(candidates: Candidate[], known: Block | null = null) {
  const { judgements, head, restartedFrom } = judge('test-1', candidates, known, NOW)
  const states = Object.fromEntries([...judgements].map(([url, one]) => [url, one.state]))
  const reasons = Object.fromEntries([...judgements].map(([url, one]) => [url, one.reason]))
  return {
    states,
    reasons,
    head: head?.block.height ?? null,
    halted: head?.halted,
    from: head?.url,
    restartedFrom,
  }
}
