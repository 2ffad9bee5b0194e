// The demo's chains: three of them, each pair connected, with a relayer, its wallets, and what strangers left behind.
import { createHash } from 'node:crypto'
import { encodeAddress } from '../../src/kernel/address.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { DAY_MS, HOUR_MS } from '../../src/kernel/duration.ts'
import type { IbcGoVersion } from '../chains/profiles.ts'
import { ChainWorld } from '../chains/world.ts'

export interface ChainPlan {
  chainId: string
  version: IbcGoVersion
  height: number
  /** How addresses begin, and the chain's own token in base units (of which a million are one token). */
  prefix: string
  denom: string
  /** What the relayer's wallet holds, in base units. */
  relayerHas: bigint
  /** Trusting period of the clients that follow this chain: what its unbonding period allows. */
  trustingPeriodMs: number
  /** The next free numbers of client, connection and channel, so that no two chains share an id. */
  next: { client: number; connection: number; channel: number }
}

export const CHAINS: readonly ChainPlan[] = [
  {
    chainId: 'cosmoshub-4',
    version: 'v10',
    height: 28_104_233,
    prefix: 'cosmos',
    denom: 'uatom',
    relayerHas: 12_500_000n,
    trustingPeriodMs: 14 * DAY_MS,
    next: { client: 259, connection: 257, channel: 141 },
  },
  {
    chainId: 'osmosis-1',
    version: 'v8',
    height: 21_004_112,
    prefix: 'osmo',
    denom: 'uosmo',
    relayerHas: 84_250_000n,
    trustingPeriodMs: 10 * DAY_MS,
    next: { client: 1, connection: 1, channel: 0 },
  },
  {
    chainId: 'juno-1',
    version: 'v7',
    height: 17_320_541,
    prefix: 'juno',
    denom: 'ujuno',
    relayerHas: 31_000_000n,
    trustingPeriodMs: 18 * DAY_MS,
    next: { client: 60, connection: 68, channel: 42 },
  },
]

/** Where a stranger's client has expired long ago: it is listed, and nobody is called for it. */
const ABANDONED = ['osmosis-1', 'cosmoshub-4', 'juno-1', 'osmosis-1', 'osmosis-1']

/** The chains, each pair connected, every client fresh, and what strangers have left behind. */
export function buildChains(clock: Clock): ChainWorld {
  const world = new ChainWorld(clock)
  for (const { chainId, version, height, prefix, denom, relayerHas, next } of CHAINS) {
    const chain = world.addChain({ chainId, version, height, bech32Prefix: prefix, bondDenom: denom })
    chain.nextClient = next.client
    chain.nextConnection = next.connection
    chain.nextChannel = next.channel
    chain.setBalance(walletOf('relayer', chainId), denom, relayerHas)
  }
  const periodOf = (chainId: string) => planOf(chainId).trustingPeriodMs
  const pairs = [
    { a: 'cosmoshub-4', b: 'osmosis-1', channels: 2 },
    { a: 'cosmoshub-4', b: 'juno-1', channels: 1 },
    { a: 'osmosis-1', b: 'juno-1', channels: 3 },
  ]
  for (const [index, { a, b, channels }] of pairs.entries()) {
    world.openConnection(a, b, {
      channels,
      a: { trustingPeriodMs: periodOf(b), ageMs: (2 + index) * HOUR_MS },
      b: { trustingPeriodMs: periodOf(a), ageMs: (5 + index) * HOUR_MS },
    })
  }
  for (const [index, hostId] of ABANDONED.entries()) {
    const tracks = `ghost-${index + 1}`
    world.createClient(hostId, { tracks, trustingPeriodMs: 14 * DAY_MS, ageMs: (60 + 50 * index) * DAY_MS })
  }
  world.relayer.start()
  return world
}

/** @throws when it is no chain of the demo */
export function planOf(chainId: string): ChainPlan {
  const plan = CHAINS.find((one) => one.chainId === chainId)
  if (!plan) throw new Error(`the demo has no chain ${chainId}`)
  return plan
}

/** The address of somebody's wallet on a chain; the same in every demo. */
export function walletOf(owner: string, chainId: string): string {
  const account = createHash('sha256').update(`wallet of ${owner}`).digest().subarray(0, 20)
  return encodeAddress(planOf(chainId).prefix, account)
}
