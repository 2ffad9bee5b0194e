// What a chain answers to `client_status`: ibc-go's own rule, over the sandbox's state.
import type { SandboxClient } from './client.ts'

export type ClientStatus = 'Active' | 'Expired' | 'Frozen' | 'Unauthorized' | 'Unknown' | (string & {})

/** What a chain's parameters say of client types; `*`: all. */
export interface ClientParams {
  allowedClients: readonly string[]
}

/** With what a request is judged. `blockTimeNs` null: a node restarted on a halted chain, with an empty header. */
export interface JudgedAt {
  height: number
  blockTimeNs: bigint | null
}

/**
 * The status of `client`: unauthorized, then frozen, then expired (no consensus state at the latest height, or
 * timestamp + trusting period not after the block time), else active. An empty header (year 1) is before every
 * deadline, so nothing expires with it.
 */
export function statusOf(chain: ClientParams, client: SandboxClient, at: JudgedAt): ClientStatus {
  const data = client.dataAt(at.height)
  if (!data) return 'Unknown'
  if (!allows(chain, client.type)) return 'Unauthorized'
  switch (data.kind) {
    case 'solomachine':
    case 'attestations':
      return data.frozen ? 'Frozen' : 'Active'
    case 'wasm':
    case 'other':
      return data.status
    case 'tendermint': {
      if (data.frozenHeight.revision !== 0n || data.frozenHeight.height !== 0n) return 'Frozen'
      const consensus = client.consensusAt(data.latestHeight, at.height)
      if (consensus?.timestampNs == null) return 'Expired'
      if (at.blockTimeNs === null) return 'Active'
      return consensus.timestampNs + data.trustingPeriodNs > at.blockTimeNs ? 'Active' : 'Expired'
    }
  }
}

/** Whether `allowed_clients` of the chain lets the type in. */
export function allows(chain: ClientParams, clientType: string): boolean {
  return chain.allowedClients.includes('*') || chain.allowedClients.includes(clientType)
}
