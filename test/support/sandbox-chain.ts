// Two chains of the sandbox that follow each other, and a reader of one endpoint, for tests.
import type { IbcGoVersion } from '../../sandbox/chains/profiles.ts'
import { type ChainEndpoint, type Faults, serveChain } from '../../sandbox/chains/server.ts'
import { ChainWorld } from '../../sandbox/chains/world.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR
const open: ChainEndpoint[] = []

/** Ends every endpoint that `serve` has started; for `afterEach`. */
export async function closeServed(): Promise<void> {
  await Promise.all(open.splice(0).map((one) => one.close()))
}

/** `host-1` and `other-4` on one clock that stands still. */
export function twoChains(version: IbcGoVersion = 'v8') {
  const clock = new ManualClock()
  const world = new ChainWorld(clock)
  const host = world.addChain({ chainId: 'host-1', version })
  const other = world.addChain({ chainId: 'other-4', version })
  return { clock, world, host, other }
}

/** Starts an endpoint and returns it with a `get` that reads everything of an answer. */
export async function serve(world: ChainWorld, faults: Faults = {}, chainId = 'host-1') {
  const endpoint = await serveChain(world, chainId, faults)
  open.push(endpoint)
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(endpoint.url + path, { headers })
    const text = await response.text()
    const json = response.headers.get('content-type') === 'application/json' ? JSON.parse(text) : null
    const header = response.headers.get('grpc-metadata-x-cosmos-block-height')
    return {
      status: response.status,
      text,
      json,
      headers: response.headers,
      height: header === null ? null : Number(header),
    }
  }
  return { endpoint, get }
}

export const STATUS = '/ibc/core/client/v1/client_status'
export const STATES = '/ibc/core/client/v1/client_states'
export const LATEST = '/cosmos/base/tendermint/v1beta1/blocks/latest'
export const NODE = '/cosmos/base/tendermint/v1beta1/node_info'
