// The sender for Ignite's faucet (`POST /`): `{hash}`, or from v28 on a list of transfers.
import type { DripOutcome } from '../types.ts'
import { lookupOf } from './lookup.ts'
import { bearer, HASH, notSent, objectOf, pay, type Sender, type SenderDeps, said } from './sender.ts'

/** Ignite's words for its own limit per address. */
const LIMITED = /max(\.|imum)? allowed amount|reached to the max/i

export function ignite(deps: SenderDeps): Sender {
  const { coins } = deps.settings
  return {
    async send(payment, signal) {
      const body = { address: payment.address, ...(coins && { coins }) }
      const answer = await pay(deps, payment, { path: '/', headers: bearer(deps), body }, signal)
      if (answer.kind !== 'answer') return notSent(answer, '')
      const json = objectOf(answer)
      const error = typeof json?.error === 'string' ? json.error : ''
      if (answer.status < 200 || answer.status >= 300) return notSent(answer, said(answer, error))
      if (typeof json?.hash === 'string' && HASH.test(json.hash) && !error) {
        return { status: 'sent', txHash: json.hash, amount: coins?.join(', ') ?? null, nextAtMs: null }
      }
      return transfersOutcome(json?.transfers, `${answer.status}: ${said(answer, error)}`)
    },
    lookup: lookupOf(deps),
  }
}

/** All transfers ok, or some (then tokens did move): sent. All over the limit: a certain no. The rest is unknown. */
function transfersOutcome(transfers: unknown, detail: string): DripOutcome {
  const list = (Array.isArray(transfers) ? transfers : []).map((one) => {
    const { coin, status, error } = (one ?? {}) as Record<string, unknown>
    const text = (value: unknown) => (typeof value === 'string' ? value : '')
    return { coin: text(coin), ok: status === 'ok', error: text(error) }
  })
  const paid = list.filter(({ ok }) => ok)
  if (paid.length > 0) {
    const amount = paid
      .map(({ coin }) => coin)
      .filter((coin) => /^\d+[a-zA-Z][\w/:.-]*$/.test(coin))
      .join(', ')
    return { status: 'sent', txHash: null, amount: amount || null, nextAtMs: null }
  }
  if (list.length > 0 && list.every(({ error }) => LIMITED.test(error))) {
    return { status: 'failed', cause: 'limited', detail: list[0]!.error.slice(0, 300) }
  }
  return { status: 'unknown', cause: 'ambiguous', detail, txHash: null }
}
