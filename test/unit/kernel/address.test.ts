// Addresses: round trips, the published test vectors, and a reason for each way of being wrong.
import { bech32 } from '@scure/base'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addressProblemText,
  decodeAddress,
  decodeHexAddress,
  encodeAddress,
  sameAccount,
} from '../../../src/kernel/address.ts'

const prefix = fc.stringMatching(/^[a-z]{1,20}$/)
const bytes = fc.uint8Array({ minLength: 1, maxLength: 64 })
const encoding = fc.constantFrom('bech32' as const, 'bech32m' as const)
const ADDRESS = 'elys1yd84wqzg00d6m40lk3s9rp3a0x97ywsdat6m52'

test('encode and decode are inverses; upper case is the same address', () => {
  fc.assert(
    fc.property(prefix, bytes, encoding, (hrp, data, kind) => {
      const text = encodeAddress(hrp, data, { encoding: kind })
      const want = { ok: true, prefix: hrp, bytes: data, canonical: text }
      expect(decodeAddress(text, { encoding: kind })).toEqual(want)
      expect(decodeAddress(` ${text.toUpperCase()}\n`, { encoding: kind })).toEqual(want)
    }),
  )
})

test('an address in the other encoding is told apart from a typing mistake', () => {
  fc.assert(
    fc.property(prefix, bytes, encoding, (hrp, data, kind) => {
      const text = encodeAddress(hrp, data, { encoding: kind === 'bech32' ? 'bech32m' : 'bech32' })
      expect(decodeAddress(text, { encoding: kind })).toEqual({ ok: false, reason: 'wrong-encoding' })
    }),
  )
})

test('one changed character of the data never passes', () => {
  const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
  fc.assert(
    fc.property(prefix, bytes, fc.nat(), fc.nat({ max: 31 }), (hrp, data, at, letter) => {
      const text = encodeAddress(hrp, data)
      const index = hrp.length + 1 + (at % (text.length - hrp.length - 1))
      const wrong = text.slice(0, index) + alphabet[letter] + text.slice(index + 1)
      expect(decodeAddress(wrong).ok).toBe(wrong === text)
    }),
  )
})

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => decodeAddress(text) !== null),
  )
})

test('a real address', () => {
  const decoded = decodeAddress(ADDRESS)
  expect(decoded).toMatchObject({ ok: true, prefix: 'elys', canonical: ADDRESS })
  expect(decoded.ok && decoded.bytes.length).toBe(20)
})

describe('reasons', () => {
  test.each([
    ['', 'empty'],
    ['  ', 'empty'],
    ['Elys1yd84wqzg00d6m40lk3s9rp3a0x97ywsdat6m52', 'mixed-case'],
    ['elys1yd84wqzg00d6m40lk3s9rp3a0x97ywsdat6m5q', 'checksum'],
    ['0x52908400098527886E0F7030069857D2E4169EE7', 'not-bech32'],
    ['<@875319025058594896>', 'not-bech32'],
    ['elys', 'not-bech32'],
    [`cosmos1${'q'.repeat(400)}`, 'not-bech32'],
  ] as const)('%s: %s', (text, reason) => {
    expect(decodeAddress(text)).toEqual({ ok: false, reason })
    expect(addressProblemText(reason)).toMatch(/\w/)
  })

  test('data that are not whole bytes', () => {
    const odd = bech32.encode('cosmos', [31])
    expect(decodeAddress(odd)).toEqual({ ok: false, reason: 'padding' })
  })

  test('BIP-173: valid strings, and one without any data, which is no account', () => {
    const valid = 'split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w'
    expect(decodeAddress(valid)).toMatchObject({ ok: true, prefix: 'split', canonical: valid })
    expect(decodeAddress('A12UEL5L')).toEqual({ ok: false, reason: 'not-bech32' })
  })

  test('BIP-350: valid as bech32m only', () => {
    const valid = 'split1checkupstagehandshakeupstreamerranterredcaperredlc445v'
    expect(decodeAddress(valid, { encoding: 'bech32m' })).toMatchObject({ ok: true, prefix: 'split' })
    expect(decodeAddress(valid)).toEqual({ ok: false, reason: 'wrong-encoding' })
  })
})

describe('a 0x address', () => {
  // Vectors of EIP-55.
  const CHECKSUMMED = [
    '0x52908400098527886E0F7030069857D2E4169EE7',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
    '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
  ]

  test.each(CHECKSUMMED)('%s is told with its bech32 form, in any case', (text) => {
    const bytes = Buffer.from(text.slice(2), 'hex')
    const form = encodeAddress('elys', bytes)
    for (const typed of [text, text.toLowerCase(), ` 0X${text.slice(2).toUpperCase()} `]) {
      expect(decodeHexAddress(typed)).toEqual({ bytes: new Uint8Array(bytes), fits: true })
      const said = addressProblemText('not-bech32', typed, ['elys', null])
      expect(said).toBe(`it is a 0x address, give the bech32 form: ${form} (the same 20 bytes)`)
    }
    expect(addressProblemText('not-bech32', text)).toContain('give the bech32 form (a prefix, a 1')
  })

  test('whose upper and lower case do not fit is doubted: a valid form would hide the mistake', () => {
    const [, text] = CHECKSUMMED as [string, string]
    const typed = text.replace('aAeb', 'aAec')
    expect(decodeHexAddress(typed)?.fits).toBe(false)
    expect(addressProblemText('not-bech32', typed, ['elys'])).toMatch(/do not fit \(EIP-55\).*elys1/)
  })

  test('of another length is none', () => {
    for (const typed of ['0x', `0x${'a'.repeat(39)}`, `0x${'a'.repeat(41)}`, `0x${'g'.repeat(40)}`])
      expect(decodeHexAddress(typed)).toBeNull()
    expect(addressProblemText('not-bech32', `0x${'a'.repeat(39)}`)).toContain('no 40 characters after it')
  })
})

test('the same account under another prefix; consensus addresses and public keys are none', () => {
  const as = (prefix: string, size = 20) => {
    const decoded = decodeAddress(encodeAddress(prefix, new Uint8Array(size).fill(7)))
    return decoded.ok && sameAccount(decoded, 'elys')
  }
  const text = encodeAddress('elys', new Uint8Array(20).fill(7))
  expect(as('osmo')).toEqual({ text, isValidator: false })
  expect(as('terravaloper')).toEqual({ text, isValidator: true })
  for (const prefix of ['elysvalcons', 'elyspub', 'elysvaloperpub']) expect(as(prefix, 33)).toBeNull()
})
