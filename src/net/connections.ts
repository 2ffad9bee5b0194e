// Connections for outbound requests: straight, or through the proxy that the environment names.
import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici'
import { NO_TIMEOUTS } from './call.ts'
import { proxyFor } from './proxy.ts'

interface Options {
  timeoutMs: number
  /** Makes straight connections. */
  connect?: Pool.Options['connect']
  /** At most so many at once. */
  connections?: number
  keepAliveTimeout?: number
  pipelining?: number
}

/** Makes connections to one origin by one version of undici. */
export const connectBy =
  (undici: Pick<typeof import('undici'), 'Pool' | 'ProxyAgent'>) =>
  (origin: string | URL, options: object): Dispatcher => {
    const uri = proxyFor(String(origin))
    return uri === null ? new undici.Pool(origin, options) : new undici.ProxyAgent({ ...options, uri })
  }

const connect = connectBy({ Pool, ProxyAgent })

/** To one origin, or to any (null). Requests must name their origin. */
export function openConnections(origin: string | null, { timeoutMs, ...own }: Options): Dispatcher {
  const options = { ...NO_TIMEOUTS, connect: { timeout: timeoutMs }, ...own }
  return origin === null ? new Agent({ ...options, factory: connect }) : connect(origin, options)
}
