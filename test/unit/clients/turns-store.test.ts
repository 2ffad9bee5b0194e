// The turns of clients out of their history: real SQLite, with histories that are thinned out, old or another client's.
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Reading } from '../../../src/clients/assess.ts'
import { decide } from '../../../src/clients/decide.ts'
import { type ClientStore, clientStore } from '../../../src/clients/store.ts'
import type { Seen } from '../../../src/clients/types.ts'
import { DAY_MS } from '../../../src/kernel/duration.ts'
import { msToNs } from '../../../src/kernel/nanotime.ts'
import { type Database, openDatabase } from '../../../src/storage/database.ts'
import { aChain } from '../../support/client-rows.ts'

const T0 = Date.UTC(2026, 10, 20, 10)
const ID = '07-tendermint-1'
const PERIOD_MS = 14 * DAY_MS
const { alerts: thresholds } = aChain('hub-1', 'Hub')

let database: Database
let store: ClientStore

beforeEach(() => {
  database = openDatabase(':memory:', { nowMs: T0 })
  store = clientStore(database)
})

afterEach(() => database.close())

const seenOf = (reading: Seen['reading']): Seen => ({
  clientId: ID,
  clientType: '07-tendermint',
  reading,
  connectionIds: [],
  openChannels: [],
  farEnds: [],
  attention: 'live',
  ignored: false,
})

function settle(reading: Seen['reading'], nowMs: number) {
  const before = store.client('hub-1', ID)
  store.save(decide('hub-1', seenOf(reading), before, null, thresholds, nowMs).after, nowMs)
}

/** A sweep on day `day` reads the client, last updated on day `updatedDay`. */
function read(day: number, updatedDay: number, more: Partial<Reading> = {}) {
  const nowMs = T0 + day * DAY_MS
  const reading: Reading = {
    clientType: '07-tendermint',
    rule: 'tendermint',
    trackedChainId: 'spoke-1',
    latestHeight: { revision: 1n, height: 5n },
    trustingPeriodNs: msToNs(PERIOD_MS),
    frozen: false,
    authorized: true,
    consensus: { ns: msToNs(T0 + updatedDay * DAY_MS) },
    chainSays: null,
    hostTimeNs: msToNs(nowMs),
    endpoint: 'https://lcd.example.org',
    readMs: nowMs,
    ...more,
  }
  settle(reading, nowMs)
}

/** "day: from > to", with `first` where it was so when first seen. */
const turns = (sinceDay: number) =>
  store.turns(T0 + sinceDay * DAY_MS).map(({ atMs, from, to, first, chainId, clientId }) => {
    expect([chainId, clientId]).toEqual(['hub-1', ID])
    return `${(atMs - T0) / DAY_MS}: ${from} > ${to}${first ? ' first' : ''}`
  })

it('tells each turn once, in order, and no mere update', () => {
  read(0, 0)
  read(1, 1)
  read(13, 1)
  read(14, 1)
  read(14.5, 14.5)
  read(29, 14.5)
  read(30, 30)
  read(31, 30, { frozen: true })
  expect(turns(0)).toEqual([
    '13: ok > warning',
    '14: warning > critical',
    '14.5: critical > ok',
    '29: ok > expired',
    '30: expired > ok',
    '31: ok > frozen',
  ])
})

it('does not count as expired what the chain itself has not said', () => {
  read(0, 0)
  read(13, 0)
  // Halted on day 13; the deadline is day 14.
  read(15, 0, { hostTimeNs: msToNs(T0 + 13 * DAY_MS) })
  expect(turns(0)).toEqual(['13: ok > critical'])
  read(16, 16)
  expect(turns(0)).toEqual(['13: ok > critical', '16: critical > ok'])
  read(31, 16)
  expect(turns(20)).toEqual(['31: ok > expired'])
})

it('looks back only as far as asked, also where what was before is older', () => {
  read(0, 0)
  read(20, 0)
  read(40, 40)
  expect(turns(21)).toEqual(['40: expired > ok'])
  expect(turns(41)).toEqual([])
})

it('knows what was so when first seen', () => {
  read(20, 0)
  expect(turns(0)).toEqual(['20: null > expired first'])
})

it('takes the first reading for it, not the first attempt at one', () => {
  const nowMs = T0 + 19 * DAY_MS
  settle({ cause: '502' }, nowMs)
  read(20, 0)
  expect(turns(0)).toEqual(['20: null > expired first'])
})

it('says that what was before is not known where the history was thinned out', () => {
  read(0, 0)
  database.sql.exec('DELETE FROM readings')
  read(20, 0)
  expect(turns(0)).toEqual(['20: null > expired'])
})

it('takes nothing from a client that had the same id before the chain started again', () => {
  read(0, 0)
  read(20, 0)
  store.forgetChain('hub-1')
  expect(turns(0)).toEqual([])
  read(21, 21)
  expect(turns(0)).toEqual([])
})
