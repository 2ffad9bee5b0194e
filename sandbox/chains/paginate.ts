// The two walks that the Cosmos SDK makes over its store for a page, with the oddities that its callers add.

/** `pagination.*` of a request, as the gateway hands it on. */
export interface PageRequest {
  /** Raw store key, one character per byte; empty for the first page. */
  key: string
  offset: bigint
  limit: bigint
  countTotal: boolean
  reverse: boolean
}

export interface PageResponse {
  nextKey: string | null
  /** 0 where nothing was counted. */
  total: number
}

/** More items on one page than a node is willing to give (see `Faults.maxPageItems`). */
export class TooManyItems extends Error {}

const DEFAULT_LIMIT = 100n

/** Where a walk over sorted `keys` begins, and in which direction. */
function* walk(keys: readonly string[], from: string, reverse: boolean): Generator<number> {
  let low = 0
  let high = keys.length
  while (from !== '' && low < high) {
    const middle = (low + high) >> 1
    if (keys[middle]! < from) low = middle + 1
    else high = middle
  }
  if (reverse) {
    // The SDK takes the key after `from` as the exclusive end; with an unknown key that is one too far.
    for (let i = from === '' ? keys.length - 1 : Math.min(low, keys.length - 1); i >= 0; i--) yield i
  } else for (let i = low; i < keys.length; i++) yield i
}

/**
 * `query.Paginate`: every raw key counts. `visit(index, key)` is called for the keys of the page.
 * @throws {TooManyItems} when more than `maxItems` keys were walked over
 */
export function paginate(
  keys: readonly string[],
  page: PageRequest,
  visit: (index: number, key: string) => void,
  maxItems = Infinity,
): PageResponse {
  const { countTotal, limit, offset, end } = bounds(page)
  let count = 0
  let nextKey: string | null = null
  for (const i of walk(keys, page.key, page.reverse)) {
    if (page.key !== '' && count === limit) return { nextKey: keys[i]!, total: 0 }
    count++
    // Skipping and counting cost gas as well; the one that is read to know the next key is not held against it.
    if (count > maxItems + 1) throw new TooManyItems()
    if (page.key !== '') visit(i, keys[i]!)
    else if (count <= offset) continue
    else if (count <= end) visit(i, keys[i]!)
    else if (count === end + 1) {
      nextKey = keys[i]!
      if (!countTotal) break
    }
  }
  return { nextKey, total: countTotal && page.key === '' ? count : 0 }
}

/**
 * `query.FilteredPaginate`: `visit(index, key, inPage)` says whether the key is a hit; only hits count. ibc-go's
 * filters ignore `inPage` (v7 and later for clients, all for consensus states), which is where pages with one item
 * too many, or with all of them, come from.
 * @throws {TooManyItems} when more than `maxItems` hits were made
 */
export function filteredPaginate(
  keys: readonly string[],
  page: PageRequest,
  visit: (index: number, key: string, inPage: boolean) => boolean,
  maxItems = Infinity,
): PageResponse {
  const { countTotal, limit, offset, end } = bounds(page)
  let hits = 0
  let nextKey: string | null = null
  for (const i of walk(keys, page.key, page.reverse)) {
    if (page.key !== '' && hits === limit) return { nextKey: keys[i]!, total: 0 }
    if (!visit(i, keys[i]!, page.key !== '' || (hits >= offset && hits < end))) continue
    hits++
    if (hits > maxItems + 1) throw new TooManyItems()
    if (page.key === '' && hits === end + 1) {
      nextKey = keys[i]!
      if (!countTotal) break
    }
  }
  return { nextKey, total: countTotal && page.key === '' ? hits : 0 }
}

interface Bounds {
  countTotal: boolean
  limit: number
  offset: number
  /** Offset and limit together, in 64-bit arithmetic: it overflows in Go, and the recordings show it. */
  end: number
}

function bounds(page: PageRequest): Bounds {
  const limit = page.limit === 0n ? DEFAULT_LIMIT : page.limit
  return {
    countTotal: page.countTotal || page.limit === 0n,
    limit: Number(limit),
    offset: Number(page.offset),
    end: Number(BigInt.asUintN(64, page.offset + limit)),
  }
}
