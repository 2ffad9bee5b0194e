// Which blocks a chain has made: heights and header times worked out from a clock, with halts and new starts.
import type { Clock } from '../../src/kernel/clock.ts'

interface Segment {
  fromHeight: number
  startMs: number
  intervalMs: number
  /** Header time of its first block, where that is not when it is made, Unix ms. */
  headersFromMs?: number
}

/** How far a block's header time lies behind the moment at which it can be read, at most. */
const HEADER_LAG_MS = 800

/**
 * The line of blocks of one chain. Nothing is stored per block: the height is worked out from the clock, and
 * reaches back before the chain was added, so that clients can have been updated long ago.
 */
export class BlockLine {
  readonly #clock: Clock
  #segments: Segment[]
  #haltedAt: number | null = null

  constructor(clock: Clock, baseHeight: number, intervalMs: number) {
    this.#clock = clock
    this.#segments = [{ fromHeight: baseHeight, startMs: clock.now(), intervalMs }]
  }

  get halted(): boolean {
    return this.#haltedAt !== null
  }

  get intervalMs(): number {
    return this.#segments.at(-1)!.intervalMs
  }

  /** Height of the newest block. */
  get height(): number {
    return this.#haltedAt ?? this.heightAt(this.#clock.now())
  }

  /** Height of the block that was the newest at `atMs` (Unix ms); never above the halt, never below 1. */
  heightAt(atMs: number): number {
    const index = this.#segments.findLastIndex((one) => one.startMs <= atMs)
    const segment = this.#segments[Math.max(0, index)]!
    const next = index >= 0 ? this.#segments[index + 1] : undefined
    const height = segment.fromHeight + Math.floor((atMs - segment.startMs) / segment.intervalMs)
    const ceiling = Math.min(next ? next.fromHeight - 1 : Infinity, this.#haltedAt ?? Infinity)
    return Math.max(1, Math.min(height, ceiling))
  }

  /** Whether it had made its first block by `atMs` (Unix ms), by the line as it is now. */
  hadBegunAt(atMs: number): boolean {
    const { fromHeight, startMs, intervalMs } = this.#segments[0]!
    return atMs >= startMs - (fromHeight - 1) * intervalMs
  }

  /** Header time of the block at `height`, Unix nanoseconds, with decimals down to the nanosecond. */
  timeNs(height: number): bigint {
    const index = this.#segments.findLastIndex((one) => one.fromHeight <= height)
    const segment = this.#segments[Math.max(0, index)]!
    const lagMs = Math.min(HEADER_LAG_MS, segment.intervalMs / 2)
    const fromMs = segment.headersFromMs ?? segment.startMs
    const ms = fromMs + (height - segment.fromHeight) * segment.intervalMs - lagMs
    // A fixed scatter below one millisecond keeps times rising and makes their nanoseconds count.
    const scatter = BigInt((Math.abs(height) * 2_654_435_761) % 999_983)
    return BigInt(Math.trunc(ms)) * 1_000_000n + scatter
  }

  halt(): void {
    this.#haltedAt ??= this.height
  }

  /** Goes on after a halt: the next block is made at once. The first `oldBlocks` carry times of before. */
  resume(oldBlocks = 0): void {
    if (this.#haltedAt === null) return
    const { fromHeight, startMs: before, intervalMs } = this.#segments.at(-1)!
    const lastMs = before + (this.#haltedAt - fromHeight) * intervalMs
    const startMs = Math.max(this.#clock.now(), lastMs + 1)
    const next = this.#haltedAt + 1
    if (oldBlocks > 0)
      this.#segments.push({ fromHeight: next, startMs, intervalMs, headersFromMs: lastMs + intervalMs })
    this.#segments.push({
      fromHeight: next + oldBlocks,
      startMs: startMs + oldBlocks * intervalMs,
      intervalMs,
    })
    this.#haltedAt = null
  }

  setInterval(intervalMs: number): void {
    const startMs = this.#clock.now() + intervalMs
    this.#segments.push({ fromHeight: this.height + 1, startMs, intervalMs })
  }

  /** Begins again at `height`, as a chain that was exported and started anew under the same id. */
  startOver(height: number): void {
    this.#segments = [{ fromHeight: height, startMs: this.#clock.now(), intervalMs: this.intervalMs }]
    this.#haltedAt = null
  }
}
