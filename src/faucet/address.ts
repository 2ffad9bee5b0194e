// What somebody typed as an address: the canonical address, or every reason why it is none, secrets recognised.
import {
  type AddressProblem,
  decodeAddress,
  decodeHexAddress,
  encodeAddress,
  sameAccount,
} from '../kernel/address.ts'
import type { FaucetSettings } from './schema.ts'

export type AddressRule = FaucetSettings['address']

/** Why a typed text cannot be paid to. Never holds the text itself: it may be a secret. */
export type TypedAddressProblem =
  | { code: 'address-empty' }
  | { code: 'address-secret'; secret: 'mnemonic' | 'private key' }
  | { code: 'address-extra' }
  | { code: 'address-invisible' }
  | { code: 'address-mention' }
  /** `form`: the same bytes as an address that this faucet pays; left out where it cannot be one. */
  | { code: 'address-evm'; form?: string }
  | { code: 'address-too-long' }
  | { code: 'address-shape' }
  | { code: 'address-prefix'; prefix: string; form?: string }
  | { code: 'address-mixed-case' }
  | { code: 'address-checksum' }
  | { code: 'address-encoding' }
  | { code: 'address-length'; bytes: number }

export type TypedAddress =
  | { ok: true; canonical: string }
  | { ok: false; problem: TypedAddressProblem; rule: AddressRule }

/** What is said of a text that has the shape of an address; of all the rest, that its checksum does not match. */
const UNDECODABLE: Partial<
  Record<AddressProblem, 'address-mixed-case' | 'address-encoding' | 'address-shape'>
> = {
  'mixed-case': 'address-mixed-case',
  'wrong-encoding': 'address-encoding',
  'not-bech32': 'address-shape',
  empty: 'address-shape',
}

/** Nothing that is an address is longer; BIP-173 allows 90, chains with long prefixes a little more. */
const LONGEST = 120

/** Control, format (zero width, right-to-left marks) and other characters that cannot be seen. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u115f\u1160\u3164\uffa0]/u
const INVISIBLE_ENDS = /^[\s\p{Cc}\p{Cf}]+|[\s\p{Cc}\p{Cf}]+$/gu

/**
 * Reads a typed address against one faucet's rule. The limits are keyed on `canonical` (lower case), so that another
 * spelling is the same address. A text that looks like a secret is told apart before anything else.
 */
export function readAddress(typed: string, rule: AddressRule): TypedAddress {
  const no = (problem: TypedAddressProblem): TypedAddress => ({ ok: false, problem, rule })
  const text = typed.replace(INVISIBLE_ENDS, '')
  if (text === '') return no({ code: 'address-empty' })
  const secret = secretIn(text)
  if (secret) return no({ code: 'address-secret', secret })
  if (INVISIBLE.test(text.replace(/\s/g, ''))) return no({ code: 'address-invisible' })
  if (/^<[@#][!&]?\d+>$/.test(text)) return no({ code: 'address-mention' })
  if (/\s/.test(text)) return no({ code: 'address-extra' })
  if (text.length > LONGEST) return no({ code: 'address-too-long' })
  const hex = decodeHexAddress(text)
  // Where its case says that a character is wrong, the form would hide it.
  if (hex) return no({ code: 'address-evm', ...(hex.fits && formOf(hex.bytes, rule)) })
  const prefix = prefixOf(text)
  if (prefix === null) return no({ code: 'address-shape' })
  if (prefix !== rule.prefix) {
    const other = decodeAddress(text, { encoding: rule.encoding })
    const same = other.ok ? sameAccount(other, rule.prefix) : null
    return no({ code: 'address-prefix', prefix, ...(other.ok && same && formOf(other.bytes, rule)) })
  }
  const decoded = decodeAddress(text, { encoding: rule.encoding })
  if (decoded.ok) {
    const { bytes, canonical } = decoded
    if (!rule.bytes.includes(bytes.length)) return no({ code: 'address-length', bytes: bytes.length })
    return { ok: true, canonical }
  }
  return no({ code: UNDECODABLE[decoded.reason] ?? 'address-checksum' })
}

function formOf(bytes: Uint8Array, { prefix, encoding, bytes: lengths }: AddressRule): { form?: string } {
  return lengths.includes(bytes.length) ? { form: encodeAddress(prefix, bytes, { encoding }) } : {}
}

/** The prefix of what looks like `{prefix}1{letters and digits}`, lower case; null where it does not. */
export function prefixOf(text: string): string | null {
  return /^([a-z][a-z0-9]{0,29})1[a-z0-9]{6,}$/i.exec(text.trim())?.[1]?.toLowerCase() ?? null
}

const PRIVATE_KEY = [
  /PRIVATE KEY|\bxprv|\bnsec1|\bpriv(ate)?[-_ ]?key/i,
  /(?<![0-9a-z])(0x)?([0-9a-f]{64}|[0-9a-f]{128})(?![0-9a-z])/i,
  /(?<![A-Za-z0-9+/_-])([A-Za-z0-9+/_-]{43}=|[A-Za-z0-9+/_-]{86}==)(?![A-Za-z0-9+/=])/,
  /(?<![0-9A-Za-z])[5KL][1-9A-HJ-NP-Za-km-z]{50,51}(?![0-9A-Za-z])/,
  // 64 bytes in base58: the form in which some wallets export a key pair.
  /^(?=.*[a-z])(?=.*[A-Z]).*(?<![0-9A-Za-z])[1-9A-HJ-NP-Za-km-z]{87,88}(?![0-9A-Za-z])/s,
]

/** A seed phrase has 12 to 24 words; one that lost a word or two is as precious. */
const FEWEST_WORDS = 11

/**
 * Whether a text looks like something that must never be shared: a run of words (a mnemonic in any language), 32 or
 * 64 bytes in hex or base64, a WIF or extended key, a PEM block. It rather warns once too often.
 */
export function secretIn(text: string): 'mnemonic' | 'private key' | null {
  if (PRIVATE_KEY.some((form) => form.test(text))) return 'private key'
  const words = text
    .split(/[\s.,;:|/()[\]"'`_–—-]+/u)
    .filter((word) => /^\d{0,2}[\p{L}\p{M}]{1,12}$/u.test(word))
  return words.length >= FEWEST_WORDS ? 'mnemonic' : null
}
