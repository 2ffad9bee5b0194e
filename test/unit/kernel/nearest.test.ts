// Which name was meant: the one rule, the order of the nearest, how far away one may be, and what counts as a letter.
import { describe, expect, it } from 'vitest'
import { nearest } from '../../../src/kernel/nearest.ts'

describe('nearest', () => {
  it.each([
    [
      'the same before what begins so',
      'osmo',
      ['osmosis', 'OSMO', 'osmo-test'],
      ['OSMO', 'osmosis', 'osmo-test'],
    ],
    [
      'a beginning before a distance',
      'cosmos',
      ['coss', 'cosmo', 'cosmoshubtestnet', 'cosmoshub'],
      ['cosmoshub', 'cosmoshubtestnet', 'cosmo'],
    ],
    ['a beginning before what holds it', 'hub', ['cosmoshub', 'hubble'], ['hubble', 'cosmoshub']],
    ['what was typed too long', 'osmosismainnet', ['juno', 'osmosis'], ['osmosis']],
    ['one letter of a short word', 'luna', ['aura', 'duna', 'lunaa', 'kujira'], ['lunaa', 'duna']],
    ['two of a longer one', 'thresholt', ['treshold', 'threshold', 'thershholt'], ['threshold', 'treshold']],
    ['never more than three', 'abcdefghijklmnopqrstuvwx', ['abcdefghijklmnopqrst1234'], []],
    ['neighbours that are swapped as one', 'dtaa', ['data', 'dtxx'], ['data']],
    [
      'upper case, spaces and dashes forgiven',
      'COSMOS hub',
      ['cosmos_hub', 'cosmo-hub'],
      ['cosmos_hub', 'cosmo-hub'],
    ],
    ['nothing for a letter or two but themselves', 'os', ['osmosis', 'o', 'OS'], ['OS']],
    ['nothing for nothing', ' - ', ['osmosis', ''], []],
    [
      'their order where they are as near',
      'noble-9',
      ['noble-1', 'noble-2', 'noble-3'],
      ['noble-1', 'noble-2', 'noble-3'],
    ],
  ])('%s: %s', (_, typed, names, found) => expect(nearest(typed, names)).toEqual(found))

  it('finds things by any of their names', () => {
    const things = [
      { id: 'phoenix-1', symbol: 'LUNA' },
      { id: 'columbus-5', symbol: 'LUNC' },
    ]
    const namesOf = ({ id, symbol }: (typeof things)[number]) => [id, symbol]
    expect(nearest('luna', things, { namesOf })).toEqual(things)
    expect(nearest('columbus', things, { namesOf })).toEqual([things[1]])
  })

  it('can be held to a number of letters, however a name begins', () => {
    expect(nearest('dat', ['database', 'data'], { most: 1 })).toEqual(['data'])
  })
})
