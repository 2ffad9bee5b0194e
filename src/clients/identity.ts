// What an alert about a client is about: identities such as `ibc:osmosis-1/07-tendermint-1`, made and read.

/** The alert about one client. */
export const clientIdentity = (chainId: string, clientId: string): string => `ibc:${chainId}/${clientId}`

/** The alert about one client that cannot be read although its chain can. */
export const unseenIdentity = (chainId: string, clientId: string): string => `unseen:${chainId}/${clientId}`

/** Reads an identity; null for one that is about no client. */
export function readClientIdentity(identity: string) {
  // A client id holds no slash; a chain id might.
  const client = /^(ibc|unseen):(.+)\/([^/]+)$/s.exec(identity)
  const kind: 'client' | 'unseen' = client?.[1] === 'ibc' ? 'client' : 'unseen'
  return client && { kind, chainId: client[2]!, clientId: client[3]! }
}
