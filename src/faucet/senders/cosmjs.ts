// The sender for the faucet of CosmJS (`POST /credit`): plain-text answers, no hash, 405 for its cooldown.
import { grouped } from '../../words/numbers.ts'
import { ask, bearer, type FaucetStatus, notSent, pay, type Sender, type SenderDeps, said } from './sender.ts'

export function cosmjs(deps: SenderDeps): Sender {
  const { denom } = deps.settings
  return {
    async send(payment, signal) {
      const own = { path: '/credit', headers: bearer(deps), body: { denom, address: payment.address } }
      const answer = await pay(deps, payment, own, signal)
      if (answer.kind !== 'answer') return notSent(answer, '')
      const isSuccess = answer.status >= 200 && answer.status < 300
      if (isSuccess && answer.whole && /^\s*"?ok"?\s*$/i.test(answer.text)) {
        return { status: 'sent', txHash: null, amount: null, nextAtMs: null }
      }
      const text = said(answer)
      if (answer.status === 405)
        return { status: 'failed', cause: 'limited', detail: `405: ${text}`, nextAtMs: null }
      // 422: the holder has none of this denom (none at all: it is dry). 500 "Sending tokens failed" hides time-outs.
      if (answer.status === 422) {
        const cause = /available tokens are:$/i.test(text) ? 'dry' : 'misconfigured'
        return { status: 'failed', cause, detail: `422: ${text}` }
      }
      return notSent(answer, text)
    },
    async status(signal): Promise<FaucetStatus | null> {
      const answer = await ask(deps, `${deps.settings.url}/status`, signal)
      if (answer.status !== 200) return null
      const json = answer.json as { availableTokens?: unknown; holder?: { balance?: unknown } } | null
      const balance = Array.isArray(json?.holder?.balance) ? json.holder.balance : null
      const coin = balance?.find((one): one is { denom: string; amount: string } => {
        const { denom: has, amount } = (one ?? {}) as { denom?: unknown; amount?: unknown }
        return has === denom && typeof amount === 'string' && /^\d{1,60}$/.test(amount)
      })
      const tokens = Array.isArray(json?.availableTokens) ? json.availableTokens : null
      const isEmpty = coin === undefined || coin.amount === '0' || tokens?.includes(denom) === false
      return {
        balance: coin ? `${grouped(BigInt(coin.amount))} ${coin.denom}` : null,
        amount: null,
        dry: balance !== null && isEmpty,
      }
    },
  }
}
