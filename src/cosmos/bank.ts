// The questions about money: what an address holds, in base units.
import { z } from 'zod'
import { UpstreamError } from '../kernel/errors.ts'
import { lowerHeight, type WalkOptions, walkPages } from './pages.ts'
import { amount, firstIssue } from './schemas.ts'
import {
  type Answer,
  AnswerError,
  type ChainPool,
  isNotThere,
  isUnsupported,
  type ReadOptions,
} from './types.ts'

/** All that an address holds, or what of it can be spent: the same shapes. */
type Route = 'balances' | 'spendable_balances'
const BANK = '/cosmos/bank/v1beta1'

export interface Coin {
  denom: string
  /** Base units. */
  amount: bigint
}

const coin = z.object({ denom: z.string(), amount })
const byDenom = z.object({ balance: coin })

/**
 * What `address` holds of `denom`, in base units. A denom that does not exist is 0. What can be spent of it is known
 * by denom from SDK 0.47.
 * @throws {AnswerError} code 3 for an address or denom that is none on this chain
 * @throws {UpstreamError} `not-supported` for an answer about another denom: a cache that knows the path alone, a
 * front that drops the query, or SDK 0.44 and before, where `by_denom` itself is read as the denom
 */
export async function readBalance(
  pool: ChainPool,
  address: string,
  denom: string,
  options?: ReadOptions,
  route: Route = 'balances',
): Promise<Answer<bigint>> {
  const path = `${BANK}/${route}/${encodeURIComponent(address)}/by_denom?denom=${encodeURIComponent(denom)}`
  const foreign = (endpoint: string, what: string) =>
    new UpstreamError('not-supported', `${endpoint}: not about ${denom}: ${what}`, { endpoint })
  const answer = await pool.get(path, byDenom, options).catch((error) => {
    const isForeign =
      error instanceof AnswerError && /denom/i.test(error.message) && !error.message.includes(denom)
    throw isForeign ? foreign(error.endpoint, error.message) : error
  })
  const { balance } = answer.value
  if (balance.denom !== denom) throw foreign(answer.endpoint, balance.denom)
  return { ...answer, value: balance.amount }
}

/** What an address has of one denom, in base units. */
export interface Held {
  /** What can be spent. */
  base: bigint
  /** What is held besides and locked, by vesting say; left out: nothing, as far as the chain tells. */
  lockedBase?: bigint
}

export type Holdings = Awaited<ReturnType<typeof readHoldings>>

/**
 * How often in a row chains gave a route as a list and not by denom, such as what can be spent up to SDK 0.46; from
 * the second time on the list is asked for at once.
 */
const listOnly = {
  balances: new WeakMap<ChainPool, number>(),
  spendable_balances: new WeakMap<ChainPool, number>(),
}
const OFTEN = 2

/**
 * What `address` has of each of `denoms`; 0 of what it does not hold. Where a chain does not say what can be spent,
 * it is taken to be all.
 * @throws {AnswerError} code 3 for an address or denom that is none on this chain
 */
export async function readHoldings(
  pool: ChainPool,
  address: string,
  denoms: readonly string[],
  options?: ReadOptions,
) {
  const read = async (route: Route, how = options) => {
    const [only] = denoms
    const before = listOnly[route].get(pool) ?? 0
    let failed = before
    let failure: UpstreamError | AnswerError | null = null
    if (denoms.length === 1 && only !== undefined && before < OFTEN) {
      const answer = await readBalance(pool, address, only, how, route).catch(unlessListed)
      failed = isUnsupported(answer) ? OFTEN : before + 1
      if (!(answer instanceof Error)) {
        listOnly[route].delete(pool)
        return { ...answer, amounts: new Map([[only, answer.value]]) }
      }
      if (!isUnsupported(answer)) failure = answer
    }
    // Where the node has trouble, the list has it too, most likely: tried once, and what is told is the first failure.
    const list = { ...how, spare: failure !== null }
    const { items, ...answer } = await readBalances(pool, address, list, route).catch((error) => {
      throw (isUnsupported(error) && failure) || error
    })
    listOnly[route].set(pool, failed)
    return { ...answer, amounts: new Map(items.map(({ denom, amount }) => [denom, amount])) }
  }
  const readFree = async () => {
    const first = await read('spendable_balances').catch(unlessUnsupported)
    if (!(first instanceof UpstreamError) || pool.endpoints().length < 2) return first
    // A front that does not let this through says nothing of the others.
    return read('spendable_balances', { ...options, avoid: first.endpoint }).catch(unlessUnsupported)
  }
  // First what can be spent: what is paid between the two answers is then not taken for locked.
  const told = await readFree().catch(unlessUpstream)
  const free = told instanceof UpstreamError ? null : told
  const all = await read('balances')
  const held = new Map<string, Held>()
  let { endpoint } = free ?? all
  for (const denom of denoms) {
    const total = all.amounts.get(denom) ?? 0n
    const base = free ? (free.amounts.get(denom) ?? 0n) : total
    held.set(denom, total > base ? { base, lockedBase: total - base } : { base: total })
    // Paid meanwhile, or one of two endpoints errs: a second look must not go to the one that says less.
    if (total < base) endpoint = all.endpoint
  }
  return {
    held,
    /** The chain said what can be spent. */
    isTold: free !== null,
    /** Why that could not be asked, though the chain may know: what is held is the most that it can be. */
    failure: told instanceof UpstreamError && told.kind !== 'not-supported' ? told : null,
    /** Of the older answer. */
    height: lowerHeight(all.height, free?.height ?? null),
    /** It gave the smaller amounts, which may call somebody. */
    endpoint,
  }
}

const supplied = z.object({ amount: coin })

/** How much there is of a denom, in base units: 0 of one that the chain does not have. Null where it does not say. */
export async function readSupply(pool: ChainPool, denom: string): Promise<bigint | null> {
  const path = `${BANK}/supply/by_denom?denom=${encodeURIComponent(denom)}`
  const answer = await pool.get(path, supplied).catch(unlessUpstream)
  if (answer instanceof UpstreamError) return null
  const { denom: about, amount: base } = answer.value.amount
  return about === denom ? base : null
}

function unlessUpstream(error: unknown): UpstreamError {
  if (error instanceof UpstreamError) return error
  throw error
}

/** What the list may answer where the question about one denom failed; of an address that is none it knows no more. */
function unlessListed(error: unknown): UpstreamError | AnswerError {
  if (error instanceof UpstreamError && error.kind !== 'rate-limited') return error
  if (isNotThere(error)) return error
  throw error
}

function unlessUnsupported(error: unknown): UpstreamError {
  if (isUnsupported(error)) return error
  throw error
}

/**
 * All that `address` holds; `endpoint` gave the last page.
 * @throws {AnswerError} code 3 for an address that is none on this chain
 * @throws {UpstreamError} `body` where a coin does not fit or pages are lost: a sum with a hole in it would be wrong
 */
export async function readBalances(
  pool: ChainPool,
  address: string,
  options: WalkOptions = {},
  route: Route = 'balances',
): Promise<{ items: Coin[]; height: bigint | null; endpoint: string | undefined }> {
  const held = new Map<string, Coin>()
  let height: bigint | null = null
  let endpoint: string | undefined
  const cut = await walkPages(
    pool,
    `${BANK}/${route}/${encodeURIComponent(address)}`,
    'balances',
    options,
    (page) => {
      const before = held.size
      height = lowerHeight(height, page.height)
      endpoint = page.endpoint
      for (const [index, item] of page.items.entries()) {
        const read = coin.safeParse(item)
        if (!read.success) throw new UpstreamError('body', firstIssue(read.error, `${page.where}[${index}]`))
        held.set(read.data.denom, read.data)
      }
      return held.size > before
    },
  )
  if (cut !== null) throw new UpstreamError('body', cut)
  return { items: [...held.values()], height, endpoint }
}
