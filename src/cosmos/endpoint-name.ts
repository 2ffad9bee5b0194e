// What an endpoint is called wherever it is shown: its host, because its path, its query or its login may be a key.

export interface NamedEndpoint {
  url: string
  /** Host and port; with a number behind it where several endpoints of a chain share it: `lcd.example.org #2`. */
  name: string
}

/** The endpoints of a chain by their base URLs, in their order, each once, with names that tell them apart. */
export function namedEndpoints(urls: readonly string[]): NamedEndpoint[] {
  const distinct = urls.filter((url, index) => urls.findIndex((one) => normal(one) === normal(url)) === index)
  const hosts = distinct.map((url) => new URL(url).host)
  return distinct.map((url, index) => {
    const host = hosts[index]!
    const isShared = hosts.filter((one) => one === host).length > 1
    const number = hosts.slice(0, index + 1).filter((one) => one === host).length
    return { url, name: isShared ? `${host} #${number}` : host }
  })
}

/** A function that cuts out of a text what of an endpoint's URL may be a key: a node or a proxy may repeat it. */
export function keyCutter(base: string): (text: string) => string {
  const url = new URL(base)
  // A part of a path that is only a word (`rest`, `cosmos`) is none, and stands in other words too.
  const path = url.pathname.split('/').filter((part) => !/^[a-z]{0,15}$/.test(part))
  const whole = url.pathname.replace(/\/+$/, '')
  const login = [url.username, url.password]
  // As it is sent.
  const header = Buffer.from(login.map(decoded).join(':')).toString('base64')
  const parts = [whole, ...path, ...url.searchParams.values(), ...login, header]
  const keys = [...new Set(parts.flatMap((part) => [part, decoded(part)]))]
    .filter((part) => part.length >= 6)
    .sort((a, b) => b.length - a.length)
  // In any case of letters: a proxy may change it.
  const patterns = keys.map((key) => new RegExp(key.replace(/[^\w\s]/g, '\\$&'), 'gi'))
  return (text) => patterns.reduce((cut, pattern) => cut.replace(pattern, '…'), text)
}

function normal(base: string): string {
  const url = new URL(base)
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url.href
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
