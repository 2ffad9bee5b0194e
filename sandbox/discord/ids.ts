// Snowflakes: Discord's ids, made from the world's clock.
import type { Clock } from '../../src/kernel/clock.ts'

/** The first millisecond of 2015, from which snowflakes count. */
const DISCORD_EPOCH_MS = 1_420_070_400_000n
const SNOWFLAKE = /^(0|[1-9]\d{0,19})$/

/** Whether a text has the form of an id. */
export function isSnowflake(value: unknown): value is string {
  return typeof value === 'string' && SNOWFLAKE.test(value) && BigInt(value) < 2n ** 64n
}

/** The id of something that was made at `atMs` (Unix ms); `sequence` tells things of the same moment apart. */
export function snowflakeAt(atMs: number, sequence = 0n): string {
  return String(((BigInt(Math.trunc(atMs)) - DISCORD_EPOCH_MS) << 22n) + sequence)
}

/** When the thing with this id was made, Unix ms. */
export function snowflakeMs(id: string): number {
  return Number((BigInt(id) >> 22n) + DISCORD_EPOCH_MS)
}

/** Orders ids by age, oldest first. */
export function byId(a: { id: string }, b: { id: string }): number {
  const [left, right] = [BigInt(a.id), BigInt(b.id)]
  return left < right ? -1 : left > right ? 1 : 0
}

/** Makes ids that only grow, also when the clock stands still or goes back. */
export function snowflakes(clock: Pick<Clock, 'now'>): () => string {
  let last = 0n
  return () => {
    const fresh = BigInt(snowflakeAt(clock.now()))
    last = fresh > last ? fresh : last + 1n
    return String(last)
  }
}
