// Reads what `hermes keys list` or `rly keys list` printed: key names and addresses, in text or JSON.
import { decodeAddress } from '../kernel/address.ts'

/** One key of the list. */
export interface ListedKey {
  name: string | null
  address: string
  /** Of the address; null where its checksum does not fit. */
  prefix: string | null
  /** The chain that the lines before it named; null where none did. */
  context: string | null
}

/** An address in running text: a prefix, `1`, at least 38 of bech32's characters. */
const ADDRESS = /\b[a-z][a-z0-9]{0,19}?1[023456789ac-hj-np-z]{38,}\b/g

/** What says whose keys come next: chain ids, and names that the configuration has for them → chain ids. */
type Headings = ReadonlyMap<string, string>

/**
 * Finds the keys in a text: `- name (cosmos1…)` of hermes, its JSON (`{"result":{"name":{"account":…}}}`), `key(name)
 * -> cosmos1…` of rly, or bare addresses. Outputs for several chains may follow one another; a line that has one of
 * `headings` in it (a command, a title) says whose keys come next.
 */
export function readKeyList(text: string, headings: Headings): ListedKey[] {
  const keys = new Map<string, ListedKey>()
  let context: string | null = null
  const add = (key: Omit<ListedKey, 'prefix'>) => {
    const decoded = decodeAddress(key.address)
    keys.set(`${key.context} ${key.address}`, { ...key, prefix: decoded.ok ? decoded.prefix : null })
  }
  const whole = parsed(text)
  if (whole !== undefined) {
    for (const key of keysInJson(whole, headings, null)) add(key)
    return [...keys.values()]
  }
  for (const line of text.split(/\r?\n/)) {
    const json = parsed(line)
    if (json !== undefined) {
      for (const key of keysInJson(json, headings, context)) add(key)
      continue
    }
    // The name of a key is often a chain's.
    const words = line.replace(KEY_NAME, '').split(/[\s"'`#=:,;|()[\]<>]+/)
    const named = words
      .map((word) => word.replace(/^.*\//, '').replace(/\.(txt|json)$/, ''))
      .filter((word) => headings.has(word))
    if (named.length > 0) context = headings.get(named.sort((a, b) => b.length - a.length)[0]!)!
    for (const match of line.matchAll(ADDRESS)) {
      add({ name: nameBefore(line.slice(0, match.index)), address: match[0], context })
    }
  }
  return [...keys.values()]
}

const KEY_NAME = /key\([^)]*\)|^\s*-\s+\S+\s+(?=\()/

/** The name in what stands before an address: `- relayer (`, `key(relayer) -> `, `relayer: `. */
function nameBefore(text: string): string | null {
  const match =
    /key\(([^)]+)\)/.exec(text) ??
    /^\s*-\s+(\S+)\s+\(/.exec(text) ??
    /([^\s:()"'-][^\s:()"']*)[\s:("']*$/.exec(text)
  return match?.[1] && match[1] !== 'SUCCESS' ? match[1] : null
}

function parsed(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** No list of keys is nested deeper; a file that is made to may be without end. */
const DEEPEST = 50

/** Walks JSON: an object with an `account` or `address` is a key, its name is the field that holds it or its own. */
function* keysInJson(
  value: unknown,
  headings: Headings,
  context: string | null,
  field: string | null = null,
  depth = 0,
): Generator<Omit<ListedKey, 'prefix'>> {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return
  const { account, address, name, key_name: keyName } = value as Record<string, unknown>
  const found = [account, address].find(
    (text) => typeof text === 'string' && text.match(ADDRESS)?.[0] === text,
  )
  if (found !== undefined) {
    const own = [name, keyName].find((text) => typeof text === 'string')
    yield { name: (own as string | undefined) ?? field, address: found as string, context }
    return
  }
  for (const [key, item] of Object.entries(value)) {
    const chainId = headings.get(key)
    const name = Array.isArray(value) || chainId !== undefined ? field : key
    yield* keysInJson(item, headings, chainId ?? context, name, depth + 1)
  }
}
