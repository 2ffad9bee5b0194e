// Connections for outbound requests: straight, or through the proxy that the environment names.
import { Agent, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici'
import { NO_TIMEOUTS } from './call.ts'
import { usedProxy } from './proxy.ts'

interface Options {
  timeoutMs: number
  /** Makes straight connections. */
  connect?: Pool.Options['connect']
  /** At most so many at once. */
  connections?: number
  keepAliveTimeout?: number
  pipelining?: number
}

/** To one origin, or to any (null). Requests must name their origin. */
export function openConnections(origin: string | null, { timeoutMs, ...own }: Options): Dispatcher {
  const options = { ...NO_TIMEOUTS, connect: { timeout: timeoutMs }, ...own }
  return proxyAgent(options) ?? (origin === null ? new Agent(options) : new Pool(origin, options))
}

/** Connections through the proxy, where there is one; for libraries that make their own requests. */
export function proxyAgent(options: Agent.Options = {}): EnvHttpProxyAgent | null {
  const used = usedProxy()
  if (used === null) return null
  const { httpUrl: httpProxy, url: httpsProxy, except: noProxy } = used
  return new EnvHttpProxyAgent({ ...options, httpProxy, httpsProxy, noProxy })
}
