// A chain of the configuration: which one is meant, and which cannot be built.
import { describe, expect, it } from 'vitest'
import { settingsOf } from '../../../src/config/index.ts'
import { chain, problemsOf } from '../../support/config-problems.ts'

describe('a chain', () => {
  it('that is only named and cannot be built is set apart, with its place; a wrong key beside it is said with it', async () => {
    const input = { chains: ['left-the-registry', chain, { chainId: 'no-rest-1', alerts: { warnAt: 0.7 } }] }
    const settings = await settingsOf(input)
    expect(settings.chains).toMatchObject([{ chainId: 'osmo-test-5', place: 'chains[1]' }])
    expect(settings.unwatched).toMatchObject([
      { place: 'chains[0]', chainId: 'left-the-registry' },
      { place: 'chains[2].rest', chainId: 'no-rest-1' },
    ])
    const text = await problemsOf({ ...input, shedule: {} })
    expect(text).toContain('shedule: unknown key')
    expect(text).toContain('chains[0]: "left-the-registry" is neither')
    expect(
      await problemsOf({ chains: [chain, { chainId: 'no-rest-1', alerts: { criticalAt: 0.1 } }] }),
    ).toContain('chains[1].alerts.criticalAt')
  })

  it('that is written wrongly leaves the others their places', async () => {
    const text = await problemsOf({ chains: [{ chainId: 'x-1', rst: [] }, chain, 'left-the-registry'] })
    expect(text).toContain('chains[2]: "left-the-registry" is neither')
  })

  it('that is short has no stranger beside it', async () => {
    const { unwatched } = await settingsOf({ chains: [chain, 'evmos', ' osmosis '] })
    expect(unwatched).toMatchObject([
      { chainId: 'evmos', mend: expect.stringMatching(/^write the chain out/) },
    ])
  })

  it('can only be what it says where the other chain of that name is there by itself', async () => {
    const local = { chainId: 'osmosis', rest: ['http://127.0.0.1:1'] }
    const alerts = { routes: [{ chains: ['osmosis'], webhook: 'HOOK_URL' }] }
    const settings = await settingsOf({ chains: ['osmosis', local], alerts })
    expect(settings.chains.map(({ chainId }) => chainId)).toEqual(['osmosis-1', 'osmosis'])
    expect(settings.undecided).toEqual([])
    expect(settings.alerts.routes[0]!.chains).toEqual(['osmosis'])
  })

  it('has no denom of the other chain of its name to be measured by', async () => {
    const wallets = [{ address: 'osmo1…', threshold: '0.0000000000001' }]
    const local = { chainId: 'osmosis', rest: ['http://127.0.0.1:1'], wallets }
    expect((await settingsOf({ chains: [local] })).undecided).toHaveLength(1)
  })

  it('that is misspelt has the nearest name of the registry beside it', async () => {
    const { unwatched } = await settingsOf({ chains: [chain, 'cosmohub'] })
    expect(unwatched).toMatchObject([
      { mend: expect.stringContaining('write cosmoshub if that is meant, else write') },
    ])
  })

  it('with endpoints is what it says, whatever the registry calls by that name', async () => {
    const rest = ['http://127.0.0.1:1']
    const { chains, undecided } = await settingsOf({
      chains: [
        { chainId: 'agoric', rest },
        { chainId: 'arkeo', rest },
        { chainId: 'celestia', rest },
        { chainId: 'cosmoshub-4', rest },
      ],
    })
    expect(chains.map(({ chainId }) => chainId)).toEqual(['celestia', 'cosmoshub-4'])
    expect(undecided.map(({ said, registry }) => [said, registry])).toMatchObject([
      [
        { chainId: 'agoric', name: 'agoric', registryName: null, prefix: null, token: null },
        { chainId: 'agoric-3', name: 'Agoric', rest },
      ],
      [
        { chainId: 'arkeo', registryName: 'arkeonetworktestnet' },
        { chainId: 'arkeo-main-v1', registryName: 'arkeo' },
      ],
    ])
  })

  it('that a word means by its name, although it is the id of another one, goes on and is doubted', async () => {
    const { chains, doubts } = await settingsOf({ chains: ['arkeo'] })
    expect(chains).toMatchObject([{ chainId: 'arkeo-main-v1' }])
    expect(doubts).toMatchObject([{ place: 'chains[0]', mend: 'write arkeo-main-v1 or arkeonetworktestnet' }])
  })

  it('is meant by a route with any of its names; where two are called so, it is asked', async () => {
    const routes = (name: string) => ({ routes: [{ chains: [name], webhook: 'HOOK_URL' }] })
    const words = ['noble', 'nobletestnet']
    for (const [name, chainId] of [
      ['noble', 'noble-1'],
      ['nobletestnet', 'grand-1'],
      ['grand-1', 'grand-1'],
    ] as const) {
      const settings = await settingsOf({ chains: words, alerts: routes(name) })
      expect(settings.alerts.routes[0]!.chains).toEqual([chainId])
    }
    expect(await problemsOf({ chains: words, alerts: routes('Noble') })).toContain(
      'alerts.routes[0].chains: "Noble" may be Noble (noble-1) or Noble (grand-1); write its chain id',
    )
  })
})
