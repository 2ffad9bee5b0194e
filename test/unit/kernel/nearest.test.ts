// Which name was meant: the order of the nearest, how far away one may be, and what counts as a letter.
import { describe, expect, it } from 'vitest'
import { nearest } from '../../../src/kernel/nearest.ts'

describe('nearest', () => {
  it.each([
    ['osmo', ['juno', 'osmosis', 'osmos'], {}, ['osmos', 'juno', 'osmosis']],
    ['osmo', ['juno', 'osmosis', 'osmos'], { most: 1 }, ['osmos']],
    ['aa', ['ab', 'ac', 'aa'], { most: 1 }, ['aa', 'ab', 'ac']],
    ['Chains', ['chains'], { most: 0 }, []],
    ['Chains', ['chains'], { most: 0, ignoreCase: true }, ['chains']],
    ['x', [], {}, []],
  ])('%s among %j, %j: %j', (typed, names, options, found) =>
    expect(nearest(typed, names, options)).toEqual(found),
  )

  it('finds things by their names', () => {
    const things = [{ id: 'channel-1' }, { id: 'channel-40' }]
    expect(nearest('channel-4', things, { nameOf: ({ id }) => id, most: 1 })).toEqual(things)
  })
})
