// The table of `check`: what a chain says of itself does not steer the terminal, and times are RFC 3339.
import { describe, expect, it } from 'vitest'
import { type ClientReport, tableText } from '../../../src/cli/check-report.ts'
import { formatTimestampNs, parseDurationNs } from '../../../src/kernel/nanotime.ts'

describe('what a chain says of itself', () => {
  it('does not steer the terminal', () => {
    const evil = '\u001b[2J\u001b]0;x\u0007beta\n\u202e'
    const client = {
      hostChainId: 'alpha-1',
      clientId: `07-tendermint-0`,
      clientType: '07-tendermint',
      trackedChainId: evil,
      connectionIds: [evil],
      status: 'active',
      severity: 'ok',
      attention: 'live',
      lastUpdate: null,
      trustingPeriodMs: null,
      expiresAt: null,
      elapsedShare: null,
      reason: null,
    } satisfies ClientReport
    const chain = {
      chainId: 'alpha-1',
      status: 'unreadable' as const,
      reason: evil,
      endpoint: null,
      height: null,
      blockTime: null,
      requests: 1,
    }
    const text = tableText(
      { takenAt: '', chains: [chain], clients: [client] },
      { colour: false, nowMs: Date.UTC(2026, 10, 20) },
    )
    expect(text).toContain('beta')
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Cf}/u)
  })

  it('says of a client that a halted chain has not judged yet that it can be saved', () => {
    const client = {
      hostChainId: 'alpha-1',
      clientId: '07-tendermint-0',
      clientType: '07-tendermint',
      trackedChainId: 'beta-1',
      connectionIds: [],
      status: 'active',
      severity: 'expired',
      attention: 'live',
      lastUpdate: null,
      trustingPeriodMs: null,
      expiresAt: '2026-11-20T09:00:00Z',
      elapsedShare: null,
      reason: null,
    } satisfies ClientReport
    const chain = {
      chainId: 'alpha-1',
      status: 'halted' as const,
      reason: 'no block for 2 h',
      endpoint: null,
      height: null,
      blockTime: '2026-11-20T08:00:00Z',
      requests: 1,
    }
    const nowMs = Date.UTC(2026, 10, 20, 10)
    const report = { takenAt: '', chains: [chain], clients: [client] }
    const text = tableText(report, { colour: false, nowMs })
    expect(text).toContain('OVERDUE')
    expect(text).toContain(
      '1 client on alpha-1 past the deadline by the clock; the chain has made no block since 2026-11-20T08:00:00Z. An update waiting in its mempool with a header from before then can still save it',
    )
    expect(text).toContain('1 client on 1 chain: 1 overdue\n')
    expect(text).not.toContain('EXPIRED')
    // Of another, headers from before the halt are past their own deadline too.
    const late = { ...client, clientId: '07-tendermint-1', trustingPeriodMs: 7_200_000 }
    const both = tableText({ ...report, clients: [client, late] }, { colour: false, nowMs })
    expect(both.match(/1 client on alpha-1 past the deadline by the clock; .*/g)).toEqual([
      expect.stringContaining('can still save it'),
      expect.stringContaining('no header from before then can save it'),
    ])
    const makesBlocks = { ...report, chains: [{ ...chain, status: 'ok' as const }] }
    expect(tableText(makesBlocks, { colour: false, nowMs })).not.toContain('has made no block')
    const said = tableText(
      { ...report, clients: [{ ...client, status: 'expired' }] },
      { colour: false, nowMs },
    )
    expect(said).toContain('EXPIRED')
    expect(said).not.toContain('OVERDUE')
  })

  it('is written as RFC 3339 or not at all', () => {
    const ns = (ms: number) => BigInt(ms) * 1_000_000n
    expect(formatTimestampNs(ns(Date.UTC(9999, 11, 31, 23, 59, 59)))).toBe('9999-12-31T23:59:59Z')
    expect(formatTimestampNs(ns(Date.UTC(9999, 11, 31, 23, 59, 59)) + 1_000_000_000n)).toBeNull()
    expect(formatTimestampNs(-62_135_596_800n * 1_000_000_000n)).toBe('0001-01-01T00:00:00Z')
    expect(formatTimestampNs(-62_167_219_200n * 1_000_000_000n - 1n)).toBeNull()
    // What protobuf's Duration cannot hold is no duration; a deadline made of it would be no safe number.
    expect(parseDurationNs('999999999999s')).toBe(999_999_999_999n * 1_000_000_000n)
    expect(parseDurationNs('99999999999999999999s')).toBeNull()
  })
})
