// The sender for ligate's public `POST /v1/drip`, which has a cooldown of its own for each address.
import { ligateLookup, ligateOutcome, ligateStatus } from './ligate.ts'
import { lookupOf } from './lookup.ts'
import { pay, type Sender, type SenderDeps } from './sender.ts'

export function ligateV1(deps: SenderDeps): Sender {
  return {
    async send(payment, signal) {
      const headers: Record<string, string> = deps.token === null ? {} : { authorization: 'Bearer {token}' }
      const own = { path: '/v1/drip', headers, body: { address: payment.address } }
      return ligateOutcome(await pay(deps, payment, own, signal), payment.address, payment.atMs)
    },
    lookup: lookupOf(deps) ?? ligateLookup(deps),
    status: ligateStatus(deps),
  }
}
