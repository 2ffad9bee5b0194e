// What may be repeated of a file that is moved in: one rule, because a secret may stand in any place of it.

/**
 * Long, and public: addresses (of 20 to 32 bytes, damaged ones too; no private keys in their form), the hash in a denom
 * of IBC, what an address made in a factory, Namada's chain ids.
 */
const KNOWN =
  /\b(?![a-z]*(?:key|nsec|priv)1)[a-z][a-z\d]{0,19}1[02-9ac-hj-np-z]{38,60}\b|\b[a-z]*0x[\da-f]{40}\b|(?<![a-z])ibc\/[\da-f]{64}\b|(?<=(?<![a-z])factory\/[a-z\d]{1,20}1[02-9ac-hj-np-z]{38,60}\/)[\w.:-]{1,44}$|(?<=^[a-z-]+\.)[\da-f]{14,23}$/gi

/** `26657`, `osmo`, `CosmosSDK`, `testnet5`, and an amount with its denom. */
const WORD_OR_NUMBER =
  /^(?=.{0,28}$)(\d{1,21}[a-z]{0,20}|([a-zA-Z]{0,12}|[a-z]{0,20}|[A-Z]{0,20}|[A-Z]?[a-z]{1,19}([A-Z][a-z]{2,18}){0,6}([A-Z][a-z]|[A-Z]{0,4}))\d{0,8})$/

/**
 * Whether a text is plainly a name, id, denom, address, host, port or number: at most three words, of letters with
 * a number behind, and little of any other kind among them. A URL, token, key, licence, mnemonic or a password before
 * its host is none.
 */
export function isShowable(text: string): boolean {
  if (
    !/^(?!.*:\/\/|.*:.*@|.*(?:pass\w*|pwd|secret|token|key):)[\w\p{L}\p{So} .:/@+#[\](),<>*?-]{1,128}$/iu.test(
      text,
    )
  )
    return false
  const pieces = text.replace(KNOWN, '').split(/[^a-zA-Z\d]+/)
  const words = pieces.filter((piece) => /^[a-z]{3,}$/i.test(piece))
  if (text.trim().split(/ +/).length > 3 || words.length > 7) return false
  if (pieces.filter((piece) => /[a-z]\d/i.test(piece)).length > 3) return false
  const odd = pieces.filter((piece) => !WORD_OR_NUMBER.test(piece))
  return odd.every((piece) => piece.length <= 9) && odd.join('').length <= 12
}

/** The text where it may be shown; else words that say that it is not. */
export const shown = (text: string, instead = '(not shown)'): string => (isShowable(text) ? text : instead)
