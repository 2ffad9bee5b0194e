// One sick route of an endpoint, and an endpoint that is sick: what of it counts for the pace.
import { expect, test } from 'vitest'
import type { RequestOutcome } from '../../../src/cosmos/limiter.ts'
import { createRouteFaults } from '../../../src/cosmos/route-faults.ts'

const TIMES = '/ibc/core/client/v1/consensus_states/07-tendermint-N/revision/1/height/N9'
const BALANCE = '/cosmos/bank/v1beta1/balances/cosmosNqy3529yj0by_denom?denom=N'
const LISTS = '/ibc/core/client/v1/client_states?pagination.key=N'
const BLOCK = '/cosmos/base/tendermint/v1beta1/blocks/latest'
const ok = 'ok'
const fault = 'fault'

test.each<[string, [string, RequestOutcome][], string]>([
  [
    'a route that fails while another answers',
    [
      [TIMES, fault],
      [BLOCK, ok],
      [TIMES, fault],
      [TIMES, fault],
      [TIMES, fault],
    ],
    'F.FOO',
  ],
  [
    'one that asks about another address each time',
    [
      [BLOCK, ok],
      [BALANCE, fault],
      [BLOCK, ok],
      [BALANCE, fault],
      [BALANCE, fault],
    ],
    '.F.FO',
  ],
  [
    'where nothing answers',
    [
      [TIMES, fault],
      [LISTS, fault],
      [BLOCK, fault],
      [TIMES, fault],
      [LISTS, fault],
      [TIMES, fault],
    ],
    'FFFFFF',
  ],
  [
    'an overload that lets some through',
    [
      [TIMES, fault],
      [TIMES, ok],
      [BLOCK, ok],
      [TIMES, fault],
      [TIMES, fault],
      [TIMES, ok],
      [TIMES, fault],
    ],
    'F..FF.F',
  ],
  [
    'two sick routes beside a healthy one',
    [
      [BLOCK, ok],
      [TIMES, fault],
      [LISTS, fault],
      [TIMES, fault],
      [LISTS, fault],
      [BLOCK, ok],
      [TIMES, fault],
      [LISTS, fault],
    ],
    '.FFFF.OO',
  ],
  [
    'a sweep of lists, then of one sick route',
    [
      [LISTS, ok],
      [TIMES, fault],
      [TIMES, fault],
      [TIMES, fault],
      [TIMES, fault],
    ],
    '.FFOO',
  ],
  [
    'an endpoint that goes down',
    [
      [LISTS, ok],
      [TIMES, fault],
      [TIMES, fault],
      [TIMES, fault],
      [BLOCK, fault],
      [TIMES, fault],
      [BLOCK, fault],
    ],
    '.FFOFFF',
  ],
  [
    'one that is well again',
    [
      [TIMES, fault],
      [BLOCK, ok],
      [TIMES, fault],
      [TIMES, fault],
      [TIMES, ok],
      [TIMES, fault],
    ],
    'F.FO.F',
  ],
  [
    'limits and bans count always',
    [
      [TIMES, fault],
      [BLOCK, ok],
      [TIMES, fault],
      [TIMES, fault],
      [TIMES, 'limited'],
      [TIMES, 'refused'],
    ],
    'F.FOLR',
  ],
])('%s', (_what, came, expected) => {
  const ofRoute = createRouteFaults()
  const sign = { ok: '.', fault: 'F', other: 'O', limited: 'L', refused: 'R' }
  const signs = came.map(([path, outcome], n) => sign[ofRoute(path.replaceAll('N', String(n)), outcome)])
  expect(signs.join('')).toBe(expected)
})
