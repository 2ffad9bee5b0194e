// Amounts of tokens: bigint in base units, read from and written as decimal digits, never through a float.

/** 1 `symbol` is 10^`decimals` of `denom`; with 0 decimals it is counted in base units, as where nothing says how many. */
export interface Token {
  denom: string
  symbol: string
  decimals: number
  /** Its display unit itself does not say it: see `shownBy`. Versions before December 2026 counted in base units. */
  isGuess?: true
}

/** The most decimals that a token may have here. */
export const MOST_DECIMALS = 30

/** Longer texts are no amounts; the largest that a chain can hold has 78 digits. */
const LONGEST_TEXT = 200

/**
 * Reads a decimal number of tokens such as `2.5` as base units, exactly.
 * @param decimals 0 to 30: 1 token is 10^decimals base units
 * @returns null when the text is not such a number (no sign, no exponent, no grouping), or when it has more
 * decimals than the token (zeros at the end do not count)
 * @throws {RangeError} when `decimals` is out of range
 */
export function parseAmount(text: string, decimals: number): bigint | null {
  checkDecimals(decimals)
  const match = text.length <= LONGEST_TEXT ? /^(\d+)(?:\.(\d+))?$/.exec(text.trim()) : null
  if (!match) return null
  const fraction = (match[2] ?? '').padEnd(decimals, '0')
  if (/[1-9]/.test(fraction.slice(decimals))) return null
  return BigInt(match[1]! + fraction.slice(0, decimals))
}

/**
 * Writes base units as a decimal number of tokens: no exponent, no zeros at the end. The exact inverse of
 * `parseAmount` unless grouped.
 * @param options.group thousands in groups, with commas: `1,234,567.5`
 * @throws {RangeError} when `decimals` is out of range
 */
export function formatAmount(base: bigint, decimals: number, options: { group?: boolean } = {}): string {
  checkDecimals(decimals)
  const sign = base < 0n ? '-' : ''
  const digits = (base < 0n ? -base : base).toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '')
  const grouped = options.group ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole
  return `${sign}${grouped}${fraction ? `.${fraction}` : ''}`
}

function checkDecimals(decimals: number): void {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > MOST_DECIMALS) {
    throw new RangeError(`decimals must be 0 to ${MOST_DECIMALS}, not ${decimals}`)
  }
}
