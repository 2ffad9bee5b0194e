// What the ligate servers have in common: their success, their errors, the hash in the text, looking a hash up.
import { formatAmount } from '../../kernel/amount.ts'
import type { Outcome } from '../types.ts'
import type { HttpAnswer } from './http-call.ts'
import {
  ask,
  type FaucetStatus,
  type Found,
  HASH,
  notSent,
  objectOf,
  type SenderDeps,
  said,
  timeOf,
} from './sender.ts'

/** Decimals of the native token: amounts are in nano units. */
const DECIMALS = 9

/** A transaction hash inside of a text: `ltx1` and 58 characters of the bech32 alphabet. */
const HASH_IN_TEXT = /\bltx1[02-9ac-hj-np-z]{58}(?![0-9a-z])/

/** Maps an answer to a request for `address`. */
export function ligateOutcome(answer: HttpAnswer, address: string, atMs: number): Outcome {
  if (answer.kind !== 'answer') return notSent(answer, '')
  const json = objectOf(answer)
  const txHash = HASH_IN_TEXT.exec(answer.text)?.[0] ?? null
  if (answer.status >= 200 && answer.status < 300) {
    const hash = typeof json?.tx_hash === 'string' && HASH.test(json.tx_hash) ? json.tx_hash : null
    const other = typeof json?.address === 'string' && json.address.toLowerCase() !== address
    if (hash && !other) {
      return {
        status: 'sent',
        txHash: hash,
        amount: amountOf(json!),
        nextAtMs: timeOf(json!.next_drip_available_at),
      }
    }
    const detail = `${answer.status}, but ${other ? 'for another address' : 'without a transaction'}: ${said(answer)}`
    return { status: 'unknown', cause: 'ambiguous', detail, txHash: hash ?? txHash }
  }
  const text = said(answer, json?.error)
  // 503 is a certain no only in the server's own words (the endpoint is disabled); a proxy's may hide anything.
  if (answer.status === 503 && typeof json?.error === 'string') {
    return { status: 'failed', cause: 'disabled', detail: `503: ${text}` }
  }
  const outcome = notSent(answer, text, txHash)
  if (outcome.status !== 'failed') return outcome
  // A body that the framework refuses is plain text: the request is wrong, not the address.
  const cause = outcome.cause === 'address' && !json ? 'misconfigured' : outcome.cause
  const seconds = json?.retry_after_secs
  const waitMs = typeof seconds === 'number' && seconds >= 0 && seconds < 1e9 ? seconds * 1000 : null
  const nextAtMs = timeOf(json?.next_drip_available_at) ?? (waitMs === null ? null : atMs + waitMs)
  return { ...outcome, cause, nextAtMs }
}

/** "250 LGT" of `amount_nano` (exact) with the symbol of `amount_lgt` or `amount_avow`. */
function amountOf(json: Record<string, unknown>, nanoKey = 'amount_nano'): string | null {
  const named = Object.entries(json).find(([key]) => /^(drip_)?amount_(?!nano$)[a-z]{2,10}$/.test(key))
  const symbol = (named?.[0].split('_').at(-1) ?? '').toUpperCase()
  const nano = json[nanoKey]
  if (
    (typeof nano === 'number' && Number.isSafeInteger(nano)) ||
    (typeof nano === 'string' && /^\d{1,60}$/.test(nano))
  ) {
    return `${formatAmount(BigInt(nano), DECIMALS, { group: true })} ${symbol || 'tokens'}`
  }
  const value = named?.[1]
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : ''
  return /^\d+(\.\d+)?$/.test(text) ? `${text} ${symbol}` : null
}

/** Looks a hash up at `GET /v1/txs/{hash}`: included is not success, `outcome` is read. */
export function ligateLookup(deps: SenderDeps, template?: string) {
  const url = template ?? `${deps.settings.url}/v1/txs/{hash}`
  return async (txHash: string, signal?: AbortSignal): Promise<Found> => {
    const answer = await ask(deps, url.replaceAll('{hash}', encodeURIComponent(txHash)), signal)
    const outcome =
      answer?.status === 200 ? (answer.json as { outcome?: unknown } | null)?.outcome : undefined
    if (outcome === 'committed') return { status: 'sent', detail: 'committed' }
    if (outcome === 'reverted') return { status: 'failed', detail: 'included, but reverted' }
    return { status: 'pending', detail: answer ? `status ${answer.status}` : 'no answer' }
  }
}

/** Asks `GET /v1/drip/status`, which tells the amount, but no balance. */
export function ligateStatus(deps: SenderDeps) {
  return async (signal?: AbortSignal): Promise<FaucetStatus | null> => {
    const answer = await ask(deps, `${deps.settings.url}/v1/drip/status`, signal)
    if (answer?.status !== 200 || !answer.json || typeof answer.json !== 'object') return null
    const amount = amountOf(answer.json as Record<string, unknown>, 'drip_amount_nano')
    return { balance: null, amount, dry: false }
  }
}
