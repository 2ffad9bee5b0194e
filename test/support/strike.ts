// The same faults for every endpoint of a chain.
import type { Faults } from '../../sandbox/chains/server.ts'
import type { TestWorld } from './world.ts'

export function strike(world: TestWorld, faults: Faults, chainIds: readonly string[] = ['alpha-1']): void {
  for (const chainId of chainIds)
    for (const endpoint of world.endpoints.get(chainId)!) endpoint.faults = faults
}
