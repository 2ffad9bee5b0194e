// Account addresses: bech32 (BIP-173) and bech32m (BIP-350), decoded with a reason when they are not.
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

/** A reason in words for the person who typed the address. */
export function addressProblemText(reason: AddressProblem, encoding: AddressEncoding = 'bech32'): string {
  const texts: Record<AddressProblem, string> = {
    empty: 'no address was given',
    'mixed-case': 'it mixes upper and lower case; an address has only one of them',
    'not-bech32': 'it does not look like an address (a prefix, a 1, then letters and digits)',
    'wrong-encoding': `it is a ${encoding === 'bech32' ? 'bech32m' : 'bech32'} address, and ${encoding} is needed here`,
    checksum: 'its checksum does not fit: a character is wrong or missing',
    padding: 'its checksum fits, but its data are not whole bytes',
  }
  return texts[reason]
}
