// The questions about money: what an address holds, in base units.
import { z } from 'zod'
import { UpstreamError } from '../kernel/errors.ts'
import { lowerHeight, type WalkOptions, walkPages } from './pages.ts'
import { amount, firstIssue } from './schemas.ts'
import type { Answer, ChainPool, ReadOptions } from './types.ts'

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
 */
export async function readBalance(
  pool: ChainPool,
  address: string,
  denom: string,
  options?: ReadOptions,
  route: Route = 'balances',
): Promise<Answer<bigint>> {
  const path = `${BANK}/${route}/${encodeURIComponent(address)}/by_denom?denom=${encodeURIComponent(denom)}`
  const answer = await pool.get(path, byDenom, options)
  return { ...answer, value: answer.value.balance.amount }
}

/** What an address has of one denom, in base units. */
export interface Held {
  /** What can be spent. */
  base: bigint
  /** What is held besides and locked, by vesting say; left out: nothing, as far as the chain tells. */
  lockedBase?: bigint
}

/** `height`: of the older answer; `endpoint`: that said what can be spent, where `isTold`. */
export interface Holdings {
  held: Map<string, Held>
  /** The chain said what can be spent. */
  isTold: boolean
  height: bigint | null
  endpoint: string | undefined
}

/** Chains of SDK 0.46 and before give what can be spent as a list only. */
const listOnly = new WeakSet<ChainPool>()

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
): Promise<Holdings> {
  const unless = (error: unknown) => {
    if (error instanceof UpstreamError && error.kind === 'not-supported') return null
    throw error
  }
  const read = async (route: Route) => {
    const [only] = denoms
    if (
      denoms.length === 1 &&
      only !== undefined &&
      !(route === 'spendable_balances' && listOnly.has(pool))
    ) {
      const answer = await readBalance(pool, address, only, options, route).catch(unless)
      if (answer) return { ...answer, amounts: new Map([[only, answer.value]]) }
      listOnly.add(pool)
    }
    const { items, ...answer } = await readBalances(pool, address, options, route)
    return { ...answer, amounts: new Map(items.map(({ denom, amount }) => [denom, amount])) }
  }
  const all = await read('balances')
  const free = await read('spendable_balances').catch(unless)
  const held = new Map<string, Held>()
  for (const denom of denoms) {
    const total = all.amounts.get(denom) ?? 0n
    const base = free ? (free.amounts.get(denom) ?? 0n) : total
    held.set(denom, total > base ? { base, lockedBase: total - base } : { base })
  }
  return {
    held,
    isTold: free !== null,
    height: lowerHeight(all.height, free?.height ?? null),
    endpoint: (free ?? all).endpoint,
  }
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
      height = lowerHeight(height, page.height)
      endpoint = page.endpoint
      for (const [index, item] of page.items.entries()) {
        const read = coin.safeParse(item)
        if (!read.success) throw new UpstreamError('body', firstIssue(read.error, `${page.where}[${index}]`))
        held.set(read.data.denom, read.data)
      }
    },
  )
  if (cut !== null) throw new UpstreamError('body', cut)
  return { items: [...held.values()], height, endpoint }
}
