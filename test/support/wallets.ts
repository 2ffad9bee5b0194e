// Helpers for tests of wallets: addresses, a world with balances, and a command typed at either door.
import { createHash } from 'node:crypto'
import type { SandboxChain } from '../../sandbox/chains/chain.ts'
import type { IbcGoVersion } from '../../sandbox/chains/profiles.ts'
import type { Message } from '../../sandbox/discord/types.ts'
import type { ConfigInput } from '../../src/config/index.ts'
import { encodeAddress } from '../../src/kernel/address.ts'
import { until } from './discord-bot.ts'
import { startWorld, type TestWorld, type WorldSetup } from './world.ts'

export type Door = 'prefix' | 'slash'
export const DOORS: Door[] = ['prefix', 'slash']

/** A valid address of a Cosmos chain; the same seed gives the same. */
export function address(seed: string | number, prefix = 'cosmos'): string {
  return encodeAddress(prefix, createHash('sha256').update(`wallet ${seed}`).digest().subarray(0, 20))
}

export const ATOM = { symbol: 'ATOM', denom: 'uatom', decimals: 6 }
export const OSMO = { symbol: 'OSMO', denom: 'uosmo', decimals: 6 }
export const ATOM_ON_OSMOSIS = 'ibc/27394FB092D2ECCD56123C74F36E4C1F926001CEADA9CA97EA622B25F41E5EB2'

/**
 * `hub-1` (Cosmos Hub, ATOM, watched wallets start with cosmos) and `osmo-1` (Osmosis, OSMO), both for wallets only.
 * The wallet `address(1)` holds 12 ATOM, and `address(1, 'osmo')` 5 OSMO.
 */
export async function walletWorld(
  more: Partial<Omit<WorldSetup, 'config'>> & {
    hub?: Partial<Exclude<ConfigInput['chains'][number], string>>
    config?: Partial<ConfigInput>
    /** What `hub-1` runs. */
    version?: IbcGoVersion
    /** What the configuration says of chains that were built besides, by chain id. */
    chain?: Record<string, object>
    /** Chains of the world that the configuration does not name. */
    unnamed?: string[]
  } = {},
): Promise<TestWorld> {
  const { hub = {}, config = {}, unnamed = [], chain: besides = {}, version, build, ...setup } = more
  const world = await startWorld({
    ...setup,
    build(chains) {
      const one = chains.addChain({ chainId: 'hub-1', bondDenom: 'uatom', version })
      const two = chains.addChain({ chainId: 'osmo-1', bondDenom: 'uosmo', bech32Prefix: 'osmo' })
      one.setBalance(address(1), 'uatom', 12_000_000n)
      two.setBalance(address(1, 'osmo'), 'uosmo', 5_000_000n)
      build?.(chains)
    },
    config: (base) => ({
      ...base,
      ...config,
      chains: base.chains.flatMap((chain) => {
        if (typeof chain === 'string' || unnamed.includes(chain.chainId)) return []
        if (chain.chainId === 'hub-1')
          return { ...chain, name: 'Cosmos Hub', token: ATOM, prefix: 'cosmos', connections: 'none', ...hub }
        if (chain.chainId === 'osmo-1')
          return { ...chain, name: 'Osmosis', token: OSMO, prefix: 'osmo', connections: 'none' }
        return { ...chain, connections: 'none', ...besides[chain.chainId] }
      }),
    }),
  })
  // The slash commands are registered behind the start.
  await until(() => world.discord.commands.guild.length > 0)
  return world
}

export const chainOf = (world: TestWorld, chainId: string): SandboxChain => world.chains.chain(chainId)

/** Uses a command by one of the doors and returns all text of the answer, embeds included. */
export async function ask(
  world: TestWorld,
  door: Door,
  command: string,
  args: Record<string, string | number> = {},
  who = world.ann,
): Promise<string> {
  const { discord, channelId } = world
  if (door === 'slash') {
    const reply = await discord.slash(who, channelId, command, args).reply
    return textOf(reply)
  }
  const before = world.answers().length
  const words = Object.values(args).map((value) => (/\s/.test(String(value)) ? `"${value}"` : String(value)))
  discord.say(who, channelId, ['$', command, ...words.map((word) => ` ${word}`)].join(''))
  const answer = await until(() => world.answers()[before])
  return textOf(answer)
}

export function textOf(message: Message): string {
  return [message.content, ...message.embeds.map(({ description }) => description ?? '')].join('\n').trim()
}

/** The registrations in the database, without their moment. */
export function registrations(world: TestWorld): unknown[] {
  return world.app.database.sql
    .prepare(
      'SELECT user_id, chain_id, address, denom, threshold_base FROM wallet_registrations ORDER BY 1, 2, 3, 4',
    )
    .all()
}

/** Checks all wallets, and waits for what is told of it. */
export async function check(world: TestWorld): Promise<void> {
  await world.app.wallets.check()
  await world.quiet()
}

/** A member who may manage the server. */
export function addAdmin(world: TestWorld): string {
  const role = world.discord.addRole('admins', ['MANAGE_GUILD'])
  return world.discord.addMember({ name: 'admin', roles: [role.id] }).user.id
}
