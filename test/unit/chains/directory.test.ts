// The directory: found by any name, grown while running, and who wins where a chain is named twice.
import { describe, expect, it } from 'vitest'
import { createDirectory } from '../../../src/chains/directory.ts'
import { chainOrRefuse, completeChain } from '../../../src/chains/find.ts'
import { chainsMeant } from '../../../src/chains/names.ts'
import { aChain } from '../../support/client-rows.ts'

const hub = aChain('cosmoshub-4', 'Cosmos Hub', { registryName: 'cosmoshub' })

describe('the directory', () => {
  it('knows a chain at once that is added, by id and name, and completes it', () => {
    const directory = createDirectory([hub])
    expect(chainsMeant(directory.all(), 'Juno')).toEqual([])
    expect(directory.add(aChain('juno-1', 'Juno', { origin: 'channel' }))).toBe(true)
    expect(directory.get('juno-1')?.name).toBe('Juno')
    expect(chainsMeant(directory.all(), 'JUNO')).toMatchObject([{ chainId: 'juno-1' }])
    expect(chainOrRefuse(directory, 'juno').chainId).toBe('juno-1')
    expect(completeChain(directory, 'jun')).toEqual([{ name: 'Juno (juno-1)', value: 'juno-1' }])
    expect(directory.all().map(({ chainId }) => chainId)).toEqual(['cosmoshub-4', 'juno-1'])
  })

  it('lets the configuration win over the channel, and the channel over the registry', () => {
    const directory = createDirectory([hub])
    expect(directory.add(aChain('cosmoshub-4', 'Evil Hub', { origin: 'channel' }))).toBe(false)
    expect(directory.add(aChain('cosmoshub-4', 'Registry Hub', { origin: 'registry' }))).toBe(false)
    expect(directory.label('cosmoshub-4')).toBe('Cosmos Hub')
    expect(directory.add(aChain('juno-1', 'From the registry', { origin: 'registry' }))).toBe(true)
    expect(directory.add(aChain('juno-1', 'From the channel', { origin: 'channel' }))).toBe(true)
    expect(directory.add(aChain('juno-1', 'From the registry', { origin: 'registry' }))).toBe(false)
    expect(directory.label('juno-1')).toBe('From the channel')
    expect(directory.add(aChain('juno-1', 'Changed', { origin: 'channel' }))).toBe(true)
    expect(directory.label('juno-1')).toBe('Changed')
    expect(directory.all()).toHaveLength(2)
  })

  it('finds a chain of the registry name before one that calls itself so', () => {
    const directory = createDirectory([hub])
    directory.add(aChain('fake-1', 'cosmoshub', { origin: 'channel' }))
    expect(chainOrRefuse(directory, 'CosmosHub').chainId).toBe('cosmoshub-4')
  })

  it.each([
    ['atom', '`cosmoshub-4` (Cosmos Hub)'],
    ['cosmos', '`cosmoshub-4` (Cosmos Hub)'],
    ['cosmoshub-5', '`cosmoshub-4` (Cosmos Hub)'],
    ['jnuo', '`juno-1` (Juno)'],
  ])('names what is near to a word that no chain has: %s', (word, near) => {
    const token = { symbol: 'ATOM', denom: 'uatom', decimals: 6 }
    const directory = createDirectory([aChain('coss-1', 'Coss'), { ...hub, token }, aChain('juno-1', 'Juno')])
    expect(() => chainOrRefuse(directory, word)).toThrow(
      `There is no chain \`${word}\`. Did you mean ${near}?`,
    )
  })

  it('names all chains where none is near', () => {
    const directory = createDirectory([hub, aChain('juno-1', 'Juno')])
    expect(() => chainOrRefuse(directory, 'aura')).toThrow(
      'The chains are `cosmoshub-4` (Cosmos Hub), `juno-1`',
    )
  })

  it('does not disturb who walks over the list that was', () => {
    const directory = createDirectory([hub])
    const before = directory.all()
    directory.add(aChain('juno-1', 'Juno', { origin: 'registry' }))
    expect(before).toHaveLength(1)
  })
})
