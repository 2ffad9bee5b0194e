// Walks a paginated list of a chain to its end, whatever the ibc-go version's quirks, and asks for less where it must.
import { z } from 'zod'
import { UpstreamError } from '../kernel/errors.ts'
import { refusesLimit } from './classify.ts'
import { type Answer, AnswerError, type ChainPool, type ReadOptions } from './types.ts'

/** Items asked for per page: a client is 1.2 KB, so a page is about 1 MB. */
export const PAGE_SIZE = 1000
/** A walk that does not end is cut here: after so many pages, or so many in a row that only repeat what came before. */
const MOST_PAGES = 10_000
const MOST_REPEATED = 100
/** After a walk of so many pages the next one asks for longer ones. */
const MANY_PAGES = 50

export interface Page {
  items: unknown[]
  /** Height header of the page's answer; null where the node sent none. */
  height: bigint | null
  /** Name of the endpoint that gave it. */
  endpoint: string
  /** Names the endpoint, path and list, for what is wrong with an item. */
  where: string
}

export interface WalkOptions extends ReadOptions {
  /** Items per page; less is asked for where the node cannot give so many. */
  pageSize?: number
}

const nextKey = z.object({ next_key: z.string().nullish() }).nullish()

const REPEATED = 'the list ends too soon: the key of its next page has come before'
const EMPTY = 'the list ends too soon: the page of its next key is empty'

/** Whether a key, as the node's store has it, is that of an item of the list, so that its page cannot be empty. */
type IsItem = (key: string) => boolean

const isKeyOf = (key: string, isItem: IsItem) =>
  key !== '' && isItem(Buffer.from(key, 'base64').toString('latin1'))

/**
 * Calls `onPage` with every page of `route`'s list `field`, in order; it returns whether anything in it was new. An
 * empty page with a next key is not the end (ibc-go up to v6). A key that comes again is not either, nor is an empty
 * page where the key of an item was promised: a cache, a wrong key or a lost page look so. Such a page is asked for
 * once more, of another endpoint where there is one; if it is so again, the walk ends there and says why, as it does
 * where pages bring nothing new for long. Returns null for a whole list. Shorter pages are asked for, of each endpoint
 * by itself, where long ones are too much, take too long or are refused.
 * @throws {UpstreamError} `too-much` when not even one item fits, `body` after 10,000 pages, and what `get` throws
 */
export async function walkPages(
  pool: ChainPool,
  route: string,
  field: string,
  options: WalkOptions,
  onPage: (page: Page) => boolean,
  isItem: IsItem = () => true,
): Promise<string | null> {
  // Required: nodes write empty lists, and an answer without one must not pass for "there are none".
  const schema = z.object({ [field]: z.array(z.unknown()), pagination: nextKey })
  const { pageSize = PAGE_SIZE, ...read } = options
  const sizes = pageSizes(pool, route, pageSize)
  const seen = new Set<string>()
  let key = ''
  /** A page of this endpoint's is asked for once more, of another; or it gives less than others may. */
  let avoid = read.avoid
  let isDoubted = false
  let repeated = 0
  for (let pages = 0; pages < MOST_PAGES; ) {
    // No count: with one, the first page of ibc-go v7 and later is the whole list, and costs the node a full walk.
    const query = (endpoint: string) =>
      `pagination.limit=${sizes.at(endpoint)}${key && `&pagination.key=${encodeURIComponent(key)}`}`
    const page = (endpoint: string) => ({ query: query(endpoint), canShrink: sizes.at(endpoint) > 1 })
    try {
      const answer: Answer<z.infer<typeof schema>> = await pool.get(route, schema, { ...read, avoid, page })
      const { value, height, endpoint } = answer
      const items = (value as Record<string, unknown>)[field] as unknown[]
      const where = `${endpoint}: ${route}?${query(endpoint)}: ${field}`
      sizes.worked(endpoint)
      const next = (value.pagination as z.infer<typeof nextKey>)?.next_key ?? ''
      const isLost = items.length === 0 && isKeyOf(key, isItem)
      const fault = isLost ? EMPTY : seen.has(next) ? REPEATED : null
      if (fault !== null && !isDoubted && pool.endpoints().length > 1) {
        avoid = endpoint
        isDoubted = true
        continue
      }
      const isNew = onPage({ items, height, endpoint, where })
      if (fault !== null) return `${where}: ${fault}`
      if (next === '') return sizes.ended(endpoint, pages)
      // A page begins with the last item of the one before in some versions, and an empty one may stand for many keys.
      if (isNew) repeated = 0
      else if (items.length > 0 && ++repeated === MOST_REPEATED)
        return `${where}: the list ends too soon: ${repeated} pages in a row bring nothing new`
      if (isDoubted) avoid = read.avoid
      isDoubted = false
      seen.add(next)
      key = next
      pages++
    } catch (error) {
      if (!sizes.shrink(error)) throw error
      // It may be down, for all that is known.
      if (error instanceof UpstreamError && error.retryable) avoid = error.endpoint
    }
  }
  throw new UpstreamError('body', `${route}: ${field} has no end after ${MOST_PAGES} pages`, {
    retryable: false,
  })
}

/**
 * How long a page of this route may be at each endpoint. What was too much is halved; what took too long, or failed as
 * long pages do, goes down to a tenth, because each try may cost its time. Only a size that worked is kept.
 */
function pageSizes(pool: ChainPool, route: string, most: number) {
  const tried = new Map<string, number>()
  const keyOf = (endpoint: string) => `${endpoint} ${route}`
  const at = (endpoint: string) =>
    tried.get(endpoint) ?? Math.min(most, pool.pageLimits?.get(keyOf(endpoint)) ?? most)
  return {
    at,
    /** Whether there is a shorter page to ask for after this. */
    shrink(error: unknown): boolean {
      const isTooMuch = error instanceof UpstreamError && error.kind === 'too-much'
      const isRefused = error instanceof AnswerError && error.code === 3 && refusesLimit(error.message)
      if (!isTooMuch && !isRefused) return false
      const before = at(error.endpoint)
      tried.set(error.endpoint, Math.max(1, Math.floor(before / (isTooMuch && error.retryable ? 10 : 2))))
      return before > 1
    },
    worked(endpoint: string): void {
      if (tried.has(endpoint)) pool.pageLimits?.set(keyOf(endpoint), at(endpoint))
    },
    /** An outage may have made pages short; where it was no outage, the next walk finds the same size again. */
    ended(endpoint: string, pages: number): null {
      if (pages > MANY_PAGES) pool.pageLimits?.set(keyOf(endpoint), 2 * at(endpoint))
      return null
    },
  }
}

/** The lower of two heights; null where neither is known. */
export function lowerHeight(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
}
