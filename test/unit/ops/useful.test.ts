// What holds back the dead-man's ping, as a table: chains, outbox, database, life, and the way to Discord.
import { describe, expect, it } from 'vitest'
import { holdsOf, type Usefulness, type WatchedChain } from '../../../src/ops/useful.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NOW = 1_000 * HOUR

const chain = (more: Partial<WatchedChain> = {}): WatchedChain => ({
  name: 'Osmosis',
  state: 'ok',
  sinceMs: null,
  isTold: false,
  readMs: NOW - MINUTE,
  sweep: { startedMs: NOW - 9 * MINUTE, finishedMs: NOW - 8 * MINUTE, clients: 3 },
  isFarEnd: false,
  ...more,
})

const well: Usefulness = {
  startedMs: NOW - 5 * HOUR,
  chains: [chain()],
  blindAfterMs: 10 * MINUTE,
  nextSweepMs: (ms) => ms + 10 * MINUTE,
  oldestMs: null,
  database: null,
  life: null,
  silentWays: [],
}

const holds = (now: Partial<Usefulness>) => holdsOf({ ...well, ...now }, NOW)
const ofChain = (more: Partial<WatchedChain>, now: Partial<Usefulness> = {}) =>
  holds({ chains: [chain(), chain({ name: 'Juno', ...more })], ...now })

describe('a chain', () => {
  it.each<[string, Partial<WatchedChain>, Partial<Usefulness>?]>([
    ['was swept', {}],
    ['is halted and swept', { state: 'halted', sinceMs: NOW - HOUR }],
    ['is blind for long and told', { state: 'blind', sinceMs: NOW - 9 * HOUR, isTold: true, readMs: null }],
    ['is unread for long and told', { state: 'unread', sinceMs: NOW - 9 * HOUR, isTold: true }],
    ['is blind for less than is told', { state: 'blind', sinceMs: NOW - 9 * MINUTE }],
    [
      'is to be told of after an hour only',
      { state: 'blind', sinceMs: NOW - 50 * MINUTE },
      { blindAfterMs: HOUR },
    ],
    [
      'is being swept again, a big hub',
      { sweep: { startedMs: NOW - 40 * MINUTE, finishedMs: null, clients: 0 } },
    ],
    [
      'was swept for 35 min, and waits for the next time',
      { sweep: { startedMs: NOW - 44 * MINUTE, finishedMs: NOW - 9 * MINUTE, clients: 3000 } },
    ],
    ['was read a minute ago, before its clock was set back', {}, { startedMs: NOW + 3 * HOUR }],
    [
      'is the far end of nothing any more',
      { isFarEnd: true, sweep: { startedMs: NOW - 3 * HOUR, finishedMs: NOW - 3 * HOUR, clients: 0 } },
    ],
    ['has nothing to sweep', { isFarEnd: true, sweep: null, state: 'not-read' }],
  ])('lets the ping go where it %s', (_, more, now) => expect(ofChain(more, now)).toEqual([]))

  it.each<[string, Partial<WatchedChain>, Partial<Usefulness>?]>([
    ['cannot be read for 16 min, and that was not told', { state: 'blind', sinceMs: NOW - 16 * MINUTE }],
    ['cannot be read for 20 min, and that was not told', { state: 'unread', sinceMs: NOW - 20 * MINUTE }],
    ['was not looked at for 11 min', { readMs: NOW - 11 * MINUTE }],
    ['was not looked at for 5 h', { readMs: null }],
    ['is being swept for 61 min', { sweep: { startedMs: NOW - 61 * MINUTE, finishedMs: null, clients: 0 } }],
    ['was not looked at for 20 min', { readMs: NOW - 20 * MINUTE }, { startedMs: NOW + 3 * HOUR }],
    [
      'was not swept, which was due 20 min ago',
      { sweep: { startedMs: NOW - 31 * MINUTE, finishedMs: NOW - 30 * MINUTE, clients: 3 } },
    ],
    ['was not swept yet', { sweep: null }],
  ])('%s: holds it back', (text, more, now) =>
    expect(ofChain(more, now)).toMatchObject([{ text: `Juno ${text}` }]),
  )

  it('that was not seen since the start holds it back until that is told', () => {
    const young = { startedMs: NOW - MINUTE }
    const blind = { state: 'blind', sinceMs: NOW - 9 * HOUR, readMs: NOW - 9 * HOUR } as const
    expect(ofChain(blind, young)).toMatchObject([{ text: 'Juno was not seen since the start', passes: true }])
    expect(ofChain({ ...blind, isTold: true }, young)).toEqual([])
  })

  it('that is swept for the first time holds it back and says nothing yet; after an hour it does', () => {
    const sweep = { startedMs: NOW - MINUTE, finishedMs: null, clients: 0 }
    const young = { startedMs: NOW - MINUTE }
    expect(ofChain({ state: 'not-read', sweep }, young)).toMatchObject([{ passes: true }])
    expect(ofChain({ state: 'not-read', sweep: null }, young)).toMatchObject([{ passes: true }])
    expect(ofChain({ state: 'not-read', sweep: null })).toMatchObject([{ passes: false }])
  })
})

describe('the rest of the bot', () => {
  it.each<[string, Partial<Usefulness>, number]>([
    ['a message that waits for ten minutes', { oldestMs: NOW - 10 * MINUTE }, 0],
    ['one that waits for longer', { oldestMs: NOW - 10 * MINUTE - 1 }, 1],
    ['one that was made before the clock was set back', { oldestMs: NOW + 11 * MINUTE }, 1],
    ['a database that cannot be written', { database: 'the disk is full' }, 1],
    ['jobs that do not come round', { life: 'its own job has not come round for 2 min' }, 1],
    ['no way to people', { silentWays: ['HOOK'] }, 1],
    ['all at once', { silentWays: ['HOOK'], database: 'full', oldestMs: 0 }, 3],
  ])('%s', (_, now, count) => expect(holds(now)).toHaveLength(count))
})
