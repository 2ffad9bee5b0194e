// How a denom is shown by its metadata: display unit, alias, symbol, the only larger unit; or nothing is known.
import { describe, expect, it } from 'vitest'
import { readDenomMetadata, shownBy } from '../../../src/cosmos/denom.ts'
import { chainOf } from './tiny-chain.ts'

type Unit = [denom: string, exponent: number, ...aliases: string[]]

const shown = (base: string, display: string, symbol: string, ...units: Unit[]) => {
  const of = units.map(([denom, exponent, ...aliases]) => ({ denom, exponent, aliases }))
  const found = shownBy({ base, display, symbol, units: of })
  return found && `${found.decimals} ${found.symbol}${found.isGuess ? ' (guess)' : ''}`
}

describe('a denom is shown', () => {
  it.each<[string, string | null, string, string, string, Unit[]]>([
    [
      'by its display unit',
      '6 ATOM',
      'uatom',
      'atom',
      'ATOM',
      [
        ['uatom', 0, 'microatom'],
        ['matom', 3],
        ['atom', 6],
      ],
    ],
    [
      'by its display unit, whatever else is there',
      '18 INJ',
      'inj',
      'INJ',
      '',
      [
        ['inj', 0],
        ['INJ', 18],
        ['kinj', 21],
      ],
    ],
    [
      'by an alias of a unit',
      '6 VERONA (guess)',
      'uxion',
      'VERONA',
      'VERONA',
      [
        ['uxion', 0],
        ['XION', 6, 'xion', 'VERONA'],
      ],
    ],
    [
      'by the larger unit beside the base unit',
      '8 RUJI (guess)',
      'x/ruji',
      'x/ruji',
      'RUJI',
      [
        ['x/ruji', 0],
        ['ruji', 8],
      ],
    ],
    [
      'by the larger unit, where the base unit is not listed',
      '9 gwei (guess)',
      'awei',
      'awei',
      '',
      [['gwei', 9]],
    ],
    [
      'by the one of several that is named like the symbol',
      '6 LUNA (guess)',
      'uluna',
      'uluna',
      'LUNA',
      [
        ['uluna', 0],
        ['mluna', 3],
        ['luna', 6],
      ],
    ],
    [
      'by the one that has the symbol for an alias',
      '12 PICA (guess)',
      'ppica',
      'ppica',
      'PICA',
      [
        ['ppica', 0],
        ['mpica', 9],
        ['big', 12, 'pica'],
      ],
    ],
    [
      'by the only exponent that is not 0, of two units',
      '6 bar (guess)',
      'ufoo',
      'bar',
      '',
      [
        ['ufoo', 0],
        ['foo', 6],
        ['Foo', 6],
      ],
    ],
    [
      'by the name of its unit where the symbol is that of another',
      '3 mphoto',
      'uphoto',
      'mphoto',
      'PHOTO',
      [
        ['uphoto', 0],
        ['mphoto', 3],
        ['photo', 6],
      ],
    ],
    [
      'by the name of its unit where the symbol is its denom',
      '6 umnta8 (guess)',
      'factory/k1/umnta',
      'factory/k1/umnta',
      'factory/k1/umnta',
      [
        ['factory/k1/umnta', 0],
        ['umnta8', 6],
      ],
    ],
    ['in base units where there is no other', '0 BOOT', 'boot', 'boot', 'BOOT', [['boot', 0]]],
    [
      'in base units where the display is an alias of that',
      '0 AFA',
      'ibc/0D',
      'cw20:juno1',
      'AFA',
      [['ibc/0D', 0, 'cw20:juno1']],
    ],
    [
      'by nothing: several larger units and none is named',
      null,
      'uluna',
      'uluna',
      'TERRA',
      [
        ['uluna', 0],
        ['mluna', 3],
        ['luna', 6],
      ],
    ],
    [
      'by nothing: the display is none of its units (as ibc-go writes it)',
      null,
      'ibc/27',
      'transfer/channel-0/uatom',
      'UATOM',
      [['uatom', 0]],
    ],
    ['by nothing: there are no units', null, 'uatom', 'atom', 'ATOM', []],
    ['by nothing: its base unit would be a larger one', null, 'uatom', 'uatom', 'ATOM', [['uatom', 6]]],
    [
      'by nothing: two units of one name contradict each other',
      null,
      'uatom',
      'atom',
      '',
      [
        ['uatom', 0],
        ['atom', 6],
        ['atom', 9],
      ],
    ],
    [
      'by nothing: more decimals than a token has',
      null,
      'uatom',
      'atom',
      '',
      [
        ['uatom', 0],
        ['atom', 31],
      ],
    ],
    [
      'by nothing: a part of a decimal',
      null,
      'uatom',
      'atom',
      '',
      [
        ['uatom', 0],
        ['atom', 1.5],
      ],
    ],
    [
      'by nothing: fewer than none',
      null,
      'uatom',
      'atom',
      '',
      [
        ['uatom', 0],
        ['atom', -6],
      ],
    ],
  ])('%s: %s', (_, expected, base, display, symbol, units) => {
    expect(shown(base, display, symbol, ...units)).toBe(expected)
  })
})

describe("a chain's metadata", () => {
  const units = [{ denom: 'uatom' }, { denom: 'atom', exponent: '6', aliases: null }]
  const read = async (metadata: object) => {
    const { chain } = await chainOf(() => ({ body: { metadata } }))
    return readDenomMetadata(chain, 'uatom')
  }

  it('is read with exponents as text, left out, and without a symbol', async () => {
    const found = await read({ base: 'uatom', display: 'atom', denom_units: units })
    expect(found).toEqual({ denom: 'uatom', symbol: 'atom', decimals: 6 })
  })

  it('of another denom, as a cache gives it that knows the path alone, is none', async () => {
    expect(await read({ base: 'uosmo', display: 'atom', symbol: 'OSMO', denom_units: units })).toBeNull()
  })

  it('that is null is none, and aliases that are no texts are none either', async () => {
    const { chain, node } = await chainOf(() => ({ body: { metadata: null } }))
    expect(await readDenomMetadata(chain, 'uatom')).toBeNull()
    expect(node.asked.filter((path) => path.includes('denoms_metadata'))).toHaveLength(1)
    const odd = units.map((unit) => ({ ...unit, aliases: [7] }))
    expect(await read({ base: 'uatom', display: 'atom', denom_units: odd })).toMatchObject({ decimals: 6 })
  })

  it('of a denom with a slash is in the list, where the node has no route for it', async () => {
    const one = (base: string) => ({
      base,
      display: 'x',
      symbol: 'X',
      denom_units: [{ denom: 'x', exponent: 9 }],
    })
    const pages: Record<string, object> = {
      first: { metadatas: [one('a/x'), { broken: 1 }], pagination: { next_key: 'Yg==' } },
      second: { metadatas: [one('b/x')], pagination: { next_key: null } },
    }
    const { chain, node } = await chainOf((path) => {
      if (!path.includes('denoms_metadata?'))
        return { status: 501, body: { code: 12, message: 'Not Implemented' } }
      return { body: pages[path.includes('pagination.key') ? 'second' : 'first']! }
    })
    expect(await readDenomMetadata(chain, 'b/x')).toEqual({
      denom: 'b/x',
      symbol: 'X',
      decimals: 9,
      isGuess: true,
    })
    expect(await readDenomMetadata(chain, 'c/x')).toBeNull()
    expect(node.asked.filter((path) => path.includes('by_query_string'))).toHaveLength(2)
    // What cannot be read of the list hides nothing of the rest.
    pages.second = { metadatas: [], pagination: { next_key: 'Yg==' } }
    expect(await readDenomMetadata(chain, 'a/x')).toMatchObject({ decimals: 9 })
    expect(await readDenomMetadata(chain, 'b/x')).toBeNull()
  })
})
