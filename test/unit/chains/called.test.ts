// For which clients of a chain somebody is tagged, by what the configuration names as mine.

import { expect, it } from 'vitest'
import { isCalledFor, urgency } from '../../../src/chains/called.ts'
import { lasting } from '../../../src/chains/health/observe.ts'
import type { ChainSettings } from '../../../src/chains/settings.ts'
import { clientStore } from '../../../src/clients/store.ts'
import { HOUR_MS, MINUTE_MS } from '../../../src/kernel/duration.ts'
import { openDatabase } from '../../../src/storage/database.ts'
import { aChain, aClient, NOW } from '../../support/client-rows.ts'

const chain = (chainId: string, more: Partial<ChainSettings> = {}) => ({
  ...aChain(chainId, chainId),
  ...more,
})
const end = (chainId: string) => ({ chainId, clientId: '07-tendermint-0', connectionId: 'connection-0' })
const mine = { mine: ['connection-7'] }
const known = new Map(
  [chain('names-1', mine), chain('lists-1', { connections: ['connection-1'] }), chain('plain-1')].map(
    (one) => [one.chainId, one],
  ),
)

it.each([
  ['a chain that names nothing', chain('a-1'), 'live', ['names-1'], true],
  ['a chain that names something', chain('a-1', mine), 'live', ['plain-1'], false],
  ['the same, of those that are mine', chain('a-1', mine), 'mine', [], true],
  ['a list of connections', chain('a-1', { connections: ['connection-1'] }), 'live', [], false],
  [
    'a chain for far ends, of one that names',
    chain('a-1', { connections: 'none' }),
    'live',
    ['names-1'],
    false,
  ],
  ['the same, mine at the near end', chain('a-1', { connections: 'none' }), 'mine', ['names-1'], true],
  ['of one with a list', chain('a-1', { connections: 'none' }), 'live', ['lists-1'], false],
  ['of one that names nothing', chain('a-1', { connections: 'none' }), 'live', ['names-1', 'plain-1'], true],
  ['of one that is not known', chain('a-1', { connections: 'none' }), 'live', ['gone-1'], true],
  ['of nobody', chain('a-1', { connections: 'none' }), 'live', [], true],
] as const)('%s', (_, host, attention, ends, calls) => {
  const client = { attention, farEnds: ends.map(end) }
  expect(isCalledFor(client, host, (chainId) => known.get(chainId) ?? null)).toBe(calls)
})

it('a chain that cannot be seen is urgent by what is near and calls somebody, else by what is nearest', () => {
  const host = chain('a-1', mine)
  const deadline = (clientId: string, inHours: number, attention: 'mine' | 'live') => ({
    chainId: 'a-1',
    clientId,
    deadlineMs: inHours * HOUR_MS,
    readMs: 0,
    attention,
    farEnds: [],
  })
  const stranger = deadline('s', 2, 'live')
  const by = (...all: (typeof stranger)[]) => {
    const { nearest, callingMs } = urgency(all, host, () => null, 0)
    return [nearest?.clientId ?? null, ...callingMs.map((ms) => ms / HOUR_MS)]
  }
  expect(by(stranger, deadline('m', 20, 'mine'))).toEqual(['m', 20])
  expect(by(stranger, deadline('m', 30, 'mine'))).toEqual(['s', 30])
  expect(by(deadline('m', 30, 'mine'), deadline('s', 40, 'live'))).toEqual(['m', 30])
  expect(by()).toEqual([null])
  expect(urgency([stranger], chain('a-1'), () => null, 0).callingMs).toEqual([2 * HOUR_MS])
})

it('calls for a deadline that comes, although one that had passed before is nearer', () => {
  const policy = { blindAfterMs: 10 * MINUTE_MS, blindMentionAfterMs: 6 * HOUR_MS }
  const lasts = (...inHours: number[]) => {
    const deadlinesMs = inHours.map((hours) => hours * HOUR_MS)
    return lasting('blind', 0, deadlinesMs, policy, HOUR_MS).mention
  }
  expect([lasts(-1), lasts(-1, 3), lasts(0.5), lasts(26), lasts()]).toEqual([false, true, true, false, false])
})

it('has all that is mine on a chain, also where another of it had passed before', () => {
  const database = openDatabase(':memory:', { nowMs: NOW })
  const store = clientStore(database)
  for (const [clientId, inHours] of [
    ['07-tendermint-1', -1],
    ['07-tendermint-2', 20],
  ] as const)
    store.save(aClient({ clientId, attention: 'mine' }, NOW + inHours * HOUR_MS), NOW)
  const host = aChain('osmosis-1', 'Osmosis', { mine: ['07-tendermint-1', '07-tendermint-2'] })
  const { callingMs } = urgency(store.deadlines(host, NOW), host, () => null, NOW)
  expect(callingMs.map((ms) => (ms - NOW) / HOUR_MS)).toEqual([-1, 20])
  database.close()
})
