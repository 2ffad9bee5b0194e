// Connections for outbound requests: straight, or through the proxy that the environment names.
import { Agent, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici'
import { NO_TIMEOUTS } from './call.ts'
import { proxyOptions, usedProxy } from './proxy.ts'

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
  const proxy = usedProxy()
  if (proxy) return new EnvHttpProxyAgent({ ...options, ...proxyOptions(proxy) })
  return origin === null ? new Agent(options) : new Pool(origin, options)
}
