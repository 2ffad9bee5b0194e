// Finds the chain that a person means, and says which ones they may have meant when there is no such chain.
import { distance } from 'fastest-levenshtein'
import type { ChainSettings } from '../config.ts'
import { code } from '../discord/text.ts'
import { label } from '../discord/words.ts'
import { Refusal } from '../kernel/errors.ts'
import type { Directory } from './directory.ts'

/** Spaces and dashes are forgiven: "cosmos hub" is `cosmoshub`. */
const squeezed = (text: string) => text.toLowerCase().replace(/[\s_-]+/g, '')

const namesOf = ({ chainId, name, registryName }: ChainSettings) =>
  registryName === null ? [chainId, name] : [chainId, name, registryName]

/** The chain that somebody typed: chain id, name or registry name, in upper or lower case. Null: none. */
export function findChain(directory: Directory, typed: string): ChainSettings | null {
  const wanted = squeezed(typed)
  return (
    directory.find(typed) ??
    directory.all().find((chain) => namesOf(chain).some((name) => squeezed(name) === wanted)) ??
    null
  )
}

/** How far a word may be from what was meant: a third of it, at least two letters. */
const near = (typed: string, name: string) =>
  name.includes(typed) || distance(typed, name) <= Math.max(2, Math.floor(name.length / 3))

/**
 * The chain that somebody typed.
 * @throws {Refusal} with the nearest names, or all where none is near
 */
export function chainOrRefuse(directory: Directory, typed: string, also = ''): ChainSettings {
  const found = findChain(directory, typed)
  if (found) return found
  const wanted = squeezed(typed).slice(0, 100)
  const meant = directory
    .all()
    .filter((chain) => wanted !== '' && namesOf(chain).some((name) => near(wanted, squeezed(name))))
  const offered = meant.length > 0 ? meant : directory.all()
  const names = offered.slice(0, 15).map(({ chainId, name }) => `${code(chainId, 60)} (${label(name)})`)
  const more = offered.length > 15 ? ` and ${offered.length - 15} more` : ''
  const lead = meant.length > 0 ? 'Did you mean' : 'The chains are'
  const mark = meant.length > 0 ? '?' : '.'
  throw new Refusal(
    `There is no chain ${code(typed, 60)}. ${lead} ${names.join(', ') || 'none'}${more}${mark}${also}`,
  )
}

/** Completion for a chain: its id, under its name. */
export function completeChain(directory: Directory, typed: string): { name: string; value: string }[] {
  const wanted = squeezed(typed)
  return directory
    .all()
    .filter((chain) => namesOf(chain).some((name) => squeezed(name).includes(wanted)))
    .map(({ name, chainId }) => ({ name: `${name} (${chainId})`.slice(0, 100), value: chainId }))
    .filter(({ value }) => value.length <= 100)
}

/** A chain's name for people, harmless. */
export function chainLabel(directory: Directory, chainId: string): string {
  return label(directory.name(chainId))
}
