// The small words that messages and commands about clients share (pure): names and deadlines.
import type { Directory } from '../chains/directory.ts'
import { nsToMs } from '../kernel/nanotime.ts'
import { code, label } from '../words/text.ts'
import { ago } from '../words/time.ts'
import type { ClientRow } from './types.ts'

/** "Osmosis 07-tendermint-1 (tracks Cosmos Hub)" */
export function clientLabel(
  row: Pick<ClientRow, 'chainId' | 'clientId' | 'trackedChainId'>,
  directory: Directory,
): string {
  const tracks = row.trackedChainId === null ? '' : ` (tracks ${directory.label(row.trackedChainId)})`
  return `${directory.label(row.chainId)} ${label(row.clientId)}${tracks}`
}

/**
 * When a client expires, Unix ms rounded down; null where it does not, where that is not known, or where nothing comes of
 * it: it is frozen, or of a type that is not allowed.
 */
export function expiresMs({ expiresNs, status }: Pick<ClientRow, 'expiresNs' | 'status'>): number | null {
  return expiresNs === null || status === 'frozen' || status === 'unauthorized' ? null : nsToMs(expiresNs)
}

/** What stands in the place of a deadline where there is none. */
export const noDeadline = ({ rule, clientType }: Pick<ClientRow, 'rule' | 'clientType'>): string =>
  rule === 'ask'
    ? `no forecast: when a ${label(clientType)} client expires, only its chain can tell`
    : 'it does not expire'

/** Since when a client cannot be read, and why. */
export const unreadableText = (row: Pick<ClientRow, 'unseenSinceMs' | 'reason'>, max: number): string =>
  `unreadable${row.unseenSinceMs === null ? '' : ` since ${ago(row.unseenSinceMs)}`}: ${code(row.reason ?? 'not read yet', max)}`
