// The sender for any other HTTP faucet: method, path, headers, body and the places of hash and error are configured.
import { hashesIn } from './hashes.ts'
import { lookupOf } from './lookup.ts'
import { valuesAt } from './paths.ts'
import { notSent, objectOf, parseJson, pay, type Sender, type SenderDeps, said } from './sender.ts'

export function http(deps: SenderDeps): Sender {
  const { settings } = deps
  return {
    async send(payment, signal) {
      const own = { path: '', body: { address: payment.address } }
      const answer = await pay(deps, payment, own, signal)
      if (answer.kind !== 'answer') return notSent(answer, '')
      const json = answer.whole ? parseJson(answer.text) : undefined
      const errors = settings.error === null ? [] : valuesAt(json, settings.error)
      const error = errors.find((one) => one !== undefined && one !== null && one !== '' && one !== false)
      const txHash = hashesIn(answer, settings.hash, payment.address)
      const text = said(answer, typeof error === 'string' ? error : objectOf(answer)?.error)
      if (answer.status < 200 || answer.status >= 300) return notSent(answer, text, txHash)
      // A success must show what the configuration promises; anything else may have paid.
      if (error === undefined && answer.whole && (settings.hash === null || txHash !== null)) {
        return { status: 'sent', txHash, amount: null, nextAtMs: null }
      }
      return { status: 'unknown', cause: 'ambiguous', detail: `${answer.status}: ${text}`, txHash }
    },
    lookup: lookupOf(deps),
  }
}
