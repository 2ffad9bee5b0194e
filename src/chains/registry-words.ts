// Why a word of the chain registry gives no chain that can be asked, and what to do about it.
import { printableLine, shorten } from '../words/text.ts'
import { isNotCosmos, type RegistryChain, registryDay, registryNear } from './registry.ts'
import type { Doubt } from './settings.ts'

/** A sentence, and what to do. */
export type Why = Omit<Doubt, 'place'>

const written = (chainId = '…') => `{ chainId: '${chainId}', rest: ['https://…'] }`
const quoted = (word: string) => `"${shorten(shownWord(word), 80)}"`

/** A word for a chain on one line; of a URL the host alone, for its path may hold a key. */
export const shownWord = (word: string): string =>
  printableLine(word).replace(/:\/\/(?:[^/]*@)?([^/?#]*).*/, '://$1/…')
const ONLY_COSMOS = 'leave it out: what has no REST API of the Cosmos SDK cannot be read'

/** "the copy of 16 Aug 2026", which the program has; or that of another day. */
export const registryCopy = (day = registryDay()): string =>
  `the copy of ${new Date(day).toUTCString().slice(5, 16)}`

/** Of a word that no chain of the registry has; `near` is one that it may have been and that can be asked. */
export function unknownWord(word: string): Why & { near: string | null } {
  if (isNotCosmos(word)) {
    const reason = `${quoted(word)} is not a Cosmos chain, as the chain registry has it`
    return { reason, mend: ONLY_COSMOS, near: null }
  }
  const found = registryNear(word)
  const why = found && unaskable(found.chain)
  const near = found && !why ? found.word : null
  const meant = why ? `; if ${found!.word} is meant: ${why.reason}` : ''
  return {
    reason: `${quoted(word)} is neither a name nor a chain id in the chain registry (not in ${registryCopy()})${meant}`,
    near,
    mend: `${near === null ? '' : `write ${near} if that is meant, else `}write the chain out: ${written()}`,
  }
}

/** Of a word that several chains of the registry have. */
export function sharedWord(word: string, called: readonly RegistryChain[]): Why {
  const names = called.map(({ name, chainId }) => `${name} (${chainId})`)
  // An id that is the word itself says no more than before.
  const isWord = (chainId: string) => chainId.toLowerCase() === word.trim().toLowerCase()
  const words = called.map(({ chainId, registryName }) => (isWord(chainId) ? registryName : chainId))
  return { reason: `${quoted(word)} may be ${names.join(' or ')}`, mend: `write ${words.join(' or ')}` }
}

/** Of a chain of the registry without endpoints; null where there are some. */
export function unaskable(chain: RegistryChain): Why | null {
  const { chainId, name, chainType, goneSince, rest } = chain
  const called = name === chainId ? name : `${name} (${chainId})`
  if (rest.length > 0) return null
  if (goneSince !== undefined) {
    return {
      reason: `${called} has left the chain registry, which lets go of chains that have stopped: it is not in ${registryCopy(goneSince)}`,
      mend: `leave it out; if it still runs, write the chain out: ${written(chainId)}`,
    }
  }
  if (chainType !== null && !['cosmos', 'unknown'].includes(chainType))
    return { reason: `${called} is not a Cosmos chain, but ${chainType}`, mend: ONLY_COSMOS }
  if (chainType === 'unknown')
    return { reason: `${called} speaks no Cosmos REST, as the chain registry has it`, mend: ONLY_COSMOS }
  return {
    reason: `the chain registry has no REST endpoint for ${called}`,
    mend: `write the chain out: ${written(chainId)}`,
  }
}
