// The doctor's look at the chains: every endpoint by itself, then all of a chain together, then what is named of it.
import { TYPED_BODY_BYTES } from '../../chains/origins.ts'
import type { ChainSettings } from '../../chains/settings.ts'
import { type Candidate, judge } from '../../cosmos/endpoint-health.ts'
import { type NamedEndpoint, namedEndpoints } from '../../cosmos/endpoint-name.ts'
import { createPool } from '../../cosmos/endpoints.ts'
import { readClient, readConnection } from '../../cosmos/ibc.ts'
import { BLOCKS_LATEST, type NodeInfo, readNodeInfo, readSyncing } from '../../cosmos/node.ts'
import { getOnce } from '../../cosmos/rest.ts'
import { AnswerError, type ChainPool, type EndpointStatus } from '../../cosmos/types.ts'
import type { Clock } from '../../kernel/clock.ts'
import { formatDuration } from '../../kernel/duration.ts'
import { createLogger } from '../../kernel/logger.ts'
import { msToNs, nsToMs } from '../../kernel/nanotime.ts'
import { type AddressGuard, guardedConnector } from '../../net/guarded-connect.ts'
import type { Resolve } from '../../net/name-lanes.ts'
import { about, type Finding } from './findings.ts'
import type { ClockSample } from './machine.ts'
import { walletTokenFindings } from './wallets.ts'

const { ok, warning, wrong } = about('chains')

/** All that one endpoint may take beside its health check, in milliseconds. */
const PATIENCE_MS = 20_000
const SLOW_MS = 3000

export interface ChainLook {
  findings: Finding[]
  /** At least one endpoint can be used. */
  readable: boolean
  clocks: ClockSample[]
}

interface EndpointLook {
  status: EndpointStatus
  node: NodeInfo | null
  syncing: boolean
  clock: ClockSample | null
}

/** Where a chain comes from, in the words of its findings. */
export interface ChainsSource {
  /** Follows the chain id in the subject of each finding; empty where it is from the configuration. */
  mark: string
  /** Where it stands in the configuration, such as `chains[2]`. */
  place: string
  /** What mends its endpoints where they do not stand in the configuration; null: they do. */
  mend: string | null
}

export interface ChainLookDeps {
  clock: Clock
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
    const tokens = pool === null ? [] : await walletTokenFindings(chain, source.place, pool)
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
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const answers = await pool.head({ signal }).then(
    () => true,
    () => false,
  )
  const status = pool.endpoints()[0]!
  if (!answers) return { status, node: null, syncing: false, clock: null }
  const or = <T>(otherwise: T) => [(value: T) => value, () => otherwise] as const
  const [node, syncing, serverAheadMs] = await Promise.all([
    readNodeInfo(pool, { signal }).then(...or<NodeInfo | null>(null)),
    readSyncing(pool, { signal }).then(...or({ syncing: false, endpoint: '', pinned: false })),
    serverClock(endpoint, chain, deps).catch(() => null),
  ])
  const blockAheadMs = status.timeNs === null ? null : deps.clock.now() - nsToMs(status.timeNs)
  return { status, node, syncing: syncing.syncing, clock: sample(serverAheadMs, blockAheadMs, status.state) }
}

function sample(
  serverAheadMs: number | null,
  blockAheadMs: number | null,
  state: EndpointStatus['state'],
): ClockSample | null {
  if (serverAheadMs !== null) return { kind: 'server', aheadMs: serverAheadMs }
  // The block of a halted chain says nothing about now.
  return blockAheadMs !== null && state === 'fresh' ? { kind: 'block', aheadMs: blockAheadMs } : null
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

/** Findings about a chain's endpoints, and which of them (by index) is best to ask on; null: none can be used. */
export function judgeChain(
  chain: ChainSettings,
  source: ChainsSource,
  looks: readonly EndpointLook[],
  nowMs: number,
): { findings: Finding[]; best: number | null } {
  const { head, judgements } = judge(
    chain.chainId,
    looks.map((look) => candidate(look, chain.chainId)),
    null,
    msToNs(nowMs),
  )
  const states = looks.map(({ status }) => {
    const together = judgements.get(status.name)!
    // What an endpoint said of itself names more than what is said of all.
    return status.state === 'wrong-chain' || status.state === 'failing'
      ? { state: status.state, reason: status.reason }
      : together
  })
  const alive = states.filter(({ state }) => state === 'fresh' || state === 'halted').length
  const lines = looks.map((look, index) => endpointFinding(chain, source, look, states[index]!, alive, nowMs))
  const best = looks.findIndex(({ status }) => status.name === head?.url)
  return {
    findings: [chainFinding(chain, source, { alive, all: looks.length, head }, nowMs), ...lines],
    best: best < 0 ? null : best,
  }
}

function candidate({ status }: EndpointLook, chainId: string): Candidate {
  const { name: url, state, reason, height, timeNs, latencyMs } = status
  if (state === 'failing' || state === 'unknown' || height === null || timeNs === null) {
    return { url, said: null, probe: { failed: reason ?? 'no answer' } }
  }
  // Which other chain it serves is not kept; that it is another one is all that counts here.
  const block = { chainId: state === 'wrong-chain' ? '' : chainId, height, timeNs }
  return { url, said: null, probe: { block, latencyMs: latencyMs ?? 0 } }
}

function chainFinding(
  chain: ChainSettings,
  source: ChainsSource,
  seen: {
    alive: number
    all: number
    head: { block: { height: bigint; timeNs: bigint }; halted: boolean } | null
  },
  nowMs: number,
): Finding {
  const { alive, all, head } = seen
  const subject = chain.chainId + source.mark
  const more =
    source.mend ??
    `Add working REST endpoints to \`rest\` of ${source.place} (others of ${chain.name} that you trust, or your own node).`
  if (!head || alive === 0) {
    return wrong(subject, `0 of ${all} endpoints can be used: the bot is blind for ${chain.name}`, more)
  }
  if (head.halted) {
    return warning(
      subject,
      `${chain.name} seems halted: ${alive} of ${all} endpoints answer, their newest block is ${age(head.block.timeNs, nowMs)} old`,
      "Nothing to mend here if the chain really makes no block. If it does, the endpoints are stale or this machine's clock is ahead.",
    )
  }
  if (alive === 1) {
    const text = all === 1 ? 'only one endpoint is given' : `1 of ${all} endpoints alive`
    return warning(subject, `${text}: when it fails, the bot is blind for ${chain.name}`, more)
  }
  return ok(
    subject,
    `${alive} of ${all} endpoints alive, newest block ${head.block.height.toLocaleString('en-US')}`,
  )
}

function endpointFinding(
  chain: ChainSettings,
  { mark, place, mend }: ChainsSource,
  look: EndpointLook,
  judged: { state: EndpointStatus['state']; reason: string | null },
  alive: number,
  nowMs: number,
): Finding {
  const { status, node, syncing } = look
  const subject = `${chain.chainId}${mark} ${status.name}`
  const { state, reason } = judged
  if (state === 'fresh' || state === 'halted') {
    const text = [
      `block ${status.height?.toLocaleString('en-US')}, ${age(status.timeNs, nowMs)} old`,
      `${status.latencyMs} ms`,
      versions(node),
    ].join(', ')
    if (syncing) {
      return warning(subject, `${text}; it says that it is catching up`, 'Wait until the node has caught up.')
    }
    if ((status.latencyMs ?? 0) > SLOW_MS) {
      return warning(
        subject,
        `${text}; slow`,
        mend ?? `Put a faster endpoint in front of it in \`rest\` of ${place}.`,
      )
    }
    return ok(subject, text)
  }
  const dead = alive === 0 ? wrong : warning
  const change =
    state === 'wrong-chain'
      ? `Take it out of \`rest\` of ${place}, or correct the chain id (${chain.chainId}).`
      : `It is passed over while others work. If it stays so, take it out of \`rest\` of ${place}.`
  return dead(subject, reason ?? state, mend ?? change)
}

const age = (timeNs: bigint | null, nowMs: number) =>
  timeNs === null ? 'of unknown age' : formatDuration(Math.max(0, nowMs - nsToMs(timeNs)))

/** "ibc-go v8.8.0, SDK v0.50.9, its client list repeats clients across pages (handled)" */
function versions(node: NodeInfo | null): string {
  if (!node) return 'does not tell its versions'
  const { ibcGoVersion, sdkVersion } = node
  const major = Number(/^v?(\d+)/.exec(ibcGoVersion ?? '')?.[1] ?? Number.NaN)
  const quirk = Number.isNaN(major)
    ? null
    : major <= 6
      ? 'its client list counts raw keys, so that pages can be empty (handled)'
      : 'its client list repeats clients across pages (handled)'
  const ibc = ibcGoVersion === null ? 'ibc-go version not told' : `ibc-go ${ibcGoVersion}`
  return [ibc, sdkVersion && `SDK ${sdkVersion}`, quirk].filter(Boolean).join(', ')
}

/** Whether the connections and clients that the configuration names exist. Those that cannot be read are passed over. */
async function namedFindings(chain: ChainSettings, place: string, pool: ChainPool): Promise<Finding[]> {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const connections = Array.isArray(chain.connections) ? chain.connections : []
  const named = [
    ...connections.map((id) => ({ id, setting: 'connections' })),
    ...chain.mine.map((id) => ({ id, setting: 'mine' })),
    ...chain.ignoreClients.map((id) => ({ id, setting: 'ignoreClients' })),
  ]
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
