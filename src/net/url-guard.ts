// Guards against URLs that strangers type: which may be called at all, and which addresses may be connected to. Pure.
import ipaddr from 'ipaddr.js'
import type { AddressGuard } from './guarded-connect.ts'

/** What the configuration allows beyond public https. */
export interface UrlPolicy {
  /** http and https to this machine (`localhost`, 127.0.0.1, [::1]), for local test networks. */
  allowLoopback: boolean
}

export type CheckedUrl = { ok: true; url: string; guard: AddressGuard } | { ok: false; problem: string }

const LONGEST = 300

/** Names that mean this machine or its surroundings, whatever they resolve to. */
const INNER_NAME = /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|home\.arpa)$/

/** Public by its number, and all the same a cloud's metadata service (Azure's WireServer). */
const METADATA = new Set(['168.63.129.16'])

/**
 * Checks a base URL that was typed into a channel, before anything is resolved. `guard` judges each address that the
 * connection is really made to, at the moment it is made, so that a name which resolves otherwise later changes nothing.
 */
export function checkUrl(text: string, policy: UrlPolicy): CheckedUrl {
  const no = (problem: string): CheckedUrl => ({ ok: false, problem })
  const typed = text.trim().replace(/^<(.*)>$/, '$1')
  if (typed.length > LONGEST) return no(`it is longer than ${LONGEST} characters`)
  if (/[\s\\\p{Cc}]/u.test(typed)) return no('it holds a space, a backslash or a control character')
  if (!/^https?:\/\/[^/]/i.test(typed) || !URL.canParse(typed)) {
    return no('it is not a URL: it must begin with https:// and name a host')
  }
  const url = new URL(typed)
  if (url.username || url.password || /^[a-z]+:\/\/[^/?#]*@/i.test(typed)) {
    return no('it holds a user name or a password; an endpoint that needs one belongs into the configuration')
  }
  if (url.search || url.hash || /[?#]/.test(typed)) return no('it must be a base URL, without ? or #')
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '')
  const isAddress = ipaddr.isValid(host)
  const loopback = isThisMachine(url)
  const base = url.origin + url.pathname.replace(/\/+$/, '')
  if (loopback && policy.allowLoopback) return { ok: true, url: base, guard: onlyLoopback }
  if (url.protocol !== 'https:') return no('it must begin with https://')
  if (isAddress) {
    const problem = onlyPublic(host)
    if (problem !== null) return no(`its address is ${problem}`)
  } else if (!host.includes('.') || INNER_NAME.test(host)) {
    return no('its host is not a public name')
  }
  return { ok: true, url: base, guard: onlyPublic }
}

/** Lets only addresses of the public internet through. IPv4 inside of IPv6 is judged as what it is. */
export function onlyPublic(address: string): string | null {
  const ip = parse(address)
  if (ip === null) return 'not an IP address'
  if (METADATA.has(ip.toString())) return 'a metadata address'
  const range: string = ip.range()
  if (range !== 'unicast') return `not public (${RANGES[range] ?? range})`
  // Besides the ranges with a name, only 2000::/3 is given out.
  if (ip.kind() === 'ipv6' && !ip.match(GLOBAL_V6)) return 'not public (unassigned)'
  return null
}

const RANGES: Readonly<Record<string, string>> = {
  linkLocal: 'link-local or metadata',
  carrierGradeNat: 'carrier-grade NAT',
  uniqueLocal: 'private',
  reserved: 'reserved or documentation',
}

const GLOBAL_V6 = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number]

/** For a URL that names this machine: it must also be this machine that is reached. */
function onlyLoopback(address: string): string | null {
  return isLoopback(address) ? null : 'not this machine'
}

/** Whether a URL names this machine. */
export function isThisMachine({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '')
  return host === 'localhost' || isLoopback(host)
}

function isLoopback(address: string): boolean {
  return parse(address)?.range() === 'loopback'
}

/** An address with its zone taken off and IPv4-mapped IPv6 as IPv4; null for what is none. */
function parse(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const text = address.replace(/%.*$/, '')
  return ipaddr.isValid(text) ? ipaddr.process(text) : null
}
