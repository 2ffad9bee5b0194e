// How long to wait before the next try of what failed.

/**
 * Milliseconds before the next try: `firstMs` at attempt 0, doubled with each up to `mostMs`. With `random` (0 to 1)
 * between half of that and all of it, so that what failed together does not come back together.
 */
export function backoff(
  attempt: number,
  { firstMs, mostMs, random }: { firstMs: number; mostMs: number; random?: () => number },
): number {
  const grownMs = Math.min(mostMs, firstMs * 2 ** attempt)
  return random ? grownMs * (0.5 + random() / 2) : grownMs
}
