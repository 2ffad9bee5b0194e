// What an alert about a chain is about: identities such as `blind:osmosis-1`, made and read.

/**
 * The alert about a chain that cannot be read (`blind`), whose clients cannot (`unread`), or that makes no blocks
 * (`halted`).
 */
export const chainIdentity = (kind: ChainMatter, chainId: string): string => `${kind}:${chainId}`

/** The alert that a chain has started again from a low height under the same id. */
export const restartIdentity = (chainId: string): string => `restart:${chainId}`

/** The alert that a chain which is named, by this word, is not watched. */
export const unwatchedIdentity = (word: string): string => `unwatched:${word}`

/** The alert that no chain at all can be read. */
export const NETWORK_IDENTITY = 'network'

export const CHAIN_MATTERS = ['blind', 'unread', 'halted'] as const
export type ChainMatter = (typeof CHAIN_MATTERS)[number]

export type ChainAlert =
  | { kind: ChainMatter | 'restart' | 'unwatched'; chainId: string }
  | { kind: 'network' }

/** Reads an identity; null for one that is about no chain as a whole. */
export function readChainIdentity(identity: string): ChainAlert | null {
  if (identity === NETWORK_IDENTITY) return { kind: 'network' }
  const chain = /^(blind|unread|halted|restart|unwatched):(.+)$/s.exec(identity)
  return chain ? { kind: chain[1] as ChainMatter | 'restart' | 'unwatched', chainId: chain[2]! } : null
}
