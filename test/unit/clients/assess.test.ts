// The verdict at its exact boundaries, and against what real chains said block by block.
import { describe, expect, it } from 'vitest'
import type { Thresholds } from '../../../src/alerts/settings.ts'
import { assess, dangerAgeNs, type Reading } from '../../../src/clients/assess.ts'
import { DAY_MS, HOUR_MS } from '../../../src/kernel/duration.ts'
import { msToNs, nsToMs } from '../../../src/kernel/nanotime.ts'
import {
  randomSamples,
  recordingsOf,
  type StatusSample,
  statusSamples,
  versionsWith,
} from '../../support/fixtures.ts'

const T0_MS = Date.UTC(2026, 10, 20, 10)
const T0_NS = msToNs(T0_MS)
const PLAIN: Thresholds = { warnAt: 0.8, criticalAt: 0.9, warnWhenLeftMs: null, quietWhileLeftMs: null }

const reading = (changes: Partial<Reading> = {}): Reading => ({
  clientType: '07-tendermint',
  rule: 'tendermint',
  trackedChainId: 'cosmoshub-4',
  latestHeight: { revision: 4n, height: 100n },
  trustingPeriodNs: msToNs(10 * DAY_MS),
  frozen: false,
  authorized: true,
  consensus: { ns: T0_NS },
  chainSays: null,
  hostTimeNs: T0_NS,
  endpoint: 'https://lcd',
  readMs: T0_MS,
  ...changes,
})

describe('what the chain says', () => {
  const period = 200_000_000_001n
  it.each([
    ['one nanosecond before the deadline', T0_NS + period - 1n, 'active'],
    ['equality is expired', T0_NS + period, 'expired'],
    ['one nanosecond after', T0_NS + period + 1n, 'expired'],
  ])('%s', (_, hostTimeNs, status) => {
    expect(assess(reading({ trustingPeriodNs: period, hostTimeNs }), PLAIN, T0_MS).status).toBe(status)
  })

  it('a trusting period of zero is expired at once', () => {
    expect(assess(reading({ trustingPeriodNs: 0n }), PLAIN, T0_MS).status).toBe('expired')
  })

  it.each([
    [
      'unauthorized wins over frozen and expired',
      { authorized: false, frozen: true, consensus: 'absent' },
      'unauthorized',
      'frozen',
    ],
    ['frozen wins over expired', { frozen: true, consensus: 'absent' }, 'frozen', 'frozen'],
    ['no consensus state at the latest height is expired', { consensus: 'absent' }, 'expired', 'expired'],
    ['not knowing whether it is allowed is no verdict', { authorized: null }, 'active', 'ok'],
    [
      'a solo machine does not expire',
      { rule: 'flag', trustingPeriodNs: null, consensus: 'not-needed' },
      'active',
      'ok',
    ],
    [
      'a frozen solo machine',
      { rule: 'flag', trustingPeriodNs: null, consensus: 'not-needed', frozen: true },
      'frozen',
      'frozen',
    ],
    [
      'where there is no rule the chain is believed',
      { rule: 'ask', chainSays: 'expired' },
      'expired',
      'expired',
    ],
    ['unknown is not healthy', { rule: 'ask', chainSays: 'unknown' }, 'unknown', 'unreadable'],
    [
      'a chain that was not asked is not healthy',
      { rule: 'ask', chainSays: null },
      'unreadable',
      'unreadable',
    ],
    [
      'a trusting period that is missing is not healthy',
      { trustingPeriodNs: null },
      'unreadable',
      'unreadable',
    ],
  ] as const)('%s', (_, changes, status, severity) => {
    const verdict = assess(reading(changes as Partial<Reading>), PLAIN, T0_MS)
    expect([verdict.status, verdict.severity]).toEqual([status, severity])
  })

  it('reports what the chain says now and the deadline on the wall clock apart', () => {
    const halted = assess(reading({ hostTimeNs: T0_NS }), PLAIN, T0_MS + 11 * DAY_MS)
    expect(halted).toMatchObject({ status: 'active', severity: 'expired', nextDueMs: null })
  })

  it('believes a host whose block time is ahead of a slow clock here', () => {
    const verdict = assess(reading({ hostTimeNs: T0_NS + msToNs(9.5 * DAY_MS) }), PLAIN, T0_MS)
    expect(verdict).toMatchObject({ status: 'active', severity: 'critical' })
  })
})

describe('severity on the wall clock', () => {
  const day = (days: number, thresholds: Partial<Thresholds> = {}, ms = 0) =>
    assess(reading(), { ...PLAIN, ...thresholds }, T0_MS + days * DAY_MS + ms).severity

  it.each([
    ['79.999 %', 7.9999, 'ok'],
    ['80 %', 8, 'warning'],
    ['89.999 %', 8.9999, 'warning'],
    ['90 %', 9, 'critical'],
    ['the deadline', 10, 'expired'],
  ])('at %s', (_, days, severity) => expect(day(days)).toBe(severity))

  it('is exact to the millisecond at a threshold and at the deadline', () => {
    expect(day(8, {}, -1)).toBe('ok')
    expect(day(10, {}, -1)).toBe('critical')
  })

  it('warns when less than warnWhenLeft is left, strictly', () => {
    const late = { warnAt: 0.99, criticalAt: 0.995, warnWhenLeftMs: 12 * HOUR_MS }
    expect(day(9.5, late)).toBe('ok')
    expect(day(9.5, late, 1)).toBe('warning')
  })

  it('ignores warnWhenLeft where the trusting period is less than four times as long', () => {
    const short = reading({ trustingPeriodNs: msToNs(4 * HOUR_MS) - 1n })
    const thresholds = { ...PLAIN, warnWhenLeftMs: HOUR_MS }
    const at = T0_MS + 3.1 * HOUR_MS
    expect(assess(short, thresholds, at).severity).toBe('ok')
    expect(assess(reading({ trustingPeriodNs: msToNs(4 * HOUR_MS) }), thresholds, at).severity).toBe(
      'warning',
    )
  })

  it('is quiet while more than quietWhileLeft is left, but never about critical', () => {
    const quiet = { quietWhileLeftMs: 48 * HOUR_MS }
    expect(day(8, { ...quiet, quietWhileLeftMs: 47 * HOUR_MS })).toBe('ok')
    expect(day(8, quiet)).toBe('warning')
    expect(day(9, { quietWhileLeftMs: HOUR_MS })).toBe('critical')
  })

  it('does not call a fresh client of a 200 s trusting period critical', () => {
    const short = reading({ trustingPeriodNs: 200_000_000_000n })
    expect(assess(short, { ...PLAIN, warnWhenLeftMs: 6 * HOUR_MS }, T0_MS + 1000).severity).toBe('ok')
  })

  it('names the next moment at which it changes by itself', () => {
    const at = (days: number) => assess(reading(), PLAIN, T0_MS + days * DAY_MS).nextDueMs
    expect([at(0), at(8), at(9), at(10)]).toEqual([
      T0_MS + 8 * DAY_MS,
      T0_MS + 9 * DAY_MS,
      T0_MS + 10 * DAY_MS,
      null,
    ])
  })

  it('rounds a deadline within a millisecond up, so that it has passed when it is due', () => {
    const odd = reading({ consensus: { ns: T0_NS + 1n } })
    const due = assess(odd, PLAIN, T0_MS).nextDueMs!
    expect(assess(odd, PLAIN, due - 1).severity).toBe('ok')
    expect(assess(odd, PLAIN, due).severity).toBe('warning')
  })

  it('gives the age of the first danger', () => {
    expect(dangerAgeNs(1000n, PLAIN)).toBe(800n)
    expect(
      dangerAgeNs(msToNs(10 * DAY_MS), { ...PLAIN, warnAt: 0.99, criticalAt: 0.999, warnWhenLeftMs: DAY_MS }),
    ).toBe(msToNs(9 * DAY_MS) + 1n)
  })
})

const fromSample = (sample: StatusSample): Reading =>
  reading({
    trackedChainId: sample.trackedChainId,
    trustingPeriodNs: sample.trustingPeriodNs,
    frozen: sample.frozen,
    consensus: sample.consensusTimestampNs === null ? 'absent' : { ns: sample.consensusTimestampNs },
    hostTimeNs: sample.blockTimeNs,
  })

const SERIES = [
  'series-expiry',
  'series-equality',
  'series-freeze',
  'series-recovery',
  'series-recovery-from-frozen',
  'series-halted-host',
  'series-pruning',
]

describe('every recorded verdict', () => {
  const cases = SERIES.flatMap((name) => versionsWith(name).map((version) => [name, version] as const))

  it.each(cases)('%s of %s', (name, version) => {
    // SDK 0.46 judges a pinned height with the newest block's time: those samples are not the rule's.
    const samples = statusSamples(recordingsOf(version), name).filter(
      ({ pinned }) => !(pinned && version === 'v6.3.1'),
    )
    expect(samples.length).toBeGreaterThan(0)
    const wrong = samples
      .map((sample) => ({
        ...sample,
        ours: assess(fromSample(sample), PLAIN, nsToMs(sample.blockTimeNs)).status,
      }))
      .filter(({ ours, status }) => ours !== status.toLowerCase())
    expect(wrong).toEqual([])
  })

  it.each(versionsWith('series-random-200'))('series-random-200 of %s', (version) => {
    const samples = randomSamples(recordingsOf(version))
    expect(samples.length).toBeGreaterThan(2000)
    const wrong = samples.filter(
      (sample) =>
        assess(fromSample(sample), PLAIN, nsToMs(sample.blockTimeNs)).status !== sample.status.toLowerCase(),
    )
    expect(wrong).toEqual([])
  })
})
