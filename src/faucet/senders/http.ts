// The sender for any other HTTP faucet: method, path, headers, body and the places of hash and error are configured.
import { lookupOf } from './lookup.ts'
import { HASH, notSent, objectOf, pay, type Sender, type SenderDeps, said } from './sender.ts'

export function http(deps: SenderDeps): Sender {
  const { settings } = deps
  return {
    async send(payment, signal) {
      const own = { path: '', body: { address: payment.address } }
      const answer = await pay(deps, payment, own, signal)
      if (answer.kind !== 'answer') return notSent(answer, '')
      const json = objectOf(answer)
      const error = settings.error === null ? undefined : at(json, settings.error)
      const found = settings.hash === null ? undefined : at(json, settings.hash)
      const txHash = typeof found === 'string' && HASH.test(found) ? found : null
      const text = said(answer, typeof error === 'string' ? error : json?.error)
      if (answer.status < 200 || answer.status >= 300) return notSent(answer, text, txHash)
      const noError = error === undefined || error === null || error === '' || error === false
      // A success must show what the configuration promises; anything else may have paid.
      if (noError && answer.whole && (settings.hash === null || txHash !== null)) {
        return { status: 'sent', txHash, amount: null, nextAtMs: null }
      }
      return { status: 'unknown', cause: 'ambiguous', detail: `${answer.status}: ${text}`, txHash }
    },
    lookup: lookupOf(deps),
  }
}

/** The value at a dotted path, such as `result.tx.hash` or `txs.0.hash`. */
function at(json: unknown, path: string): unknown {
  let value = json
  for (const key of path.split('.')) {
    if (!value || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}
