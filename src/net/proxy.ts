// The proxy that the environment names: how it is written, what goes through it, and what of it is a secret.
import { decodePart } from '../kernel/decode.ts'
import { shorten } from '../words/text.ts'
import { doubtsOf, isExcepted } from './no-proxy.ts'

/** What the environment says of a proxy. */
export type ProxyUse =
  | { used: true; variable: string; host: string; url: string; httpUrl: string; except: string }
  /** Why it is not used, in words. */
  | { used: false; variable: string; reason: string }

/** This machine is never behind a proxy. */
const HERE = 'localhost,127.0.0.1,[::1]'

/**
 * `HTTPS_PROXY` (or `ALL_PROXY`), with `HTTP_PROXY` for addresses with http, and `NO_PROXY`; in small letters they come
 * first. Null: there is none. Pure.
 */
export function readProxy(env: NodeJS.ProcessEnv): ProxyUse | null {
  const find = (...names: string[]) => {
    const variable = names.flatMap((name) => [name, name.toUpperCase()]).find((name) => env[name]?.trim())
    return variable === undefined ? null : { variable, text: env[variable]!.trim() }
  }
  const http = find('http_proxy', 'all_proxy')
  const https = find('https_proxy', 'all_proxy')
  const except = find('no_proxy')?.text ?? ''
  if (/(^|[\s,])\*($|[\s,])/.test(except)) return null
  if (https === null) {
    const reason = 'it counts for addresses with http alone; set HTTPS_PROXY as well'
    return http && { used: false, variable: http.variable, reason }
  }
  const { variable } = https
  const [url, httpUrl] = [https, http].map((one) => one && proxyUrl(one.text))
  if (!url || (http && !httpUrl)) {
    const wrong = url ? http!.variable : variable
    return { used: false, variable: wrong, reason: 'it must be http://HOST:PORT or https://HOST:PORT' }
  }
  const { host } = new URL(url)
  return { used: true, variable, host, url, httpUrl: httpUrl ?? '', except: `${except},${HERE}` }
}

/** Its origin and login, as undici takes them; null where it cannot be used (SOCKS, say). Many leave `http://` out. */
function proxyUrl(text: string): string | null {
  const full = text.includes('://') ? text : `http://${text}`
  const url = URL.canParse(full) ? new URL(full) : null
  if (!url || !/^https?:$/.test(url.protocol)) return null
  const used = new URL(url.origin)
  used.username = encodeURIComponent(decodePart(url.username))
  used.password = encodeURIComponent(decodePart(url.password))
  return used.href
}

/** What of NO_PROXY does not what it seems to; empty where all is well. */
function exceptText(except: string): string {
  const { useless, hasRange } = doubtsOf(except)
  const range = hasRange ? '; ranges in NO_PROXY hold hosts that are written as addresses, no names' : ''
  if (useless.length === 0) return range
  return `${range}; in NO_PROXY this matches nothing: ${shorten(useless.join(', '), 100)} (write names, addresses, ranges as 10.0.0.0/8)`
}

/** What a proxy is used for, or why it is not, in one line. */
export const proxyText = (proxy: ProxyUse): string =>
  proxy.used
    ? `requests to chains, webhooks, faucets and Discord's REST go through ${proxy.host}; the bot's own connection to Discord, which commands need, and endpoints that were added in the channel cannot: they go straight${exceptText(proxy.except)}`
    : `not used: ${proxy.reason}`

/** What must be shown by nothing: the login of a proxy. */
export const proxySecrets = (proxy: ProxyUse | null): string[] =>
  proxy?.used
    ? [proxy.url, proxy.httpUrl].flatMap((url) => {
        const { password } = URL.canParse(url) ? new URL(url) : { password: '' }
        return [password, decodePart(password)].filter(Boolean)
      })
    : []

/** Of the whole process, as its environment is. */
let used: (ProxyUse & { used: true }) | null = null

export const usedProxy = () => used

/** The URL of the proxy for connections to an origin; null: they go straight. */
export const proxyFor = (origin: string): string | null =>
  used === null || isExcepted(used.except, origin)
    ? null
    : (origin.startsWith('https:') ? used.url : used.httpUrl) || null

/** All connections that are made from now on go through this one. */
export function useProxy(proxy: ProxyUse | null): void {
  used = proxy?.used ? proxy : null
}
