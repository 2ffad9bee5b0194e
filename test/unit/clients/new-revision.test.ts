// The revision that a chain id ends with, by IBC's rule, and which chain is the next one of another.
import { expect, it } from 'vitest'
import { createAlertStore } from '../../../src/alerts/store.ts'
import { createDirectory } from '../../../src/chains/directory.ts'
import { followRevisions, revisionOf } from '../../../src/clients/new-revision.ts'
import { clientStore } from '../../../src/clients/store.ts'
import { openDatabase } from '../../../src/storage/database.ts'
import { aChain, aClient, NOW } from '../../support/client-rows.ts'

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

it.each<[string, string[], false | 'registry', string]>([
  ['is the next revision', [], false, 'gamma-7'],
  ['is where the registry knows the old one still', ['gamma-1'], false, 'gamma-7'],
  ['is not where the registry has both: a mainnet and a testnet', ['gamma-1', 'gamma-7'], false, 'gamma-1'],
  ['is not where the old one comes again as a far end', ['gamma-1'], 'registry', 'gamma-1'],
  ['is where only the new one is listed', ['gamma-7'], 'registry', 'gamma-7'],
])('a chain with a higher number %s', (_, listed, counterparties, owner) => {
  const database = openDatabase(':memory:', { nowMs: NOW })
  const store = clientStore(database)
  store.save(aClient({ chainId: 'gamma-1' }), NOW)
  const directory = createDirectory([aChain('gamma-7', 'Gamma')])
  const deps = {
    database,
    store,
    alerts: createAlertStore(database),
    directory,
    settings: { counterparties },
  }
  followRevisions(deps, (chainId) => listed.includes(chainId), NOW)
  expect(store.clients().map(({ chainId }) => chainId)).toEqual([owner])
  database.close()
})
