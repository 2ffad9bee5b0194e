// Bodies checked as Discord checks them: zod schemas whose findings become Discord's codes and messages.
import { z } from 'zod'
import { type FieldError, invalidForm } from './errors.ts'
import { isSnowflake } from './ids.ts'

type Path = readonly (string | number)[]

/** Adds a finding with one of Discord's codes to the check of a schema. */
export function find(
  ctx: {
    addIssue(issue: { code: 'custom'; message: string; params: object; path: (string | number)[] }): void
  },
  code: string,
  message: string,
  path: Path = [],
): void {
  ctx.addIssue({ code: 'custom', message, params: { discord: code }, path: [...path] })
}

/** Length as Discord counts it: in code points. */
export const lengthOf = (text: string): number => [...text].length

/** A text of at most `max` characters; spaces around it are cut. `required`: it may not be empty. */
export const text = (max: number, required = false) =>
  z
    .string()
    .trim()
    .superRefine((value, ctx) => {
      if (required && value === '') find(ctx, 'BASE_TYPE_REQUIRED', 'This field is required')
      if (lengthOf(value) > max) find(ctx, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`)
    })

/** A text of `min` to `max` characters. */
export const sized = (min: number, max: number) =>
  z.string().superRefine((value, ctx) => {
    const length = lengthOf(value)
    if (length >= min && length <= max) return
    find(ctx, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`)
  })

/** An id. */
export const snowflake = z
  .union([z.string(), z.number().int()])
  .transform(String)
  .superRefine((value, ctx) => {
    if (!isSnowflake(value)) find(ctx, 'NUMBER_TYPE_COERCE', `Value "${value}" is not snowflake.`)
  })

/** An address of at most `max` characters with one of the schemes. */
export const url = (max: number, schemes: readonly string[] = ['http', 'https']) =>
  text(max).superRefine((value, ctx) => {
    const scheme = URL.canParse(value) ? new URL(value).protocol.slice(0, -1) : null
    if (scheme === null) return find(ctx, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.')
    if (schemes.includes(scheme)) return
    const list = schemes.map((one) => `'${one}'`).join(', ')
    find(ctx, 'URL_TYPE_INVALID_SCHEME', `Scheme "${scheme}" must be one of (${list}).`)
  })

/** Checks `body`; `prefix` is where it stands in the request. @throws {DiscordError} 50035 */
export function parseForm<T>(schema: z.ZodType<T>, body: unknown, prefix: Path = []): T {
  const result = schema.safeParse(body, { reportInput: true })
  if (result.success) return result.data
  throw invalidForm(result.error.issues.map((issue) => toFieldError(issue, prefix)))
}

const CONVERSIONS: Record<string, [string, string]> = {
  string: ['STRING_TYPE_CONVERT', 'Could not interpret the value as string.'],
  boolean: ['BOOLEAN_TYPE_CONVERT', 'Must be either true or false.'],
  array: ['LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType'],
  object: ['MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType'],
}

function toFieldError(issue: z.core.$ZodIssue, prefix: Path): FieldError {
  const path = [...prefix, ...(issue.path as (string | number)[])]
  const [code, message] = wording(issue)
  return { path, code, message }
}

function wording(issue: z.core.$ZodIssue): [string, string] {
  if (issue.code === 'custom') return [issue.params?.discord ?? 'BASE_TYPE_CHOICES', issue.message]
  if (issue.input === undefined || issue.input === null) {
    if (issue.path.at(-1) !== 'type' || issue.code === 'invalid_type') {
      return ['BASE_TYPE_REQUIRED', 'This field is required']
    }
  }
  if (issue.code === 'invalid_type') {
    return CONVERSIONS[issue.expected] ?? ['NUMBER_TYPE_COERCE', `Value "${issue.input}" is not int.`]
  }
  if (issue.code === 'too_big') {
    const max = Number(issue.maximum)
    return issue.origin === 'array'
      ? ['BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`]
      : ['NUMBER_TYPE_MAX', `int value should be less than or equal to ${max}.`]
  }
  if (issue.code === 'too_small') {
    const min = Number(issue.minimum)
    return issue.origin === 'array'
      ? ['BASE_TYPE_MIN_LENGTH', `Must be ${min} or more in length.`]
      : ['NUMBER_TYPE_MIN', `int value should be greater than or equal to ${min}.`]
  }
  if (issue.code === 'invalid_value') {
    return ['BASE_TYPE_CHOICES', `Value must be one of {${issue.values.map(String).join(', ')}}.`]
  }
  if (issue.code === 'invalid_union' && issue.discriminator) {
    return ['UNION_TYPE_CHOICES', `Value of field "${issue.discriminator}" is not allowed here.`]
  }
  return ['BASE_TYPE_CHOICES', issue.message]
}
