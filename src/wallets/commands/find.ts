// Finds the address, the chain and the wallets that a person means, and completes what is being typed.
import type { Directory } from '../../chains/directory.ts'
import { chainOrRefuse, completeChain } from '../../chains/find.ts'
import { chainsMeant } from '../../chains/names.ts'
import type { ChainSettings } from '../../chains/settings.ts'
import { normalDenom } from '../../cosmos/denom.ts'
import type { ArgSpec } from '../../discord/command.ts'
import {
  type Address,
  addressProblemText,
  decodeAddress,
  decodeHexAddress,
  sameAccount,
} from '../../kernel/address.ts'
import { Refusal } from '../../kernel/errors.ts'
import { code, label } from '../../words/text.ts'
import type { Tokens } from '../tokens.ts'
import type { Watched } from '../types.ts'
import type { WalletCommandDeps } from './deps.ts'

/**
 * The address that somebody typed, in lower case; `prefixes`: how addresses may begin there.
 * @throws {Refusal} when it is none
 */
export function addressOrRefuse(typed: string, prefixes: readonly (string | null)[] = []): Address {
  const decoded = decodeAddress(typed)
  if (decoded.ok) return decoded
  const problem = addressProblemText(decoded.reason, typed, prefixes)
  throw new Refusal(`${code(typed, 100)} is not an address: ${problem}.`)
}

/** Of several prefixes no more are shown: a 0x address has a form under each. */
const MOST_FORMS = 3

/** How the addresses of those wallets begin that have the bytes of a 0x address; else of the chains that are known. */
function prefixesFor(typed: string, all: readonly { address: string }[], directory: Directory): string[] {
  const hex = decodeHexAddress(typed)
  if (!hex) return []
  const own = all.flatMap(({ address }) => {
    const decoded = decodeAddress(address)
    return decoded.ok && Buffer.compare(decoded.bytes, hex.bytes) === 0 ? [decoded.prefix] : []
  })
  const known = directory.all().flatMap(({ prefix }) => prefix ?? [])
  return [...new Set(own.length > 0 ? own : known)].slice(0, MOST_FORMS)
}

/**
 * The chain and the address on it that somebody typed. Where several chains are called so, the address decides if it
 * can be of one of them alone.
 * @throws {Refusal} when there is no such chain, or several; when it is no address, or has the prefix of another chain
 */
export function addressOfChain(
  wallet: string,
  typed: string,
  directory: Directory,
): { chain: ChainSettings; address: string } {
  const decoded = decodeAddress(wallet)
  const fits = (one: ChainSettings) => decoded.ok && (one.prefix === null || one.prefix === decoded.prefix)
  const chain = chainOrRefuse(directory, typed, { fits })
  const address = addressOrRefuse(wallet, [chain.prefix])
  const { canonical, prefix } = address
  if (chain.prefix === null || prefix === chain.prefix) return { chain, address: canonical }
  const same = sameAccount(address, chain.prefix)
  const form =
    same === null
      ? ' It is no account.'
      : same.isValidator
        ? ` It is a validator's; the account of the same bytes is ${code(same.text, 100)}.`
        : ` The same bytes are ${code(same.text, 100)} there.`
  const others = directory.all().filter((one) => one.prefix === prefix)
  const hint =
    others.length === 0
      ? ''
      : ` It looks like one of ${others.map((one) => `**${label(one.name)}** (${code(one.chainId, 60)})`).join(' or ')}.`
  throw new Refusal(
    `${code(canonical, 100)} is not an address of **${directory.label(chain.chainId)}**: it begins with ${code(prefix, 40)}, theirs with ${code(chain.prefix, 40)}.${hint}${form}`,
  )
}

/** Narrows wishes down by what was typed; a chain or token that is not known is refused with what there is. */
export function matching<T extends Pick<Watched, 'chainId' | 'address' | 'denom'>>(
  all: readonly T[],
  typed: { wallet: string; chain?: string; denom?: string },
  deps: { directory: Directory; tokens: Tokens },
): T[] {
  const prefixes = prefixesFor(typed.wallet, all, deps.directory)
  const { canonical } = addressOrRefuse(typed.wallet, prefixes)
  const own = all.filter(({ address }) => address === canonical)
  const chainIds = typed.chain === undefined ? null : chainIdsOf(own, typed.chain, deps.directory)
  return own.filter(
    (one) =>
      (chainIds === null || chainIds.includes(one.chainId)) &&
      (typed.denom === undefined || isToken(deps.tokens, one, typed.denom)),
  )
}

/**
 * The chains of that name on which the wallet is watched; where it is on none of them, the one that is meant. One that
 * has left the configuration is still found by its id, so that its wallets can be let go.
 */
function chainIdsOf(own: readonly { chainId: string }[], typed: string, directory: Directory): string[] {
  const left = own
    .filter(({ chainId }) => directory.get(chainId) === null)
    .map(({ chainId }) => ({ chainId, name: chainId, registryName: null }))
  const called = chainsMeant([...directory.all(), ...left], typed).map(({ chainId }) => chainId)
  const watched = called.filter((id) => own.some(({ chainId }) => chainId === id))
  return watched.length > 0 ? watched : [chainOrRefuse(directory, typed).chainId]
}

function isToken(tokens: Tokens, { chainId, denom }: { chainId: string; denom: string }, typed: string) {
  const word = normalDenom(typed)
  return denom === word || tokens.of(chainId, denom).symbol.toLowerCase() === word.toLowerCase()
}

/** The argument that names a watched wallet; completed from the registrations. */
export const walletArg = (name: string, { store }: WalletCommandDeps): ArgSpec => ({
  name,
  summary: 'Address of the wallet',
  required: true,
  complete: (typed) => {
    const wanted = typed.trim().toLowerCase()
    return [...new Set(store.registrations().map(({ address }) => address))]
      .filter((address) => address.includes(wanted))
      .map((address) => ({ name: address, value: address }))
  },
})

/** The argument that says on which chain, where the wallet alone does not. */
export const chainArg = (summary: string, { directory }: WalletCommandDeps): ArgSpec => ({
  name: 'chain',
  summary,
  complete: (typed) => completeChain(directory, typed),
})

/** A value as it is typed: in quotes where it holds a space. */
export const typedAs = (value: string): string => (/\s/.test(value) ? `"${value}"` : value)
