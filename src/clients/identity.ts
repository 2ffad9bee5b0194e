// What an alert about a client is about: identities such as `ibc:osmosis-1/07-tendermint-1`, made and read.

/** The alert about one client. */
export const clientIdentity = (chainId: string, clientId: string): string => `ibc:${chainId}/${clientId}`

/** The alert about one client that cannot be read although its chain can. */
export const unseenIdentity = (chainId: string, clientId: string): string => `unseen:${chainId}/${clientId}`

export interface ClientAlert {
  kind: 'client' | 'unseen'
  chainId: string
  clientId: string
}

/** Reads an identity; null for one that is about no client. */
export function readClientIdentity(identity: string): ClientAlert | null {
  // A client id holds no slash; a chain id might.
  const client = /^(ibc|unseen):(.+)\/([^/]+)$/s.exec(identity)
  return (
    client && { kind: client[1] === 'ibc' ? 'client' : 'unseen', chainId: client[2]!, clientId: client[3]! }
  )
}
