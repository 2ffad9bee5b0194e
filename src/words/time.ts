// Moments and durations for people (pure).

/** The last moment that Discord and people can read: the end of the year 9999, Unix ms. */
const LAST_MS = 253_402_300_799_000

/** Whether a moment (Unix ms) lies where Discord and people can read it. */
export const isReadableMoment = (atMs: number) => Math.abs(atMs) <= LAST_MS

/** A moment as each reader's client shows it: "in 3 days", "11 days ago". */
export function ago(atMs: number): string {
  return isReadableMoment(atMs) ? `<t:${Math.floor(atMs / 1000)}:R>` : 'in the far future'
}
