// The heights that answers of the last minutes came from: evidence that a chain has come so far, whoever gave them.
import type { Clock } from '../kernel/clock.ts'
import { MINUTE_MS } from '../kernel/duration.ts'
import { msToNs } from '../kernel/nanotime.ts'
import { type Block, canBeOneChain, FRESH_NS } from './endpoint-health.ts'

const EVIDENCE_MS = 5 * MINUTE_MS

/** `best`: the best block that is believed. */
export function createHeard(clock: Clock, wire: Clock, best: () => Block | null) {
  let heard: { height: bigint; clockMs: number; wireMs: number } | null = null

  /** The highest of them. */
  const height = (): bigint => {
    if (!heard) return 0n
    const passedMs = Math.max(Math.abs(clock.now() - heard.clockMs), wire.now() - heard.wireMs)
    return passedMs > EVIDENCE_MS ? 0n : heard.height
  }

  /** What the chain cannot have come to by now, from a block of it, is no evidence. */
  const canBe = (high: bigint, block: Block) =>
    canBeOneChain({ height: high, timeNs: msToNs(clock.now()) + FRESH_NS }, block)

  return {
    height,
    /** An answer came from this height. */
    hear(one: bigint): void {
      const believed = best()
      if (one < height() || (believed && !canBe(one, believed))) return
      heard = { height: one, clockMs: clock.now(), wireMs: wire.now() }
    },
    /** Whether the chain is above this block, by more than the block that a node is about to store. */
    isAbove: (block: Block): boolean => height() > block.height + 1n && canBe(height(), block),
    forget(): void {
      heard = null
    },
  }
}
