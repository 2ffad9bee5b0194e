// The faucet's history: what the database itself makes impossible, and that a reservation is on the disk.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStore, type NewDrip, type Settlement, type Store } from '../../../src/faucet/store.ts'
import type { DripStatus } from '../../../src/faucet/types.ts'
import { type Database, openDatabase } from '../../../src/storage/database.ts'
import { NOW_MS } from '../../support/faucet.ts'

let database: Database
let store: Store
beforeEach(() => {
  database = openDatabase(':memory:', { nowMs: NOW_MS })
  store = createStore(database)
})
afterEach(() => database.close())

const row = (changes: Partial<NewDrip> = {}): NewDrip => ({
  chain: 'a-1',
  interactionId: '1',
  userId: '10',
  address: 'lig1a',
  atMs: NOW_MS,
  firstTime: true,
  ...changes,
})
const to = (status: Settlement['status']): Settlement => ({ status, told: true })

describe('what cannot be', () => {
  it.each([
    ['the same interaction', { userId: '11', address: 'lig1b' }],
    ['the same user while one is open', { interactionId: '2', address: 'lig1b' }],
    ['the same address while one is open', { interactionId: '2', userId: '11' }],
  ])('%s twice', (_, changes) => {
    store.reserve(row())
    expect(() => store.reserve(row(changes))).toThrow(/UNIQUE/)
  })

  it('but another faucet may serve the same user and address, and a closed one is no hindrance', () => {
    const id = store.reserve(row())
    store.reserve(row({ interactionId: '2', chain: 'b-1' }))
    store.settle(id, ['reserved'], to('failed'), NOW_MS)
    store.reserve(row({ interactionId: '3' }))
    expect(store.reserved()).toHaveLength(2)
  })

  it('sent and failed are final; unknown becomes one of them', () => {
    const all: DripStatus[] = ['reserved', 'unknown']
    const reachable = (statuses: Settlement['status'][]) => {
      const id = store.reserve(row({ interactionId: String(Math.random()) }))
      const done = statuses.map((status, n) =>
        store.settle(id, n === 0 ? ['reserved'] : all, to(status), NOW_MS),
      )
      const { status } = store.byId(id)!
      database.sql.prepare('DELETE FROM drips').run()
      return { done, status }
    }
    expect(reachable(['sent', 'failed'])).toEqual({ done: [true, false], status: 'sent' })
    expect(reachable(['failed', 'sent'])).toEqual({ done: [true, false], status: 'failed' })
    expect(reachable(['unknown', 'sent', 'failed'])).toEqual({ done: [true, true, false], status: 'sent' })
    expect(reachable(['unknown', 'failed', 'unknown'])).toEqual({
      done: [true, true, false],
      status: 'failed',
    })
  })
})

describe('history', () => {
  it('does not count what failed, and counts what is unknown', () => {
    const settled = (interactionId: string, status: Settlement['status'], agoMs: number) => {
      const id = store.reserve(row({ interactionId, atMs: NOW_MS - agoMs }))
      store.settle(id, ['reserved'], to(status), NOW_MS)
    }
    settled('1', 'failed', 0)
    expect(store.history('a-1', '10', 'lig1a', NOW_MS)).toMatchObject({
      userLast: null,
      addressLast: null,
      firstTime: true,
      day: [],
    })
    settled('2', 'sent', 5000)
    settled('3', 'unknown', 3000)
    expect(store.history('a-1', '10', 'lig1a', NOW_MS)).toMatchObject({
      userOpen: false,
      userLast: { atMs: NOW_MS - 3000, unknown: true },
      addressLast: { atMs: NOW_MS - 3000 },
      firstTime: false,
      day: [{ atMs: NOW_MS - 5000 }, { atMs: NOW_MS - 3000 }],
    })
    expect(store.history('b-1', '10', 'lig1a', NOW_MS)).toMatchObject({ userLast: null, day: [] })
    expect(store.history('a-1', '11', null, NOW_MS)).toMatchObject({ userLast: null, addressLast: null })
  })
})

describe('durably', () => {
  const level = () => database.sql.pragma('synchronous', { simple: true })

  it('waits for the disk inside, and for nothing more than before outside, also after an error', () => {
    const before = level()
    expect(before).toBe(1)
    expect(store.durably(() => level())).toBe(2)
    expect(level()).toBe(before)
    expect(() =>
      store.durably(() => {
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(level()).toBe(before)
  })
})
