// The demo's faucet: the local server with a state that can be changed, whose payments arrive on a chain of the demo.
import type { ConfigInput } from '../../src/config/index.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import type { ChainWorld } from '../chains/world.ts'
import { type FaucetServer, startFaucetServer } from '../faucet/server.ts'
import { planOf } from './chains.ts'

/** Where its tokens are. */
export const FAUCET_CHAIN = 'juno-1'
/** Name of its secret in the bot's environment. */
export const FAUCET_SECRET = 'FAUCET_TOKEN'

/**
 * - `dry`: it has nothing left to pay with
 * - `slow`: it pays, but its server stops waiting before the chain answers, so that nobody knows at first
 * - `down`: it refuses connections
 */
export const FAUCET_STATES = ['ok', 'dry', 'slow', 'down'] as const
export type FaucetState = (typeof FAUCET_STATES)[number]

export interface DemoFaucet {
  readonly server: FaucetServer
  readonly state: FaucetState
  be(state: FaucetState): Promise<void>
  close(): Promise<void>
}

/** The server counts in nano units; the chain's token has six decimals. */
const NANO_PER_BASE = 1000n
const DRIP_TOKENS = 5n
const NANO_PER_TOKEN = 1_000_000_000n
const PLENTY_NANO = 10n ** 15n
/** How long a slow payment takes, in real milliseconds. */
const SLOW_MS = 1000

/** Starts the faucet; what it pays is on the chain at once. */
export async function openFaucet(chains: ChainWorld, clock: Clock): Promise<DemoFaucet> {
  const { prefix, denom } = planOf(FAUCET_CHAIN)
  const server = await startFaucetServer({
    nowMs: () => clock.now(),
    rules: { denom, symbol: prefix, isAddress: (address) => address.startsWith(`${prefix}1`) },
  })
  const { world } = server
  world.amount = DRIP_TOKENS * NANO_PER_TOKEN
  world.balance = PLENTY_NANO
  const pay = world.pay
  world.pay = (...args) => {
    const paid = pay(...args)
    if (paid) {
      const chain = chains.chain(FAUCET_CHAIN)
      const before = chain.balances.get(paid.address)?.get(denom) ?? 0n
      chain.setBalance(paid.address, denom, before + paid.amount / NANO_PER_BASE)
    }
    return paid
  }
  let state: FaucetState = 'ok'
  return {
    server,
    get state() {
      return state
    },
    async be(next) {
      if (next === 'down' && state !== 'down') await server.close()
      if (next !== 'down' && state === 'down') await server.listen()
      state = next
      world.balance = next === 'dry' ? 0n : PLENTY_NANO
      server.fault = () => (next === 'slow' ? 'late-502' : null)
      server.delay.beforeMs = next === 'slow' ? SLOW_MS : 0
    },
    close: () => server.close(),
  }
}

/** What a person writes into config.ts about it: the limits are the defaults. The link opens the server's own page. */
export function faucetConfig(
  url: string,
  options: { channel: string; mention: string },
): ConfigInput['faucet'] {
  return {
    chain: FAUCET_CHAIN,
    channels: [options.channel],
    address: { prefix: planOf(FAUCET_CHAIN).prefix },
    sender: { kind: 'internal-drip', url, token: FAUCET_SECRET },
    amount: `${DRIP_TOKENS} ${planOf(FAUCET_CHAIN).prefix.toUpperCase()}`,
    explorer: `${url}/v1/txs/{hash}`,
    mention: [options.mention],
  }
}
