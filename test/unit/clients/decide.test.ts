// What follows from one reading of a client: its verdict, how it is known from then on, and what its alert is told.
import { describe, expect, it } from 'vitest'
import { NO_REMINDERS, step } from '../../../src/alerts/life.ts'
import type { AlertState } from '../../../src/alerts/types.ts'
import type { Reading } from '../../../src/clients/assess.ts'
import { decide, decideFromMemory, observeUnread } from '../../../src/clients/decide.ts'
import { readingOf } from '../../../src/clients/severity-now.ts'
import type { ClientRow, Seen } from '../../../src/clients/types.ts'
import { HOUR_MS, MINUTE_MS } from '../../../src/kernel/duration.ts'
import { msToNs } from '../../../src/kernel/nanotime.ts'
import { aChain, aClient, EXPIRES, NOW } from '../../support/client-rows.ts'

const { alerts: policy } = aChain('osmosis-1', 'Osmosis')
const known = aClient()

/** The client read at `nowMs`, its host's newest block just made, unless `more` says otherwise. */
function read(nowMs: number, more: Partial<Reading> = {}): Seen {
  const { clientId, clientType, connectionIds, openChannels, farEnds, attention, ignored } = known
  const reading = { ...readingOf(known)!, hostTimeNs: msToNs(nowMs), readMs: nowMs, ...more }
  return { clientId, clientType, connectionIds, openChannels, farEnds, attention, ignored, reading }
}

const decided = (
  seen: Seen,
  nowMs: number,
  before: ClientRow | null = known,
  alert: AlertState | null = null,
) => decide('osmosis-1', seen, before, alert, policy, nowMs)

const open = (level: AlertState['level']): AlertState => ({
  level,
  sinceMs: NOW,
  alertId: 41,
  raisedMs: NOW,
  toldLevel: level,
  lastNoticeMs: NOW,
  leftAtNoticeMs: null,
  mentioned: true,
  ack: null,
})

describe('a reading', () => {
  it.each([
    ['well', NOW - HOUR_MS, {}, 'ok', 'ok', false],
    ['at 80 %', NOW, {}, 'warning', 'warning', true],
    ['an hour before its end', EXPIRES - HOUR_MS, {}, 'critical', 'critical', true],
    ['past its end by its host’s block', EXPIRES + MINUTE_MS, {}, 'expired', 'expired', true],
    ['frozen', NOW - HOUR_MS, { frozen: true }, 'frozen', 'frozen', true],
    // The next block tells; until then nobody is told that it is over.
    [
      'past its end, its host’s block a few seconds before',
      EXPIRES + 1000,
      { hostTimeNs: msToNs(EXPIRES - 5000) },
      'expired',
      'critical',
      true,
    ],
  ] as const)(
    '%s: severity, level, and whether it is read once more',
    (_, nowMs, more, severity, level, confirm) => {
      const { verdict, observed, after, confirm: again } = decided(read(nowMs, more), nowMs)
      expect([verdict.severity, observed.level, again]).toEqual([severity, level, confirm])
      expect(after).toMatchObject({
        severity,
        readMs: nowMs,
        unseenSinceMs: null,
        firstSeenMs: known.firstSeenMs,
      })
    },
  )

  it('that its host’s block ends while this clock is slow changes nothing twice, and is dated by its deadline then', () => {
    const hostTimeNs = msToNs(EXPIRES + MINUTE_MS)
    const goOn = (state: AlertState | null, nowMs: number) => {
      const { observed } = decided(read(nowMs, { hostTimeNs }), nowMs, known, state)
      return step(state, observed, NO_REMINDERS, nowMs, () => 41).after
    }
    const slowMs = EXPIRES - 10 * MINUTE_MS
    const lost = goOn(open('critical'), slowMs)
    expect(lost).toMatchObject({ level: 'expired', sinceMs: slowMs })
    expect(goOn(lost, slowMs + MINUTE_MS)).toBe(lost)
    expect(goOn(lost, EXPIRES + HOUR_MS)).toMatchObject({ level: 'expired', sinceMs: EXPIRES })
  })

  it('of a host that makes no blocks rests on the clock', () => {
    const nowMs = EXPIRES + HOUR_MS
    const { observed } = decided(read(nowMs, { hostTimeNs: msToNs(EXPIRES - HOUR_MS) }), nowMs)
    expect(observed).toMatchObject({ level: 'expired', basis: 'clock' })
  })

  it('past its end says since when it is, where that is not only the clock’s word', () => {
    const at = (more: Partial<Reading>) =>
      decided(read(EXPIRES + 1000, more), EXPIRES + 1000).observed.sinceMs
    expect(at({})).toBe(EXPIRES)
    expect(at({ hostTimeNs: msToNs(EXPIRES - 5000) })).toBeUndefined()
    expect(at({ frozen: true })).toBeUndefined()
    const late = decided(read(EXPIRES - 1000, { hostTimeNs: msToNs(EXPIRES + 9000) }), EXPIRES - 1000)
    expect(late.observed.sinceMs).toBeUndefined()
  })

  it('that is older than what is known changes nothing of it', () => {
    const older = read(NOW, { latestHeight: { revision: 4n, height: 1n }, consensus: { ns: 1n } })
    expect(decided(older, NOW).after).toMatchObject({
      latestHeight: known.latestHeight,
      lastUpdateNs: known.lastUpdateNs,
    })
  })

  it('by a node some blocks behind takes back nothing that the chain has judged', () => {
    const nowMs = EXPIRES + HOUR_MS
    const lost = decided(read(EXPIRES + MINUTE_MS), EXPIRES + MINUTE_MS).after
    const behind = { hostTimeNs: msToNs(EXPIRES - 5000) }
    for (const atMs of [EXPIRES + 2 * MINUTE_MS, nowMs])
      expect(decided(read(atMs, behind), atMs, lost, open('expired')).observed).toMatchObject({
        level: 'expired',
        sinceMs: EXPIRES,
      })
    expect(decided(read(nowMs, behind), nowMs, lost).observed.basis).toBeUndefined()
  })

  it('of a client never heard of is the first one, and that it is over already is no alarm', () => {
    const nowMs = EXPIRES + HOUR_MS
    const { observed, after, confirm } = decided(read(nowMs), nowMs, null)
    expect(observed).toMatchObject({ level: 'expired', first: true })
    expect([confirm, after.firstSeenMs]).toEqual([false, nowMs])
  })

  it('of a client without an alert is an old story only where it is lost as it was', () => {
    const nowMs = EXPIRES + HOUR_MS
    const first = (before: Partial<ClientRow>, more: Partial<Reading> = {}) =>
      decided(read(nowMs, more), nowMs, { ...known, ...before }).observed.first
    expect(first({ status: 'expired', severity: 'expired' })).toBe(true)
    expect(first({ status: 'expired', severity: 'expired' }, { frozen: true })).toBe(false)
    // By the clock alone its chain has not said so.
    expect(first({ status: 'active', severity: 'expired' })).toBe(false)
    expect(first({ status: 'unauthorized', severity: 'frozen' }, { authorized: false })).toBe(true)
    expect(first({})).toBe(false)
  })

  it('of a client that alerts are not about calls nobody', () => {
    const idle = { ...read(EXPIRES - HOUR_MS), attention: 'idle' as const }
    expect(decided(idle, EXPIRES - HOUR_MS)).toMatchObject({ observed: { about: false }, confirm: false })
  })
})

describe('a client that cannot be read', () => {
  const unread: Seen = { ...read(NOW), reading: { cause: '502' } }

  it('keeps its last reading and since when it cannot be seen, and is no news of its expiry', () => {
    const { after, observed, confirm } = decided(unread, NOW)
    expect(after).toEqual({ ...known, reason: '502', unseenSinceMs: NOW })
    expect([observed.level, confirm]).toEqual(['unseen', false])
    const later = decided(unread, NOW + HOUR_MS, after)
    expect(later.after.unseenSinceMs).toBe(NOW)
  })

  it('and never could be is known as that', () => {
    expect(decided(unread, NOW, null).after).toMatchObject({
      status: 'unreadable',
      readMs: null,
      unseenSinceMs: NOW,
      firstSeenMs: NOW,
    })
  })

  it('is told like a blind chain: after a while, with the mention when its end is near', () => {
    const blind = { blindAfterMs: 10 * MINUTE_MS, blindMentionAfterMs: 6 * HOUR_MS }
    const { verdict, after } = decided(unread, NOW)
    const at = (nowMs: number) => {
      const { level, mention } = observeUnread(after, verdict, true, blind, nowMs)
      return [level, mention]
    }
    expect(at(NOW + 9 * MINUTE_MS)).toEqual(['unseen', false])
    expect(at(NOW + 10 * MINUTE_MS)).toEqual(['blind', false])
    expect(at(EXPIRES - HOUR_MS)).toEqual(['blind', true])
    // Nothing comes of the deadline of one that was lost before.
    for (const status of ['frozen', 'unauthorized', 'expired'] as const) {
      const lost = { ...after, status, unseenSinceMs: EXPIRES - 2 * HOUR_MS }
      expect(observeUnread(lost, verdict, true, blind, EXPIRES - HOUR_MS).mention).toBe(false)
    }
  })
})

describe('a client of which its chain says "Unknown"', () => {
  const wasm = {
    ...known,
    ...{ clientId: '08-wasm-3', clientType: '08-wasm', rule: 'ask' as const, expiresNs: null },
    ...{ lastUpdateNs: null, trustingPeriodNs: null, latestHeight: null },
  }
  const says = (chainSays: Reading['chainSays'], nowMs: number): Seen => ({
    ...read(nowMs),
    ...{ clientId: wasm.clientId, clientType: wasm.clientType },
    reading: { ...readingOf(wasm)!, chainSays, hostTimeNs: msToNs(nowMs), readMs: nowMs },
  })

  it.each([
    ['was well before', wasm, 'active'],
    ['was frozen before', { ...wasm, status: 'frozen' as const, severity: 'frozen' as const }, 'frozen'],
    ['is never heard of before', null, 'unknown'],
  ])('is unreadable since then, and known as it was: %s', (_, before, status) => {
    const { after, observed, verdict } = decided(says('unknown', NOW), NOW, before)
    expect(after).toMatchObject({ status, unseenSinceMs: NOW, readMs: before?.readMs ?? null })
    expect(after).toMatchObject({ rule: 'ask', trackedChainId: known.trackedChainId })
    expect(observed.level).toBe('unseen')
    const later = decided(says('unknown', NOW + HOUR_MS), NOW + HOUR_MS, after)
    expect(later.after.unseenSinceMs).toBe(NOW)
    const blind = { blindAfterMs: 10 * MINUTE_MS, blindMentionAfterMs: 6 * HOUR_MS }
    expect(observeUnread(later.after, verdict, true, blind, NOW + HOUR_MS).level).toBe('blind')
    const well = decided(says('active', NOW + HOUR_MS), NOW + HOUR_MS, later.after)
    expect(well.after).toMatchObject({ status: 'active', unseenSinceMs: null, readMs: NOW + HOUR_MS })
  })
})

describe('from memory', () => {
  const worsened = (nowMs: number, alert: AlertState | null) =>
    decideFromMemory(known, policy, nowMs)!.worsened(alert)

  it.each([
    ['a threshold that is reached is told', EXPIRES - HOUR_MS, open('warning'), 'critical'],
    ['what was worse stays as it is', NOW, open('critical'), 'critical'],
    ['nothing is well again', NOW - HOUR_MS, open('warning'), 'warning'],
    ['without an alert the level is told', NOW, null, 'warning'],
  ] as const)('%s', (_, nowMs, alert, level) => {
    expect(worsened(nowMs, alert)).toMatchObject({ level, basis: 'memory' })
  })

  it('a client that was never read has no verdict', () => {
    expect(decideFromMemory(aClient({ readMs: null }), policy, NOW)).toBeNull()
  })
})
