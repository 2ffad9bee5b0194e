// The sender for ligate's `POST /v1/drip-bot`: amounts by time in the server, and a cooldown of its own (5 days).
import type { TierSettings } from '../schema.ts'
import { ligateLookup, ligateOutcome, ligateStatus } from './ligate.ts'
import { lookupOf } from './lookup.ts'
import { type Payment, pay, type Sender, type SenderDeps } from './sender.ts'

export function ligateDripBot(deps: SenderDeps): Sender {
  return {
    async send(payment, signal) {
      const tier = tierOf(payment, deps.settings.tiers)
      const evidence = {
        ...(payment.joinedAtMs !== null && { joined_at: new Date(payment.joinedAtMs).toISOString() }),
        ...(payment.accountCreatedMs !== null && {
          account_created_at: new Date(payment.accountCreatedMs).toISOString(),
        }),
      }
      const body = {
        address: payment.address,
        discord_user_id: payment.userId,
        tier: tier.name,
        amount_nano: jsonInteger(tier.amountNano),
        ...(Object.keys(evidence).length > 0 && { tier_evidence: evidence }),
      }
      const own = { path: '/v1/drip-bot', headers: { 'x-bot-secret': '{token}' }, body }
      return ligateOutcome(await pay(deps, payment, own, signal), payment.address, payment.atMs)
    },
    lookup: lookupOf(deps) ?? ligateLookup(deps),
    status: ligateStatus(deps),
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
