// The senders for ligate's three endpoints, which differ in path, header and body; their answers are the same.
import { formatAmount } from '../../kernel/amount.ts'
import type { SenderKind, TierSettings } from '../schema.ts'
import type { DripOutcome } from '../types.ts'
import type { HttpAnswer } from './http-call.ts'
import { ligateLookup, lookupOf } from './lookup.ts'
import {
  ask,
  bearer,
  type FaucetStatus,
  HASH,
  hashNamedIn,
  isOnItsWay,
  notSent,
  objectOf,
  type Payment,
  pay,
  type Sender,
  type SenderDeps,
  said,
  timeOf,
} from './sender.ts'

/** An endpoint that pays: its path, the header that holds the secret, and the body. */
interface Endpoint {
  path: string
  headers: (deps: SenderDeps) => Record<string, string>
  body: (payment: Payment, tiers: readonly TierSettings[]) => unknown
}

const addressOnly = ({ address }: Payment) => ({ address })

/**
 * - `internal-drip`: the privileged endpoint, with a bearer token
 * - `ligate-v1`: the public one, which has a cooldown of its own for each address
 * - `ligate-drip-bot`: amounts by time in the server, and a cooldown of its own (5 days)
 */
const ENDPOINTS = {
  'internal-drip': { path: '/internal/drip', headers: bearer, body: addressOnly },
  'ligate-v1': { path: '/v1/drip', headers: bearer, body: addressOnly },
  'ligate-drip-bot': {
    path: '/v1/drip-bot',
    headers: () => ({ 'x-bot-secret': '{token}' }),
    body: withTier,
  },
} satisfies Partial<Record<SenderKind, Endpoint>>

/** The sender for one of them. */
export function ligate(kind: keyof typeof ENDPOINTS): (deps: SenderDeps) => Sender {
  const { path, headers, body }: Endpoint = ENDPOINTS[kind]
  return (deps) => ({
    async send(payment, signal) {
      const own = { path, headers: headers(deps), body: body(payment, deps.settings.tiers) }
      return ligateOutcome(await pay(deps, payment, own, signal), payment.address, payment.atMs)
    },
    lookup: lookupOf(deps) ?? ligateLookup(deps, `${deps.settings.url}/v1/txs/{hash}`),
    status: ligateStatus(deps),
  })
}

/** The body of `POST /v1/drip-bot`: who gets how much, and why. */
function withTier(payment: Payment, tiers: readonly TierSettings[]) {
  const { joinedAtMs, accountCreatedMs } = payment
  const tier = tierOf(payment, tiers)
  const evidence = {
    ...(joinedAtMs !== null && { joined_at: new Date(joinedAtMs).toISOString() }),
    ...(accountCreatedMs !== null && { account_created_at: new Date(accountCreatedMs).toISOString() }),
  }
  return {
    address: payment.address,
    discord_user_id: payment.userId,
    tier: tier.name,
    amount_nano: jsonInteger(tier.amountNano),
    ...(Object.keys(evidence).length > 0 && { tier_evidence: evidence }),
  }
}

/** The highest tier whose time in the server has passed; the lowest where Discord did not say when they joined. */
export function tierOf(
  payment: Pick<Payment, 'joinedAtMs' | 'atMs'>,
  tiers: readonly TierSettings[],
): TierSettings {
  const memberMs = payment.joinedAtMs === null ? 0 : payment.atMs - payment.joinedAtMs
  return tiers.findLast(({ fromMs }) => memberMs >= fromMs) ?? tiers[0]!
}

/** The server takes a JSON number; beyond 2^53 only a text keeps the amount exact. */
function jsonInteger(amount: bigint): number | string {
  const number = Number(amount)
  return Number.isSafeInteger(number) ? number : amount.toString()
}

/** Decimals of the native token: amounts are in nano units. */
const DECIMALS = 9

/** Maps an answer to a request for `address`. */
function ligateOutcome(answer: HttpAnswer, address: string, atMs: number): DripOutcome {
  if (answer.kind !== 'answer') return notSent(answer, '')
  const json = objectOf(answer)
  const txHash = hashNamedIn(answer.text)
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
  if (answer.status === 503 && typeof json?.error === 'string' && !isOnItsWay(text, txHash)) {
    return { status: 'failed', cause: 'disabled', detail: `503: ${text}` }
  }
  const outcome = notSent(answer, text)
  if (outcome.status !== 'failed') return outcome
  // A body that the framework refuses is plain text: the request is wrong, not the address.
  const isOfFramework = !json && ['address', 'refused'].includes(outcome.cause)
  const cause = isOfFramework ? 'misconfigured' : outcome.cause
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

/** Asks `GET /v1/drip/status`, which tells the amount, but no balance. */
function ligateStatus(deps: SenderDeps): Sender['status'] {
  return async (signal): Promise<FaucetStatus | null> => {
    const answer = await ask(deps, `${deps.settings.url}/v1/drip/status`, signal)
    if (answer.status !== 200 || !answer.json || typeof answer.json !== 'object') return null
    const amount = amountOf(answer.json as Record<string, unknown>, 'drip_amount_nano')
    return { balance: null, amount, dry: false }
  }
}
