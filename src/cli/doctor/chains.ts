// The doctor's look at the chains: every endpoint by itself, then all of a chain together, then what is named of it.
import { z } from 'zod'
import { TYPED_BODY_BYTES } from '../../chains/origins.ts'
import { type ChainSettings, LIMIT_DEFAULTS } from '../../chains/settings.ts'
import { FRESH_NS } from '../../cosmos/endpoint-health.ts'
import { type NamedEndpoint, namedEndpoints } from '../../cosmos/endpoint-name.ts'
import { createPool, type PoolOptions } from '../../cosmos/endpoints.ts'
import { readClient, readConnection } from '../../cosmos/ibc.ts'
import { BLOCKS_LATEST, type NodeInfo, readNodeInfo, readSyncing } from '../../cosmos/node.ts'
import { getOnce } from '../../cosmos/rest.ts'
import { AnswerError, type ChainPool, type EndpointStatus } from '../../cosmos/types.ts'
import { UpstreamError } from '../../kernel/errors.ts'
import { createLogger } from '../../kernel/logger.ts'
import { msToNs, nsToMs } from '../../kernel/nanotime.ts'
import { type AddressGuard, guardedConnector } from '../../net/guarded-connect.ts'
import type { Resolve } from '../../net/name-lanes.ts'
import { type ChainsSource, type EndpointLook, judgeChain } from './endpoint-findings.ts'
import { about, type Finding } from './findings.ts'
import type { ClockSample } from './machine.ts'
import { type KeptTokens, walletTokenFindings } from './wallets.ts'

const { ok, wrong } = about('chains')

/** All that one endpoint may take beside its health check, in milliseconds: many chains may share the pace of its host. */
const PATIENCE_MS = 60_000
const LONGEST_PATIENCE_MS = 15 * 60_000
const patience = ({ limits }: ChainSettings) => {
  const slower = Math.max(1, LIMIT_DEFAULTS.requestsPerSecond / limits.requestsPerSecond)
  return AbortSignal.timeout(Math.round(Math.min(LONGEST_PATIENCE_MS, PATIENCE_MS * slower)))
}

export interface ChainLook {
  findings: Finding[]
  /** At least one endpoint can be used. */
  readable: boolean
  clocks: ClockSample[]
}

export interface ChainLookDeps extends Pick<PoolOptions, 'clock' | 'wireClock'> {
  /** How tokens of wallets were counted until now. */
  kept?: KeptTokens
  /** Judges every address that is connected to: for URLs that are not trusted. */
  guard?: AddressGuard
  /** Resolves names for guarded connections; for tests. */
  resolve?: Resolve
}

/** Asks every endpoint of a chain. */
export async function lookAtChain(
  chain: ChainSettings,
  source: ChainsSource,
  deps: ChainLookDeps,
): Promise<ChainLook> {
  const asked = namedEndpoints(chain.rest).map((one) => ({ ...one, pool: poolOf(chain, one, deps) }))
  try {
    const looks = await Promise.all(asked.map((one) => lookAt(one.pool, one, chain, deps)))
    const { findings, best } = judgeChain(chain, source, looks, deps.clock.now())
    const pool = best === null ? null : asked[best]!.pool
    const named = pool === null ? [] : await namedFindings(chain, source.place, pool)
    const tokens =
      pool === null ? [] : await walletTokenFindings(chain, source.place, pool, deps.kept?.get(chain.chainId))
    const clocks = looks.flatMap(({ clock }) => clock ?? [])
    return { findings: [...findings, ...named, ...tokens], readable: best !== null, clocks }
  } finally {
    await Promise.all(asked.map(({ pool }) => pool.close()))
  }
}

function poolOf(chain: ChainSettings, endpoint: NamedEndpoint, deps: ChainLookDeps): ChainPool {
  const { chainId, limits } = chain
  const quiet = { logger: createLogger('silent'), maxBodyBytes: bodyBytes(deps) }
  return createPool({ chainId, rest: [endpoint], name: endpoint.name, limits, ...quiet, ...deps })
}

const bodyBytes = ({ guard }: ChainLookDeps) => (guard ? TYPED_BODY_BYTES : 16 * 1024 * 1024)

/** A pool of its own for each endpoint: nobody is waited for, and nobody answers for another. */
async function lookAt(
  pool: ChainPool,
  endpoint: NamedEndpoint,
  chain: ChainSettings,
  deps: ChainLookDeps,
): Promise<EndpointLook> {
  const signal = patience(chain)
  const answers = await pool.head({ signal }).then(
    () => true,
    () => false,
  )
  const status = pool.endpoints()[0]!
  if (!answers) return { status, node: null, ibc: null, syncing: false, clock: null }
  const or = <T>(otherwise: T) => [(value: T) => value, () => otherwise] as const
  const [node, ibc, syncing, serverAheadMs] = await Promise.all([
    readNodeInfo(pool, { signal }).then(...or<NodeInfo | null>(null)),
    ibcProblem(pool, chain, signal),
    readSyncing(pool, { signal }).then(...or({ syncing: false, endpoint: '', pinned: false })),
    serverClock(endpoint, chain, deps).catch(() => null),
  ])
  const blockAheadMs = status.timeNs === null ? null : deps.clock.now() - nsToMs(status.timeNs)
  const ownClock = sample(serverAheadMs, blockAheadMs, status.state)
  return { status, node, ibc, syncing: syncing.syncing, clock: ownClock }
}

const connections = z.object({ connections: z.array(z.unknown()) })

/** Why an endpoint does not answer about IBC, in words: a proxy may let through the rest alone. Null: it does. */
async function ibcProblem(pool: ChainPool, chain: ChainSettings, signal: AbortSignal) {
  try {
    await pool.get('/ibc/core/connection/v1/connections?pagination.limit=1', connections, { signal })
    return null
  } catch (error) {
    // Its own "no", or that it gives less at once, is an answer.
    if (error instanceof AnswerError || !(error instanceof UpstreamError) || error.kind === 'too-much')
      return null
    const [{ name }] = pool.endpoints() as [EndpointStatus]
    const said = error.message.replace(`${name} `, '')
    // A chain for wallets alone may have no IBC at all.
    return chain.connections === 'none' && said === 'lacks a basic route' ? null : said
  }
}

function sample(
  serverAheadMs: number | null,
  blockAheadMs: number | null,
  state: EndpointStatus['state'],
): ClockSample | null {
  if (serverAheadMs !== null) return { kind: 'server', aheadMs: serverAheadMs }
  // The block of a chain that is halted, or makes blocks seldom, says nothing about now.
  return blockAheadMs !== null && state === 'fresh' && msToNs(blockAheadMs) <= FRESH_NS
    ? { kind: 'block', aheadMs: blockAheadMs }
    : null
}

/** How far this machine's clock is ahead of the node's (`X-Server-Time`, whole seconds); null where it does not say. */
async function serverClock(
  endpoint: NamedEndpoint,
  chain: ChainSettings,
  deps: ChainLookDeps,
): Promise<number | null> {
  const { clock, guard, resolve } = deps
  const { timeoutMs } = chain.limits
  const sentMs = clock.now()
  const { headers } = await getOnce(endpoint, BLOCKS_LATEST, {
    timeoutMs,
    maxBodyBytes: bodyBytes(deps),
    connector: guard && guardedConnector(guard, { timeoutMs, resolve }),
  })
  const text = String(headers['x-server-time'] ?? '')
  if (!/^\d{9,11}$/.test(text)) return null
  return (sentMs + clock.now()) / 2 - (Number(text) * 1000 + 500)
}

/** Whether the connections and clients that the configuration names exist. Those that cannot be read are passed over. */
async function namedFindings(chain: ChainSettings, place: string, pool: ChainPool): Promise<Finding[]> {
  const signal = patience(chain)
  const connections = Array.isArray(chain.connections) ? chain.connections : []
  const { mine, ignoreClients } = chain
  const named = Object.entries({ connections, mine, ignoreClients }).flatMap(([setting, ids]) =>
    ids.map((id) => ({ id, setting })),
  )
  if (named.length === 0) return []
  let unread = 0
  const asked = await Promise.all(
    named.map(async ({ id, setting }) => {
      try {
        await (id.startsWith('connection-') ? readConnection : readClient)(pool, id, { signal })
        return null
      } catch (error) {
        if (error instanceof AnswerError) {
          const text = `${id} does not exist there`
          return wrong(`${chain.chainId} ${setting}`, text, `Correct \`${setting}\` of ${place}.`)
        }
        unread++
        return null
      }
    }),
  )
  const missing = asked.filter((one) => one !== null)
  if (missing.length > 0) return missing
  const rest = unread === 0 ? '' : `; ${unread} of them could not be read now`
  return [ok(`${chain.chainId} named ids`, `${named.length} connections and clients${rest || ' exist'}`)]
}
