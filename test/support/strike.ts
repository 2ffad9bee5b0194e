// The same faults for every endpoint of a chain.
import type { TestWorld } from './world.ts'

export const strike = (world: TestWorld, chainId: string, faults: object) => {
  for (const endpoint of world.endpoints.get(chainId)!) endpoint.faults = faults
}
