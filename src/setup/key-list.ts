// Reads what `hermes keys list` or `rly keys list` printed: key names and addresses, in text or JSON.

/** One key of the list. */
export interface ListedKey {
  name: string | null
  address: string
  /** The chain that the lines before it named; null where none did. */
  context: string | null
}

/** An address in running text: a prefix, `1`, at least 38 of bech32's characters. */
const ADDRESS = /\b[a-z][a-z0-9]{0,19}?1[023456789ac-hj-np-z]{38,}\b/g

/**
 * Finds the keys in a text: `- name (cosmos1…)` of hermes, its JSON (`{"result":{"name":{"account":…}}}`), `key(name)
 * -> cosmos1…` of rly, or bare addresses. Outputs for several chains may follow one another; a line that names one
 * of `chainIds` (a command, a heading) says whose keys come next.
 */
export function readKeyList(text: string, chainIds: readonly string[]): ListedKey[] {
  const keys = new Map<string, ListedKey>()
  let context: string | null = null
  const add = (key: ListedKey) => keys.set(`${key.context} ${key.address}`, key)
  const whole = parsed(text)
  if (whole !== undefined) {
    for (const key of keysInJson(whole, chainIds, null)) add(key)
    return [...keys.values()]
  }
  for (const line of text.split(/\r?\n/)) {
    const json = parsed(line)
    if (json !== undefined) {
      for (const key of keysInJson(json, chainIds, context)) add(key)
      continue
    }
    const named = chainIds.filter((id) => new RegExp(`(^|[^\\w-])${escaped(id)}($|[^\\w-])`).test(line))
    if (named.length > 0) context = named.sort((a, b) => b.length - a.length)[0]!
    for (const match of line.matchAll(ADDRESS)) {
      add({ name: nameBefore(line.slice(0, match.index)), address: match[0], context })
    }
  }
  return [...keys.values()]
}

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

/** Walks JSON: an object with an `account` or `address` is a key, its name is the field that holds it or its own. */
function* keysInJson(
  value: unknown,
  chainIds: readonly string[],
  context: string | null,
  field: string | null = null,
): Generator<ListedKey> {
  if (typeof value !== 'object' || value === null) return
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
    const isChain = chainIds.includes(key)
    yield* keysInJson(item, chainIds, isChain ? key : context, Array.isArray(value) || isChain ? field : key)
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
