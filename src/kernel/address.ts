// Account addresses: bech32 (BIP-173) and bech32m (BIP-350), decoded with a reason when they are not.
import { keccak_256 } from '@noble/hashes/sha3'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils'
import { bech32, bech32m } from '@scure/base'

export type AddressEncoding = 'bech32' | 'bech32m'

/** An address that was understood. */
export interface Address {
  /** The part before the last `1`, such as `cosmos`; lower case. */
  prefix: string
  /** The account, as the chain knows it. */
  bytes: Uint8Array
  /** The address in lower case: the form in which it is kept and compared. */
  canonical: string
}

/**
 * Why a text is not an address: `empty`; `mixed-case`; `not-bech32` (characters, no separator, length);
 * `wrong-encoding` (right in the other of bech32 and bech32m); `checksum` (a typing mistake); `padding` (the
 * checksum is right, but the data are no whole bytes).
 */
export type AddressProblem = 'empty' | 'mixed-case' | 'not-bech32' | 'wrong-encoding' | 'checksum' | 'padding'

export type DecodedAddress = ({ ok: true } & Address) | { ok: false; reason: AddressProblem }

/** Cosmos chains allow more than BIP-173's 90 characters; nothing that a person types is longer than this. */
const LONGEST = 255

const CODECS = { bech32, bech32m }

/** `{prefix}1{data}`: BIP-173's prefix characters, its alphabet of 32, more than the checksum's six. */
const SHAPE = /^[\x21-\x7e]{1,83}1[023456789ac-hj-np-z]{7,}$/

/** Decodes a typed address; spaces around it do not matter, and all upper case is the same address. */
export function decodeAddress(text: string, options: { encoding?: AddressEncoding } = {}): DecodedAddress {
  const trimmed = text.trim()
  if (trimmed === '') return { ok: false, reason: 'empty' }
  if (trimmed.length > LONGEST) return { ok: false, reason: 'not-bech32' }
  const canonical = trimmed.toLowerCase()
  if (!SHAPE.test(canonical)) return { ok: false, reason: 'not-bech32' }
  if (trimmed !== canonical && trimmed !== trimmed.toUpperCase()) return { ok: false, reason: 'mixed-case' }
  const encoding = options.encoding ?? 'bech32'
  const decoded = CODECS[encoding].decodeUnsafe(canonical, LONGEST)
  if (!decoded) {
    const other = CODECS[encoding === 'bech32' ? 'bech32m' : 'bech32'].decodeUnsafe(canonical, LONGEST)
    return { ok: false, reason: other ? 'wrong-encoding' : 'checksum' }
  }
  const bytes = CODECS[encoding].fromWordsUnsafe(decoded.words)
  if (!bytes) return { ok: false, reason: 'padding' }
  return { ok: true, prefix: decoded.prefix, bytes: Uint8Array.from(bytes), canonical }
}

/**
 * Writes an address.
 * @throws {Error} when the prefix cannot stand in an address
 */
export function encodeAddress(
  prefix: string,
  bytes: Uint8Array,
  options: { encoding?: AddressEncoding } = {},
): string {
  const codec = CODECS[options.encoding ?? 'bech32']
  return codec.encode(prefix, codec.toWords(bytes), LONGEST)
}

/** The 20 bytes of a `0x…` address, and whether its upper and lower case fit (EIP-55: one case alone says nothing). */
export function decodeHexAddress(text: string): { bytes: Uint8Array; fits: boolean } | null {
  const digits = /^0x([\da-f]{40})$/i.exec(text.trim())?.[1]
  if (digits === undefined) return null
  const lower = digits.toLowerCase()
  const hash = bytesToHex(keccak_256(utf8ToBytes(lower)))
  const written = [...lower].map((digit, at) => (hash[at]! >= '8' ? digit.toUpperCase() : digit)).join('')
  const fits = [lower, lower.toUpperCase(), written].includes(digits)
  return { bytes: hexToBytes(lower), fits }
}

/**
 * The account with the same bytes under another prefix: that of a validator's operator, or of an account of another
 * chain. Null for what is no account: consensus addresses and public keys.
 */
export function sameAccount(
  { prefix, bytes }: Address,
  as: string,
): { text: string; isValidator: boolean } | null {
  if (/(valcons|pub)$/.test(prefix)) return null
  return { text: encodeAddress(as, bytes), isValidator: prefix.endsWith('valoper') }
}

/** A reason in words for the person who typed the address; `prefixes`: how addresses may begin where it was typed. */
export function addressProblemText(
  reason: AddressProblem,
  typed = '',
  prefixes: readonly (string | null)[] = [],
): string {
  const hex = decodeHexAddress(typed)
  if (hex) {
    const forms = prefixes.flatMap((prefix) => (prefix === null ? [] : encodeAddress(prefix, hex.bytes)))
    const doubt = hex.fits ? '' : ', and its upper and lower case do not fit (EIP-55): compare each character'
    const form =
      forms.length > 0 ? `: ${forms.join(' or ')} (the same 20 bytes)` : ' (a prefix, a 1, then letters)'
    return `it is a 0x address${doubt}, give the bech32 form${form}`
  }
  const texts: Record<AddressProblem, string> = {
    empty: 'no address was given',
    'mixed-case': 'it mixes upper and lower case; an address has only one of them',
    'not-bech32': /^0x[\da-f]+$/i.test(typed.trim())
      ? 'it begins with 0x, but has no 40 characters after it; an address here has a prefix, a 1, then letters and digits'
      : 'it does not look like an address (a prefix, a 1, then letters and digits)',
    'wrong-encoding': 'it is a bech32m address, and bech32 is needed here',
    checksum: 'its checksum does not fit: a character is wrong or missing',
    padding: 'its checksum fits, but its data are not whole bytes',
  }
  return texts[reason]
}
