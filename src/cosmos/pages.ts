// Walks a paginated list of a chain to its end, whatever the ibc-go version's quirks, and asks for less where it must.
import { z } from 'zod'
import { UpstreamError } from '../kernel/errors.ts'
import type { ChainPool, ReadOptions } from './types.ts'

/** Items asked for per page: a client is 1.2 KB, so a page is about 1 MB. */
export const PAGE_SIZE = 1000
/** A walk that does not end is cut here. */
const MOST_PAGES = 10_000

export interface Page {
  items: unknown[]
  /** Height header of the page's answer; null where the node sent none. */
  height: bigint | null
  /** Base URL of the endpoint that gave it. */
  endpoint: string
  /** Names the endpoint, path and list, for what is wrong with an item. */
  where: string
}

export interface WalkOptions extends ReadOptions {
  /** Items per page; less is asked for where the node cannot give so many. */
  pageSize?: number
}

const nextKey = z.object({ next_key: z.string().nullish() }).nullish()

/**
 * Calls `onPage` with every page of `route`'s list `field`, in order. An empty page with a next key is not the end
 * (ibc-go up to v6), a key seen before is.
 * @throws {UpstreamError} `too-much` when not even one item fits, `body` after 10,000 pages, and what `get` throws
 */
export async function walkPages(
  pool: ChainPool,
  route: string,
  field: string,
  options: WalkOptions,
  onPage: (page: Page) => void,
): Promise<void> {
  // Required: nodes write empty lists, and an answer without one must not pass for "there are none".
  const schema = z.object({ [field]: z.array(z.unknown()), pagination: nextKey })
  const { pageSize = PAGE_SIZE, ...read } = options
  let limit = Math.min(pageSize, pool.pageLimits?.get(route) ?? pageSize)
  const seen = new Set<string>()
  let key = ''
  for (let pages = 0; pages < MOST_PAGES; ) {
    // No count: with one, the first page of ibc-go v7 and later is the whole list, and costs the node a full walk.
    const path = `${route}?pagination.limit=${limit}${key && `&pagination.key=${encodeURIComponent(key)}`}`
    try {
      const { value, height, endpoint } = await pool.get(path, schema, read)
      const items = (value as Record<string, unknown>)[field] as unknown[]
      onPage({ items, height, endpoint, where: `${endpoint}: ${path}: ${field}` })
      key = (value.pagination as z.infer<typeof nextKey>)?.next_key ?? ''
      pages++
      if (key === '' || seen.has(key)) return
      seen.add(key)
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
