// What has changed between two configurations as they are written (pure): keys and short values, and nothing that may be a secret.
import { shorten } from '../words/text.ts'

const VALUE_MAX = 60

/** What is sent to others as it stands there: each header, and the body, may hold a key. */
const isSent = (path: string) => /(^|\.)sender$/.test(path)

/** An address may hold a key behind its host. */
function shown(value: unknown, path = ''): string {
  if (isSent(path)) return '…'
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '…')
  if (!text.includes('://')) return shorten(text, VALUE_MAX)
  return URL.canParse(text) ? new URL(text).host : '…'
}

/** What an entry of a list is called, wherever it stands in it. */
function nameOf(entry: unknown, index: number): string {
  const { chainId, chain, address, url, secret } = Object(entry) as Record<string, unknown>
  const name = typeof entry === 'object' ? (chainId ?? chain ?? address ?? url ?? secret) : entry
  return typeof name === 'string' || typeof name === 'number' ? shown(name) : String(index)
}

/** Every key with what it holds; an object or a list holds nothing itself. */
function keysOf(value: unknown, path = '', keys = new Map<string, unknown>()): Map<string, unknown> {
  if (isSent(path)) return keys.set(path, JSON.stringify(value))
  if (path) keys.set(path, typeof value === 'object' && value !== null ? undefined : value)
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) keysOf(entry, `${path}[${nameOf(entry, index)}]`, keys)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value)) keysOf(one, path ? `${path}.${key}` : key, keys)
  }
  return keys
}

/** `alerts.warnAt: 0.8 → 0.7`, `+ chains[osmosis]`, `− alerts.remindEvery: 24h`: a line for each; an entry of a list as a whole. */
export function configChanges(before: unknown, after: unknown): string[] {
  const [old, now] = [keysOf(before), keysOf(after)]
  const only = (one: Map<string, unknown>, other: Map<string, unknown>, sign: string) => {
    const isEntry = (path: string) => path.endsWith(']')
    const paths = [...one.keys()].filter(
      (path) => !other.has(path) && (isEntry(path) || one.get(path) !== undefined),
    )
    return paths
      .filter(
        (path) =>
          !paths.some((up) => isEntry(up) && /^[.[]/.test(path.slice(up.length)) && path.startsWith(up)),
      )
      .map((path) => (isEntry(path) ? `${sign} ${path}` : `${sign} ${path}: ${shown(one.get(path), path)}`))
  }
  const changed = [...old.keys()].flatMap((path) => {
    const [was, is] = [old.get(path), now.get(path)]
    if (!now.has(path) || was === is) return []
    const [from, to] = [shown(was, path), shown(is, path)]
    return from === to ? `${path}: another` : `${path}: ${from} → ${to}`
  })
  return [...changed, ...only(now, old, '+'), ...only(old, now, '−')]
}
