// Which of two readings is the newer one, and that an older one is not taken: one row for each rule, at its boundary.
import { describe, expect, it } from 'vitest'
import type { Reading } from '../../../src/clients/assess.ts'
import { fresher, upToDate } from '../../../src/clients/fresher.ts'
import { isReading, type Seen } from '../../../src/clients/types.ts'
import { DAY_MS } from '../../../src/kernel/duration.ts'
import { msToNs } from '../../../src/kernel/nanotime.ts'
import { aClient, NOW } from '../../support/client-rows.ts'

const HEIGHT = 28_104_233n
const at = (height: bigint, revision = 4n) => ({ latestHeight: { revision, height } })

const reading = (changes: Partial<Reading> = {}): Reading => ({
  clientType: '07-tendermint',
  rule: 'tendermint',
  trackedChainId: 'cosmoshub-4',
  ...at(HEIGHT),
  trustingPeriodNs: msToNs(14 * DAY_MS),
  frozen: false,
  authorized: true,
  consensus: { ns: msToNs(NOW - 2 * DAY_MS) },
  chainSays: null,
  hostTimeNs: msToNs(NOW),
  endpoint: 'https://late.example.org',
  readMs: NOW,
  ...changes,
})

const wasm = (chainSays: Reading['chainSays'], height = HEIGHT): Partial<Reading> => ({
  rule: 'ask',
  chainSays,
  consensus: 'not-needed',
  ...at(height),
})

describe('the newer of two readings', () => {
  it.each<[string, Partial<Reading>, Partial<Reading>, 'first' | 'second']>([
    ['a block higher', {}, at(HEIGHT + 1n), 'second'],
    ['a block lower', {}, at(HEIGHT - 1n), 'first'],
    ['a lower height of a later revision', {}, at(1n, 5n), 'second'],
    ['a higher height of an earlier revision', {}, at(HEIGHT + 1n, 3n), 'first'],
    ['the same height', {}, {}, 'second'],
    ['frozen at the same height', {}, { frozen: true }, 'second'],
    ['not frozen any more at the same height', { frozen: true }, {}, 'first'],
    ['recovered: not frozen a block higher', { frozen: true }, at(HEIGHT + 1n), 'second'],
    ['not frozen yet, a block lower', { frozen: true }, at(HEIGHT - 1n), 'first'],
    ['frozen, but a block lower: before its recovery', {}, { frozen: true, ...at(HEIGHT - 1n) }, 'first'],
    ['frozen in the chain’s own words', wasm('frozen'), wasm('active'), 'first'],
    ['recovered in the chain’s own words', wasm('frozen'), wasm('active', HEIGHT + 1n), 'second'],
    ['another word of the chain at the same height', wasm('active'), wasm('expired'), 'second'],
    ['no consensus state at the same height', {}, { consensus: 'absent' }, 'first'],
    ['a consensus state where there was none', { consensus: 'absent' }, {}, 'second'],
    ['no consensus state at a higher height', {}, { consensus: 'absent', ...at(HEIGHT + 1n) }, 'second'],
    ['no height to go by', { latestHeight: null, frozen: true }, { latestHeight: null }, 'second'],
  ])('%s', (_, one, other, newer) => {
    const [first, second] = [reading(one), reading(other)]
    expect(fresher(first, second)).toBe(newer === 'first' ? first : second)
  })
})

describe('beside what is stored', () => {
  const seen = (changes: Partial<Reading>): Seen => ({
    clientId: '07-tendermint-1',
    clientType: '07-tendermint',
    connectionIds: ['connection-9'],
    openChannels: [],
    farEnds: [],
    attention: 'mine',
    ignored: false,
    reading: reading(changes),
  })
  const row = aClient()

  it('an older reading gives way to the stored one; what was asked besides it stays', () => {
    const hostTimeNs = msToNs(NOW + 1)
    const { reading: taken, ...around } = upToDate(
      seen({ ...at(HEIGHT - 1n), hostTimeNs, authorized: false }),
      row,
    )
    expect(taken).toMatchObject({
      ...at(HEIGHT),
      consensus: { ns: row.lastUpdateNs },
      readMs: row.readMs,
      endpoint: row.endpoint,
      authorized: false,
      hostTimeNs,
    })
    expect(around).toMatchObject({ connectionIds: ['connection-9'], attention: 'mine' })
  })

  it('the chain’s time does not go back either', () => {
    const { reading: taken } = upToDate(seen({ ...at(HEIGHT - 1n), hostTimeNs: 1n }), row)
    expect(isReading(taken) && taken.hostTimeNs).toBe(row.hostTimeNs)
    for (const height of [HEIGHT, HEIGHT + 1n]) {
      const { reading: newer } = upToDate(seen({ ...at(height), hostTimeNs: 1n }), row)
      expect(newer).toEqual(reading({ ...at(height), hostTimeNs: row.hostTimeNs! }))
    }
  })

  it.each([
    ['a time ahead, by an endpoint with a wrong clock, is not held on to', [300_001, DAY_MS], false],
    ['a time that is ahead because this clock is slow by minutes is', [1, 300_000], true],
  ])('%s', (_, aheads, isHeld) => {
    for (const [aheadMs, height] of aheads.flatMap((one) => [-1n, 0n, 1n].map((n) => [one, n] as const))) {
      const [now, ahead] = [msToNs(NOW - 6000), msToNs(NOW + aheadMs)]
      const stored = { ...row, hostTimeNs: ahead }
      const { reading: taken } = upToDate(seen({ ...at(HEIGHT + height), hostTimeNs: now }), stored)
      expect(isReading(taken) && taken.hostTimeNs).toBe(isHeld ? ahead : now)
    }
  })

  it.each<[string, Seen, Parameters<typeof upToDate>[1]]>([
    ['a newer one', seen(at(HEIGHT + 1n)), row],
    ['the same one', seen({}), row],
    ['one of a client that is not known', seen(at(1n)), null],
    ['one where nothing was ever read', seen(at(1n)), { ...row, readMs: null }],
    ['one where the stored height is forgotten', seen(at(1n)), { ...row, latestHeight: null }],
    ['one without a height', seen({ latestHeight: null }), row],
    [
      'what could not be read',
      {
        ...seen({}),
        reading: { cause: '502' },
      },
      row,
    ],
  ])('%s is taken as it is', (_, one, stored) => {
    expect(upToDate(one, stored)).toBe(one)
  })
})
