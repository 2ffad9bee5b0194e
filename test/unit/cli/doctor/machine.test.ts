// The doctor's judgement of clock, disk and Node, at their exact boundaries.
import { describe, expect, it } from 'vitest'
import { clockFinding, nodeFinding, spaceFindings } from '../../../../src/cli/doctor/machine.ts'

describe('clockFinding', () => {
  const server = (...aheadMs: number[]) =>
    clockFinding(aheadMs.map((ms) => ({ kind: 'server' as const, aheadMs: ms })))
  const block = (...aheadMs: number[]) =>
    clockFinding(aheadMs.map((ms) => ({ kind: 'block' as const, aheadMs: ms })))

  it('says nothing where nothing was read', () => expect(clockFinding([])).toBeNull())

  it.each([
    [10_000, 'ok'],
    [10_001, 'warning'],
    [60_000, 'warning'],
    [60_001, 'wrong'],
    [-10_000, 'ok'],
    [-10_001, 'warning'],
    [-60_001, 'wrong'],
  ])('%i ms ahead is %s', (aheadMs, level) => {
    expect(server(aheadMs, aheadMs, aheadMs)!.level).toBe(level)
  })

  it('takes the median: a few nodes with wrong clocks of their own change nothing', () => {
    expect(server(100, -200, 3_600_000, 50, -7_200_000)!.level).toBe('ok')
    expect(server(0, 40_000)!.text).toContain('20 s ahead of')
  })

  it('does not call it wrong on the word of one node', () => expect(server(3_600_000)!.level).toBe('warning'))

  it('goes by block times only where no node tells its clock, and forgives the age of a block', () => {
    expect(block(35_000, 39_000)!.level).toBe('ok')
    expect(block(45_000, 45_000)!.text).toContain('15 s ahead of the newest blocks of 2 nodes')
    expect(block(-15_000, -15_000)!.level).toBe('warning')
    const both = clockFinding([
      { kind: 'server', aheadMs: 0 },
      { kind: 'block', aheadMs: 900_000 },
    ])
    expect(both!.level).toBe('ok')
  })
})

describe('spaceFindings', () => {
  const levels = (freeBytes: number, freeFiles = 1e6, files = 2e6, needBytes = 0) =>
    spaceFindings('/data', { freeBytes, files, freeFiles }, needBytes).map(({ level }) => level)

  it.each([
    [500e6, 'ok'],
    [500e6 - 1, 'warning'],
    [50e6, 'warning'],
    [50e6 - 1, 'wrong'],
  ])('%i bytes free are %s', (freeBytes, level) => expect(levels(freeBytes)).toEqual([level]))

  it('wants room for a copy of a large database', () => {
    expect(levels(4e9, 1e6, 2e6, 5e9)).toEqual(['warning'])
  })

  it('counts the files that can still be made, where the file system does', () => {
    expect(levels(1e9, 9_999)).toEqual(['ok', 'warning'])
    expect(levels(1e9, 999)).toEqual(['ok', 'wrong'])
    expect(levels(1e9, 0, 0)).toEqual(['ok'])
  })
})

describe('nodeFinding', () => {
  it.each([
    ['20.19.0', 'ok'],
    ['20.18.9', 'wrong'],
    ['18.20.0', 'wrong'],
    ['24.1.0', 'ok'],
  ])('%s is %s', (version, level) => expect(nodeFinding(version).level).toBe(level))
})
