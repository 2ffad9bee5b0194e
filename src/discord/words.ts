// Small words that the messages and answers of every feature share (pure): names made harmless, moments, counts.

/** Longest name of a chain, client or token in a message; real ones are shorter. */
const LABEL_MAX = 40
/** A chain's label with its chain id (at most 64 characters) beside the name. */
export const CHAIN_LABEL_MAX = LABEL_MAX + 64 + ' ()'.length

/**
 * A name or id for a line that also a lock screen shows: what Discord would make a mention, link or markup
 * of, and what is invisible or turns the text around, becomes `?`. Anybody can create a client that tracks a
 * "chain" of any name. At most `max` characters.
 */
export function label(text: string, max = LABEL_MAX): string {
  const safe = text.replace(/[^\p{L}\p{N} .,:_+'&()-]/gu, '?').trim()
  return safe.length <= max ? safe || '?' : `${safe.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/** The last moment that Discord and people can read: the end of the year 9999, Unix ms. */
const LAST_MS = 253_402_300_799_000

/** Whether a moment (Unix ms) lies where Discord and people can read it. */
export const isReadableMoment = (atMs: number) => Math.abs(atMs) <= LAST_MS

/** A moment as each reader's client shows it: "in 3 days", "11 days ago". */
export function ago(atMs: number): string {
  return isReadableMoment(atMs) ? `<t:${Math.floor(atMs / 1000)}:R>` : 'in the far future'
}

/** Digits in groups: `21,004,112`. */
export function grouped(number: bigint | number): string {
  return number.toLocaleString('en-US')
}

/** "1 open channel", "3 open channels" */
export function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`
}
