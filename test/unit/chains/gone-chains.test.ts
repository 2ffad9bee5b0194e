// Chains that leave the registry: what the next copy keeps of them, and those that went since June 2026.
import { describe, expect, it } from 'vitest'
import { goneChains } from '../../../scripts/gone-chains.ts'
import { type RegistryFile, registryById, registryByName } from '../../../src/chains/registry.ts'

type Entry = RegistryFile['chains'][number]

const entry = (registryName: string, chainId: string, more: Partial<Entry['chain']> = {}): Entry => ({
  chain: {
    registryName,
    chainId,
    name: registryName,
    rest: ['https://lcd.example.org'],
    token: null,
    stakingToken: null,
    networkType: 'mainnet',
    chainType: 'cosmos',
    prefix: registryName,
    daemonName: null,
    status: 'live',
    explorers: [{ name: 'x', url: 'https://x.example.org' }],
    ...more,
  },
  assets: [{ denom: 'utoken', symbol: 'TOKEN', decimals: 6 }],
  otherDenoms: [],
})

describe('a newer copy of the registry', () => {
  it('keeps a chain that it lacks, with the day, and asks nobody through its endpoints', () => {
    const [kept, ...more] = goneChains(
      [entry('left', 'left-1'), entry('there', 'there-1')],
      [entry('there', 'there-1')],
      '2026-08-16',
    )
    expect(more).toEqual([])
    expect(kept).toMatchObject({
      chain: {
        chainId: 'left-1',
        prefix: 'left',
        status: 'killed',
        goneSince: '2026-08-16',
        rest: [],
        explorers: [],
      },
      assets: [{ denom: 'utoken' }],
    })
  })

  it('leaves a chain the day on which it went', () => {
    const before = goneChains([entry('left', 'left-1')], [], '2026-08-16')
    expect(goneChains(before, [], '2026-12-01')).toEqual(before)
  })

  it('has nothing gone that has another name now, and both where the chain id is another', () => {
    expect(goneChains([entry('old', 'same-1')], [entry('new', 'same-1')], '2026-08-16')).toEqual([])
    const [kept] = goneChains([entry('same', 'old-1')], [entry('same', 'new-1')], '2026-08-16')
    expect(kept?.chain).toMatchObject({ chainId: 'old-1', goneSince: '2026-08-16' })
  })

  it('takes back one that is there again', () => {
    const before = goneChains([entry('left', 'left-1')], [], '2026-08-16')
    expect(goneChains(before, [entry('left', 'left-1')], '2026-12-01')).toEqual([])
  })
})

describe('the copy of the program', () => {
  it.each([
    ['evmos', 'evmos_9001-2', 'evmos', 'aevmos'],
    ['stargaze', 'stargaze-1', 'stars', 'ustars'],
    ['umee', 'umee-1', 'umee', 'uumee'],
    ['omniflixhub', 'omniflixhub-1', 'omniflix', 'uflix'],
  ])('knows what %s was', async (registryName, chainId, prefix, denom) => {
    const chain = await registryById(chainId)
    expect(chain).toMatchObject({ registryName, prefix, status: 'killed', token: { denom }, rest: [] })
    expect(chain?.goneSince).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(await registryByName(registryName)).toEqual(chain)
  })

  it('has the devnets, and the type of each chain', async () => {
    expect(await registryByName('seidevnet3')).toMatchObject({ networkType: 'devnet', chainType: 'cosmos' })
    expect(await registryByName('ethereum')).toMatchObject({ chainType: 'eip155' })
  })
})
