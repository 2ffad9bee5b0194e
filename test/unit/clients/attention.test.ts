// Whom a client's alerts tag, by what the configuration names as mine.
import { expect, it } from 'vitest'
import type { ChainSettings } from '../../../src/chains/settings.ts'
import { isCalledFor } from '../../../src/clients/attention.ts'
import { aChain } from '../../support/client-rows.ts'

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
