// Walks a paginated list of a chain to its end, whatever the ibc-go version's quirks, and asks for less where it must.
import { z } from 'zod'
import { UpstreamError } from '../kernel/errors.ts'
import type { Answer, ChainPool, ReadOptions } from './types.ts'

/** Items asked for per page: a client is 1.2 KB, so a page is about 1 MB. */
export const PAGE_SIZE = 1000
/** A walk that does not end is cut here: after so many pages, or so many in a row that only repeat what came before. */
const MOST_PAGES = 10_000
const MOST_REPEATED = 100

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

/** Whether a key, as the node's store has it, is that of an item of the list, so that its page cannot be empty. */
type IsItem = (key: string) => boolean

/**
 * Calls `onPage` with every page of `route`'s list `field`, in order; it returns whether anything in it was new. An
 * empty page with a next key is not the end (ibc-go up to v6). A key that comes again is not either, nor is an empty
 * page where the key of an item was promised: a cache, a wrong key or a lost page look so. Such a page is asked for
 * once more, of another endpoint where there is one; if it is so again, the walk ends there and says why, as it does
 * where pages bring nothing new for long. Returns null for a whole list.
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
  let limit = Math.min(pageSize, pool.pageLimits?.get(route) ?? pageSize)
  const seen = new Set<string>()
  let key = ''
  let doubted: string | null = null
  let repeated = 0
  for (let pages = 0; pages < MOST_PAGES; ) {
    // No count: with one, the first page of ibc-go v7 and later is the whole list, and costs the node a full walk.
    const path = `${route}?pagination.limit=${limit}${key && `&pagination.key=${encodeURIComponent(key)}`}`
    try {
      const { value, height, endpoint }: Answer<z.infer<typeof schema>> = await pool.get(
        path,
        schema,
        doubted === null ? read : { ...read, avoid: doubted },
      )
      const items = (value as Record<string, unknown>)[field] as unknown[]
      const where = `${endpoint}: ${path}: ${field}`
      const next = (value.pagination as z.infer<typeof nextKey>)?.next_key ?? ''
      const isLost = items.length === 0 && key !== '' && isItem(Buffer.from(key, 'base64').toString('latin1'))
      const fault = isLost
        ? 'the list ends too soon: the page of its next key is empty'
        : seen.has(next)
          ? 'the list ends too soon: the key of its next page has come before'
          : null
      if (fault !== null && doubted === null && pool.endpoints().length > 1) {
        doubted = endpoint
        continue
      }
      const isNew = onPage({ items, height, endpoint, where })
      if (fault !== null) return `${where}: ${fault}`
      if (next === '') return null
      // A page begins with the last item of the one before in some versions, and an empty one may stand for many keys.
      if (isNew) repeated = 0
      else if (items.length > 0 && ++repeated === MOST_REPEATED)
        return `${where}: the list ends too soon: ${repeated} pages in a row bring nothing new`
      doubted = null
      seen.add(next)
      key = next
      pages++
    } catch (error) {
      if (!(error instanceof UpstreamError) || error.kind !== 'too-much' || limit <= 1) throw error
      limit = Math.floor(limit / 2)
      pool.pageLimits?.set(route, limit)
    }
  }
  throw new UpstreamError('body', `${route}: ${field} has no end after ${MOST_PAGES} pages`, {
    retryable: false,
  })
}

/** The lower of two heights; null where neither is known. */
export function lowerHeight(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
}
