// The transaction hashes in an answer of any shape: at a path of its JSON, in each item of a list, or the whole answer.
import { UNTOLD } from '../types.ts'
import { valuesAt, WHOLE } from './paths.ts'
import { HASH, parseJson } from './sender.ts'

/** One request pays a few transactions at most; what tells of more means something else. */
const MOST = 8

/** A hash that stands alone, where no key says that it is one: longer than any word. */
const ALONE = /^(?=.*\d)[A-Za-z0-9]{40,128}$/

/** 32 bytes in base64. */
const BASE64 = /^[A-Za-z0-9+/_-]{43}=$/

/**
 * The hashes in an answer to a payment to `address`, with spaces between; null where there is none. Where only some parts
 * of the payment have one, `UNTOLD` stands behind them. Without a `path` only an answer that is nothing but hashes is
 * read.
 */
export function hashesIn(
  answer: { text: string; whole: boolean },
  path: string | null,
  address: string,
): string | null {
  if (!answer.whole) return null
  const json = parseJson(answer.text)
  const isWhole = path === null || path === WHOLE
  // Bare letters and digits are no JSON; some of them are a number by chance.
  const isBare = isWhole && (typeof json !== 'object' || json === null) && typeof json !== 'string'
  const values = isBare ? [answer.text] : valuesAt(json, path ?? WHOLE)
  const hashes = values.flatMap((value) => {
    const text = typeof value === 'string' ? hexOfBase64(value.trim()) : ''
    return (isWhole ? ALONE : HASH).test(text) && text.toLowerCase() !== address ? [text] : []
  })
  const each = [...new Set(hashes)]
  if (each.length === 0 || each.length > MOST) return null
  return [...each, ...(hashes.length < values.length ? [UNTOLD] : [])].join(' ')
}

/** Explorers and nodes take hexadecimal. */
const hexOfBase64 = (text: string) =>
  BASE64.test(text) ? Buffer.from(text, 'base64url').toString('hex').toUpperCase() : text
