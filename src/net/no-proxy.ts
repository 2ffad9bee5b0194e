// What NO_PROXY names: names with their subdomains, addresses, and ranges of addresses; each with or without a port. Pure.
import ipaddr from 'ipaddr.js'

interface Exception {
  text: string
  /** Null: it can match nothing. */
  host: string | null
  range: [ipaddr.IPv4 | ipaddr.IPv6, number] | null
  port: string | undefined
}

const isAddress = (text: string) => ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)

function exceptionOf(text: string): Exception {
  const [, named = text, port] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(text) ?? []
  const name = named.replace(/^\[|\]$|^\*?\./g, '')
  const none = { text, host: null, range: null, port }
  const [address = '', bits] = name.split('/')
  if (bits !== undefined) {
    const isRange = isAddress(address) && ipaddr.isValidCIDR(name)
    return isRange ? { ...none, range: ipaddr.parseCIDR(name) } : none
  }
  if (isAddress(name)) return { ...none, host: ipaddr.process(name).toString() }
  // A part of an address is none, and a name is written as it is sent.
  const isName =
    /^[\p{L}\p{M}\d._-]+$/u.test(name) && !/^[\d.]+$/.test(name) && URL.canParse(`http://${name}`)
  return isName ? { ...none, host: new URL(`http://${name}`).hostname.replace(/\.$/, '') } : none
}

const exceptionsOf = (noProxy: string) =>
  noProxy
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(exceptionOf)

/** Whether `noProxy` names the host of an origin. A range holds hosts that are written as addresses: nothing is resolved. */
export function isExcepted(noProxy: string, origin: string): boolean {
  const { protocol, hostname, port } = new URL(origin)
  const name = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const address = isAddress(name) ? ipaddr.process(name) : null
  const host = address?.toString() ?? name
  return exceptionsOf(noProxy).some((one) => {
    if (one.port !== undefined && one.port !== (port || (protocol === 'https:' ? '443' : '80'))) return false
    if (one.range) return address?.kind() === one.range[0].kind() && address.match(one.range)
    return one.host !== null && (host === one.host || host.endsWith(`.${one.host}`))
  })
}

/** What of `noProxy` needs a word: what matches nothing, and whether there are ranges. */
export function doubtsOf(noProxy: string): { useless: string[]; hasRange: boolean } {
  const all = exceptionsOf(noProxy)
  return {
    useless: all.filter(({ host, range }) => host === null && range === null).map(({ text }) => text),
    hasRange: all.some(({ range }) => range !== null),
  }
}
