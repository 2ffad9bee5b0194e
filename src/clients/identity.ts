// What an alert about clients and chains is about: identities such as `ibc:osmosis-1/07-tendermint-1`, made and read.

/** The alert about one client. */
export const clientIdentity = (chainId: string, clientId: string): string => `ibc:${chainId}/${clientId}`

/** The alert about one client that cannot be read although its chain can. */
export const unseenIdentity = (chainId: string, clientId: string): string => `unseen:${chainId}/${clientId}`

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

export type IbcIdentity =
  | { kind: 'client' | 'unseen'; chainId: string; clientId: string }
  | { kind: ChainMatter | 'restart' | 'unwatched'; chainId: string }
  | { kind: 'network' }

/** Reads an identity; null for one of another feature (a wallet, a faucet). */
export function readIdentity(identity: string): IbcIdentity | null {
  if (identity === NETWORK_IDENTITY) return { kind: 'network' }
  // A client id holds no slash; a chain id might.
  const client = /^(ibc|unseen):(.+)\/([^/]+)$/s.exec(identity)
  if (client)
    return { kind: client[1] === 'ibc' ? 'client' : 'unseen', chainId: client[2]!, clientId: client[3]! }
  const chain = /^(blind|unread|halted|restart|unwatched):(.+)$/s.exec(identity)
  return chain ? { kind: chain[1] as ChainMatter | 'restart' | 'unwatched', chainId: chain[2]! } : null
}
