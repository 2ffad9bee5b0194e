// Levels as they are shown: every one has its sign and colour, and what is worse is higher.
import { describe, expect, it } from 'vitest'
import { COLOUR, RANK, SIGN } from '../../../src/words/levels.ts'

describe('levels', () => {
  it('have a sign each, and a colour that Discord takes', () => {
    expect(Object.values(SIGN).join('')).toBe('🟢⚫🟡⏸🟡⚫⚫🔴🟠🔴🧊')
    for (const colour of Object.values(COLOUR)) expect(colour).toBeLessThanOrEqual(0xffffff)
  })

  it.each([
    ['ok', 'unreadable', 'warning', 'critical', 'expired', 'frozen'],
    ['ok', 'halted', 'blind'],
    ['ok', 'low'],
    ['ok', 'dry'],
  ] as const)('grow worse from %s on', (...levels) => {
    const ranks = levels.map((level) => RANK[level])
    expect(ranks).toEqual([...new Set(ranks)].toSorted((a, b) => a - b))
  })
})
