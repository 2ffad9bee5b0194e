// Amounts: exact both ways for every number of decimals, and what is not an amount.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAmount, parseAmount } from '../../../src/kernel/amount.ts'

const decimals = fc.integer({ min: 0, max: 30 })
const base = fc.bigInt({ min: 0n, max: 2n ** 256n })

describe('parse and format are exact inverses', () => {
  test('base units → text → base units', () => {
    fc.assert(fc.property(base, decimals, (amount, d) => parseAmount(formatAmount(amount, d), d) === amount))
  })

  test('text → base units → the same text without needless zeros', () => {
    const digits = fc.stringMatching(/^\d{1,40}$/)
    fc.assert(
      fc.property(digits, fc.stringMatching(/^\d{1,30}$/), (whole, fraction) => {
        const amount = parseAmount(`${whole}.${fraction}`, fraction.length)!
        const plain = `${whole.replace(/^0+(?=\d)/, '')}.${fraction}`.replace(/\.?0+$/, (zeros) =>
          zeros.startsWith('.') ? '' : zeros.replace(/0+$/, ''),
        )
        expect(formatAmount(amount, fraction.length)).toBe(plain)
      }),
    )
  })

  test('grouping only adds commas, and there is never an exponent', () => {
    fc.assert(
      fc.property(base, decimals, (amount, d) => {
        const grouped = formatAmount(amount, d, { group: true })
        expect(grouped.replaceAll(',', '')).toBe(formatAmount(amount, d))
        expect(grouped).toMatch(/^\d{1,3}(,\d{3})*(\.\d*[1-9])?$/)
      }),
    )
  })
})

test.each([
  ['2', 6, 2_000_000n],
  ['2.5', 6, 2_500_000n],
  ['0.000001', 6, 1n],
  ['1.50', 1, 15n],
  ['18446744073709551616', 0, 18_446_744_073_709_551_616n],
  ['1', 30, 10n ** 30n],
  [' 7 ', 0, 7n],
] as const)('%s with %i decimals', (text, d, amount) => {
  expect(parseAmount(text, d)).toBe(amount)
})

test.each([
  ['', 6],
  ['0.0000001', 6],
  ['1e3', 6],
  ['-1', 6],
  ['+1', 6],
  ['1,000', 6],
  ['.5', 6],
  ['5.', 6],
  ['0x10', 6],
  ['١', 6],
  ['1 2', 6],
  ['9'.repeat(300), 0],
] as const)('%s is not an amount', (text, d) => {
  expect(parseAmount(text, d)).toBeNull()
})

test.each([
  [1_234_567_500_000n, 6, '1,234,567.5'],
  [0n, 18, '0'],
  [-1_500_000n, 6, '-1.5'],
  [999n, 0, '999'],
  [1000n, 0, '1,000'],
] as const)('%s with %i decimals is shown as %s', (amount, d, text) => {
  expect(formatAmount(amount, d, { group: true })).toBe(text)
})

test('decimals out of range are a mistake of the caller', () => {
  expect(() => parseAmount('1', 31)).toThrow(RangeError)
  expect(() => formatAmount(1n, -1)).toThrow(RangeError)
})
