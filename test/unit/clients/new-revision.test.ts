// The revision that a chain id ends with, by IBC's rule.
import { expect, it } from 'vitest'
import { revisionOf } from '../../../src/clients/new-revision.ts'

it.each([
  ['osmosis-1', 'osmosis', 1n],
  ['theta-testnet-12', 'theta-testnet', 12n],
  ['theta-testnet-001', 'theta-testnet-001', 0n],
  ['alpha--2', 'alpha--2', 0n],
  ['-2', '-2', 0n],
  ['alpha', 'alpha', 0n],
  ['', '', 0n],
])('%s', (chainId, name, revision) => {
  expect(revisionOf(chainId)).toEqual({ name, revision })
})
