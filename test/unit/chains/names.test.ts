// Which chain a word means, in one order everywhere, and how chains are told apart that share a name.
import { describe, expect, it } from 'vitest'
import { createDirectory } from '../../../src/chains/directory.ts'
import { chainOrRefuse, completeChain } from '../../../src/chains/find.ts'
import { chainsMeant } from '../../../src/chains/names.ts'
import { clientMessage, unseenClientMessage } from '../../../src/clients/messages.ts'
import { addressOfChain } from '../../../src/wallets/commands/find.ts'
import { aChain, aClient, aNotice } from '../../support/client-rows.ts'
import { address } from '../../support/wallets.ts'

const testnet = aChain('grand-1', 'Noble', { registryName: 'nobletestnet', prefix: 'noble' })
const mainnet = aChain('noble-1', 'Noble', { registryName: 'noble', prefix: 'noble' })
const nym = aChain('nyx', 'Nym', { registryName: 'nyx', prefix: 'n' })
const sandbox = aChain('sandbox', 'Nym', { registryName: 'nyxtestnet', prefix: 'n' })
const other = aChain('other-7', 'Sandbox', { prefix: 'noble' })
const chains = [other, testnet, mainnet, nym, sandbox]

const meant = (typed: string, among = chains) => chainsMeant(among, typed).map(({ chainId }) => chainId)

describe('a word', () => {
  it.each([
    // The id of one, the display name of another that stands before it.
    ['sandbox', ['sandbox']],
    ['Sandbox', ['other-7']],
    // The registry name of one, the display name of two.
    ['noble', ['noble-1']],
    ['nobletestnet', ['grand-1']],
    ['Noble', ['grand-1', 'noble-1']],
    ['Nym', ['nyx', 'sandbox']],
    ['nym', ['nyx', 'sandbox']],
    ['NYX', ['nyx']],
    ['Grand_1', ['grand-1']],
    [' noble-1 ', ['noble-1']],
    ['', []],
    ['juno', []],
  ])('%j means %j, wherever they stand in the list', (typed, ids) => {
    expect(meant(typed)).toEqual(ids)
    expect(meant(typed, [...chains].reverse()).sort()).toEqual(ids)
  })

  it('means what is written rather than what is only nearly written', () => {
    const both = [aChain('Hub-1', 'A'), aChain('hub-1', 'B'), aChain('HUB', 'C')]
    expect(meant('hub-1', both)).toEqual(['hub-1'])
    expect(meant('Hub-1', both)).toEqual(['Hub-1'])
    expect(meant('HUB-1', both)).toEqual(['Hub-1', 'hub-1'])
    expect(meant('hub', both)).toEqual(['HUB'])
  })

  it('that fits two is asked for, with both ids', () => {
    const directory = createDirectory(chains)
    expect(() => chainOrRefuse(directory, 'Noble')).toThrow(
      '`Noble` may be Noble (grand-1) or Noble (noble-1). Say which one by its chain id: `grand-1` or `noble-1`.',
    )
    expect(chainOrRefuse(directory, 'noble').chainId).toBe('noble-1')
    expect(completeChain(directory, 'noble').map(({ value }) => value)).toEqual(['noble-1', 'grand-1'])
  })
})

describe('chains that share a name', () => {
  it('have their ids beside it, as long as there are two', () => {
    const directory = createDirectory([mainnet, nym])
    expect(directory.label('noble-1')).toBe('Noble')
    directory.add(aChain('grand-1', ' noble ', { origin: 'registry' }))
    expect(directory.label('noble-1')).toBe('Noble (noble-1)')
    expect(directory.label('grand-1')).toBe('noble (grand-1)')
    expect(directory.label('nyx')).toBe('Nym')
    directory.add(aChain('grand-1', 'Noble Testnet', { origin: 'channel' }))
    expect(directory.label('noble-1')).toBe('Noble')
  })

  it('are told apart where they only look alike, and where one is named like the other one’s id', () => {
    const long = 'The Longest Name That Anybody Has Given To A Chain'
    const directory = createDirectory([
      aChain('long-1', `${long} One`),
      aChain('long-2', `${long} Two`),
      aChain('osmosis-1', 'osmosis-1'),
      aChain('evil-1', 'osmosis-1'),
    ])
    expect(directory.label('long-1')).toMatch(/^The Longest Name .*… \(long-1\)$/)
    expect(directory.label('long-2')).toMatch(/^The Longest Name .*… \(long-2\)$/)
    expect(directory.label('osmosis-1')).toBe('osmosis-1')
    expect(directory.label('evil-1')).toBe('osmosis-1 (evil-1)')
  })

  it('are never what an unknown chain looks like whose id is their name', () => {
    const directory = createDirectory([mainnet])
    expect(directory.label('noble')).toBe('noble (not known)')
    expect(directory.label('juno-1')).toBe('juno-1')
  })

  it('have different first lines and storms', () => {
    const directory = createDirectory([mainnet, testnet])
    const context = {
      nowMs: 0,
      directory,
      mention: [],
      elapsedShare: null,
      asOfMs: null,
      hostHalted: null,
      otherEnd: null,
      ibcGoMajor: null,
      endpoints: null,
    }
    const [one, two] = ['noble-1', 'grand-1'].map((chainId) => {
      const row = aClient({ chainId, trackedChainId: chainId === 'noble-1' ? 'grand-1' : 'noble-1' })
      return [
        clientMessage(row, aNotice('warning'), context),
        unseenClientMessage(row, aNotice('blind'), { ...context, cause: 'time-out' }),
      ]
    })
    expect(one![0]!.headline).toContain('Noble (noble-1) 07-tendermint-1 (tracks Noble (grand-1))')
    for (const index of [0, 1]) {
      expect(one![index]!.headline).not.toBe(two![index]!.headline)
      expect(one![index]!.group).not.toBe(two![index]!.group)
    }
  })
})

describe("a wallet's address", () => {
  const directory = createDirectory([
    mainnet,
    aChain('noble-test', 'Noble', { prefix: 'tnoble' }),
    aChain('noble-unknown', 'Odd'),
  ])

  it('decides between two chains where it fits exactly one', () => {
    const wallet = address(1, 'tnoble')
    expect(addressOfChain(wallet, 'Noble', directory)).toMatchObject({
      chain: { chainId: 'noble-test' },
      address: wallet,
    })
  })

  it.each([
    ['both have its prefix', createDirectory(chains), 'noble'],
    ['one of them does not say its prefix', createDirectory([mainnet, aChain('x-1', 'Noble')]), 'noble'],
    ['none of them has its prefix', directory, 'cosmos'],
  ])('does not where %s', (_, among, prefix) => {
    expect(() => addressOfChain(address(1, prefix), 'Noble', among)).toThrow('`Noble` may be Noble (')
  })
})
