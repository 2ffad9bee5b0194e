// Addresses: round trips, the published test vectors, and a reason for each way of being wrong.
import { bech32 } from '@scure/base'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressProblemText, decodeAddress, encodeAddress } from '../../../src/kernel/address.ts'

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
