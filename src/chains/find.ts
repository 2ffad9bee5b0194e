// Finds the chain that a person means, and says which ones they may have meant when there is no such chain.

import { Refusal } from '../kernel/errors.ts'
import { nearest, squeezed } from '../kernel/nearest.ts'
import { code, label, plain, someOf } from '../words/text.ts'
import type { Directory } from './directory.ts'
import { chainsMeant, type Named } from './names.ts'
import type { ChainSettings, Doubt } from './settings.ts'

const namesOf = ({ chainId, name, registryName, token }: ChainSettings) =>
  [chainId, name, registryName, token?.symbol].filter((one) => one != null)

/**
 * The chain that somebody typed, one of `among` (left out: those that are watched). Where several are called so, `fits`
 * may single one out.
 * @throws {Refusal} with those that are called so; that it is named and not watched; else with the nearest names, or
 *   all where none is near
 */
export function chainOrRefuse(
  directory: Directory,
  typed: string,
  {
    also = '',
    fits,
    among = directory.all(),
  }: { also?: string; fits?: (chain: ChainSettings) => boolean; among?: readonly ChainSettings[] } = {},
): ChainSettings {
  const called = chainsMeant(among, typed)
  const fitting = fits && called.length > 1 ? called.filter(fits) : called
  if (fitting.length === 1) return fitting[0]!
  if (called.length > 1) throw new Refusal(whichOne(code(typed, 60), called))
  const [named] = directory
    .unwatched()
    .filter(
      ({ chainId, settings }) => chainsMeant([{ ...settings, registryName: chainId }], typed).length > 0,
    )
  if (named) throw new Refusal(`${code(typed, 60)} is not watched. ${unwatchedText(named)}.`)
  const meant = nearest(typed, directory.all(), { namesOf })
  const offered = meant.length > 0 ? meant : directory.all()
  const names = offered.map(({ chainId, name }) => `${code(chainId, 60)} (${label(name)})`)
  const lead = meant.length > 0 ? 'Did you mean' : 'The chains are'
  const mark = meant.length > 0 ? '?' : '.'
  throw new Refusal(
    `There is no chain ${code(typed, 60)}. ${lead} ${someOf(names, 15) || 'none'}${mark}${also}`,
  )
}

/** "chains[2]: "evmos" is neither a name nor …; `write the chain out: …`" */
export const unwatchedText = ({ place, reason, mend }: Doubt): string =>
  `${place}: ${plain(reason, 200)}; ${code(mend, 200)}`

/** "`Noble` may be Noble (grand-1) or Noble (noble-1). Say which one by its chain id: `grand-1` or `noble-1`." */
export function whichOne(typed: string, called: readonly Named[]): string {
  const names = called.map(({ name, chainId }) => `${label(name)} (${label(chainId, 64)})`).join(' or ')
  const ids = called.map(({ chainId }) => code(chainId, 64)).join(' or ')
  return `${typed} may be ${names}. Say which one by its chain id: ${ids}.`
}

/** Completion for a chain: its id, under its name; those that the word means as it is come first. */
export function completeChain(directory: Directory, typed: string): { name: string; value: string }[] {
  const wanted = squeezed(typed)
  const near = directory
    .all()
    .filter((chain) => namesOf(chain).some((name) => squeezed(name).includes(wanted)))
  return [...new Set([...chainsMeant(directory.all(), typed), ...near])]
    .map(({ name, chainId }) => ({ name: `${name} (${chainId})`.slice(0, 100), value: chainId }))
    .filter(({ value }) => value.length <= 100)
}
