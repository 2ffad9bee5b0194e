// The words of the faucet: causes, outcomes of a call, drips as they are kept, reasons of a refusal.
import type { AddressRule, TypedAddressProblem } from './address.ts'

/**
 * Why a drip failed or is unknown.
 * - `dry`, `secret` (refused), `misconfigured`, `disabled`: the operator's
 * - `limited` (the faucet's own limit), `address`: the user's; `refused`: theirs or the operator's, it does not say
 * - `unreachable` (nothing was sent), `ambiguous` (it may have paid), `reverted` (included, and did not succeed)
 * - `unreadable`: the faucet says that it paid, and its transaction cannot be looked up
 * - `restart`: the process ended during the call; `stopped`: it was told to end
 */
export type Cause = keyof typeof FAILED

/** What the user is told of it. */
export const FAILED = {
  dry: 'the faucet has no tokens left',
  secret: 'the faucet refuses my credentials; its operator has to mend this',
  misconfigured: 'the faucet did not understand my request; its operator has to mend this',
  disabled: 'the faucet is switched off by its operator',
  limited: 'the faucet itself has a limit that is reached',
  address: 'the faucet does not accept this address',
  refused: 'the faucet refused the request',
  unreachable: 'the faucet could not be reached',
  reverted: 'the transaction was included in a block, but it did not succeed',
  ambiguous: 'it turned out not to have been paid',
  unreadable: 'it turned out not to have been paid',
  restart: 'it turned out not to have been paid',
  stopped: 'it turned out not to have been paid',
} as const

/** What a sender made of its server's answer. `unknown`: it may have paid. */
export type DripOutcome =
  | { status: 'sent'; txHash: string | null; amount: string | null; nextAtMs: number | null }
  | { status: 'failed'; cause: Cause; detail: string; nextAtMs?: number | null; txHash?: string | null }
  | {
      status: 'unknown'
      cause: Cause
      detail: string
      txHash: string | null
      amount?: string | null
      nextAtMs?: number | null
    }

/** Stands behind the hashes of a payment where the faucet told none of another part of it. */
export const UNTOLD = '?'

export type DripStatus = 'reserved' | 'sent' | 'failed' | 'unknown'

/** One drip, as it is kept. Times in Unix ms. */
export interface Drip {
  id: number
  chain: string
  interactionId: string
  userId: string
  address: string
  status: DripStatus
  atMs: number
  firstTime: boolean
  settledMs: number | null
  cause: string | null
  detail: string | null
  txHash: string | null
  amount: string | null
  nextAtMs: number | null
  checks: number
}

export interface Ban {
  chain: string
  kind: 'user' | 'address'
  subject: string
  reason: string
  byUserId: string
  atMs: number
  untilMs: number | null
}

/** Why a request is refused. Each has a text in messages.ts. Times in Unix ms, ages in ms. */
export type Reason =
  | { code: 'paused'; reason: string }
  | { code: 'banned'; kind: 'user' | 'address'; reason: string; untilMs: number | null }
  | { code: 'account-age'; ageMs: number; neededMs: number; againMs: number }
  | { code: 'member-age'; ageMs: number; neededMs: number; againMs: number }
  | { code: 'no-join-date' }
  | { code: 'pending' }
  | { code: 'roles'; missing: readonly string[] }
  | { code: 'user-open' }
  | { code: 'user-recent'; lastMs: number; unknown: boolean; againMs: number }
  | { code: 'address-open' }
  | { code: 'address-recent'; lastMs: number; againMs: number }
  | { code: 'day-used-up'; againMs: number }
  | { code: 'kept-for-first-timers'; againMs: number }
  | { code: 'twin' }
  | { code: 'elsewhere'; lastMs: number; againMs: number }
  | { code: 'wrong-channel'; channels: readonly string[] }
  | { code: 'which-chain'; chains: readonly string[] }
  | { code: 'no-such-chain'; chains: readonly string[] }
  | (TypedAddressProblem & { rule: AddressRule })
