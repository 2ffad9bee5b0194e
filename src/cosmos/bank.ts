// The questions about money: what an address holds, in base units.
import { z } from 'zod'
import { UpstreamError } from '../kernel/errors.ts'
import { lowerHeight, type WalkOptions, walkPages } from './pages.ts'
import { amount, firstIssue } from './schemas.ts'
import type { Answer, ChainPool, ReadOptions } from './types.ts'

const BALANCES = '/cosmos/bank/v1beta1/balances'

export interface Coin {
  denom: string
  /** Base units. */
  amount: bigint
}

const coin = z.object({ denom: z.string(), amount })
const byDenom = z.object({ balance: coin })

/**
 * What `address` holds of `denom`, in base units. A denom that does not exist is 0.
 * @throws {AnswerError} code 3 for an address or denom that is none on this chain
 */
export async function readBalance(
  pool: ChainPool,
  address: string,
  denom: string,
  options?: ReadOptions,
): Promise<Answer<bigint>> {
  const path = `${BALANCES}/${encodeURIComponent(address)}/by_denom?denom=${encodeURIComponent(denom)}`
  const answer = await pool.get(path, byDenom, options)
  return { ...answer, value: answer.value.balance.amount }
}

/**
 * All that `address` holds; `endpoint` gave the last page.
 * @throws {AnswerError} code 3 for an address that is none on this chain
 * @throws {UpstreamError} `body` where one of the coins does not fit: a sum with a hole in it would be wrong
 */
export async function readBalances(
  pool: ChainPool,
  address: string,
  options: WalkOptions = {},
): Promise<{ items: Coin[]; height: bigint | null; endpoint: string | undefined }> {
  const held = new Map<string, Coin>()
  let height: bigint | null = null
  let endpoint: string | undefined
  await walkPages(pool, `${BALANCES}/${encodeURIComponent(address)}`, 'balances', options, (page) => {
    height = lowerHeight(height, page.height)
    endpoint = page.endpoint
    for (const [index, item] of page.items.entries()) {
      const read = coin.safeParse(item)
      if (!read.success) throw new UpstreamError('body', firstIssue(read.error, `${page.where}[${index}]`))
      held.set(read.data.denom, read.data)
    }
  })
  return { items: [...held.values()], height, endpoint }
}
