// How commands find the faucet that is meant: by the chain, the address, the channel, or the caller's roles.
import type { Call } from '../discord/command.ts'
import { Refusal } from '../kernel/errors.ts'
import { prefixOf } from './address.ts'
import type { Faucet } from './deps.ts'

/**
 * The faucet of a chain id as typed.
 * @throws {Refusal} that lists the chains
 */
export function faucetNamed(faucets: readonly Faucet[], chain: string): Faucet {
  const found = faucetOfChain(faucets, chain)
  if (found) return found
  throw new Refusal(`There is no faucet for that chain. There is one for: ${chainList(faucets)}.`)
}

function faucetOfChain(faucets: readonly Faucet[], chain: string): Faucet | null {
  const typed = chain.trim().toLowerCase()
  return faucets.find(({ settings }) => settings.chain.toLowerCase() === typed) ?? null
}

export function chainList(faucets: readonly Faucet[]): string {
  return faucets.map(({ settings }) => `\`${settings.chain}\``).join(', ')
}

/**
 * The faucet that a request means: the chain it names, the only one there is, the only one whose prefix the address
 * has, or the only one of this channel. Null when that is not clear, or there is none for the chain that was named.
 */
export function faucetMeant(
  faucets: readonly Faucet[],
  typed: { chain?: string; address?: string },
  channelId: string,
): Faucet | null {
  if (typed.chain !== undefined) return faucetOfChain(faucets, typed.chain)
  const here = faucets.filter(({ settings }) => settings.channels.includes(channelId))
  const prefix = typed.address === undefined ? null : prefixOf(typed.address)
  const byPrefix = faucets.filter(({ settings }) => settings.address.prefix === prefix)
  const both = byPrefix.filter((faucet) => here.includes(faucet))
  return [faucets, byPrefix, both, here].find((list) => list.length === 1)?.[0] ?? null
}

/** The faucets that the caller moderates: by their roles; where a faucet names none, the bot's admins do. */
export function moderatedBy(faucets: readonly Faucet[], { caller }: Call): Faucet[] {
  return faucets.filter(({ settings: { moderatorRoles } }) =>
    moderatorRoles.length === 0 ? caller.isAdmin : moderatorRoles.some((id) => caller.roleIds.includes(id)),
  )
}

/** Completion of the chains that have a faucet. */
export function completeFaucet(faucets: readonly Faucet[]) {
  return (typed: string) =>
    faucets
      .map(({ settings }) => settings.chain)
      .filter((chain) => chain.toLowerCase().includes(typed.trim().toLowerCase()))
      .map((chain) => ({ name: chain, value: chain }))
}

/** Every command of the faucet: slash only, in any channel, seen by the caller alone. */
export const SLASH_ONLY = { doors: 'slash', ephemeral: true, anyChannel: true } as const
