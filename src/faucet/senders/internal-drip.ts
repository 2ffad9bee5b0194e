// The sender for `POST /internal/drip` with a bearer token: the privileged endpoint, answers as ligate's public one.
import { ligateLookup, ligateOutcome, ligateStatus } from './ligate.ts'
import { lookupOf } from './lookup.ts'
import { pay, type Sender, type SenderDeps } from './sender.ts'

export function internalDrip(deps: SenderDeps): Sender {
  return {
    async send(payment, signal) {
      const headers = { authorization: 'Bearer {token}' }
      const answer = await pay(
        deps,
        payment,
        { path: '/internal/drip', headers, body: { address: payment.address } },
        signal,
      )
      return ligateOutcome(answer, payment.address, payment.atMs)
    },
    lookup: lookupOf(deps) ?? ligateLookup(deps),
    status: ligateStatus(deps),
  }
}
