// Large scenarios at little cost: one hub, many spokes, thousands of connections.
import type { IbcGoVersion } from './profiles.ts'
import type { ChainWorld } from './world.ts'

export interface HubOptions {
  /** 20. */
  spokes?: number
  /** 150. */
  connectionsPerSpoke?: number
  /** 14 days. */
  trustingPeriodMs?: number
  /** Clients on the hub whose time is nearly up (past 95 % of the period); 0. */
  endangered?: number
  /** Clients on the hub that have expired already; 0. */
  expired?: number
  version?: IbcGoVersion
  spokeVersion?: IbcGoVersion
  /** The healthy clients were updated within this part of their trusting period; 0.3. */
  healthyUpTo?: number
  channels?: number
}

export interface Hub {
  hubId: string
  spokeIds: string[]
  /** Client ids on the hub. */
  endangered: string[]
  expired: string[]
  /** Every client id on the hub. */
  clients: string[]
}

/** Builds a hub and its spokes: `spokes` × `connectionsPerSpoke` connections with a client on each end. */
export function buildHub(world: ChainWorld, options: HubOptions = {}): Hub {
  const spokes = options.spokes ?? 20
  const perSpoke = options.connectionsPerSpoke ?? 150
  const trustingPeriodMs = options.trustingPeriodMs ?? 14 * 86_400_000
  const healthyUpTo = options.healthyUpTo ?? 0.3
  const total = spokes * perSpoke
  const hub = world.addChain({ chainId: 'hub-1', version: options.version ?? 'v8' })
  const result: Hub = { hubId: hub.chainId, spokeIds: [], endangered: [], expired: [], clients: [] }
  for (let i = 0; i < spokes; i++) {
    const chainId = `spoke${i + 1}-1`
    world.addChain({ chainId, version: options.spokeVersion ?? options.version ?? 'v8' })
    result.spokeIds.push(chainId)
  }
  // The endangered are spread over the whole list, not gathered at one end of it.
  const doomed = (options.endangered ?? 0) + (options.expired ?? 0)
  const step = doomed > 0 ? total / doomed : Infinity
  let made = 0
  for (let n = 0; n < total; n++) {
    const spokeId = result.spokeIds[n % spokes]!
    const scatter = ((n * 7919) % 1000) / 1000
    const healthyAgeMs = trustingPeriodMs * healthyUpTo * scatter
    let ageMs = healthyAgeMs
    let kind: 'endangered' | 'expired' | null = null
    if (made < doomed && n >= Math.floor(made * step)) {
      kind = made < (options.endangered ?? 0) ? 'endangered' : 'expired'
      ageMs = trustingPeriodMs * (kind === 'endangered' ? 0.95 + 0.04 * scatter : 1.05 + scatter / 10)
      made++
    }
    const { a } = world.openConnection(hub.chainId, spokeId, {
      trustingPeriodMs,
      channels: options.channels ?? 1,
      a: { ageMs },
      b: { ageMs: healthyAgeMs },
    })
    result.clients.push(a.clientId)
    if (kind) result[kind].push(a.clientId)
  }
  return result
}
