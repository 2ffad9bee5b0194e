// The small words that messages and commands about clients share (pure): names and deadlines.
import type { Directory } from '../chains/directory.ts'
import { chainLabel } from '../chains/find.ts'
import { nsToMs } from '../kernel/nanotime.ts'
import { label } from '../words/text.ts'
import type { ClientRow } from './types.ts'

export { chainLabel }

/** "Osmosis 07-tendermint-1 (tracks Cosmos Hub)" */
export function clientLabel(
  row: Pick<ClientRow, 'chainId' | 'clientId' | 'trackedChainId'>,
  directory: Directory,
): string {
  const tracks = row.trackedChainId === null ? '' : ` (tracks ${chainLabel(directory, row.trackedChainId)})`
  return `${chainLabel(directory, row.chainId)} ${label(row.clientId)}${tracks}`
}

/** When a client expires, Unix ms rounded down; null where it does not or that is not known. */
export function expiresMs(row: Pick<ClientRow, 'expiresNs'>): number | null {
  return row.expiresNs === null ? null : nsToMs(row.expiresNs)
}
