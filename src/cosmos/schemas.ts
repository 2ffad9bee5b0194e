// How Cosmos chains write numbers, times and heights in JSON, as zod schemas, and what does not fit in words.
import { z } from 'zod'
import { parseDurationNs, parseTimestampNs } from '../kernel/nanotime.ts'
import type { Height } from './types.ts'

/** An unsigned integer written as a string, of up to 20 digits (64 bits). */
export const uint64 = z
  .string()
  .regex(/^\d{1,20}$/, 'expected an integer as a string')
  .transform((text) => BigInt(text))

/** An amount of base units: an integer of any length (up to 256 bits on the chain). */
export const amount = z
  .string()
  .regex(/^\d{1,100}$/, 'expected an integer as a string')
  .transform((text) => BigInt(text))

/** RFC 3339 with `Z` and up to nine decimals → Unix nanoseconds. */
export const timestampNs = z.string().transform((text, context) => {
  const ns = parseTimestampNs(text)
  if (ns !== null) return ns
  context.addIssue({ code: 'custom', message: 'expected a time such as 2026-11-20T10:00:00Z' })
  return z.NEVER
})

/** A protobuf duration such as `1209600s` → nanoseconds. */
export const durationNs = z.string().transform((text, context) => {
  const ns = parseDurationNs(text)
  if (ns !== null) return ns
  context.addIssue({ code: 'custom', message: 'expected a duration such as 1209600s' })
  return z.NEVER
})

/** `{revision_number, revision_height}` → Height. */
export const height = z
  .object({ revision_number: uint64, revision_height: uint64 })
  .transform((read): Height => ({ revision: read.revision_number, height: read.revision_height }))

/** The first thing that does not fit, below `where`: `client_states[3].client_state.latest_height: expected …`. */
export function firstIssue(error: z.ZodError, where = ''): string {
  const issue = error.issues[0]
  const field = (issue?.path ?? []).reduce<string>(
    (text, part) => text + (typeof part === 'number' ? `[${part}]` : `${text ? '.' : ''}${String(part)}`),
    where,
  )
  return `${field || 'the whole answer'}: ${issue?.message ?? 'does not fit'}`
}
