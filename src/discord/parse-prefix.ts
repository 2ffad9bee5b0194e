// Reads a message that begins with the prefix: which command it calls, or which one was probably meant. Pure.
import { nearest } from '../kernel/nearest.ts'

/** Splits `$data osmosis expired` into its word as typed and the rest; null where no word follows the prefix at once. */
export function readPrefixLine(content: string, prefix: string): { word: string; rest: string } | null {
  const text = content.trim()
  if (!text.startsWith(prefix)) return null
  const match = /^(\S+)\s*([\s\S]*)$/.exec(text.slice(prefix.length))
  return match ? { word: match[1]!, rest: match[2]! } : null
}

/**
 * The command that an unknown word probably meant: lower-case letters and `_` only, since `$` also begins `$ATOM`
 * and `$100`, and one letter more, less, other or swapped. Null for anything else.
 */
export function probablyMeant(word: string, names: readonly string[]): string | null {
  if (!/^[a-z_]+$/.test(word)) return null
  return nearest(word, names, { most: 1 }).find((name) => name !== word) ?? null
}
