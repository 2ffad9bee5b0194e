// Asks one endpoint for its newest block: one of a pool, or before there is a pool that knows which chain it should be.
import type { buildConnector } from 'undici'
import type { Clock } from '../kernel/clock.ts'
import { UpstreamError } from '../kernel/errors.ts'
import { classify, outage } from './classify.ts'
import { type Endpoint, LONGEST_PAUSE_MS } from './endpoint.ts'
import type { Block, Probe } from './endpoint-health.ts'
import type { RestEndpoint } from './endpoint-name.ts'
import { type ExchangeDeps, type Exchanged, exchange, GIVEN_UP, holdBack } from './exchange.ts'
import { waitText } from './host-pace.ts'
import { newestBlock, SECOND_MS } from './newest-block.ts'
import { BLOCKS_LATEST } from './node.ts'
import { getOnce } from './rest.ts'

/**
 * The newest block of an endpoint, with the chain id in its header. Redirects are not followed. The chain id is what
 * the endpoint says: any text at all.
 * @throws {UpstreamError}
 */
export async function probeEndpoint(
  rest: RestEndpoint,
  options: { timeoutMs: number; maxBodyBytes: number; connector?: buildConnector.connector },
): Promise<Block> {
  const endpoint = new URL(rest.url).host
  const timeoutMs = options.timeoutMs
  const found = await newestBlock(async (path, isSecond) => {
    try {
      const quick = { ...options, timeoutMs: Math.min(timeoutMs, isSecond ? SECOND_MS : timeoutMs) }
      return classify(await getOnce(rest, path, quick), path)
    } catch (error) {
      if (error instanceof UpstreamError) return outage(error.kind, error.message)
      throw error
    }
  })
  if ('block' in found) return found.block
  const { answer, misfit } = found
  if (misfit !== null) throw new UpstreamError('body', misfit, { endpoint })
  if (answer.kind === 'outage') throw new UpstreamError(answer.error, answer.reason, { endpoint })
  const reason =
    answer.kind === 'restarted'
      ? 'it has made no block since its start'
      : `it does not serve ${BLOCKS_LATEST}`
  throw new UpstreamError('http', reason, { endpoint })
}

export interface ProbeDeps extends ExchangeDeps {
  /** Nobody waits for what is asked now. */
  isPatient: () => boolean
}

/** An endpoint whose pace was below this is in distress: each request is waited for. */
const SLOW_PER_SECOND = 2

/** Asks endpoints of a pool, as far as their limiters allow. */
export function createProbe(deps: ProbeDeps, clock: Clock) {
  const { turnstile, wire } = deps
  /** Endpoints of which the latest block is not asked for first. */
  const otherFirst = new WeakSet<Endpoint>()

  /** One question to one endpoint; `isSecond`: it must not take long. Never throws. */
  async function ask(endpoint: Endpoint, path: string, isSecond: boolean): Promise<Exchanged> {
    const taken = await turnstile.enter(
      (one) => one === endpoint && one.limiter.pausedUntilMs <= wire.now() + LONGEST_PAUSE_MS,
      deps.isPatient,
    )
    if (!taken)
      return {
        ...outage('network', waitText(endpoint.limiter, wire.now()) ?? GIVEN_UP),
        pinned: true,
        tookMs: 0,
        serverMs: null,
      }
    const patience = new AbortController()
    const stop = isSecond ? wire.at(wire.now() + SECOND_MS, () => patience.abort()) : () => {}
    // Without the pinned height first: as soon as the chain goes on, so does the node.
    const result = await exchange(deps, endpoint, path, { pinTo: null, signal: patience.signal })
    stop()
    if (result.kind === 'answer' && !result.pinned) endpoint.pinTo = null
    return result
  }

  /** The newest block of an endpoint. Never throws. */
  async function probe(endpoint: Endpoint): Promise<Probe> {
    let latencyMs = 0
    let serverMs: number | null = null
    const askNode = async (path: string, isSecond: boolean) => {
      const asked = await ask(endpoint, path, isSecond)
      latencyMs = asked.tookMs
      serverMs = asked.serverMs
      return asked
    }
    const isSlow = endpoint.limiter.ratePerSecond < SLOW_PER_SECOND
    const found = await newestBlock(askNode, { otherFirst: otherFirst.has(endpoint), isSlow })
    if (found.otherFirst) otherFirst.add(endpoint)
    else otherFirst.delete(endpoint)
    if ('block' in found) return { block: found.block, latencyMs, serverMs }
    const { answer, misfit } = found
    if (misfit !== null) return { failed: `block does not fit: ${misfit}` }
    if (answer.kind !== 'outage')
      return { failed: answer.kind === 'unsupported' ? 'lacks a basic route' : 'no block' }
    holdBack(endpoint, answer, { wireMs: wire.now(), clockMs: clock.now() })
    return { failed: answer.reason }
  }

  return { ask, probe }
}
