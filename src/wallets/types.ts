// What is spoken of here: tokens, who watches which balance, what was read; and what an alert here is about.
import type { Held } from '../cosmos/bank.ts'

export type { Token } from '../kernel/amount.ts'

/** One wish to be told when a balance is low. */
export interface Watched {
  chainId: string
  /** In lower case. */
  address: string
  denom: string
  /** Told when what can be spent is strictly below it; base units. */
  thresholdBase: bigint
  /** Discord id of who registered it; null: the configuration. */
  userId: string | null
  /** Whom to tag: `<@id>`, `<@&id>`. */
  mention: string[]
}

/** A registration as it is kept. */
export interface Registration extends Omit<Watched, 'userId' | 'mention'> {
  userId: string
  /** Unix ms. */
  createdMs: number
}

export interface Balance extends Held {
  /** When it was read, Unix ms. */
  readMs: number
}

/**
 * A wallet as somebody looked at it: what it holds of the denoms that were asked for, or why that is not known.
 * `atMost`: what it holds, where only what can be spent of that is not known.
 */
export type WalletReading = { address: string } & (
  | { held: ReadonlyMap<string, Held> }
  | { cause: string; atMost?: ReadonlyMap<string, Held> }
)

/** The alert about one balance, for one who watches it. */
export const lowIdentity = ({ chainId, address, denom, userId }: Watched): string =>
  `wallet:${chainId}/${address}/${denom}/${userId ?? 'config'}`

/** The alert about one wallet that cannot be read. */
export const unseenWalletIdentity = (chainId: string, address: string): string =>
  `wallet-unseen:${chainId}/${address}`

export type WalletIdentity =
  | { kind: 'low'; chainId: string; address: string; denom: string; userId: string | null }
  | { kind: 'unseen'; chainId: string; address: string }

/** Reads an identity; null for one of another feature. A denom may hold slashes, an address does not. */
export function readWalletIdentity(identity: string): WalletIdentity | null {
  const low = /^wallet:(.+?)\/([a-z0-9]+)\/(.+)\/([^/]+)$/s.exec(identity)
  if (low) {
    const [, chainId, address, denom, who] = low as unknown as [string, string, string, string, string]
    return { kind: 'low', chainId, address, denom, userId: who === 'config' ? null : who }
  }
  const unseen = /^wallet-unseen:(.+)\/([a-z0-9]+)$/s.exec(identity)
  return unseen ? { kind: 'unseen', chainId: unseen[1]!, address: unseen[2]! } : null
}
