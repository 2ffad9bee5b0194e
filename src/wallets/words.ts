// The words for wallets: short addresses, amounts, denoms, what is wrong with a reading.
import type { Held } from '../cosmos/bank.ts'
import { DENOM } from '../cosmos/denom.ts'
import { formatAmount } from '../kernel/amount.ts'
import { code, label, shorten } from '../words/text.ts'
import { lastsText, type Runway } from './runway.ts'
import type { Token } from './types.ts'

/** "cosmos1…abcd": for a line that also a lock screen shows. */
export function shortAddress(address: string): string {
  const separator = /^0x/i.test(address) ? 1 : address.lastIndexOf('1')
  return `${address.slice(0, separator + 1)}…${address.slice(-4)}`
}

/** "1,234.5 ATOM": digits in groups, never an exponent. */
export function amountText(base: bigint, token: Token): string {
  return `${formatAmount(base, token.decimals, { group: true })} ${symbolText(token.symbol)}`
}

/** "90 ATOM", and where a part is locked "90 ATOM, of which 0 can be spent". */
export function heldText({ base, lockedBase = 0n }: Held, token: Token): string {
  const all = amountText(base + lockedBase, token)
  if (lockedBase === 0n) return all
  return `${all}, of which ${formatAmount(base, token.decimals, { group: true })} can be spent`
}

/** A symbol, or a denom in its place, in which nothing is live: `ibc/27394F…5EB2`; other slashes only as code. */
export function symbolText(symbol: string): string {
  const hash = /^ibc\/([0-9A-F]{64})$/.exec(symbol)?.[1]
  if (hash) return `ibc/${hash.slice(0, 6)}…${hash.slice(-4)}`
  return symbol.includes('/') && DENOM.test(symbol) ? code(symbol, 130) : label(symbol)
}

/** "spends about 0.41 ATOM a day, lasts about 3 days" */
export function runwayText({ perDayBase, lastsMs }: Runway, token: Token): string {
  const perDay = formatAmount(roughly(perDayBase), token.decimals, { group: true })
  return `spends about ${perDay} ${symbolText(token.symbol)} a day, lasts ${lastsText(lastsMs)}`
}

/** Two digits that count; the rest is noise. */
function roughly(base: bigint): bigint {
  const zeros = 10n ** BigInt(Math.max(0, base.toString().length - 2))
  return (base / zeros) * zeros
}

/** Why a wallet could not be read, in few words. */
export const causeText = (cause: string): string => label(shorten(cause, 120), 120)
