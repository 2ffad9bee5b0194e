// Dotted paths into the JSON of an answer, as the configuration has them.

/** The path that means the answer as a whole. */
export const WHOLE = '.'

/** What between the dots is no key of an answer, but a sign of another path language, or a slip. */
const NO_KEY = /^[$@*]?$|^\/|\[.*\]|^\s|\s$/

/** What is wrong with a path, in words; null where it can be found in an answer. */
export function pathProblem(path: string): string | null {
  if (path === WHOLE || !path.split('.').some((key) => NO_KEY.test(key))) return null
  return 'never found so: keys with dots between, such as "data.txhash" or "0.hash" (first of a list), or "." for the answer as a whole'
}

/**
 * The values at a dotted path, undefined where an object has none. What is said of a list is meant of each of its items,
 * unless the path names one by its number.
 */
export function valuesAt(json: unknown, path: string): unknown[] {
  let values = [json]
  for (const key of path === WHOLE ? [] : path.split('.')) {
    values = values
      .flatMap((value) => (Array.isArray(value) && !/^\d+$/.test(key) ? value : [value]))
      .map((value) =>
        value && typeof value === 'object' && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : undefined,
      )
  }
  return values.flat()
}
