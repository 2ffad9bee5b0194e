// What an endpoint without height headers does not find: nobody knows how far behind it is, so it takes a second look.
import { MINUTE_MS } from '../kernel/duration.ts'

/** The first time that something was not found, Unix ms, and the newest block of the endpoint then. */
interface FirstLook {
  atMs: number
  head: bigint | null
}

/** First looks by path, then by the name of the endpoint. */
export type Unproven = Map<string, Map<string, FirstLook>>

interface Pool {
  readonly unproven?: Unproven
  endpoints(): readonly { name: string; height: bigint | null }[]
}

/** A node that is behind has caught up by then, or its height stands still. */
const APART_MS = MINUTE_MS
/** More is not kept, so that an endpoint that finds nothing at all cannot fill the memory. */
const MOST = 10_000

/**
 * Whether an endpoint is believed at `nowMs` (Unix ms) that what `path` asks for is not there: it said so before, at least
 * a minute ago, and its newest block has risen since. Notes the first look.
 */
export function isSecondLook(pool: Pool, endpoint: string, path: string, nowMs: number): boolean {
  const { unproven } = pool
  if (!unproven) return false
  const head = pool.endpoints().find(({ name }) => name === endpoint)?.height ?? null
  const looks = unproven.get(path) ?? new Map<string, FirstLook>()
  const first = looks.get(endpoint)
  // A clock that was set back begins anew.
  if (!first || first.head === null || first.atMs > nowMs) {
    if (unproven.size >= MOST) unproven.clear()
    unproven.set(path, looks.set(endpoint, { atMs: nowMs, head }))
    return false
  }
  return nowMs - first.atMs >= APART_MS && head !== null && head > first.head
}
