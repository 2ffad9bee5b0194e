// How Cosmos chains write numbers, times and heights in JSON, as zod schemas, and what does not fit in words.
import { z } from 'zod'
import { parseDurationNs, parseTimestampNs } from '../kernel/nanotime.ts'
import { pathText } from '../kernel/schema.ts'
import type { Height } from './types.ts'

/** A string that `parse` makes a number of; null: it is not what is `expected`. */
const parsedBy = (parse: (text: string) => bigint | null, expected: string) =>
  z.string().transform((text, context) => {
    const number = parse(text)
    if (number !== null) return number
    context.addIssue({ code: 'custom', message: `expected ${expected}` })
    return z.NEVER
  })

const integer = (digits: RegExp) =>
  parsedBy((text) => (digits.test(text) ? BigInt(text) : null), 'an integer as a string')

/** An unsigned integer written as a string, of up to 20 digits (64 bits). */
export const uint64 = integer(/^\d{1,20}$/)

/** An amount of base units: an integer of any length (up to 256 bits on the chain). */
export const amount = integer(/^\d{1,100}$/)

/** RFC 3339 with `Z` and up to nine decimals → Unix nanoseconds. */
export const timestampNs = parsedBy(parseTimestampNs, 'a time such as 2026-11-20T10:00:00Z')

/** A protobuf duration such as `1209600s` → nanoseconds. */
export const durationNs = parsedBy(parseDurationNs, 'a duration such as 1209600s')

/** `{revision_number, revision_height}` → Height. */
export const height = z
  .object({ revision_number: uint64, revision_height: uint64 })
  .transform((read): Height => ({ revision: read.revision_number, height: read.revision_height }))

/** The first thing that does not fit, below `where`: `client_states[3].client_state.latest_height: expected …`. */
export function firstIssue(error: z.ZodError, where = ''): string {
  const issue = error.issues[0]
  return `${pathText(issue?.path ?? [], where) || 'the whole answer'}: ${issue?.message ?? 'does not fit'}`
}
