// A REST endpoint, what it is called wherever it is shown (its host), and what of it may be a key: path, query, login, headers.
import { decodePart } from '../kernel/decode.ts'

/** One endpoint as the configuration has it. */
export interface RestEndpoint {
  /** Base URL; may have a path, a query and a login. */
  url: string
  /** Sent with every request, by their names in lower case. */
  headers?: Readonly<Record<string, SecretHeader>>
  /** Who runs it: the endpoints of one operator are one voice. */
  voice?: string
}

/** A header whose value is a secret. */
export interface SecretHeader {
  /** Its name in the environment. */
  secret: string
  /** Left out: it is not known. */
  value?: string
}

export interface NamedEndpoint extends RestEndpoint {
  /** Host and port; with a number behind it where several endpoints of a chain share it: `lcd.example.org #2`. */
  name: string
}

/** Endpoints that are only addresses. */
export const endpointsAt = (urls: readonly string[]): RestEndpoint[] => urls.map((url) => ({ url }))

/** The endpoints of a chain, in their order, each once, with names that tell them apart. */
export function namedEndpoints(rest: readonly RestEndpoint[]): NamedEndpoint[] {
  const distinct = rest.filter((one, index) => rest.findIndex((other) => isSame(one, other)) === index)
  const hosts = distinct.map(({ url }) => new URL(url).host)
  return distinct.map((one, index) => {
    const host = hosts[index]!
    const isShared = hosts.filter((other) => other === host).length > 1
    const number = hosts.slice(0, index + 1).filter((other) => other === host).length
    return { ...one, name: isShared ? `${host} #${number}` : host }
  })
}

/** Whether two are asked at the same address, with the same headers. */
function isSame(a: RestEndpoint, b: RestEndpoint): boolean {
  const headers = (one: RestEndpoint) =>
    JSON.stringify(Object.entries(one.headers ?? {}).map(([name, { secret }]) => [name, secret]))
  return isSameAddress(a.url, b.url) && headers(a) === headers(b)
}

/** Whether two base URLs are one, however their paths end. */
export function isSameAddress(a: string, b: string): boolean {
  const [one, other] = [new URL(a), new URL(b)]
  for (const url of [one, other]) url.pathname = url.pathname.replace(/\/+$/, '')
  return one.href === other.href
}

/** The shortest that is cut as a key: out of a path or a user name, and where it can hardly be anything else. */
const SHORTEST = 6
const SHORTEST_SECRET = 4

/** A function that cuts out of a text what of an endpoint may be a key: a node or a proxy may repeat it. */
export function keyCutter({ url: base, headers = {} }: RestEndpoint): (text: string) => string {
  const url = new URL(base)
  // A part of a path that is only a word (`rest`, `cosmos`) is none, and stands in other words too.
  const path = url.pathname.split('/').filter((part) => !/^[a-z]{0,15}$/.test(part))
  const parts = [url.pathname.replace(/\/+$/, ''), ...path, url.username].map(decodePart)
  const [user, password] = [url.username, url.password].map(decodePart)
  const values = Object.values(headers).flatMap(({ value = '' }) => [value, ...loginsIn(value)])
  const login = user || password ? Buffer.from(`${user}:${password}`).toString('base64') : ''
  const secrets = [password!, login, ...url.searchParams.values(), ...values]
  const keys = [
    ...parts.filter((part) => part.length >= SHORTEST),
    ...secrets.filter((part) => part.length >= SHORTEST_SECRET),
  ]
  const longestFirst = [...new Set(keys)].sort((a, b) => b.length - a.length)
  // In any case of letters: a proxy may change it.
  const patterns = longestFirst.map((key) => new RegExp([...key].map(anyForm).join(''), 'gi'))
  return (text) => patterns.reduce((cut, pattern) => cut.replace(pattern, '…'), text)
}

/** What stands behind the scheme in `Bearer KEY` and `Basic BASE64`, the latter in clear too. */
function loginsIn(value: string): string[] {
  const [, scheme, key] = /^(\w+) +(\S+)$/.exec(value) ?? []
  if (key === undefined) return []
  const clear = Buffer.from(key, 'base64').toString()
  return scheme!.toLowerCase() === 'basic' ? [key, clear, clear.slice(clear.indexOf(':') + 1)] : [key]
}

const ENTITIES: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' }

/** A pattern of one character as it may be repeated: percent-encoded (twice too), in a JSON string, in HTML. */
function anyForm(char: string): string {
  const hex = (code: number, digits: number) => code.toString(16).padStart(digits, '0')
  const plain = char.replace(/[^\w\s]/g, '\\$&')
  const code = char.codePointAt(0)!
  const forms = [
    `\\\\?${plain}`,
    [...Buffer.from(char)].map((byte) => `%(?:25)*${hex(byte, 2)}`).join(''),
    char
      .split('')
      .map((unit) => `\\\\u${hex(unit.charCodeAt(0), 4)}`)
      .join(''),
    `&#(?:0*${code}|x0*${hex(code, 1)});`,
    ...(ENTITIES[char] ? [`&${ENTITIES[char]};`] : []),
    ...(char === ' ' ? ['\\+'] : []),
  ]
  return `(?:${forms.join('|')})`
}
