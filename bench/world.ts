// The world of the bench in a process of its own: a hub with its spokes, served over HTTP with latency. Told by IPC.
import { buildHub } from '../sandbox/chains/hub.ts'
import { serveChain } from '../sandbox/chains/server.ts'
import { ChainWorld } from '../sandbox/chains/world.ts'
import { systemClock } from '../src/kernel/clock.ts'

/** What the parent asks for. */
export type WorldRequest = { kind: 'move'; share: number } | { kind: 'count' } | { kind: 'reset' }

export interface WorldReady {
  chains: { chainId: string; url: string }[]
  hubId: string
  endangered: string[]
}

const [spokes, perSpoke, latencyMs, endangered, expired] = process.argv.slice(2).map(Number) as [
  number,
  number,
  number,
  number,
  number,
]
const world = new ChainWorld(systemClock)
const hub = buildHub(world, { spokes, connectionsPerSpoke: perSpoke, endangered, expired })
const endpoints = await Promise.all(
  [...world.chains.keys()].map((id) => serveChain(world, id, { latencyMs })),
)
const ready: WorldReady = {
  chains: endpoints.map((endpoint, i) => ({ chainId: [...world.chains.keys()][i]!, url: endpoint.url })),
  hubId: hub.hubId,
  endangered: hub.endangered,
}
const doomed = new Set(hub.endangered)
let counted = 0
const total = () => endpoints.reduce((sum, { requests }) => sum + requests, 0)

process.on('message', (request: WorldRequest) => {
  if (request.kind === 'move') {
    const moved = move(request.share)
    process.send!({ moved })
  } else if (request.kind === 'reset') {
    counted = total()
    process.send!({})
  } else process.send!({ requests: total() - counted })
})
process.on('disconnect', () => process.exit(0))
process.send!(ready)

/** Updates a share of all clients on both sides, spread evenly, but not the endangered; returns how many. */
function move(share: number): number {
  const every = Math.round(1 / share)
  let moved = 0
  for (const [chainId, chain] of world.chains) {
    for (const [i, clientId] of [...chain.clients.keys()].entries()) {
      if (i % every !== 7 || chain.status(clientId) !== 'Active') continue
      if (chainId === hub.hubId && doomed.has(clientId)) continue
      world.updateClient(chainId, clientId)
      moved++
    }
  }
  return moved
}
