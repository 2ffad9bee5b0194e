// What people type as an address: the right one in any spelling, and a reason for everything else.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAddress, secretIn } from '../../../src/faucet/address.ts'
import { encodeAddress } from '../../../src/kernel/address.ts'
import { cosmosAddress, ligAddress } from '../../support/faucet.ts'

const LIG = { prefix: 'lig', encoding: 'bech32m', bytes: [28] } as const
const COSMOS = { prefix: 'cosmos', encoding: 'bech32', bytes: [20, 32] } as const
const VALID = 'lig132yw8ht5p8cetl2jmvknewjawt9xwzdlrk2pyxlnwjyqz3m499u'

const codeOf = (typed: string, rule: Parameters<typeof readAddress>[1] = LIG) => {
  const read = readAddress(typed, rule)
  return read.ok ? read.canonical : read.problem.code
}

describe('readAddress', () => {
  it.each([
    [VALID, VALID],
    [VALID.toUpperCase(), VALID],
    [`  ${VALID}\n`, VALID],
    [`\u200f${VALID}\u200e`, VALID],
    ['', 'address-empty'],
    ['   ', 'address-empty'],
    ['\u200f', 'address-empty'],
    ['🚰', 'address-shape'],
    ['hello', 'address-shape'],
    ['<@972778865355272194>', 'address-mention'],
    ['<@&972778865355272194>', 'address-mention'],
    [`my address is ${VALID}`, 'address-extra'],
    [`${VALID} please`, 'address-extra'],
    [`address:${VALID}`, 'address-shape'],
    [`${VALID.slice(0, 20)}\u202e${VALID.slice(20)}`, 'address-invisible'],
    [`${VALID.slice(0, 20)}\u200b${VALID.slice(20)}`, 'address-invisible'],
    ['0x52908400098527886E0F7030069857D2E4169EE7', 'address-evm'],
    [`${VALID.slice(0, -1)}q`, 'address-checksum'],
    [VALID.slice(0, -1), 'address-checksum'],
    [`lig1b${VALID.slice(5)}`, 'address-shape'],
    [VALID.slice(0, 10) + VALID.slice(10).toUpperCase(), 'address-mixed-case'],
    [cosmosAddress(1), 'address-prefix'],
    [cosmosAddress(1, 'cosmosvaloper'), 'address-prefix'],
    [encodeAddress('lig', new Uint8Array(28)), 'address-encoding'],
    [encodeAddress('lig', new Uint8Array(20), { encoding: 'bech32m' }), 'address-length'],
  ])('%j: %s', (typed, expected) => {
    expect(codeOf(typed)).toBe(expected)
  })

  it('gives the form that it would pay, of the same bytes', () => {
    const formOf = (typed: string, rule: Parameters<typeof readAddress>[1] = COSMOS) => {
      const read = readAddress(typed, rule)
      return !read.ok && 'form' in read.problem ? read.problem.form : undefined
    }
    const own = encodeAddress('cosmos', new Uint8Array(20).fill(0xab))
    expect(formOf(`0x${'ab'.repeat(20)}`)).toBe(own)
    expect(formOf(encodeAddress('osmo', new Uint8Array(20).fill(0xab)))).toBe(own)
    expect(formOf(encodeAddress('cosmosvaloper', new Uint8Array(20).fill(0xab)))).toBe(own)
    expect(formOf(encodeAddress('cosmosvalcons', new Uint8Array(20).fill(0xab)))).toBeUndefined()
    // A character is wrong, or there is no address of so many bytes.
    expect(formOf('0x52908400098527886E0F7030069857D2E4169eE7')).toBeUndefined()
    expect(formOf(`0x${'ab'.repeat(20)}`, { ...COSMOS, bytes: [28] })).toBeUndefined()
  })

  it('reads no 4,000 characters', () => {
    expect(codeOf(`lig1${'q'.repeat(4000)}`)).toBe('address-too-long')
    expect(codeOf('🚰'.repeat(2000))).toBe('address-too-long')
  })

  it('takes accounts and contracts of Cosmos chains', () => {
    const contract = encodeAddress('cosmos', new Uint8Array(32).fill(7))
    expect(codeOf(cosmosAddress(1), COSMOS)).toBe(cosmosAddress(1))
    expect(codeOf(contract, COSMOS)).toBe(contract)
    expect(codeOf(encodeAddress('cosmos', new Uint8Array(20), { encoding: 'bech32m' }), COSMOS)).toBe(
      'address-encoding',
    )
  })

  it('takes no text but the one address, whatever is typed, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 4000 })),
        (typed) => {
          const read = readAddress(typed, LIG)
          if (read.ok) expect(typed.trim().toLowerCase()).toContain(read.canonical)
        },
      ),
    )
    fc.assert(
      fc.property(fc.nat(54), fc.constantFrom(...'qpzry9x8gf2tvdw0s3jn54khce6mua7l'), (at, char) => {
        const typed = VALID.slice(0, at) + char + VALID.slice(at + 1)
        expect(readAddress(typed, LIG).ok).toBe(typed === VALID)
      }),
    )
  })
})

describe('secretIn', () => {
  const words = 'abandon ability able about above absent absorb abstract absurd abuse access accident'.split(
    ' ',
  )
  it.each([
    [words.join(' '), 'mnemonic'],
    [words.join(', '), 'mnemonic'],
    [words.map((word, n) => `${n + 1}. ${word}`).join('\n'), 'mnemonic'],
    [words.map((word, n) => `${n + 1}${word}`).join(' '), 'mnemonic'],
    [[...words, ...words].join(' '), 'mnemonic'],
    [words.slice(1).join(' '), 'mnemonic'],
    ['ábaco abdomen abeja abierto abogado abono aborto abrazo abrir abuelo abuso acabar', 'mnemonic'],
    ['a1'.repeat(32), 'private key'],
    [`0x${'A1'.repeat(32)}`, 'private key'],
    [`my key ${'b2'.repeat(32)} ok`, 'private key'],
    [Buffer.alloc(32, 7).toString('base64'), 'private key'],
    [Buffer.alloc(64, 7).toString('base64'), 'private key'],
    ['5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ', 'private key'],
    ['-----BEGIN PRIVATE KEY-----', 'private key'],
    [VALID, null],
    ['I would like some tokens please', null],
    [`my address is ${VALID}`, null],
  ])('%j: %s', (typed, expected) => {
    expect(secretIn(typed)).toBe(expected)
    if (expected) expect(codeOf(typed)).toBe('address-secret')
  })

  it('takes no address for a secret', () => {
    for (let n = 0; n < 300; n++)
      expect([secretIn(ligAddress(n)), secretIn(cosmosAddress(n))]).toEqual([null, null])
  })
})
