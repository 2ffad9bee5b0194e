// Discord's ids (snowflakes), which hold the moment at which they were made.

const DISCORD_EPOCH_MS = 1_420_070_400_000

/** An id of Discord, as text. */
export const SNOWFLAKE = /^\d{15,21}$/

/** When a Discord id was made, Unix ms: `(id >> 22) + 1420070400000`; null for what is no id. */
export function snowflakeTimeMs(id: string): number | null {
  return SNOWFLAKE.test(id) ? Number(BigInt(id) >> 22n) + DISCORD_EPOCH_MS : null
}

/** The smallest snowflake of a moment (Unix ms): `(ms - 1420070400000) << 22`. */
export function snowflakeAt(atMs: number): string {
  return String(BigInt(Math.max(0, Math.trunc(atMs) - DISCORD_EPOCH_MS)) << 22n)
}
