// One wallet on `hub-1`: its balance, who registers it, who is tagged about it.
import type { LoggedRequest } from '../../sandbox/chains/server.ts'
import { address, ask, chainOf } from './wallets.ts'
import type { TestWorld } from './world.ts'

export const HUB = address(1)
export const SHORT = `cosmos1…${HUB.slice(-4)}`

export const setBalance = (world: TestWorld, base: bigint, denom = 'uatom') =>
  chainOf(world, 'hub-1').setBalance(HUB, denom, base)
export const register = (world: TestWorld, threshold: string, who = world.ann) =>
  ask(world, 'slash', 'register', { wallet: HUB, chain: 'hub-1', threshold }, who)
export const bankRequests = (world: TestWorld, chainId = 'hub-1'): LoggedRequest[] =>
  world.endpoints.get(chainId)!.flatMap(({ log }) => log.filter(({ path }) => path.includes('/bank/')))
