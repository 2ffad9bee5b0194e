// How waits grow from try to try.
import { expect, it } from 'vitest'
import { backoff } from '../../../src/net/backoff.ts'

it.each([
  [0, 1000],
  [1, 2000],
  [5, 32_000],
  [6, 60_000],
  [5000, 60_000],
])('before try %i more: %i ms', (attempt, ms) => {
  const bounds = { firstMs: 1000, mostMs: 60_000 }
  expect(backoff(attempt, bounds)).toBe(ms)
  expect(backoff(attempt, { ...bounds, random: () => 0 })).toBe(ms / 2)
  expect(backoff(attempt, { ...bounds, random: () => 1 })).toBe(ms)
})
