// Pieces of zod schemas that every feature's configuration is made of.
import { z } from 'zod'
import { parseDurationMs } from './duration.ts'
import { nearest } from './nearest.ts'
import { SNOWFLAKE } from './snowflake.ts'

/** A closed object: unknown keys are refused, one line each, with the nearest known key as a suggestion. */
export function closed<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? (issue.keys as string[]).map((key) => `${key}\0${unknownKey(key, known)}`).join('\n')
        : undefined,
  })
}

function unknownKey(key: string, known: readonly string[]): string {
  const [meant] = nearest(key, known)
  if (meant !== undefined) return `unknown key, did you mean \`${meant}\`?`
  return `unknown key; known here: ${known.join(', ')}`
}

/** An id of Discord. */
export const snowflake = z
  .string('a Discord id is written in quotes: as a number, its last digits are lost')
  .regex(SNOWFLAKE, 'not a Discord id (15 to 21 digits, as a string)')

/** A duration such as "10m"; comes out in milliseconds. */
export const duration = z.string().transform((text, ctx) => {
  const ms = parseDurationMs(text)
  if (ms === null || ms <= 0) {
    ctx.addIssue({ code: 'custom', message: `"${text}" is not a duration such as "10s", "6h" or "7d"` })
    return z.NEVER
  }
  return ms
})

/** What may be left out, and is null then. */
export const orNull = <T extends z.ZodType>(schema: T) =>
  schema.optional().transform((value) => value ?? null)

/** An object without what is left out, so that it does not hide what it is laid over. */
export const defined = <T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T

/** What is written as a text or as an object: problems keep their full path, which those of a union lose. */
export function textOr<Text extends z.ZodType, Written extends z.ZodType>(text: Text, object: Written) {
  const either = z.unknown().transform((value, ctx): z.output<Text> | z.output<Written> => {
    const parsed = (typeof value === 'object' ? object : text).safeParse(value)
    if (parsed.success) return parsed.data
    for (const issue of parsed.error.issues) ctx.addIssue({ ...issue, code: 'custom' } as never)
    return z.NEVER
  })
  return either as z.ZodType<z.output<Text> | z.output<Written>, z.input<Text> | z.input<Written>>
}

/** The name of an environment variable that holds a secret. */
export const envName = z
  .string('the name of the environment variable that holds the secret is missing')
  .regex(
    /^[A-Z][A-Z0-9_]*$/,
    'not the name of an environment variable (the secret itself does not belong here)',
  )

/** The path of an issue below `where`: `chains[2].rest[0]`. */
export const pathText = (path: readonly PropertyKey[], where = ''): string =>
  path.reduce<string>(
    (text, part) => text + (typeof part === 'number' ? `[${part}]` : `${text && '.'}${String(part)}`),
    where,
  )
