// A very small chain node for the tests of the readers: answers GET requests as a function says.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { createFastClock } from '../../../sandbox/fast-clock.ts'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import { createPool, type PoolOptions } from '../../../src/cosmos/endpoints.ts'
import type { ChainPool } from '../../../src/cosmos/types.ts'
import { type Clock, systemClock } from '../../../src/kernel/clock.ts'
import { formatTimestampNs, msToNs } from '../../../src/kernel/nanotime.ts'

export interface Reply {
  status?: number
  headers?: Record<string, string>
  /** An object is sent as JSON, a text as it is. */
  body?: unknown
  /** Takes over the response: to hang, to cut it off. */
  raw?: (response: ServerResponse) => void
  /** In milliseconds of `fastClock`. */
  afterMs?: number
}

export type Handler = (path: string, headers: IncomingHttpHeaders) => Reply

export interface TinyNode {
  url: string
  host: string
  /** Paths asked for, in order. */
  asked: string[]
  /** Most requests that were open at the same time. */
  readonly mostOpen: number
  handler: Handler
  close(): Promise<void>
}

/** Starts a node on 127.0.0.1. */
export async function startNode(handler: Handler): Promise<TinyNode> {
  let open = 0
  let mostOpen = 0
  const node = { asked: [] as string[], handler }
  const server = createServer((request, response) => {
    const path = request.url!
    node.asked.push(path)
    mostOpen = Math.max(mostOpen, ++open)
    response.on('close', () => open--)
    const { status = 200, headers = {}, body = {}, raw, afterMs } = node.handler(path, request.headers)
    const send = () => {
      if (raw) return raw(response)
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    }
    if (afterMs) fastClock.at(fastClock.now() + afterMs, send)
    else send()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(node, {
    url: `http://${host}`,
    host,
    get mostOpen() {
      return mostOpen
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
}

export const NOW_MS = Date.UTC(2026, 10, 20, 10, 0, 0)
export const BLOCKS = '/cosmos/base/tendermint/v1beta1/blocks/latest'

/** The newest block of a chain, `ageMs` before NOW_MS. */
export function block(height: number | bigint, ageMs = 1000, chainId = 'test-1'): Reply {
  const time = formatTimestampNs(msToNs(NOW_MS - ageMs))
  const header = { chain_id: chainId, height: String(height), time }
  return { headers: at(height), body: { block: { header }, sdk_block: null } }
}

/** The height header of an answer. */
export function at(height: number | bigint): Record<string, string> {
  return { 'Grpc-Metadata-X-Cosmos-Block-Height': String(height) }
}

/** A gRPC error body. */
export function grpc(
  status: number,
  code: number,
  message: string,
  headers: Record<string, string> = {},
): Reply {
  return { status, headers, body: { code, message, details: [] } }
}

/** Ten times as fast as the machine's. */
export const fastClock: Clock = createFastClock(10)

/** A pool over some nodes, of chain `test-1`, whose world stands still at NOW_MS. */
export function poolOver(
  rest: readonly (TinyNode | string)[],
  options: Partial<PoolOptions> = {},
): ChainPool {
  return createPool({
    chainId: 'test-1',
    rest: rest.map((one) => ({ url: typeof one === 'string' ? one : one.url })),
    limits: { inFlight: 32, requestsPerSecond: 10_000, timeoutMs: 60_000 },
    clock: new ManualClock(NOW_MS),
    logger: pino({ level: 'silent' }),
    random: () => 0,
    // Its own: what a host asked for is kept for each clock, and ports are used again.
    wireClock: { ...systemClock },
    ...options,
  })
}
